/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/feed/schedule.c */
#include "feed/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/clock.h"

#define SOCKETS PART_BIT(PART_SOCKETS)
#define HOLDERS PART_BIT(PART_HOLDERS)
#define ALL     (SOCKETS | HOLDERS)
#define START   (1000 * NS_PER_SEC)

/* What has been walked between two times, if `lost` is lost each ms from `begin` to `until`. */
struct run {
	struct schedule schedule;
	uint64_t now;
	unsigned int walks[PART_COUNT];
	uint64_t cpu;
};

static struct run run_begin(uint64_t least, uint64_t sockets_cost, uint64_t holders_cost)
{
	struct run run = {.now = START};

	schedule_init(&run.schedule, least, ALL);
	run.schedule.cost[PART_SOCKETS] = sockets_cost;
	run.schedule.cost[PART_HOLDERS] = holders_cost;
	schedule_begun(&run.schedule, ALL);
	schedule_ended(&run.schedule, ALL, run.now);
	return run;
}

static void run_for(struct run *run, uint64_t ns, uint32_t lost)
{
	for (uint64_t end = run->now + ns; run->now < end; run->now += NS_PER_MS) {
		uint32_t due;

		schedule_request(&run->schedule, lost, run->now);
		due = schedule_due(&run->schedule, run->now);
		if (!due)
			continue;
		schedule_begun(&run->schedule, due);
		for (int part = 0; part < PART_COUNT; part++) {
			if (!(due & PART_BIT(part)))
				continue;
			run->walks[part]++;
			run->cpu += run->schedule.cost[part];
			run->now += run->schedule.cost[part];
		}
		schedule_ended(&run->schedule, due, run->now);
	}
}

static void idle_walks_come_at_their_interval(void **state)
{
	struct run run = run_begin(0, NS_PER_MS, NS_PER_MS);

	(void)state;
	run_for(&run, 51 * NS_PER_SEC, 0);
	assert_int_equal(run.walks[PART_SOCKETS], 10);
	assert_int_equal(run.walks[PART_HOLDERS], 10);
	run = run_begin(30 * NS_PER_SEC, NS_PER_MS, NS_PER_MS);
	run_for(&run, 91 * NS_PER_SEC, 0);
	assert_int_equal(run.walks[PART_SOCKETS], 3);
}

/* All costs count: those of the thread that reads, too. */
static void idle_walks_take_a_share_at_most(void **state)
{
	struct run run = run_begin(0, 300 * NS_PER_MS, 200 * NS_PER_MS);

	(void)state;
	run_for(&run, 1000 * NS_PER_SEC, 0);
	assert_in_range(run.cpu, NS_PER_SEC, 1000 * NS_PER_SEC / 200);
}

static void one_loss_is_healed_soon_and_once(void **state)
{
	struct run run = run_begin(0, NS_PER_MS, NS_PER_MS);

	(void)state;
	run_for(&run, NS_PER_SEC, 0);
	run_for(&run, NS_PER_MS, SOCKETS);
	assert_int_equal(run.walks[PART_SOCKETS], 1);
	run_for(&run, NS_PER_SEC, 0);
	assert_int_equal(run.walks[PART_SOCKETS], 1);
	assert_int_equal(run.walks[PART_HOLDERS], 0);
}

static void only_what_was_lost_is_walked(void **state)
{
	struct run run = run_begin(0, NS_PER_MS, NS_PER_MS);

	(void)state;
	run_for(&run, NS_PER_SEC, 0);
	run_for(&run, NS_PER_MS, HOLDERS);
	run_for(&run, NS_PER_SEC, 0);
	assert_int_equal(run.walks[PART_SOCKETS], 0);
	assert_int_equal(run.walks[PART_HOLDERS], 1);
}

static void a_part_that_is_never_walked_is_not_wanted(void **state)
{
	struct schedule schedule;

	(void)state;
	schedule_init(&schedule, 0, SOCKETS);
	schedule_ended(&schedule, SOCKETS, START);
	schedule_request(&schedule, HOLDERS, START + NS_PER_SEC);
	assert_int_equal(schedule_due(&schedule, START + 2 * NS_PER_SEC), 0);
	assert_int_equal(schedule_due(&schedule, START + 5 * NS_PER_SEC), SOCKETS);
}

/* 0.1, 0.2, 0.4 s ... up to the interval of idle walks. */
static void losses_that_go_on_are_healed_ever_more_seldom(void **state)
{
	struct run run = run_begin(0, NS_PER_MS, NS_PER_MS);

	(void)state;
	run_for(&run, 3 * NS_PER_SEC, SOCKETS);
	assert_in_range(run.walks[PART_SOCKETS], 4, 6);
	run = run_begin(0, NS_PER_MS, NS_PER_MS);
	run_for(&run, 1000 * NS_PER_SEC, SOCKETS);
	assert_in_range(run.walks[PART_SOCKETS], 200, 210);
}

/* Walks that cost much, too: while losses go on, these take their share and little more. */
static void losses_do_not_lift_the_share_for_long(void **state)
{
	struct run run = run_begin(0, 300 * NS_PER_MS, 200 * NS_PER_MS);

	(void)state;
	run_for(&run, 10 * NS_PER_SEC, ALL);
	assert_in_range(run.cpu, NS_PER_MS, 2 * NS_PER_SEC);
	run_for(&run, 2000 * NS_PER_SEC, ALL);
	assert_in_range(run.cpu, NS_PER_SEC, 2010 * NS_PER_SEC / 100);
}

static void after_a_quiet_time_the_next_loss_is_healed_soon(void **state)
{
	struct run run = run_begin(0, NS_PER_MS, NS_PER_MS);
	unsigned int before;

	(void)state;
	run_for(&run, 100 * NS_PER_SEC, SOCKETS);
	run_for(&run, 30 * NS_PER_SEC + 500 * NS_PER_MS, 0);
	before = run.walks[PART_HOLDERS];
	run_for(&run, 200 * NS_PER_MS, HOLDERS);
	assert_in_range(run.walks[PART_HOLDERS] - before, 1, 2);
}

/* What is lost while a walk runs, that walk may not have seen. */
static void what_is_lost_during_a_walk_is_walked_for_again(void **state)
{
	struct schedule schedule;

	(void)state;
	schedule_init(&schedule, 0, ALL);
	schedule_ended(&schedule, ALL, START);
	schedule_request(&schedule, SOCKETS, START + NS_PER_SEC);
	schedule_begun(&schedule, SOCKETS);
	schedule_request(&schedule, SOCKETS, START + NS_PER_SEC);
	schedule_ended(&schedule, SOCKETS, START + NS_PER_SEC);
	assert_int_equal(schedule_due(&schedule, START + NS_PER_SEC), 0);
	assert_int_equal(schedule_due(&schedule, START + NS_PER_SEC + NS_PER_SEC / 2), SOCKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_walks_come_at_their_interval),
		cmocka_unit_test(idle_walks_take_a_share_at_most),
		cmocka_unit_test(one_loss_is_healed_soon_and_once),
		cmocka_unit_test(only_what_was_lost_is_walked),
		cmocka_unit_test(a_part_that_is_never_walked_is_not_wanted),
		cmocka_unit_test(losses_that_go_on_are_healed_ever_more_seldom),
		cmocka_unit_test(losses_do_not_lift_the_share_for_long),
		cmocka_unit_test(after_a_quiet_time_the_next_loss_is_healed_soon),
		cmocka_unit_test(what_is_lost_during_a_walk_is_walked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
