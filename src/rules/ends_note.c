/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports a finding that waits as evidence of the finding that it waits for. */
#include <inttypes.h>

#include "base/format.h"
#include "count/group_place.h"
#include "rules/ends_private.h"

void ends_judge_waiting(struct ends *ends, uint32_t index, const struct upstream *upstream)
{
	struct finding *finding = &ends->found->findings[index];
	const struct row *row = upstream->example;
	const struct row *peer = table_find_peer(ends->why->table, row);
	struct group_key key;
	char name[RULE_NAME_SIZE], place[PLACE_SIZE];
	struct owner owner = {0};

	group_key_of(ends->why->table, row, &key);
	group_place_text(&key, place);
	rule_task_name(ends->why, finding, name);
	buffer_free(&finding->verdict);
	buffer_free(&finding->next);
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_verdict(finding,
	                "%s waits and may not leak: it has half-closed as many connections %s, and "
	                "their peers do not close.",
	                name, place);
	finding_evidence(
		finding,
		"the same process has %u FIN_WAIT2, like a proxy that forwards the end of stream",
		upstream->count);
	if (peer)
		table_owner(ends->why->table, peer, &owner);
	if (owner.task)
		finding_next(finding,
		             "see why %u/%.*s does not close: tcptrail why close_wait --pid %u",
		             owner.task->pid, FACT_COMM_LEN, owner.task->comm, owner.task->pid);
	else
		finding_next(finding, "on the peer's host: tcptrail why close_wait");
	finding_next(finding, "limit the wait in %s: close() some time after shutdown()", name);
}

/* "this causes: 36 SYN retransmits to 127.0.0.1" */
static void note_storm(struct ends *ends, struct finding *root, const struct finding *part)
{
	const struct storm *storm = part->storm;
	bool again = storm->key.kind == CHANGE_RETRANSMIT;
	bool received = storm->key.kind == CHANGE_RST_RECEIVED;
	bool passive = part->group.key.passive;
	const char *plural = storm->count == 1 ? "" : "s";
	char place[PLACE_SIZE], remote[ENDPOINT_SIZE], name[RULE_NAME_SIZE], buf[16];
	const char *detail = storm_detail(storm, ends->why->table, buf);

	group_place_text(&part->group.key, place);
	group_place_remote(&part->group.key, remote);
	if (again) {
		finding_evidence(root, "this causes: %" PRIu64 " %s retransmit%s %s", storm->count,
		                 detail, plural, place);
		return;
	}
	finding_evidence(root, "this causes: %" PRIu64 " RST%s %s%s%s%s %s%s%s%s", storm->count,
	                 plural, received ? "received" : "sent", detail[0] ? " (" : "", detail,
	                 detail[0] ? ")" : "", received && !passive ? "from " : "",
	                 received && !passive ? remote : place, storm->key.comm[0] ? " by " : "",
	                 storm->key.comm[0] ? rule_task_name(ends->why, part, name) : "");
}

/* Has no process these sockets open any more? */
static bool is_of_nobody(const struct finding *finding)
{
	const struct row *example = finding->group.example;

	return example && example->flags & (ROW_ORPHAN | ROW_MINI) && !finding->group.key.pid &&
	       !finding->group.comm[0];
}

static void note(struct ends *ends, struct finding *root, const struct finding *part)
{
	char name[RULE_NAME_SIZE], place[PLACE_SIZE], oldest[FORMAT_SIZE];

	if (part->storm) {
		note_storm(ends, root, part);
		return;
	}
	rule_task_name(ends->why, part, name);
	group_place_text(&part->group.key, place);
	format_duration(oldest, part->group.oldest);
	if (part->group.failed)
		finding_evidence(root, "this causes: %" PRIu64 " failed connects %s by %s",
		                 part->group.failed, place, name);
	else
		finding_evidence(root, "this blocks: %u %s %s%s%s, the oldest for %s%s",
		                 part->group.count, state_name(part->group.key.state), place,
		                 is_of_nobody(part) ? "" : " in ", is_of_nobody(part) ? "" : name,
		                 part->group.at_least ? "at least " : "", oldest);
}

