/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two ends of a connection on this host are one story, told of the end that must act:
 *
 *   client FIN_WAIT2 -> CLOSE_WAIT proxy FIN_WAIT2 -> CLOSE_WAIT backend
 *
 * Each finding may wait for another one. Its sockets' other ends are there, as in FIN_WAIT2 for a
 * CLOSE_WAIT that nobody closes; they are in the queue of a listener that does not accept; or, as
 * a proxy's, its process has as many connections that wait there. Likewise of requests that are read
 * and not answered. What waits becomes a line of evidence of the finding at the end of the chain.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "count/group_place.h"
#include "rules/answers.h"
#include "rules/ends_private.h"

/* As many: a few may be on their way. */
static bool is_as_many(uint64_t count, uint64_t as)
{
	return count * 5 >= as * 4;
}

/* How many sockets of a process wait for that finding; of NONE: for ends that no finding is about. */
struct waiting {
	struct {
		uint64_t task; /* its address */
		uint64_t finding;
	} key;
	uint32_t count;
	const struct row *example;
};

/* What most of a process's sockets that wait do wait for. */
struct upstream {
	uint64_t task;
	uint64_t finding; /* number, NONE */
	uint32_t count;
	const struct row *example;
};

/* --- which socket waits for which ------------------------------------------------------------- */

static bool has_unread(const struct row *row)
{
	return row->flags & ROW_QUEUES && row->rqueue > (row->state == STATE_CLOSE_WAIT);
}

/* Is something to send, and not taken? */
static bool is_blocked(const struct row *row)
{
	return row->flags & ROW_QUEUES && row->wqueue && row->flags & ROW_TIMER &&
	       (row->timer == TIMER_PROBE || row->timer == TIMER_RETRANSMIT);
}

/* Has it asked, and has nothing come back? */
static bool is_asking(const struct table *table, const struct row *row)
{
	uint64_t ns;

	return !row_is_passive(table, row) && answer_is_due_at(table, row, false, &ns);
}

static bool is_asked(const struct table *table, const struct row *row)
{
	uint64_t ns;

	return row_is_passive(table, row) && answer_is_due_at(table, row, true, &ns);
}

static bool is_half_open(const struct row *row)
{
	return row->state == STATE_SYN_RECV || row->state == STATE_NEW_SYN_RECV;
}

/* Can the row get on only when who has the peer acts, or when its segments come through? */
static bool waits_for_peer(const struct table *table, const struct row *row, const struct row *peer)
{
	switch (row->state) {
	case STATE_FIN_WAIT1:
	case STATE_FIN_WAIT2:
		return peer->state == STATE_CLOSE_WAIT || has_unread(peer);
	case STATE_ESTABLISHED:
		/* Its ACK was dropped, and what it sends is: of a handshake that is not over. */
		return has_unread(peer) || (is_blocked(row) && is_half_open(peer)) ||
		       (is_asking(table, row) && is_asked(table, peer));
	case STATE_CLOSE_WAIT:
		return is_blocked(row) && has_unread(peer);
	case STATE_SYN_RECV:
	case STATE_NEW_SYN_RECV:
		return peer->state == STATE_SYN_SENT; /* for the SYN+ACK, which was dropped */
	default:
		return false;
	}
}

/* NONE: it waits for nobody. What is not accepted yet waits for who listens. */
static uint32_t finding_of_wait(const struct ends *ends, const struct row *row,
                                const struct row *peer)
{
	const struct row *listener = NULL;

	if (!waits_for_peer(ends->why->table, row, peer))
		return NONE;
	if (row->state == STATE_ESTABLISHED && !(peer->flags & ROW_SOCKET) && !is_half_open(peer))
		listener = table_find_listener(ends->why->table, peer);
	return listener ? ends_of_listener(ends, listener) : ends_finding(ends, peer);
}

struct tally {
	uint64_t finding;
	uint32_t count;
};

