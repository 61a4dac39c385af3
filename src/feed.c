/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/host.h"
#include "enrich/doing.h"
#include "enrich/host.h"
#include "enrich/netns.h"
#include "enrich/process.h"
#include "enrich/procfd.h"
#include "enrich/resolve.h"
#include "enrich/stacks.h"
#include "fact/name.h"
#include "fact/shape.h"
#include "source/sockdiag.h"

#define WALK_INTERVAL         (5 * NS_PER_SEC)
#define WALK_SHARE            150 /* walks take at most 1/150 of the time: well below 1 % of a core */
#define HEAL_INTERVAL         (NS_PER_SEC / 10) /* under constant loss, not one walk after another */
#define QUESTIONS_A_TURN      64 /* 3 to 13 us each; what is left over the next walk answers */
#define NETNS_SEARCH_INTERVAL (NS_PER_SEC / 10)
#define RESOLVER_THREADS      8
#define STACKS_WAIT_MS        10 /* facts wait for the stacks they name, ... */
#define STACKS_WAITS          25 /* so often at most, unless the ring fills */

struct feed {
	struct table *table;
	struct feed_config config;
	struct live *live;         /* NULL: fallback */
	struct sockdiag *own_diag; /* of our own namespace; NULL: not to be had */
	struct resolve *resolve;
	struct stacks *stacks;   /* NULL: not wanted */
	struct netns_list netns; /* as the last walk found them */
	uint64_t walked, walk_cost;
	uint64_t netns_searched; /* for one that was not known */
	uint64_t last_cgroup;    /* of the last fact: known, or asked for */
	uint32_t last_netns;
	uint32_t seen_netns; /* of the last socket found */
	uint64_t lost;       /* facts, when exits were last made sure of */
	bool finds_pids;     /* in /proc: not where we are in a pid namespace of our own */
	bool walking;
};

static void introduce(struct feed *feed, const struct fact *fact);

/* Of all the processes that end on a host, those that had sockets. */
static bool is_wanted(const struct feed *feed, const struct fact *fact)
{
	const struct fact_exit *exit = (const struct fact_exit *)fact;

	return fact->type != FACT_EXIT || table_find_task(feed->table, exit->pid, exit->start);
}

/* Every fact, from whichever source, comes by here. */
static void on_fact(const struct fact *fact, void *arg)
{
	struct feed *feed = arg;

	if (!is_wanted(feed, fact))
		return;
	introduce(feed, fact);
	if (fact->type == FACT_SEEN)
		feed->seen_netns = ((const struct fact_seen *)fact)->s.netns;
	if (table_apply(feed->table, fact))
		return;
	if (feed->config.on_fact)
		feed->config.on_fact(fact, feed->config.on_fact_arg);
}

static void emit_loss(struct feed *feed)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_WALK,
	};

	on_fact(&loss.h, feed);
}

static void emit_clock(struct feed *feed)
{
	struct fact_clock fact = {.h = {.type = FACT_CLOCK, .len = sizeof(fact)}};

	fact.h.time = clock_boot();
	fact.wall = (int64_t)clock_ns(CLOCK_REALTIME);
	on_fact(&fact.h, feed);
}

static void emit_tick(struct feed *feed)
{
	struct fact tick = {.type = FACT_TICK, .len = sizeof(tick), .time = clock_boot()};

	on_fact(&tick, feed);
}

/* --- namespaces ----------------------------------------------------------------------------- */

static const struct netns_entry *find_netns(const struct netns_list *list, uint32_t inode)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->entries[i].inode == inode)
			return &list->entries[i];
	return NULL;
}

static void name_netns(struct feed *feed, const struct netns_entry *entry)
{
	const char *known =
		names_find(table_names(feed->table), name_key_number(NAME_NETNS, entry->inode));
	uint64_t key[2] = {entry->inode, 0};
	union fact_name_buffer name;

	if (known && !strcmp(known, entry->name))
		return;
	fact_name_make(&name, clock_boot(), NAME_NETNS, key, entry->name);
	on_fact(&name.fact.h, feed);
}

