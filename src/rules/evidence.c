/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules have in common: trends, who has the sockets, ports, settings, timeouts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/format.h"
#include "field/endpoint.h"
#include "rules/rule.h"

/*
 * Most of those that came have gone again, and what is there is young: there are more
 * only because their coming began, or became faster, while watched.
 */
static bool is_worked_off(const struct why *why, const struct group *group)
{
	return group->count && group->left * 2 >= group->entered &&
	       group->oldest < groups_window_of(why->groups, group) / 2;
}

enum trend rule_trend(const struct why *why, const struct group *group)
{
	uint64_t most = group->entered > group->left ? group->entered : group->left;
	uint64_t slack = most / 10; /* what comes and goes is never quite even */

	if (groups_window_of(why->groups, group) < NS_PER_SEC)
		return TREND_UNKNOWN;
	if (!most)
		return TREND_IDLE;
	if (group->left > group->entered + slack)
		return TREND_SHRINKING;
	/* Those that come and go are counted for all classes: here may be none of them. */
	if (group->count && !group->came)
		return TREND_IDLE;
	if (group->entered <= group->left + slack || is_worked_off(why, group))
		return TREND_TURNOVER;
	return TREND_GROWING;
}

static void next_longer(struct finding *finding, const char *time)
{
	char state[16];

	finding_next(finding, "watch longer: tcptrail why %s --for %s",
	             rule_state_word(finding, state), time);
}

#define QUIET_LEAST (5 * NS_PER_SEC)
#define GROWN_SURE  5 /* came before, none since: by chance once in e^5 = 148 times, or less often */

bool rule_has_grown(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t quiet = groups_window_of(why->groups, group) / 2;
	char time[FORMAT_SIZE], name[RULE_NAME_SIZE];

	/* One is no pool. */
	if (group->count < 2 || group->youngest < quiet || group->youngest < QUIET_LEAST ||
	    /* Others have come that belong here, or not: nothing has looked at them yet. */
	    survey_has_unseen(why->survey, &group->key))
		return false;
	format_duration(time, group->youngest);
	rule_task_name(why, finding, name);
	finding->mover = MOVER_NOBODY;
	if (group->came < GROWN_SURE) {
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "Cannot tell whether %s leaks these: %u came, but none in the last "
		                "%s. It may be a pool that was filled, or few come.",
		                name, group->came, time);
	} else {
		finding->level = FINDING_STEADY;
		finding_verdict(finding,
		                "Steady: %u came, but none in the last %s, so they do not become "
		                "more. %s has %s, or what made it leak is over.",
		                group->came, time, name,
		                group->key.state == STATE_CLOSE
		                        ? "a pool that does not look at its connections"
		                        : "filled a pool");
	}
	next_longer(finding, "10m");
	return true;
}

#define FEW 10 /* sockets that no program's way of working is judged by */

bool rule_too_soon(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	if (finding->group.median >= NS_PER_SEC)
		return false;
	finding->level = finding->group.count < FEW ? FINDING_OK : FINDING_UNCLEAR;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "Cannot tell yet, for most of these are younger than a second: %s may be "
	                "about to get to them.",
	                rule_task_name(why, finding, name));
	next_longer(finding, "1m");
	return true;
}

#define FEW_OLD  5
#define AGE_SURE (30 * NS_PER_SEC)

bool rule_too_few(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE];

	if (group->count >= FEW_OLD || group->oldest >= AGE_SURE)
		return false;
	finding->level = FINDING_OK;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "Not a finding: fewer than %d, and none of them is 30 s old. %s may get "
	                "to them soon.",
	                FEW_OLD, rule_task_name(why, finding, name));
	next_longer(finding, "1m");
	return true;
}

#define VANISH_FEW 3

/* Those that are at the place in this state, or that came into it while watched. */
static uint64_t all_there(const struct why *why, const struct group *group)
{
	uint32_t by_state[STATE_COUNT];
	uint64_t all = group->count;

	if (survey_place(why->survey, &group->key, by_state) && by_state[group->key.state] > all)
		all = by_state[group->key.state];
	return group->place_entered > all ? group->place_entered : all;
}

