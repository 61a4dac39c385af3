/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/process.h"
#include "feed/feed_private.h"

#define QUESTIONS_A_TURN 64 /* 3 to 13 us each; what is left over the next walk answers */
#define LOOKS_A_TURN     16 /* for FINs, in LOOK_INTERVAL: 800 a second. 13 us each; 40 elsewhere */
#define LOOK_INTERVAL    (20 * NS_PER_MS)
#define RESOLVER_THREADS 8
#define LOSS_INTERVAL    NS_PER_SEC
#define STACKS_WAIT_MS   10 /* facts wait for the stacks they name, ... */
#define STACKS_WAITS     25 /* so often at most, unless the ring fills */

/* Of all the processes that end on a host, those that had sockets. */
static bool is_wanted(const struct feed *feed, const struct fact *fact)
{
	const struct fact_exit *exit = (const struct fact_exit *)fact;

	return fact->type != FACT_EXIT || table_find_task(feed->table, exit->pid, exit->start);
}

/* Every fact, from whichever source, comes by here. */
void feed_fact(const struct fact *fact, void *arg)
{
	struct feed *feed = arg;

	if (!is_wanted(feed, fact))
		return;
	feed_introduce(feed, fact);
	if (fact->type == FACT_WALK_END)
		feed_confirm_missed(feed, (const struct fact_walk *)fact);
	if (fact->type == FACT_SEEN)
		feed->seen_netns = ((const struct fact_seen *)fact)->s.netns;
	if (table_apply(feed->table, fact))
		return;
	if (feed->config.on_fact)
		feed->config.on_fact(fact, feed->config.on_fact_arg);
}

static void emit_tick(struct feed *feed)
{
	struct fact tick = {.type = FACT_TICK, .len = sizeof(tick), .time = clock_boot()};

	feed_fact(&tick, feed);
}

/* --- questions ------------------------------------------------------------------------------ */