/* A namespace that is gone took its mini and request sockets along, without a word. */
static void bury_netns(struct feed *feed, uint32_t inode)
{
	struct fact_seen gone = {.h = {.type = FACT_GONE, .len = sizeof(gone)}};
	const struct row *row;
	struct row_iter iter;

	gone.h.time = clock_boot();
	table_for_each (feed->table, iter, row) {
		if (row->netns != inode || !(row->flags & (ROW_MINI | ROW_REQUEST)))
			continue;
		row_sample(row, &gone.s);
		on_fact(&gone.h, feed);
	}
}

static int refresh_netns(struct feed *feed, struct diag *diag)
{
	struct netns_list now;
	int err = netns_enumerate(&now, diag);

	if (err)
		return err;
	for (size_t i = 0; i < now.count; i++)
		name_netns(feed, &now.entries[i]);
	for (size_t i = 0; i < feed->netns.count; i++)
		if (!find_netns(&now, feed->netns.entries[i].inode))
			bury_netns(feed, feed->netns.entries[i].inode);
	netns_list_free(&feed->netns);
	feed->netns = now;
	return 0;
}

/* --- processes ------------------------------------------------------------------------------ */

static void emit_exit(struct feed *feed, uint32_t pid, uint64_t start)
{
	struct fact_exit exit = {
		.h = {.type = FACT_EXIT, .len = sizeof(exit), .time = clock_boot()},
		.start = start,
		.pid = pid,
	};

	on_fact(&exit.h, feed);
}

static void emit_process(struct feed *feed, uint32_t pid, uint64_t start,
                         const struct process_info *info)
{
	union {
		struct fact_process fact;
		char bytes[sizeof(struct fact_process) + FACT_ARGS_MAX];
	} u = {.fact = {.h = {.type = FACT_PROCESS, .time = clock_boot()},
	                .start = start,
	                .pid = pid,
	                .uid = info->uid}};

	_Static_assert(PROCESS_ARGS_MAX <= FACT_ARGS_MAX, "arguments fit");
	u.fact.h.len = fact_length(FACT_PROCESS, (uint32_t)info->args_size);
	u.fact.size = (uint32_t)info->args_size;
	memcpy(u.fact.comm, info->comm, sizeof(u.fact.comm));
	memcpy(u.fact.args, info->args, info->args_size);
	on_fact(&u.fact.h, feed);
}

/* What the kernel side has not told of a process: it was there before us; its cgroup. */
static void tell_task(struct feed *feed, uint32_t pid, uint64_t start)
{
	const struct name_key key = name_key_task(pid, start);
	union fact_name_buffer name;
	struct process_info info;
	int err;

	if (!feed->finds_pids || names_find(table_names(feed->table), key))
		return;
	err = process_read(pid, start, &info);
	if (err == -ESRCH)
		emit_exit(feed, pid, start);
	if (err)
		return;
	if (info.uid != PROCESS_UID_UNKNOWN)
		emit_process(feed, pid, start, &info);
	fact_name_make(&name, clock_boot(), key.kind, key.key, info.cgroup);
	on_fact(&name.fact.h, feed);
}

static void tell_tasks(struct feed *feed)
{
	struct question question;

	while (table_next_question(feed->table, QUESTION_BIT(ASK_TASK), &question))
		tell_task(feed, question.pid, question.start);
}

/* Their end may have been lost, or nothing tells of it here. */
static void bury_tasks(struct feed *feed)
{
	const struct task *task;
	uint32_t index = 0;

	while ((task = table_next_task(feed->table, &index)))
		if (!task->exited && !process_alive(task->pid, task->start))
			emit_exit(feed, task->pid, task->start);
}

/* --- names that filters ask for ------------------------------------------------------------- */

static const struct fact_sample *sample_of(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((const struct fact_state *)fact)->s;
	case FACT_RETRANSMIT:
		return &((const struct fact_retransmit *)fact)->s;
	case FACT_SYNACK:
		return &((const struct fact_synack *)fact)->s;
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		return &((const struct fact_reset *)fact)->s;
	case FACT_SEEN:
		return &((const struct fact_seen *)fact)->s;
	default:
		return NULL;
	}
}