enum finding_level rule_share_level(const struct why *why, struct finding *finding, uint64_t stuck,
                                    bool by_window)
{
	const struct group *group = &finding->group;
	uint64_t all = all_there(why, group);
	bool vanished = group->key.passive && !by_window;

	if (stuck * 10 < all || (stuck < VANISH_FEW && vanished)) {
		finding_verdict(finding,
		                "Not a finding: %" PRIu64 " of %" PRIu64
		                " at this place. Some peers always go away without a word, or "
		                "stop reading.",
		                stuck, all);
		return FINDING_OK;
	}
	if (stuck >= VANISH_FEW && stuck * 2 >= all)
		return FINDING_BAD;
	return FINDING_WARNING;
}

void rule_note_flow(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t window = groups_window_of(why->groups, group);
	char time[FORMAT_SIZE];

	if (window < NS_PER_SEC)
		return;
	format_duration(time, window);
	finding_evidence(
		finding, "%" PRIu64 " entered, %" PRIu64 " left in %s (%.1f and %.1f per second)",
		group->entered, group->left, time, groups_rate(why->groups, group, group->entered),
		groups_rate(why->groups, group, group->left));
}

#define UNREAD_LONG_MS 5000

bool rule_is_unread(const struct row *row)
{
	return row->unread_ms >= UNREAD_LONG_MS;
}

void rule_note_unread(struct finding *finding, uint64_t unread)
{
	const struct group *group = &finding->group;

	char least[FORMAT_SIZE], oldest[FORMAT_SIZE];

	if (!unread)
		return;
	format_duration(least, UNREAD_LONG_MS * NS_PER_MS);
	format_duration(oldest, group->example->unread_ms * NS_PER_MS);
	if (rule_is_unread(group->example))
		finding_evidence(finding,
		                 "on %" PRIu64 " of %u nothing was read for at least %s, on the "
		                 "oldest for at least %s",
		                 unread, group->count, least, oldest);
	else
		finding_evidence(finding, "on %" PRIu64 " of %u nothing was read for at least %s",
		                 unread, group->count, least);
}

static bool has_open(const struct table *table, const struct row *row, const struct task *task)
{
	const struct holder *holder = table_holder(table, row->holders);

	while (holder && table_task(table, holder->task) != task)
		holder = table_holder(table, holder->next);
	return holder;
}

void rule_note_acceptor(const struct why *why, struct finding *finding)
{
	const struct row *row = finding->group.example;
	const struct row *listener = table_find_listener(why->table, row);
	struct owner owner;

	if (!finding->group.key.passive || row->owner_source == OWNER_ACCEPT)
		return;
	finding_evidence(finding, "who accepted the oldest was not seen");
	if (!listener)
		return;
	table_owner(why->table, listener, &owner);
	if (owner.task && owner.holding == HOLDING_OPEN && !has_open(why->table, row, owner.task))
		finding_evidence(finding,
		                 "port %u is listened on by %u/%.*s, which does not have it open: "
		                 "it was inherited or passed on",
		                 listener->lport, owner.task->pid, FACT_COMM_LEN, owner.task->comm);
}

const struct origin *rule_maker(const struct table *table, const struct row *row)
{
	const struct origin *origin = table_origin(table, row->owner);
	const struct holder *holder = table_holder(table, row->holders);
	struct owner owner;

	if (!origin || row->owner_source > OWNER_LISTEN || row->owner_source == OWNER_NONE)
		return NULL;
	table_owner(table, row, &owner);
	if (owner.holding != HOLDING_OPEN || owner.fd < 0)
		return NULL;
	for (; holder; holder = table_holder(table, holder->next))
		if (holder->task == origin->task && !table_task(table, holder->task)->exited)
			return NULL;
	return origin;
}

/* Of those that one process made and only others have open: how many, and one of them; NULL: none. */
static const struct row *find_made(const struct why *why, const struct group *group,
                                   uint32_t *count)
{
	const struct row *first = NULL;
	uint32_t task = 0;

	*count = 0;
	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		const struct origin *origin = rule_maker(why->table, row);

		if (!origin || (first && origin->task != task))
			continue;
		if (!first) {
			first = row;
			task = origin->task;
		}
		++*count;
	}
	return first;
}