void feed_look_up(struct feed *feed, const struct fact_sample *want)
{
	const struct netns_entry *entry = netns_find(&feed->netns, want->netns);
	const struct fact_sink sink = {feed_fact, feed};
	struct sockdiag *sockdiag;

	if (want->netns == netns_own()) {
		if (feed->own_diag || !sockdiag_open(&feed->own_diag, netns_own(), NULL))
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

/* Has the FIN of an orphan's peer come? Turns come faster when the ring fills: these do not. */
static void look_for_fins(struct feed *feed)
{
	uint64_t now = clock_boot();
	struct question question;

	if (now - feed->looked < LOOK_INTERVAL)
		return;
	feed->looked = now;
	for (int i = 0; i < LOOKS_A_TURN; i++) {
		if (!table_next_question(feed->table, QUESTION_BIT(ASK_FIN), &question))
			return;
		feed_look_up(feed, &question.s);
	}
}

static void answer_questions(struct feed *feed)
{
	const uint32_t kinds = ~QUESTION_BIT(ASK_FIN);
	struct question question;

	for (int i = 0; i < QUESTIONS_A_TURN && table_next_question(feed->table, kinds, &question);
	     i++) {
		switch (question.kind) {
		case ASK_PORT:
			live_peek(feed->live, question.sk, question.cookie, question.s.netns, true);
			break;
		case ASK_MINI:
			feed_look_up(feed, &question.s); /* unanswered, it is asked again */
			break;
		case ASK_TASK:
			feed_tell_task(feed, question.pid, question.start);
			break;
		case ASK_STACK:
			live_forget_stack(feed->live, question.stack);
			break;
		case ASK_END:
			feed_confirm_end(feed, &question);
			break;
		case ASK_FIN:
			break; /* is not among these */
		}
	}
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

static bool is_known(const struct feed *feed, const struct fact_name *fact)
{
	const struct name_key key = {fact->kind, {fact->key[0], fact->key[1]}};
	const char *known = names_find(table_names(feed->table), key);

	return known && strlen(known) == fact->size && !memcmp(known, fact->name, fact->size);
}

/* Frames that several stacks have are named with each of them, for names are forgotten. */
static void on_stack_fact(const struct fact *fact, void *arg)
{
	struct feed *feed = arg;

	if (fact->type != FACT_NAME || !is_known(feed, (const struct fact_name *)fact))
		feed_fact(fact, feed);
}

/* Before the facts that name them, so that an event is printed with its stack. */
static int drain_stacks(struct feed *feed)
{
	int err = live_drain_stacks(feed->live, take_stack, feed);

	for (int i = 0; i < STACKS_WAITS && !live_is_filling(feed->live); i++)
		if (!stacks_wait(feed->stacks, STACKS_WAIT_MS, on_stack_fact, feed))
			return err;
	stacks_collect(feed->stacks, on_stack_fact, feed);
	return err;
}

void feed_wait_stacks(struct feed *feed, unsigned int timeout_ms)
{
	if (feed->stacks)
		stacks_wait(feed->stacks, timeout_ms, on_stack_fact, feed);
}

void feed_report_losses(struct feed *feed)
{
	if (!feed->live)
		return;
	live_report_losses(feed->live, table_told_twice(feed->table));
	feed->losses_reported = clock_boot();
}

int feed_drain(struct feed *feed)
{
	int err = 0;

	if (feed->stacks)
		err = drain_stacks(feed);
	if (feed->live && !err)
		err = live_drain(feed->live);
	if (!err && clock_boot() - feed->losses_reported >= LOSS_INTERVAL)
		feed_report_losses(feed);
	feed_clock(feed);
	emit_tick(feed);
	if (!err && feed->live && feed->config.trace) {
		answer_questions(feed);
		look_for_fins(feed);
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

/* --- opening -------------------------------------------------------------------------------- */

static bool wants_stacks(const struct feed_config *config)
{
	return config->trace && config->stacks;
}

static int open_live(struct feed *feed, struct diag *shortfall, struct diag *diag)
{
	const struct live_config config = {.ring_bytes = feed->config.ring_bytes,
	                                   .trace = feed->config.trace,
	                                   .btf = feed->config.btf,
	                                   .stacks = wants_stacks(&feed->config),
	                                   .walker = feed->finds_pids ? (uint32_t)getpid() : 0};
	const struct fact_sink sink = {feed_fact, feed};
	struct diag why;
	int err = live_open(&feed->live, &config, &sink, &why);

	if (err && (feed->config.trace || feed->config.btf))
		return diag_fail(diag, err, "%s", why.text);
	if (err)
		diag_fail(shortfall, err,
		          "%s. Showing what sock_diag and /proc tell without it: this network "
		          "namespace only, no ages, processes as far as they may be seen",
		          why.text);
	return 0;
}

/* Before the kernel side makes dumps that nobody would read. */
static void check_stacks(struct feed *feed, struct diag *shortfall)
{
	int err = wants_stacks(&feed->config) ? stacks_check() : 0;

	if (!err)
		return;
	feed->config.stacks = false;
	diag_fail(shortfall, err,
	          "--stacks: no stack is read, for the process that would read them cannot be made "
	          "a sandbox: %s",
	          strerror(-err));
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
	table_enable_questions(
		table,
		QUESTION_BIT(ASK_TASK) |
			(config->trace ? QUESTION_BIT(ASK_MINI) | QUESTION_BIT(ASK_PORT) |
	                                         QUESTION_BIT(ASK_END) | QUESTION_BIT(ASK_FIN)
	                               : 0) |
			(wants_stacks(config) ? QUESTION_BIT(ASK_STACK) : 0));
	feed->finds_pids = process_pids_are_global();
	check_stacks(feed, shortfall);
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
	feed_tell_tasks(feed);
	return 0;
}

static int begin_live(struct feed *feed, struct diag *diag)
{
	int err = 0;

	if (feed->config.trace)
		err = live_name_reasons(feed->live); /* walks alone bring no RST */
	if (err)
		return diag_fail(diag, err, "the kernel's BTF cannot be read: %s", strerror(-err));
	err = feed_walk(feed);
	if (err && !feed->netns.count)
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
	feed_clock(feed);                /* all that follows has a time of day */
	feed->finds_pids |= !feed->live; /* what /proc itself tells us has /proc's own pids */
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
	feed_forget_rows(feed);
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

int feed_stacks_fd(const struct feed *feed)
{
	return feed->live ? live_stacks_fd(feed->live) : -1;
}

const struct live *feed_live(const struct feed *feed)
{
	return feed->live;
}