static void introduce_netns(struct feed *feed, uint32_t netns)
{
	uint64_t now = clock_boot();

	if (feed->walking) /* the list is in use; the namespace's next fact will do */
		return;
	feed->last_netns = netns;
	/* One that cannot be found must not be searched for at each of its facts. */
	if (find_netns(&feed->netns, netns) || now - feed->netns_searched < NETNS_SEARCH_INTERVAL)
		return;
	feed->netns_searched = now;
	refresh_netns(feed, NULL);
}

static void introduce_cgroup(struct feed *feed, uint64_t cgroup)
{
	feed->last_cgroup = cgroup;
	if (names_want(table_names(feed->table), name_key_number(NAME_CGROUP, cgroup)))
		return;
	resolve_wishes(feed->resolve, table_names(feed->table));
	resolve_collect(feed->resolve, on_fact, feed);
}

static const struct fact_task *task_of(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((const struct fact_state *)fact)->task;
	case FACT_ACCEPT:
	case FACT_CONNECT:
		return &((const struct fact_syscall *)fact)->task;
	default:
		return NULL;
	}
}

/*
 * The first fact from a namespace, cgroup or process: its name goes before it, so
 * that a filter by that name does not miss it.
 */
static void introduce(struct feed *feed, const struct fact *fact)
{
	const struct fact_sample *s = sample_of(fact);
	const struct fact_task *task = task_of(fact);

	if (task && task->pid && !table_find_task(feed->table, task->pid, task->start))
		tell_task(feed, task->pid, task->start);
	if (!s)
		return;
	if (s->netns && s->netns != feed->last_netns && feed->live)
		introduce_netns(feed, s->netns);
	if (s->cgroup && s->cgroup != feed->last_cgroup)
		introduce_cgroup(feed, s->cgroup);
}

/* --- what threads do ------------------------------------------------------------------------ */

static uint32_t clamp(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : 0;
}

static void examine_task(struct feed *feed, const struct task *task)
{
	struct fact_doing fact = {
		.h = {.type = FACT_DOING, .len = sizeof(fact), .time = clock_boot()},
		.start = task->start,
		.pid = task->pid,
	};
	struct doing doing;

	if (!feed->finds_pids || doing_read(task->pid, task->start, &doing))
		return;
	fact.fds = doing.fds_known ? doing.fds : 0;
	fact.fd_limit = doing.limit_known ? clamp(doing.fd_limit) : 0;
	for (size_t i = 0; i < doing.count; i++) {
		fact.index = (uint32_t)i;
		fact.threads = doing.groups[i].threads;
		fact.fd = doing.groups[i].fd;
		memcpy(fact.syscall, doing.groups[i].syscall, sizeof(fact.syscall));
		on_fact(&fact.h, feed);
	}
	doing_free(&doing);
}

void feed_examine(struct feed *feed, const struct row *row)
{
	const struct holder *holder = table_holder(feed->table, row->holders);
	struct owner owner;

	table_owner(feed->table, row, &owner);
	if (owner.task)
		examine_task(feed, owner.task);
	for (; holder; holder = table_holder(feed->table, holder->next)) {
		const struct task *task = table_task(feed->table, holder->task);

		if (task != owner.task)
			examine_task(feed, task);
	}
}

/* --- what the kernel counts ------------------------------------------------------------------ */

/* In the namespace that the thread is in, as the next. */
static void tell_settings(struct feed *feed, uint32_t netns)
{
	char text[HOST_SETTING_SIZE];
	union fact_name_buffer name;
	const char *known;

	for (enum setting setting = SETTING_NONE + 1; setting < SETTING_COUNT; setting++) {
		const uint64_t key[2] = {setting, netns};

		if (host_read_setting(setting, text))
			continue;
		known = table_setting(feed->table, netns, setting);
		if (known && !strcmp(known, text))
			continue;
		fact_name_make(&name, clock_boot(), NAME_SETTING, key, text);
		on_fact(&name.fact.h, feed);
	}
}