void rule_note_maker(const struct why *why, struct finding *finding)
{
	uint32_t count;
	const struct row *row = find_made(why, &finding->group, &count);
	const struct origin *origin = row ? rule_maker(why->table, row) : NULL;
	const struct task *maker;

	if (!origin)
		return;
	maker = table_task(why->table, origin->task);
	finding_evidence(finding, "%u of %u made by %s of %u/%.*s, which %s", count,
	                 finding->group.count, owner_source_name(row->owner_source), maker->pid,
	                 FACT_COMM_LEN, origin->comm,
	                 maker->exited ? "has ended" : "has closed its own fd");
}

const struct task *rule_task(const struct why *why, const struct finding *finding)
{
	const struct group_key *key = &finding->group.key;

	return key->pid ? table_find_task(why->table, key->pid, key->start) : NULL;
}

uint32_t rule_listeners(const struct why *why, const struct finding *finding)
{
	struct owner owner = {0};

	if (finding->group.example)
		table_owner(why->table, finding->group.example, &owner);
	return owner.listeners;
}

/* A listener that several have open may be any one's to accept from. */
static uint32_t processes_of(const struct why *why, const struct finding *finding)
{
	const struct group *group = &finding->group;

	if (group->processes > 1 || group->key.state != STATE_LISTEN || group->count != 1)
		return group->processes;
	return rule_sharers(why->table, group->example, NULL, 0);
}

const char *rule_task_name(const struct why *why, const struct finding *finding,
                           char buf[RULE_NAME_SIZE])
{
	const struct task *task = rule_task(why, finding);
	uint32_t all = processes_of(why, finding);
	char more[20] = "";

	if (all > 1)
		snprintf(more, sizeof(more), " (and %u more)", (uint16_t)(all - 1));
	if (task)
		snprintf(buf, RULE_NAME_SIZE, "%u/%.*s%s", task->pid, FACT_COMM_LEN, task->comm,
		         more);
	else if (finding->storm && finding->storm->pid)
		snprintf(buf, RULE_NAME_SIZE, "%u/%.*s%s", finding->storm->pid, FACT_COMM_LEN,
		         finding->storm->key.comm, more);
	else if (finding->storm && finding->storm->key.comm[0])
		snprintf(buf, RULE_NAME_SIZE, "%.*s", FACT_COMM_LEN, finding->storm->key.comm);
	else if (finding->group.comm[0])
		snprintf(buf, RULE_NAME_SIZE, "%.*s (exited)", FACT_COMM_LEN, finding->group.comm);
	else if (rule_listeners(why, finding))
		snprintf(buf, RULE_NAME_SIZE, "one of %u%s that listen on port %u",
		         rule_listeners(why, finding),
		         rule_listeners(why, finding) > LISTENERS_COUNTED ? " or more" : "",
		         finding->group.key.port);
	else
		snprintf(buf, RULE_NAME_SIZE, "a process that is not known");
	return buf;
}

/* Most of its threads are held: what they were in before does not matter. */
static bool note_held(struct finding *finding, const struct task *task)
{
	static const struct {
		const char *how, *text, *next;
	} holds[] = {
		{DOING_STOPPED, "is stopped (SIGSTOP or SIGTSTP)", "kill -CONT"},
		{DOING_TRACED, "is stopped by a debugger or tracer (ptrace)",
	         "see which, by TracerPid: grep Tracer /proc/PID/status, of"},
		{DOING_FROZEN, "is frozen by its cgroup",
	         "see cgroup.freeze or freezer.state of its cgroup: cat /proc/PID/cgroup, of"},
	};

	for (size_t i = 0; task->doing_count && i < sizeof(holds) / sizeof(holds[0]); i++) {
		if (strcmp(task->doing[0].syscall, holds[i].how))
			continue;
		finding_verdict(finding, "%u/%.*s %s: it does nothing until it goes on.", task->pid,
		                FACT_COMM_LEN, task->comm, holds[i].text);
		finding_evidence(finding, "%u of its threads: %s", task->doing[0].threads,
		                 holds[i].how);
		finding_next(finding, "%s %u", holds[i].next, task->pid);
		return true;
	}
	return false;
}

