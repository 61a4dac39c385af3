/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All counters of the kernel's protocols and interfaces, in all namespaces of the last walk: what has
 * changed since the last report, as the table has it.
 */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "enrich/interface.h"
#include "fact/counts.h"
#include "fact/kind.h"
#include "fact/mib.h"
#include "fact/name.h"
#include "feed/feed_private.h"
#include "table/mib.h"

#define INTERVAL  (10 * NS_PER_SEC)
#define PART_ALL  PART_BIT(0)
#define NAMES_MAX 4000 /* of counters; the table keeps 4096 */

/* A name and its id. */
struct counter_id {
	char name[MIB_NAME_SIZE]; /* padded with NUL */
	uint64_t id;
};

/* The counters of one namespace are read. */
struct count {
	struct feed *feed;
	uint32_t netns;
	int devices;                 /* interface_open() */
	struct numbers there;        /* indices of the interfaces */
	const struct mib_set *known; /* of the set that is reported; NULL: nothing is known of it */
	union fact_counts_buffer report;
};

void feed_open_counts(struct feed *feed)
{
	map_init(&feed->counting.ids, MIB_NAME_SIZE, sizeof(struct counter_id));
	schedule_init(&feed->counting.schedule, INTERVAL, PART_ALL);
}

void feed_close_counts(struct feed *feed)
{
	map_free(&feed->counting.ids);
}

/* The id of a name; a new one is reported. 0: it has none, or there are too many. */
static uint16_t find_id(struct feed *feed, const char *text, bool make)
{
	struct map *ids = &feed->counting.ids;
	char name[MIB_NAME_SIZE] = {0};
	union fact_name_buffer fact;
	struct counter_id *entry;
	uint64_t key[2] = {0};

	memcpy(name, text, strnlen(text, sizeof(name) - 1));
	entry = map_find(ids, name);
	if (entry)
		return (uint16_t)entry->id;
	entry = make && ids->count < NAMES_MAX ? map_get(ids, name) : NULL;
	if (!entry)
		return 0;
	entry->id = ids->count;
	key[0] = entry->id;
	fact_name_make(&fact, clock_boot(), NAME_COUNTER, key, name);
	feed_fact(&fact.fact.h, feed);
	return (uint16_t)entry->id;
}

/* --- one set: a namespace or an interface --------------------------------------------------- */

static void begin_report(struct count *count, uint32_t ifindex)
{
	struct feed *feed = count->feed;

	count->known = table_mib(feed->table, count->netns, ifindex);
	memset(&count->report.fact, 0, sizeof(count->report.fact));
	count->report.fact.h.type = FACT_COUNTS;
	count->report.fact.netns = count->netns;
	count->report.fact.ifindex = ifindex;
	/*
	 * A namespace that comes later than the first reading was made since then, and its counters
	 * began at 0. An interface may come from another namespace, with its counters.
	 */
	if (!count->known && (ifindex || !feed->counting.begun))
		count->report.fact.flags = COUNTS_FIRST;
}

static bool is_reported(const struct count *count)
{
	return count->known || !count->feed->counting.full;
}

static void flush_report(struct count *count)
{
	struct fact_counts *fact = &count->report.fact;

	fact->h.len = fact_length(FACT_COUNTS, fact->count);
	fact->h.time = clock_boot();
	feed_fact(&fact->h, count->feed);
	fact->count = 0;
	/* The table may have moved it. */
	count->known = table_mib(count->feed->table, count->netns, fact->ifindex);
}

/* A new set is reported even if all its counters are 0. What the table refuses is not reported again. */
static void end_report(struct count *count)
{
	if (!is_reported(count) || (count->known && !count->report.fact.count))
		return;
	flush_report(count);
	count->feed->counting.full |= !count->known;
}

static void report_value(struct count *count, const char *name, uint64_t now)
{
	struct fact_counts *fact = &count->report.fact;
	const struct mib_value *known;
	uint16_t id;

	if (!is_reported(count))
		return;
	id = find_id(count->feed, name, now != 0);
	known = count->known ? mib_value(count->known, id) : NULL;
	if (!id || now == (known ? known->now : 0))
		return;
	counts_add(fact, id, (int64_t)(now - (known ? known->now : 0)));
	if (fact->count + COUNTS_ELEMENTS > FACT_COUNTS_MAX)
		flush_report(count);
}

static int take_counter(const struct mib_counter *counter, void *arg)
{
	report_value(arg, counter->name, counter->value);
	return 0;
}