static void tell_counters(struct feed *feed, uint32_t netns)
{
	struct fact_counter fact = {
		.h = {.type = FACT_COUNTER, .len = sizeof(fact), .time = clock_boot()},
		.netns = netns,
	};
	struct host_counts counts;

	host_read_counts(&counts); /* as far as it can */
	for (enum counter counter = COUNTER_NONE + 1; counter < COUNTER_COUNT; counter++) {
		if (!counts.known[counter])
			continue;
		fact.counter = counter;
		fact.value = counts.value[counter];
		on_fact(&fact.h, feed);
	}
}

/* After a walk of the namespace: most of a host's have no socket, and none to compare with. */
static void tell_host(struct feed *feed, uint32_t netns)
{
	if (!feed->config.host || feed->seen_netns != netns)
		return;
	tell_settings(feed, netns);
	tell_counters(feed, netns);
}

/* --- walks ---------------------------------------------------------------------------------- */

static int diag_walk(struct feed *feed, uint32_t netns, struct diag *diag)
{
	const struct fact_sink sink = {on_fact, feed};
	struct sockdiag *sockdiag;
	int err = sockdiag_open(&sockdiag, netns, diag);

	if (err)
		return err;
	err = sockdiag_walk(sockdiag, &sink, diag);
	sockdiag_close(sockdiag);
	return err;
}

static int walk_netns(struct feed *feed, const struct netns_entry *entry)
{
	int err = netns_enter(entry), back;

	if (err == -ENOENT || err == -ESTALE)
		return 0; /* gone since it was found; the next round buries it */
	if (err)
		return err;
	feed->seen_netns = 0;
	err = live_can_walk(feed->live) ? live_walk_sockets(feed->live, entry->inode)
	                                : diag_walk(feed, entry->inode, NULL);
	tell_host(feed, entry->inode);
	back = netns_leave();
	return err ? err : back;
}

/* One holder as /proc tells it: of a socket that is known by its inode. */
struct proc_walk {
	struct feed *feed;
	struct process_info info; /* of the process at hand */
	uint32_t pid;
};

static void on_proc_fd(uint32_t pid, int fd, uint32_t inode, void *arg)
{
	struct proc_walk *walk = arg;
	struct fact_holder holder = {
		.h = {.type = FACT_HOLDER, .len = sizeof(holder), .time = clock_boot()},
		.pid = pid,
		.fd = fd,
		.inode = inode,
	};

	if (!table_find_inode(walk->feed->table, inode))
		return; /* a socket of another kind */
	if (walk->pid != pid && process_read(pid, 0, &walk->info))
		return;
	walk->pid = pid;
	memcpy(holder.comm, walk->info.comm, sizeof(holder.comm));
	on_fact(&holder.h, walk->feed);
}

/* Where there is no iterator over files, or BPF is refused. */
static int walk_proc(struct feed *feed)
{
	const struct fact_sink sink = {on_fact, feed};
	struct proc_walk walk = {.feed = feed};
	struct fact_walk end = {
		.h = {.type = FACT_WALK_END, .len = sizeof(end)},
		.kind = WALK_HOLDERS,
	};
	int err;

	fact_emit_walk(&sink, FACT_WALK_BEGIN, WALK_HOLDERS, 0);
	err = procfd_walk(on_proc_fd, &walk, &end.unseen);
	if (err)
		return err;
	end.h.time = clock_boot();
	on_fact(&end.h, feed);
	return 0;
}

static int walk_holders(struct feed *feed)
{
	int err = feed->live ? live_walk_holders(feed->live) : -ENOTSUP;

	return err == -ENOTSUP ? walk_proc(feed) : err;
}

/* Processes that end are told of, but for those whose telling was lost. */
static bool may_miss_exits(struct feed *feed)
{
	struct totals totals;
	uint64_t lost = 0;

	if (!feed->finds_pids)
		return false;
	table_totals(feed->table, &totals);
	for (int where = 0; where < LOSS_WHERE_COUNT; where++)
		lost += totals.lost[where];
	if (lost == feed->lost && feed->live && live_tells_exits(feed->live))
		return false;
	feed->lost = lost;
	return feed->config.trace;
}

