/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User stacks: dumps go from the kernel side to their reader, its facts and unwind rules come back.
 */
#include <string.h>

#include "enrich/stack_reader.h"
#include "fact/name.h"
#include "feed/feed_private.h"

/* A drain waits for stacks, so that they come before the facts that name them. */
#define STACKS_WAIT_MS 10
#define STACKS_WAITS   25 /* in one drain at most; none while the ring fills */

bool feed_wants_stacks(const struct feed_config *config)
{
	return config->trace && config->stacks;
}

/* Call before the programs are loaded: without a reader they must not make dumps. */
void feed_check_stacks(struct feed *feed, struct diag *shortfall)
{
	int err = feed_wants_stacks(&feed->config) ? stack_reader_check() : 0;

	if (!err)
		return;
	feed->config.stacks = false;
	diag_fail(shortfall, err,
	          "--stacks: no stack is read: cannot set up a sandbox for the process that "
	          "reads them: %s",
	          strerror(-err));
}

static bool take_stack(const struct stack_dump *dump, void *arg)
{
	struct feed *feed = arg;

	return stack_queue_take(feed->stacks, dump);
}

static void add_unwind_rule(uint64_t space, uint64_t ip, const struct stack_rule *rule, void *arg)
{
	struct feed *feed = arg;

	live_add_unwind_rule(feed->live, space, ip, rule);
}

static bool is_known(const struct feed *feed, const struct fact_name *fact)
{
	const struct name_key key = {fact->kind, {fact->key[0], fact->key[1]}};
	const char *known = names_find(table_names(feed->table), key);

	return known && strlen(known) == fact->size && !memcmp(known, fact->name, fact->size);
}

/*
 * The reader names the frames of each stack again, because the table forgets names. Drop those that
 * the table has.
 */
static void on_stack_fact(const struct fact *fact, void *arg)
{
	struct feed *feed = arg;

	if (fact->type != FACT_NAME || !is_known(feed, (const struct fact_name *)fact))
		feed_fact(fact, feed);
}

/* Takes stacks before the facts that name them, so that an event is printed with its stack. */
int feed_drain_stacks(struct feed *feed)
{
	int err = live_drain_stacks(feed->live, take_stack, feed);

	for (int i = 0; i < STACKS_WAITS && !live_is_filling(feed->live); i++)
		if (!stack_queue_wait(feed->stacks, STACKS_WAIT_MS, on_stack_fact, feed))
			return err;
	stack_queue_collect(feed->stacks, on_stack_fact, feed);
	return err;
}

void feed_wait_stacks(struct feed *feed, unsigned int timeout_ms)
{
	if (feed->stacks)
		stack_queue_wait(feed->stacks, timeout_ms, on_stack_fact, feed);
}

int feed_open_stacks(struct feed *feed)
{
	return stack_queue_open(&feed->stacks, add_unwind_rule, feed);
}

int feed_stacks_fd(const struct feed *feed)
{
	return feed->live ? live_stacks_fd(feed->live) : -1;
}