void rule_note_doing(const struct why *why, struct finding *finding)
{
	const struct task *task = rule_task(why, finding);

	if (!task)
		return;
	if (note_held(finding, task))
		return;
	for (uint32_t i = 0; i < task->doing_count && i < 4; i++) {
		const struct task_doing *doing = &task->doing[i];
		const char *what = doing->syscall[0] ? doing->syscall : "what cannot be told";

		if (doing->fd >= 0)
			finding_evidence(finding, "%u of its threads: in %s on fd %d",
			                 doing->threads, what, doing->fd);
		else
			finding_evidence(finding, "%u of its threads: in %s", doing->threads, what);
	}
	if (task->fds && task->fd_limit)
		finding_evidence(finding, "it has %u of %u file descriptors open", task->fds,
		                 task->fd_limit);
}

void rule_note_setting(const struct why *why, struct finding *finding, enum setting setting,
                       const char *means)
{
	const char *text = table_setting(why->table, finding->group.key.netns, setting);
	char name[64], plain[64];

	if (!text)
		return;
	snprintf(plain, sizeof(plain), "%s", text);
	for (char *at = plain; *at; at++)
		if (*at == '\t')
			*at = ' ';
	finding_evidence(finding, "%s is %s%s%s", setting_name(setting, name), plain,
	                 means ? ": " : "", means ? means : "");
}

void rule_note_peer(const struct why *why, struct finding *finding)
{
	const struct row *peer = table_find_peer(why->table, finding->group.example);
	struct owner owner;
	char unread[RULE_NAME_SIZE] = "";
	bool fin; /* counts as a byte until it is read: rcv_nxt */

	if (!peer)
		return;
	table_owner(why->table, peer, &owner);
	fin = peer->state == STATE_CLOSE_WAIT || peer->state == STATE_LAST_ACK ||
	      peer->state == STATE_CLOSING;
	if (peer->flags & ROW_QUEUES && peer->rqueue > fin)
		snprintf(unread, sizeof(unread), ", with %u bytes unread", peer->rqueue - fin);
	if (owner.task)
		finding_evidence(finding,
		                 "the other end of the oldest is on this host: %u/%.*s, %s%s",
		                 owner.task->pid, FACT_COMM_LEN, owner.task->comm,
		                 state_name(peer->state), unread);
	else
		finding_evidence(finding,
		                 "the other end of the oldest is on this host, in %s%s; whose it "
		                 "is, is not known",
		                 state_name(peer->state), unread);
}

bool rule_is_largest(const struct why *why, const struct finding *finding, bool of_process)
{
	const struct group_key *key = &finding->group.key;
	size_t index;

	return survey_largest(why->survey, key, of_process, &index) &&
	       !memcmp(&groups_at(why->groups, index)->key, key, sizeof(*key));
}

bool rule_count_ports(const struct why *why, const struct row *row, uint32_t *taken, uint32_t *all)
{
	uint32_t low, high;

	if (!table_local_ports(why->table, row->netns, &low, &high))
		return false;
	*all = high - low + 1;
	return survey_ports(why->survey, row, taken);
}

uint64_t rule_retries_time(uint64_t retries)
{
	const uint64_t first = 200 * NS_PER_MS, last = 120 * NS_PER_SEC;
	uint64_t doubled = 9; /* ilog2(last / first) */

	if (retries <= doubled)
		return ((2ULL << retries) - 1) * first;
	return ((2ULL << doubled) - 1) * first + (retries - doubled) * last;
}

enum trend rule_trend_open(const struct why *why, struct finding *finding, uint64_t closed,
                           const char *ended)
{
	struct group group = finding->group;

	if (closed)
		finding_evidence(finding,
		                 "%" PRIu64 " more were %s by their peers in this state, and the "
		                 "process has them open still, in CLOSE",
		                 closed, ended);
	group.left -= closed < group.left ? closed : group.left;
	return rule_trend(why, &group);
}

#define MANY_CLOSED 5

bool rule_may_be_passing(const struct why *why, struct finding *finding, uint64_t closed)
{
	/* Those in CLOSE have left what is young here. */
	return closed < MANY_CLOSED && (rule_too_soon(why, finding) ||
	                                rule_has_grown(why, finding) || rule_too_few(why, finding));
}