int feed_walk(struct feed *feed)
{
	uint64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	int err, failed = 0;

	emit_clock(feed);
	err = refresh_netns(feed, NULL);
	if (err)
		return err;
	feed->walking = true;
	for (size_t i = 0; i < feed->netns.count; i++) {
		err = walk_netns(feed, &feed->netns.entries[i]);
		failed = failed ? failed : err;
	}
	feed->walking = false;
	err = walk_holders(feed);
	if (failed || err)
		emit_loss(feed);
	tell_tasks(feed);
	if (may_miss_exits(feed))
		bury_tasks(feed);
	table_take_walk_wish(feed->table); /* what this walk itself brought up waits its turn */
	feed->walked = clock_boot();
	feed->walk_cost = clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
	return 0;
}

int feed_walk_if_due(struct feed *feed)
{
	uint64_t interval = feed->walk_cost * WALK_SHARE, since = clock_boot() - feed->walked;

	if (interval < WALK_INTERVAL)
		interval = WALK_INTERVAL;
	if (since >= HEAL_INTERVAL && since >= feed->walk_cost * 2 &&
	    table_take_walk_wish(feed->table))
		return feed_walk(feed);
	return since >= interval ? feed_walk(feed) : 0;
}

/* --- questions ------------------------------------------------------------------------------ */

/* One question about a mini-socket, in whatever namespace. Unanswered, it is asked again. */
static void look_up(struct feed *feed, const struct fact_sample *want)
{
	const struct netns_entry *entry = find_netns(&feed->netns, want->netns);
	const struct fact_sink sink = {on_fact, feed};
	struct sockdiag *sockdiag;

	if (want->netns == netns_own()) {
		if (feed->own_diag)
			sockdiag_lookup(feed->own_diag, want, &sink);
		return;
	}
	if (!entry || netns_enter(entry))
		return; /* not seen yet, or gone: the next walk tells */
	if (!sockdiag_open(&sockdiag, want->netns, NULL)) {
		sockdiag_lookup(sockdiag, want, &sink);
		sockdiag_close(sockdiag);
	}
	netns_leave();
}

static int answer_questions(struct feed *feed)
{
	struct question question;
	bool peeked = false;

	for (int i = 0; i < QUESTIONS_A_TURN && table_next_question(feed->table, ~0U, &question);
	     i++) {
		switch (question.kind) {
		case ASK_PORT:
			peeked |= !live_peek(feed->live, question.sk, question.cookie);
			break;
		case ASK_MINI:
			look_up(feed, &question.s);
			break;
		case ASK_TASK:
			tell_task(feed, question.pid, question.start);
			break;
		}
	}
	return peeked ? live_drain(feed->live) : 0;
}

/* --- stacks --------------------------------------------------------------------------------- */

static bool take_stack(const struct stack_dump *dump, void *arg)
{
	struct feed *feed = arg;

	return stacks_take(feed->stacks, dump);
}

static void teach_stack(uint64_t space, uint64_t ip, const struct stack_rule *rule, void *arg)
{
	struct feed *feed = arg;

	live_teach_stack(feed->live, space, ip, rule);
}

/* Before the facts that name them, so that an event is printed with its stack. */
static int drain_stacks(struct feed *feed)
{
	int err = live_drain_stacks(feed->live, take_stack, feed);

	for (int i = 0; i < STACKS_WAITS && !live_is_filling(feed->live); i++)
		if (!stacks_wait(feed->stacks, STACKS_WAIT_MS, on_fact, feed))
			return err;
	stacks_collect(feed->stacks, on_fact, feed);
	return err;
}

void feed_wait_stacks(struct feed *feed, unsigned int timeout_ms)
{
	if (feed->stacks)
		stacks_wait(feed->stacks, timeout_ms, on_fact, feed);
}

int feed_drain(struct feed *feed)
{
	int err = 0;

	if (feed->stacks)
		err = drain_stacks(feed);
	if (feed->live && !err)
		err = live_drain(feed->live);
	emit_tick(feed);
	if (!err && feed->live && feed->config.trace)
		err = answer_questions(feed);
	resolve_wishes(feed->resolve, table_names(feed->table));
	resolve_collect(feed->resolve, on_fact, feed);
	return err;
}

void feed_wait_names(struct feed *feed, unsigned int timeout_ms)
{
	resolve_wishes(feed->resolve, table_names(feed->table));
	resolve_wait(feed->resolve, timeout_ms, on_fact, feed);
}

