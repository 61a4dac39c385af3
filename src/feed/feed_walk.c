/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks: sockets of each namespace, what its kernel counts, and who holds which fd. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "table/host.h"
#include "enrich/host.h"
#include "enrich/process.h"
#include "enrich/procfd.h"
#include "fact/name.h"
#include "feed/feed_private.h"

#define CLOCK_READINGS 5
#define CLOCK_STEP     ((int64_t)NS_PER_MS / 10) /* less is the error of reading */

void feed_loss(struct feed *feed)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_WALK,
	};

	feed_fact(&loss.h, feed);
}

/* Wall clock minus boot time, of the closest of a few readings: we may be interrupted in one. */
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

/* Both clocks are slewed alike: what is told anew is a step. */
void feed_clock(struct feed *feed)
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
		feed_fact(&name.fact.h, feed);
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
		feed_fact(&fact.h, feed);
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

struct diag_walk {
	struct feed *feed;
	uint64_t time; /* of the datagram at hand: its samples share one */
};

/* As walks of the live kernel: events before the samples that were taken after them. */
static void on_diag_fact(const struct fact *fact, void *arg)
{
	struct diag_walk *walk = arg;

	if (walk->feed->live && walk->time != fact->time)
		live_drain(walk->feed->live);
	walk->time = fact->time;
	feed_fact(fact, walk->feed);
}

int feed_diag_walk(struct feed *feed, uint32_t netns, struct diag *diag)
{
	struct diag_walk walk = {.feed = feed};
	const struct fact_sink sink = {on_diag_fact, &walk};
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
	feed->walked = entry->inode;
	feed->named_interface = 0; /* names may be others than in the last walk */
	if (!feed_confirm_netns(feed, entry->inode)) {
		err = live_can_walk(feed->live) ? live_walk_sockets(feed->live, entry->inode)
		                                : feed_diag_walk(feed, entry->inode, NULL);
	}
	feed_tell_queues(feed, entry->inode);
	tell_host(feed, entry->inode);
	back = netns_leave();
	feed->walked = 0;
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

	if (walk->feed->live && live_is_filling(walk->feed->live))
		live_drain(walk->feed->live);
	if (!table_find_inode(walk->feed->table, inode))
		return; /* a socket of another kind */
	if (walk->pid != pid && process_read(pid, 0, &walk->info))
		return;
	walk->pid = pid;
	memcpy(holder.comm, walk->info.comm, sizeof(holder.comm));
	feed_fact(&holder.h, walk->feed);
}

/* Where there is no iterator over files, or BPF is refused. */
static int walk_proc(struct feed *feed)
{
	const struct fact_sink sink = {feed_fact, feed};
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
	feed_fact(&end.h, feed);
	return 0;
}

static int walk_holders(struct feed *feed)
{
	int err = feed->live ? live_walk_holders(feed->live) : -ENOTSUP;

	return err == -ENOTSUP ? walk_proc(feed) : err;
}

int feed_walk_holders(struct feed *feed)
{
	int err = walk_holders(feed);

	return !err && table_wants_holders(feed->table) ? walk_holders(feed) : err;
}

/* Have facts of that kind been lost since this was asked last? */
static bool has_lost(struct feed *feed, enum lost_kind kind)
{
	uint64_t lost = feed->live ? live_lost(feed->live, kind) : 0, known = feed->lost[kind];

	feed->lost[kind] = lost;
	return lost != known;
}

/* Processes that end are told of, but for those whose telling was lost. */
static bool may_miss_exits(struct feed *feed)
{
	bool told = feed->live && live_tells_exits(feed->live);

	return feed->finds_pids && feed->config.trace && (has_lost(feed, LOST_EXIT) || !told);
}

/* 0 or -errno of the first namespace that failed. */
static int walk_sockets(struct feed *feed)
{
	int err = feed_refresh_netns(feed, NULL), first = 0;

	if (err)
		return err;
	feed_bury_netns(feed);
	feed->walking = true;
	for (size_t i = 0; i < feed->netns.count; i++) {
		err = walk_netns(feed, &feed->netns.entries[i]);
		first = first ? first : err;
	}
	feed->walking = false;
	return first;
}

static int walk_part(struct feed *feed, enum walk_part part)
{
	switch (part) {
	case PART_SOCKETS:
		return walk_sockets(feed);
	case PART_HOLDERS:
		return walk_holders(feed);
	case PART_COUNT:
		break;
	}
	return -EINVAL;
}

/* What failed is a loss, and tried again in a while. -errno of the first part that did. */
static int walk_parts(struct feed *feed, uint32_t parts)
{
	int err, first = 0;

	map_free(&feed->examined);
	feed_clock(feed);
	schedule_begun(&feed->schedule, parts);
	for (enum walk_part part = 0; part < PART_COUNT; part++) {
		/* Of all threads: what iterators cost, the one that reads them pays. */
		uint64_t begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

		if (!(parts & PART_BIT(part)))
			continue;
		err = walk_part(feed, part);
		first = first ? first : err;
		if (err)
			schedule_want(&feed->schedule, PART_BIT(part), clock_boot());
		feed->schedule.cost[part] = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin;
	}
	if (first)
		feed_loss(feed);
	feed_tell_tasks(feed);
	if (may_miss_exits(feed))
		feed_bury_tasks(feed);
	feed->last_cgroup = feed->last_netns = 0; /* names may have been forgotten */
	schedule_ended(&feed->schedule, parts, clock_boot());
	return first;
}

int feed_walk(struct feed *feed)
{
	int err = walk_parts(feed, feed->schedule.parts), again = 0;

	/* Somebody will look at the table now. */
	if (table_wants_holders(feed->table))
		again = walk_parts(feed, PART_BIT(PART_HOLDERS));
	return err ? err : again;
}

void feed_walk_if_due(struct feed *feed)
{
	uint64_t now = clock_boot();
	uint32_t due;

	if (has_lost(feed, LOST_TRANSITION))
		schedule_want(&feed->schedule, PART_BIT(PART_SOCKETS), now);
	if (has_lost(feed, LOST_CALL))
		schedule_want(&feed->schedule, PART_BIT(PART_HOLDERS), now);
	due = schedule_due(&feed->schedule, now);
	if (due)
		walk_parts(feed, due);
}
