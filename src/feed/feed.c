/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/process.h"
#include "feed/feed_private.h"

#define LOOKUPS_A_TURN 64 /* 3 to 13 us each; the next walk handles the rest */
#define FIN_LOOKUPS_A_TURN                                                                         \
	16 /* per FIN_LOOKUP_INTERVAL: 800 a second; 13 us each, 40 us in other namespaces */
#define FIN_LOOKUP_INTERVAL (20 * NS_PER_MS)
#define RESOLVER_THREADS    8
#define LOSS_INTERVAL       NS_PER_SEC

/* Of all processes that end on the host, the table needs only those that had sockets. */
static bool is_wanted(const struct feed *feed, const struct fact *fact)
{
	const struct fact_exit *exit = (const struct fact_exit *)fact;

	return fact->type != FACT_EXIT || table_find_task(feed->table, exit->pid, exit->start);
}

void feed_fact(const struct fact *fact, void *arg)
{
	struct feed *feed = arg;

	if (!is_wanted(feed, fact))
		return;
	feed_report_names(feed, fact);
	if (fact->type == FACT_WALK_END)
		feed_confirm_missed(feed, (const struct fact_walk *)fact);
	if (fact->type == FACT_SEEN)
		feed->seen_netns = ((const struct fact_seen *)fact)->s.netns;
	if (table_apply(feed->table, fact))
		return;
	if (feed->config.on_fact)
		feed->config.on_fact(fact, feed->config.on_fact_arg);
}

void feed_report_gone(struct feed *feed, uint64_t sk, const struct fact_sample *sample)
{
	struct fact_seen gone = {
		.h = {.type = FACT_GONE, .len = sizeof(gone), .time = clock_boot(), .sk = sk},
		.s = *sample,
	};

	feed_fact(&gone.h, feed);
}

static void emit_tick(struct feed *feed)
{
	struct fact tick = {.type = FACT_TICK, .len = sizeof(tick), .time = clock_boot()};

	feed_fact(&tick, feed);
}

/* --- lookups ---------------------------------------------------------------------------------- */

void feed_lookup_socket(struct feed *feed, const struct fact_sample *target)
{
	const struct netns_entry *entry = netns_find(&feed->netns, target->netns);
	const struct fact_sink sink = {feed_fact, feed};
	struct sockdiag *sockdiag;

	if (target->netns == netns_own()) {
		if (feed->own_diag || !sockdiag_open(&feed->own_diag, netns_own(), NULL))
			sockdiag_lookup(feed->own_diag, target, &sink);
		return;
	}
	if (!entry || netns_enter(entry))
		return; /* not known yet, or gone: the next walk decides */
	if (!sockdiag_open(&sockdiag, target->netns, NULL)) {
		sockdiag_lookup(sockdiag, target, &sink);
		sockdiag_close(sockdiag);
	}
	netns_leave();
}

/*
 * Looks up whether the FIN of an orphan's peer has come. While the ring fills, turns come faster;
 * these lookups do not.
 */
static void lookup_fins(struct feed *feed)
{
	uint64_t now = clock_boot();
	struct lookup lookup;

	if (now - feed->fins_looked_up < FIN_LOOKUP_INTERVAL)
		return;
	feed->fins_looked_up = now;
	for (int i = 0; i < FIN_LOOKUPS_A_TURN; i++) {
		if (!table_next_lookup(feed->table, LOOKUP_BIT(LOOKUP_FIN), &lookup))
			return;
		feed_lookup_socket(feed, &lookup.s);
	}
}

static void take_lookups(struct feed *feed)
{
	const uint32_t kinds = ~LOOKUP_BIT(LOOKUP_FIN);
	struct lookup lookup;

	for (int i = 0; i < LOOKUPS_A_TURN && table_next_lookup(feed->table, kinds, &lookup); i++) {
		switch (lookup.kind) {
		case LOOKUP_PORT:
			live_peek(feed->live, lookup.sk, &lookup.s, true);
			break;
		case LOOKUP_MINI:
			feed_lookup_socket(feed, &lookup.s); /* if it fails, the table asks again */
			break;
		case LOOKUP_TASK:
			feed_lookup_task(feed, lookup.pid, lookup.start);
			break;
		case LOOKUP_STACK:
			live_forget_stack(feed->live, lookup.stack);
			break;
		case LOOKUP_END:
			feed_confirm_end(feed, &lookup);
			break;
		case LOOKUP_FIN:
			break; /* handled by lookup_fins() */
		}
	}
}

void feed_report_losses(struct feed *feed)
{
	if (!feed->live)
		return;
	live_report_losses(feed->live, table_repeated(feed->table));
	feed->losses_reported = clock_boot();
}