/* Of the finding that most of these sockets wait for: its number, and of how many. */
static uint32_t find_peers(struct ends *ends, const struct finding *finding, uint32_t *most)
{
	const struct groups *groups = ends->why->groups;
	uint32_t best = NONE;
	struct map tallies;

	*most = 0;
	map_init(&tallies, sizeof(uint64_t), sizeof(struct tally));
	for (uint32_t i = 0; i < finding->group.count; i++) {
		const struct row *row = groups_member(groups, &finding->group, i);
		const struct row *peer = table_find_peer(ends->why->table, row);
		uint64_t other = peer ? finding_of_wait(ends, row, peer) : NONE;
		struct tally *tally = other == NONE ? NULL : map_get(&tallies, &other);

		if (!tally || ++tally->count <= *most)
			continue;
		*most = tally->count;
		best = (uint32_t)other;
	}
	map_free(&tallies);
	return best;
}

/* --- who waits on behalf of others ------------------------------------------------------------ */

/* Has the process that has the row shut it down, and keeps it? */
static bool is_shut_down(const struct row *row)
{
	return row->state == STATE_FIN_WAIT2 && row->flags & ROW_SOCKET &&
	       !(row->flags & (ROW_ORPHAN | ROW_MINI));
}

static int count_waiting(struct ends *ends)
{
	struct row_iter iter;
	const struct row *row;

	table_for_each (ends->why->table, iter, row) {
		const struct row *peer = table_find_peer(ends->why->table, row);
		bool waits = peer && waits_for_peer(ends->why->table, row, peer);
		struct waiting key = {0}, *waiting;
		struct owner owner;

		/* What a process has accepted is what it waits with, not what it waits for. */
		if ((!waits && !is_shut_down(row) && !is_asking(ends->why->table, row)) ||
		    row_is_passive(ends->why->table, row))
			continue;
		table_owner(ends->why->table, row, &owner);
		if (!owner.task || owner.queued)
			continue;
		key.key.task = (uintptr_t)owner.task;
		key.key.finding = waits ? ends_finding(ends, peer) : NONE;
		waiting = map_get(&ends->waiting, &key.key);
		if (!waiting)
			return -ENOMEM;
		waiting->count++;
		waiting->example = row;
	}
	return 0;
}

static int find_upstreams(struct ends *ends)
{
	for (size_t i = 0; i < ends->waiting.count; i++) {
		const struct waiting *waiting = map_at(&ends->waiting, i);
		struct upstream *upstream = map_get(&ends->upstreams, &waiting->key.task);

		if (!upstream)
			return -ENOMEM;
		if (waiting->count <= upstream->count)
			continue;
		upstream->finding = waiting->key.finding;
		upstream->count = waiting->count;
		upstream->example = waiting->example;
	}
	return 0;
}

/* The same of all processes that have the finding's sockets. count 0: they wait for nothing. */
static struct upstream upstream_of(struct ends *ends, const struct finding *finding)
{
	struct upstream sum = {0};
	struct map seen;

	map_init(&seen, sizeof(uint64_t), sizeof(uint64_t));
	for (uint32_t i = 0; i < finding->group.count; i++) {
		const struct row *row = groups_member(ends->why->groups, &finding->group, i);
		const struct upstream *upstream;
		size_t count = seen.count;
		struct owner owner;
		uint64_t task;

		table_owner(ends->why->table, row, &owner);
		task = (uintptr_t)owner.task;
		if (!task || !map_get(&seen, &task) || seen.count == count)
			continue;
		upstream = map_find(&ends->upstreams, &task);
		if (!upstream || (sum.count && upstream->finding != sum.finding))
			continue;
		sum.count += upstream->count;
		sum.finding = upstream->finding;
		sum.example = upstream->example;
	}
	map_free(&seen);
	return sum;
}

/* --- chains ----------------------------------------------------------------------------------- */

static bool is_unanswered(const struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];

	return ends->found->rules[index] == &rule_established_unanswered &&
	       finding->group.key.passive && finding->level != FINDING_OK;
}