/* No process of this host is known to be the cause. */
static void raise_waiting(const struct ends *ends, struct finding *root)
{
	char name[RULE_NAME_SIZE];

	root->level = FINDING_WARNING;
	root->mover = MOVER_PEER;
	buffer_free(&root->verdict);
	finding_verdict(root,
	                "%s waits: it has half-closed these, like a proxy that forwards the end of "
	                "stream, and their peers do not close.",
	                rule_task_name(ends->why, root, name));
	if (!root->next.size)
		finding_next(root, "on the peer's host: tcptrail why close_wait");
}

/*
 * The load has ended, so the sockets do not grow in number. They are no pool: a proxy has forwarded
 * the end of stream, keeps as many connections, and waits for this process to close.
 */
static bool holds_up_proxy(const struct finding *root, const struct finding *part)
{
	return root->level == FINDING_STEADY && root->group.key.state == STATE_CLOSE_WAIT &&
	       part->group.key.state == STATE_CLOSE_WAIT && !part->storm &&
	       part->group.key.pid != root->group.key.pid;
}

static void raise_steady(const struct ends *ends, struct finding *root, const struct finding *part)
{
	char name[RULE_NAME_SIZE], other[RULE_NAME_SIZE];

	rule_task_name(ends->why, root, name);
	root->level = FINDING_WARNING;
	root->mover = MOVER_APPLICATION;
	buffer_free(&root->verdict);
	buffer_free(&root->next);
	finding_verdict(root,
	                "%s does not close these. They do not grow in number, but they are not a "
	                "pool: %s keeps its own connections until these are closed.",
	                name, rule_task_name(ends->why, part, other));
	finding_next(root,
	             "find the path in %s that returns without close() after read() returned 0 or "
	             "an error",
	             name);
}

/* A finding that others wait for is at least as bad as theirs. */
static void raise(const struct ends *ends, struct finding *root, const struct finding *part)
{
	char name[RULE_NAME_SIZE];

	if (holds_up_proxy(root, part)) {
		raise_steady(ends, root, part);
		return;
	}
	if (part->level <= root->level)
		return;
	/* A proxy waits even if no new client has connected. */
	if (root->group.key.state == STATE_FIN_WAIT2) {
		if (root->level < FINDING_WARNING)
			raise_waiting(ends, root);
		return;
	}
	if (part->level < FINDING_WARNING)
		return;
	root->level = part->level;
	if (root->mover == MOVER_KERNEL) /* the verdict already says what the kernel does */
		return;
	root->mover = root->group.key.state == STATE_ESTABLISHED && !root->group.key.passive
	                      ? MOVER_PEER
	                      : MOVER_APPLICATION;
	if (part->group.key.pid != root->group.key.pid && !is_of_nobody(part))
		finding_verdict(root, "%s waits for these.", rule_task_name(ends->why, part, name));
}

/* The user named its state, so it is reported, but its process is not the cause. */
static void keep(const struct ends *ends, struct finding *part, const struct finding *root)
{
	char name[RULE_NAME_SIZE], other[RULE_NAME_SIZE], place[PLACE_SIZE];

	group_place_text(&root->group.key, place);
	part->level = FINDING_OK;
	part->mover = root->mover == MOVER_APPLICATION ? MOVER_PEER : root->mover;
	buffer_free(&part->verdict);
	buffer_free(&part->next);
	rule_task_name(ends->why, root, other);
	if (root->mover == MOVER_KERNEL || root->mover == MOVER_NETWORK) {
		if (root->group.failed)
			finding_verdict(part,
			                "The same cause as %" PRIu64
			                " failed connects %s by %s: see that finding.",
			                root->group.failed, place, other);
		else
			finding_verdict(part, "The same cause as %u %s %s in %s: see that finding.",
			                root->group.count, state_name(root->group.key.state), place,
			                other);
		return;
	}
	finding_verdict(part, "%s waits until %s acts, which has %u %s %s: see that finding.",
	                rule_task_name(ends->why, part, name), other, root->group.count,
	                state_name(root->group.key.state), place);
}

void ends_note_all(struct ends *ends, uint32_t states)
{
	struct finding_set *found = ends->found;

	for (uint32_t i = 0; i < found->count; i++) {
		struct finding *part = &found->findings[i];
		uint32_t root = found->rules[i] ? ends_root(ends, i) : i;

		if (root == i)
			continue;
		note(ends, &found->findings[root], part);
		raise(ends, &found->findings[root], part);
		if (states)
			keep(ends, part, &found->findings[root]);
		else
			part->waits = true;
	}
}