/* --- opening -------------------------------------------------------------------------------- */

static bool wants_stacks(const struct feed_config *config)
{
	return config->trace && config->stacks;
}

static int open_live(struct feed *feed, struct diag *shortfall, struct diag *diag)
{
	const struct live_config config = {.trace = feed->config.trace,
	                                   .stacks = wants_stacks(&feed->config)};
	const struct fact_sink sink = {on_fact, feed};
	struct diag why;
	int err = live_open(&feed->live, &config, &sink, &why);

	if (err && feed->config.trace)
		return diag_fail(diag, err, "%s", why.text);
	if (err)
		diag_fail(shortfall, err,
		          "%s. Showing what sock_diag and /proc tell without it: this network "
		          "namespace only, no ages, processes as far as they may be seen",
		          why.text);
	return 0;
}

int feed_open(struct feed **result, struct table *table, const struct feed_config *config,
              struct diag *shortfall, struct diag *diag)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	int err;

	shortfall->text[0] = '\0';
	if (!feed)
		return diag_fail(diag, -ENOMEM, "out of memory");
	feed->table = table;
	feed->config = *config;
	table_enable_questions(
		table,
		QUESTION_BIT(ASK_TASK) |
			(config->trace ? QUESTION_BIT(ASK_MINI) | QUESTION_BIT(ASK_PORT) : 0));
	err = open_live(feed, shortfall, diag);
	if (err) {
		feed_close(feed);
		return err;
	}
	*result = feed;
	return 0;
}

static int begin_fallback(struct feed *feed, struct diag *diag)
{
	int err;

	emit_clock(feed);
	err = diag_walk(feed, netns_own(), diag);
	if (err)
		return err;
	if (walk_holders(feed))
		emit_loss(feed);
	tell_tasks(feed);
	return 0;
}

static int begin_live(struct feed *feed, struct diag *diag)
{
	int err = 0;

	if (feed->config.trace) {
		/* Without sock_diag walks alone confirm mini-sockets, only later. */
		sockdiag_open(&feed->own_diag, netns_own(), NULL);
		err = live_name_reasons(feed->live); /* walks alone bring no RST */
	}
	if (err)
		return diag_fail(diag, err, "the kernel's BTF cannot be read: %s", strerror(-err));
	err = feed_walk(feed);
	if (err)
		return diag_fail(diag, err, "the first walk over the sockets failed: %s",
		                 strerror(-err));
	return 0;
}

/* The process that reads stacks first: it has what privilege is left, and none of our threads. */
static int begin_helpers(struct feed *feed, struct diag *diag)
{
	int err = 0;

	if (feed->live && wants_stacks(&feed->config))
		err = stacks_open(&feed->stacks, teach_stack, feed);
	if (err)
		return diag_fail(diag, err, "a process that reads stacks cannot be started: %s",
		                 strerror(-err));
	err = resolve_open(&feed->resolve, RESOLVER_THREADS);
	if (err)
		return diag_fail(diag, err, "threads for name look-ups cannot be started: %s",
		                 strerror(-err));
	return 0;
}

int feed_begin(struct feed *feed, struct diag *diag)
{
	int err = begin_helpers(feed, diag);

	if (err)
		return err;
	/* What /proc itself tells us has /proc's own pids. */
	feed->finds_pids = !feed->live || process_pids_are_global();
	return feed->live ? begin_live(feed, diag) : begin_fallback(feed, diag);
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	live_close(feed->live);
	sockdiag_close(feed->own_diag);
	resolve_close(feed->resolve);
	stacks_close(feed->stacks);
	netns_list_free(&feed->netns);
	free(feed);
}

int feed_ring_fd(const struct feed *feed)
{
	return feed->live ? live_fd(feed->live) : -1;
}

int feed_names_fd(const struct feed *feed)
{
	return resolve_fd(feed->resolve);
}

int feed_stacks_fd(const struct feed *feed)
{
	return feed->live ? live_stacks_fd(feed->live) : -1;
}

const struct live *feed_live(const struct feed *feed)
{
	return feed->live;
}