/* Does it keep what it has read, as a proxy does that has passed it on? */
static bool may_have_passed_on(const struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];

	if (is_unanswered(ends, index))
		return true;
	return finding->level != FINDING_OK && finding->level != FINDING_UNCLEAR &&
	       finding->group.key.state == STATE_CLOSE_WAIT &&
	       (ends->found->rules[index] == &rule_close_wait_leak ||
	        ends->found->rules[index] == &rule_close_wait_eof_unread);
}

/* The finding about FIN_WAIT2 of the same process; NONE. */
static uint32_t find_shut_down(const struct ends *ends, const struct upstream *upstream)
{
	return ends_finding(ends, upstream->example);
}

/* Nothing tells of what it waits for but itself: its ends are elsewhere, or were not asked for. */
static void judge_waiting(struct ends *ends, uint32_t index, const struct upstream *upstream)
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
	                "%s waits and may not leak: it has shut down as many connections %s, whose "
	                "other ends do not close.",
	                name, place);
	finding_evidence(finding,
	                 "%u FIN_WAIT2 of the same process, as of a proxy that passes the "
	                 "end of stream on",
	                 upstream->count);
	if (peer)
		table_owner(ends->why->table, peer, &owner);
	if (owner.task)
		finding_next(finding,
		             "see why %u/%.*s does not close: tcptrail why close_wait --pid %u",
		             owner.task->pid, FACT_COMM_LEN, owner.task->comm, owner.task->pid);
	else
		finding_next(finding, "on the peer's host: tcptrail why close_wait");
	finding_next(finding, "a limit in %s: close() some time after shutdown()", name);
}

static void link_peers(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	uint32_t count, other;

	if (finding->storm || !finding->group.count)
		return;
	other = find_peers(ends, finding, &count);
	if (other == NONE || count * 2 < finding->group.count)
		return;
	if (ends_can_join(ends, index, other) ||
	    (ends->found->rules[index] == &rule_syn_recv_pile &&
	     ends->found->findings[other].level > FINDING_OK))
		ends->waits_for[index] = other;
}

/* What happened to segments goes with the finding that tells of its cause. */
static void link_echo(struct ends *ends, uint32_t index)
{
	uint32_t other = finding_set_cause(ends->why, ends->found, index);

	if (other != NONE && ends_can_join(ends, index, other))
		ends->waits_for[index] = other;
}

static void link_upstream(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	struct upstream upstream;
	uint32_t other;

	if (ends->waits_for[index] != NONE || !may_have_passed_on(ends, index))
		return;
	upstream = upstream_of(ends, finding);
	if (!upstream.count || !is_as_many(upstream.count, finding->group.count))
		return;
	other = (uint32_t)upstream.finding;
	if (other != NONE && !ends_can_join(ends, index, other))
		return;
	if (other == NONE)
		other = find_shut_down(ends, &upstream);
	if (other == NONE && !is_unanswered(ends, index))
		judge_waiting(ends, index, &upstream);
	else if (other != NONE && other != index)
		ends->waits_for[index] = other;
}

/* What is sent does not get through, for the way is too narrow for it. */
static void link_hole(struct ends *ends, uint32_t index)
{
	const struct finding_set *found = ends->found;
	const struct group_key *key = &found->findings[index].group.key;

	if (!ends->holes || found->rules[index] != &rule_established_send_blocked)
		return;
	for (uint32_t i = 0; i < found->count; i++) {
		const struct finding *hole = &found->findings[i];

		if (found->rules[i] && hole->rule == rule_pmtu_black_hole.id &&
		    hole->group.key.netns == key->netns && !key->passive &&
		    !memcmp(hole->group.key.addr, key->addr, sizeof(key->addr)))
			ends->waits_for[index] = i;
	}
}

