/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "enrich/netns.h"
#include "enrich/resolve.h"
#include "enrich/stacks.h"
#include "fact/name.h"
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
	bool walking;
};

static void introduce(struct feed *feed, const struct fact *fact);

/* Every fact, from whichever source, comes by here. */
static void on_fact(const struct fact *fact, void *arg)
{
	struct feed *feed = arg;

	introduce(feed, fact);
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

/*
 * The first fact from a namespace or cgroup: its name goes before it, so that
 * a filter by that name does not miss it.
 */
static void introduce(struct feed *feed, const struct fact *fact)
{
	const struct fact_sample *s = sample_of(fact);

	if (!s)
		return;
	if (s->netns && s->netns != feed->last_netns && feed->live)
		introduce_netns(feed, s->netns);
	if (s->cgroup && s->cgroup != feed->last_cgroup)
		introduce_cgroup(feed, s->cgroup);
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
	err = live_can_walk(feed->live) ? live_walk_sockets(feed->live, entry->inode)
	                                : diag_walk(feed, entry->inode, NULL);
	back = netns_leave();
	return err ? err : back;
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
	err = live_walk_holders(feed->live);
	if (failed || (err && err != -ENOTSUP))
		emit_loss(feed);
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

	for (int i = 0; i < QUESTIONS_A_TURN && table_next_question(feed->table, &question); i++) {
		switch (question.kind) {
		case ASK_PORT:
			peeked |= !live_peek(feed->live, question.sk, question.cookie);
			break;
		case ASK_MINI:
			look_up(feed, &question.s);
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

static int open_fallback(struct feed *feed, const struct diag *why, struct diag *shortfall,
                         struct diag *diag)
{
	int err;

	emit_clock(feed);
	err = diag_walk(feed, netns_own(), diag);
	if (err)
		return err;
	diag_fail(shortfall, 0,
	          "%s. Showing what sock_diag tells without it: this network namespace only, no "
	          "processes, ages as lower bounds",
	          why->text);
	return 0;
}

static int open_live(struct feed *feed, struct diag *shortfall, struct diag *diag)
{
	const struct live_config config = {.trace = feed->config.trace,
	                                   .stacks = feed->stacks != NULL};
	const struct fact_sink sink = {on_fact, feed};
	struct diag why;
	int err = live_open(&feed->live, &config, &sink, &why);

	if (err && feed->config.trace)
		return diag_fail(diag, err, "%s", why.text);
	if (err)
		return open_fallback(feed, &why, shortfall, diag);
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

/* The process that reads stacks first, while there is no thread and little memory to copy. */
static int open_helpers(struct feed *feed, struct diag *diag)
{
	int err = feed->config.trace && feed->config.stacks
	                  ? stacks_open(&feed->stacks, teach_stack, feed)
	                  : 0;

	if (err)
		return diag_fail(diag, err, "a process that reads stacks cannot be started: %s",
		                 strerror(-err));
	err = resolve_open(&feed->resolve, RESOLVER_THREADS);
	if (err)
		return diag_fail(diag, err, "threads for name look-ups cannot be started: %s",
		                 strerror(-err));
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
	if (config->trace)
		table_enable_questions(table);
	err = open_helpers(feed, diag);
	if (!err)
		err = open_live(feed, shortfall, diag);
	if (err) {
		feed_close(feed);
		return err;
	}
	*result = feed;
	return 0;
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