int feed_drain(struct feed *feed)
{
	int err = 0;

	if (feed->stacks)
		err = feed_drain_stacks(feed);
	if (feed->live && !err)
		err = live_drain(feed->live);
	if (!err && clock_boot() - feed->losses_reported >= LOSS_INTERVAL)
		feed_report_losses(feed);
	feed_report_clock(feed);
	emit_tick(feed);
	if (!err && feed->live && feed->config.trace) {
		take_lookups(feed);
		lookup_fins(feed);
	}
	feed_request_names(feed);
	resolve_collect(feed->resolve, feed_fact, feed);
	return err;
}

void feed_wait_names(struct feed *feed, unsigned int timeout_ms)
{
	feed_request_names(feed);
	resolve_wait(feed->resolve, timeout_ms, feed_fact, feed);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int open_live(struct feed *feed, struct diag *shortfall, struct diag *diag)
{
	const struct live_config config = {.ring_bytes = feed->config.ring_bytes,
	                                   .trace = feed->config.trace,
	                                   .btf = feed->config.btf,
	                                   .stacks = feed_wants_stacks(&feed->config),
	                                   .walker = feed->finds_pids ? (uint32_t)getpid() : 0};
	const struct fact_sink sink = {feed_fact, feed};
	struct diag why;
	int err = live_open(&feed->live, &config, &sink, &why);

	if (err && (feed->config.trace || feed->config.btf))
		return diag_fail(diag, err, "%s", why.text);
	if (err)
		diag_fail(
			shortfall, err,
			"%s. Without BPF tcptrail reads sock_diag and /proc: only sockets of this "
			"network namespace, without ages, and only processes that you may see",
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
	map_init(&feed->examined, sizeof(struct task_id), sizeof(struct task_id));
	feed->config = *config;
	schedule_init(&feed->schedule, config->walk_interval,
	              PART_BIT(PART_SOCKETS) | (config->no_holders ? 0 : PART_BIT(PART_HOLDERS)));
	table_enable_lookups(
		table,
		LOOKUP_BIT(LOOKUP_TASK) |
			(config->trace ? LOOKUP_BIT(LOOKUP_MINI) | LOOKUP_BIT(LOOKUP_PORT) |
	                                         LOOKUP_BIT(LOOKUP_END) | LOOKUP_BIT(LOOKUP_FIN)
	                               : 0) |
			(feed_wants_stacks(config) ? LOOKUP_BIT(LOOKUP_STACK) : 0));
	feed_open_counts(feed);
	feed->finds_pids = process_pids_are_global();
	feed_check_stacks(feed, shortfall);
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

	err = feed_diag_walk(feed, netns_own(), diag);
	if (err)
		return err;
	if (!feed->config.no_holders && feed_walk_holders(feed))
		feed_loss(feed);
	feed_lookup_tasks(feed);
	return 0;
}

static int begin_live(struct feed *feed, struct diag *diag)
{
	int err = 0;

	if (feed->config.trace)
		err = live_name_reasons(feed->live); /* without trace there are no RSTs */
	if (err)
		return diag_fail(diag, err, "cannot read the kernel's BTF: %s", strerror(-err));
	err = feed_walk(feed);
	if (err && !feed->netns.count)
		return diag_fail(diag, err, "cannot list the sockets: %s", strerror(-err));
	return 0;
}

/*
 * Start the process that reads stacks first: it inherits the remaining privileges and must not
 * inherit our threads.
 */
static int begin_helpers(struct feed *feed, struct diag *diag)
{
	int err = 0;

	if (feed->live && feed_wants_stacks(&feed->config))
		err = feed_open_stacks(feed);
	if (err)
		return diag_fail(diag, err, "cannot start the process that reads stacks: %s",
		                 strerror(-err));
	err = resolve_open(&feed->resolve, RESOLVER_THREADS);
	if (err)
		return diag_fail(diag, err, "cannot start threads that look up names: %s",
		                 strerror(-err));
	return 0;
}

int feed_begin(struct feed *feed, struct diag *diag)
{
	int err = begin_helpers(feed, diag);

	if (err)
		return err;
	feed_report_clock(feed);         /* so that all later facts have a time of day */
	feed->finds_pids |= !feed->live; /* in the fallback all pids come from /proc itself */
	return feed->live ? begin_live(feed, diag) : begin_fallback(feed, diag);
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	live_close(feed->live);
	sockdiag_close(feed->own_diag);
	resolve_close(feed->resolve);
	stack_queue_close(feed->stacks);
	netns_list_free(&feed->netns);
	feed_forget_rows(feed);
	feed_close_counts(feed);
	numbers_free(&feed->departed);
	map_free(&feed->examined);
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

const struct live *feed_live(const struct feed *feed)
{
	return feed->live;
}