/* Clients of this host leak connections: their server's ends are the same ones. */
static void link_growth(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index], *client;
	const struct row *peer;
	uint32_t other;

	if (ends->found->rules[index] != &rule_established_growing || !finding->group.key.passive ||
	    finding->level < FINDING_WARNING)
		return;
	peer = table_find_peer(ends->why->table, finding->group.example);
	other = peer ? ends_finding(ends, peer) : NONE;
	if (other == NONE || ends->found->rules[other] != &rule_established_growing)
		return;
	client = &ends->found->findings[other];
	if (client->level >= finding->level && !client->group.key.passive &&
	    is_as_many(client->group.count, finding->group.count))
		ends->waits_for[index] = other;
}

/* The end of the chain; a circle has none. */
static uint32_t find_root(const struct ends *ends, uint32_t index)
{
	uint32_t root = index;

	for (size_t steps = 0; ends->waits_for[root] != NONE; steps++) {
		if (steps > ends->found->count)
			return index;
		root = ends->waits_for[root];
	}
	return root;
}

/* --- telling ---------------------------------------------------------------------------------- */

/* "so come: 36 SYN retransmits to 127.0.0.1" */
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
		finding_evidence(root, "so come: %" PRIu64 " %s retransmit%s %s", storm->count,
		                 detail, plural, place);
		return;
	}
	finding_evidence(root, "so come: %" PRIu64 " RST%s %s%s%s%s %s%s%s%s", storm->count, plural,
	                 received ? "received" : "sent", detail[0] ? " (" : "", detail,
	                 detail[0] ? ")" : "", received && !passive ? "from " : "",
	                 received && !passive ? remote : place, storm->key.comm[0] ? " of " : "",
	                 storm->key.comm[0] ? rule_task_name(ends->why, part, name) : "");
}

/* No process has them any more. */
static bool is_of_nobody(const struct finding *finding)
{
	const struct row *example = finding->group.example;

	return example && example->flags & (ROW_ORPHAN | ROW_MINI) && !finding->group.key.pid &&
	       !finding->group.comm[0];
}

static void tell(struct ends *ends, struct finding *root, const struct finding *part)
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
		finding_evidence(root, "so fail: %" PRIu64 " connects %s of %s", part->group.failed,
		                 place, name);
	else
		finding_evidence(root, "so wait: %u %s %s%s%s, the oldest for %s%s",
		                 part->group.count, state_name(part->group.key.state), place,
		                 is_of_nobody(part) ? "" : " of ", is_of_nobody(part) ? "" : name,
		                 part->group.at_least ? "at least " : "", oldest);
}

/* No process of this host is known to be at fault. */
static void raise_waiting(const struct ends *ends, struct finding *root)
{
	char name[RULE_NAME_SIZE];

	root->level = FINDING_WARNING;
	root->mover = MOVER_PEER;
	buffer_free(&root->verdict);
	finding_verdict(root,
	                "%s waits: it has shut down these, as a proxy does that passes the end of "
	                "stream on, and their peers do not close.",
	                rule_task_name(ends->why, root, name));
	if (!root->next.size)
		finding_next(root, "on the peer's host: tcptrail why close_wait");
}

/*
 * The load has ended, so the sockets do not become more. They are no pool: a proxy has passed the end of
 * stream on, keeps as many connections, and waits for this process to close.
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
	                "%s does not close these. They do not become more, but they are no pool: "
	                "%s keeps its own connections until these are closed.",
	                name, rule_task_name(ends->why, part, other));
	finding_next(root,
	             "find the path in %s that returns without close() after read() gave 0 or an "
	             "error",
	             name);
}

/* What made others wait is no less bad than the wait. */
static void raise(const struct ends *ends, struct finding *root, const struct finding *part)
{
	char name[RULE_NAME_SIZE];

	if (holds_up_proxy(root, part)) {
		raise_steady(ends, root, part);
		return;
	}
	if (part->level <= root->level)
		return;
	/* A proxy waits even if no client has come lately. */
	if (root->group.key.state == STATE_FIN_WAIT2) {
		if (root->level < FINDING_WARNING)
			raise_waiting(ends, root);
		return;
	}
	if (part->level < FINDING_WARNING)
		return;
	root->level = part->level;
	if (root->mover == MOVER_KERNEL) /* what it does to segments is known */
		return;
	root->mover = root->group.key.state == STATE_ESTABLISHED && !root->group.key.passive
	                      ? MOVER_PEER
	                      : MOVER_APPLICATION;
	if (part->group.key.pid != root->group.key.pid && !is_of_nobody(part))
		finding_verdict(root, "%s waits for these.", rule_task_name(ends->why, part, name));
}

