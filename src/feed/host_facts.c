/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about the host: its wall clock, and what its kernel counts and how it is set. */
#include <string.h>

#include "base/clock.h"
#include "enrich/kernel_counters.h"
#include "fact/name.h"
#include "feed/feed_private.h"
#include "table/counters.h"

#define CLOCK_READINGS 5
#define CLOCK_STEP     ((int64_t)NS_PER_MS / 10) /* a smaller difference is measurement error */

/*
 * Wall clock minus boot time, from the fastest of a few readings: the thread may be interrupted in
 * one.
 */
static int64_t read_wall_offset(void)
{
	uint64_t least = UINT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < CLOCK_READINGS; i++) {
		uint64_t before = clock_boot(), wall = clock_ns(CLOCK_REALTIME);
		uint64_t took = clock_boot() - before;

		if (took >= least)
			continue;
		least = took;
		offset = (int64_t)(wall - (before + took / 2));
	}
	return offset;
}

/* NTP slews both clocks alike, so a difference is a step of the wall clock. */
void feed_report_clock(struct feed *feed)
{
	struct fact_clock fact = {.h = {.type = FACT_CLOCK, .len = sizeof(fact)}};
	int64_t offset = read_wall_offset(), step = offset - feed->wall_offset;

	if (step < CLOCK_STEP && step > -CLOCK_STEP)
		return;
	feed->wall_offset = offset;
	fact.h.time = clock_boot();
	fact.wall = (int64_t)fact.h.time + offset;
	feed_fact(&fact.h, feed);
}

/* --- what the kernel counts ------------------------------------------------------------------- */

/* Reads settings of the namespace that the thread is in. So does report_counters(). */
static void report_settings(struct feed *feed, uint32_t netns)
{
	char text[KERNEL_SETTING_SIZE];
	union fact_name_buffer name;
	const char *known;

	for (enum setting setting = SETTING_NONE + 1; setting < SETTING_COUNT; setting++) {
		const uint64_t key[2] = {setting, netns};

		if (kernel_setting_read(setting, text))
			continue;
		known = table_setting(feed->table, netns, setting);
		if (known && !strcmp(known, text))
			continue;
		fact_name_make(&name, clock_boot(), NAME_SETTING, key, text);
		feed_fact(&name.fact.h, feed);
	}
}

static void report_counter(struct feed *feed, uint32_t netns, enum counter counter, uint64_t value)
{
	struct fact_counter fact = {
		.h = {.type = FACT_COUNTER, .len = sizeof(fact), .time = clock_boot()},
		.netns = netns,
		.counter = counter,
		.value = value,
	};

	feed_fact(&fact.h, feed);
}

/*
 * The first walk reads the counters of each namespace. If the counters of a namespace are not known
 * later, the namespace was made after that walk, so each counter has grown from 0.
 */
static void report_counters(struct feed *feed, uint32_t netns)
{
	struct kernel_counters counts;
	uint64_t now, grown;

	kernel_counters_read(&counts); /* files that cannot be read leave their counters unknown */
	for (enum counter counter = COUNTER_NONE + 1; counter < COUNTER_COUNT; counter++) {
		if (!counts.known[counter])
			continue;
		if (feed->counted && counts.value[counter] && counter_only_grows(counter) &&
		    !table_counter(feed->table, netns, counter, &now, &grown))
			report_counter(feed, netns, counter, 0);
		report_counter(feed, netns, counter, counts.value[counter]);
	}
}

/* Call after a walk of the namespace. Settings of namespaces without sockets are not needed. */
void feed_report_host(struct feed *feed, uint32_t netns)
{
	bool has_sockets = feed->seen_netns == netns;

	if (!feed->config.host)
		return;
	if (has_sockets)
		report_settings(feed, netns);
	if (has_sockets || !feed->counted)
		report_counters(feed, netns);
}