static void read_protocols(struct count *count)
{
	static const struct {
		const char *path;
		int (*parse)(const char *text, size_t size, mib_fn *fn, void *arg);
	} files[] = {
		{"/proc/thread-self/net/snmp", mib_parse_pairs},
		{"/proc/thread-self/net/netstat", mib_parse_pairs},
		{"/proc/thread-self/net/snmp6", mib_parse_lines},
		{"/proc/thread-self/net/sctp/snmp", mib_parse_lines},
	};
	struct buffer text = {0};

	begin_report(count, 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		text.size = 0;
		if (!file_read(files[i].path,
		               &text)) /* without IPv6 or SCTP there is no such file */
			files[i].parse(text.data, text.size, take_counter, count);
	}
	end_report(count);
	buffer_free(&text);
}

/* --- interfaces ------------------------------------------------------------------------------- */

static void report_interface_name(struct count *count, uint32_t ifindex, const char *name)
{
	const struct name_key key = name_key_interface(count->netns, ifindex);
	const char *known = names_find(table_names(count->feed->table), key);
	union fact_name_buffer fact;

	if (known && !strcmp(known, name))
		return;
	fact_name_make(&fact, clock_boot(), NAME_INTERFACE, key.key, name);
	feed_fact(&fact.fact.h, count->feed);
}

static int take_device(const char *name, const uint64_t values[MIB_DEVICE_VALUES], void *arg)
{
	struct count *count = arg;
	struct interface_state state;

	if (interface_read(count->devices, name, &state))
		return 0; /* it has gone since */
	if (numbers_add(&count->there, state.ifindex) == NUMBERS_NONE)
		return 0; /* no memory: the next reading reports it */
	report_interface_name(count, state.ifindex, name);
	begin_report(count, state.ifindex);
	report_value(count, "IfFlags", state.flags);
	report_value(count, "IfMtu", state.mtu);
	for (size_t i = 0; i < MIB_DEVICE_VALUES; i++)
		report_value(count, mib_device_names[i], values[i]);
	end_report(count);
	return 0;
}

static void report_gone(struct count *count, uint32_t ifindex)
{
	struct fact_counts fact = {
		.h = {.type = FACT_COUNTS, .len = sizeof(fact), .time = clock_boot()},
		.netns = count->netns,
		.ifindex = ifindex,
		.flags = COUNTS_GONE,
	};

	feed_fact(&fact.h, count->feed);
}

/* Reports the end of interfaces that the table has, and the kernel not. */
static void retire_devices(struct count *count)
{
	const struct table *table = count->feed->table;
	size_t place = table_mib_place(table, count->netns);
	const struct mib_set *set;

	while ((set = table_mib_at(table, place)) && mib_netns(set) == count->netns) {
		uint32_t ifindex = mib_ifindex(set);

		if (ifindex && numbers_find(&count->there, ifindex) == NUMBERS_NONE)
			report_gone(count, ifindex); /* the next set takes its place */
		else
			place++;
	}
}

static void read_devices(struct count *count)
{
	struct buffer text = {0};
	int err = file_read("/proc/thread-self/net/dev", &text);

	count->devices = err ? err : interface_open();
	if (count->devices >= 0) {
		mib_parse_devices(text.data, text.size, take_device, count);
		close(count->devices);
		retire_devices(count);
	}
	numbers_free(&count->there);
	buffer_free(&text);
}

/* --- all namespaces --------------------------------------------------------------------------- */

static void count_netns(struct feed *feed, const struct netns_entry *entry)
{
	struct count count = {.feed = feed, .netns = entry->inode};

	if (netns_enter(entry))
		return; /* gone: the next walk reports it */
	read_protocols(&count);
	read_devices(&count);
	netns_leave();
}

void feed_count(struct feed *feed)
{
	struct counting *counting = &feed->counting;
	uint64_t begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	if (!feed->config.counts || (!feed->netns.count && feed_refresh_netns(feed, NULL)))
		return;
	schedule_begun(&counting->schedule, PART_ALL);
	for (size_t i = 0; i < feed->netns.count; i++)
		count_netns(feed, &feed->netns.entries[i]);
	counting->begun = true;
	counting->schedule.cost[0] = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin;
	schedule_ended(&counting->schedule, PART_ALL, clock_boot());
}

void feed_count_if_due(struct feed *feed)
{
	if (feed->config.counts && schedule_due(&feed->counting.schedule, clock_boot()))
		feed_count(feed);
}