/* It was asked for by its state: told, but not accused. */
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
			                "The same cause as of %" PRIu64
			                " connects %s of %s that failed; see there.",
			                root->group.failed, place, other);
		else
			finding_verdict(part, "The same cause as of %u %s %s of %s; see there.",
			                root->group.count, state_name(root->group.key.state), place,
			                other);
		return;
	}
	finding_verdict(part, "%s waits: it can go on when %s acts, which has %u %s %s; see there.",
	                rule_task_name(ends->why, part, name), other, root->group.count,
	                state_name(root->group.key.state), place);
}

static void note_all(struct ends *ends, uint32_t states)
{
	struct finding_set *found = ends->found;

	for (uint32_t i = 0; i < found->count; i++) {
		struct finding *part = &found->findings[i];
		uint32_t root = found->rules[i] ? find_root(ends, i) : i;

		if (root == i)
			continue;
		tell(ends, &found->findings[root], part);
		raise(ends, &found->findings[root], part);
		if (states)
			keep(ends, part, &found->findings[root]);
		else
			part->waits = true;
	}
}

/* --- all of it -------------------------------------------------------------------------------- */

static int number_rows(struct ends *ends)
{
	const struct groups *groups = ends->why->groups;
	struct row_iter iter;
	const struct row *row;

	table_for_each (ends->why->table, iter, row)
		if (row->self >= ends->rows)
			ends->rows = (size_t)row->self + 1;
	ends->of_row = calloc(ends->rows + 1, sizeof(*ends->of_row));
	ends->waits_for = calloc(ends->found->count + 1, sizeof(*ends->waits_for));
	if (!ends->of_row || !ends->waits_for)
		return -ENOMEM;
	memset(ends->of_row, 0xff, ends->rows * sizeof(*ends->of_row));
	memset(ends->waits_for, 0xff, ends->found->count * sizeof(*ends->waits_for));
	for (size_t i = 0; i < ends->found->count; i++)
		ends->holes |= ends->found->rules[i] &&
		               ends->found->findings[i].rule == rule_pmtu_black_hole.id;
	for (size_t i = 0; i < groups_count(groups); i++) {
		const struct group *group = groups_at(groups, i);

		for (uint32_t n = 0; n < group->count; n++)
			ends->of_row[groups_member(groups, group, n)->self] =
				ends->found->of_group[i];
	}
	return 0;
}

int finding_set_join_ends(const struct why *why, struct finding_set *found, uint32_t states)
{
	struct ends ends = {.why = why, .found = found};
	int err = number_rows(&ends);

	map_init(&ends.waiting, sizeof(((struct waiting *)0)->key), sizeof(struct waiting));
	map_init(&ends.upstreams, sizeof(uint64_t), sizeof(struct upstream));
	err = err ? err : count_waiting(&ends);
	err = err ? err : find_upstreams(&ends);
	for (uint32_t i = 0; i < found->count && !err; i++)
		if (found->rules[i]) {
			link_peers(&ends, i);
			ends_link_listener(&ends, i);
			link_growth(&ends, i);
			link_hole(&ends, i);
			link_echo(&ends, i);
			ends_link_opening(&ends, i);
		}
	for (uint32_t i = 0; i < found->count && !err; i++)
		if (found->rules[i])
			link_upstream(&ends, i);
	if (!err)
		note_all(&ends, states);
	map_free(&ends.waiting);
	map_free(&ends.upstreams);
	free(ends.of_row);
	free(ends.waits_for);
	return err;
}
