/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks over the sockets of each namespace and over who holds which fd. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "enrich/process.h"
#include "enrich/procfd.h"
#include "feed/feed_private.h"

void feed_loss(struct feed *feed)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_WALK,
	};

	feed_fact(&loss.h, feed);
}

/* --- walks ------------------------------------------------------------------------------------ */

struct diag_walk {
	struct feed *feed;
	uint64_t time; /* of the current datagram: its samples have the same time */
};

/* Drain the ring before each datagram, so that events come before samples taken later. */
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
		return 0; /* gone since it was found; the next walk retires it */
	if (err)
		return err;
	feed->seen_netns = 0;
	feed->walked = entry->inode;
	feed->named_interface = 0; /* names may have changed since the last walk */
	if (!feed_confirm_netns(feed, entry->inode)) {
		err = live_can_walk(feed->live) ? live_walk_sockets(feed->live, entry->inode)
		                                : feed_diag_walk(feed, entry->inode, NULL);
	}
	feed_report_queues(feed, entry->inode);
	feed_report_host(feed, entry->inode);
	back = netns_leave();
	feed->walked = 0;
	return err ? err : back;
}

/* Reports holders from /proc. They know a socket by its inode. */
struct proc_walk {
	struct feed *feed;
	struct process_info info; /* of the current process */
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
		return; /* not a TCP socket */
	if (walk->pid != pid && process_read(pid, 0, &walk->info))
		return;
	walk->pid = pid;
	memcpy(holder.comm, walk->info.comm, sizeof(holder.comm));
	feed_fact(&holder.h, walk->feed);
}

/* Used where the kernel has no iterator over files, or refuses BPF. */
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

/* Were facts of that kind lost since the last call? */
static bool has_lost(struct feed *feed, enum lost_kind kind)
{
	uint64_t lost = feed->live ? live_lost(feed->live, kind) : 0, known = feed->lost[kind];

	feed->lost[kind] = lost;
	return lost != known;
}

/* May the end of a process go unreported? */
static bool may_miss_exits(struct feed *feed)
{
	bool reported = feed->live && live_reports_exits(feed->live);

	return feed->finds_pids && feed->config.trace && (has_lost(feed, LOST_EXIT) || !reported);
}

/* 0 or -errno of the first namespace that failed. */
static int walk_sockets(struct feed *feed)
{
	int err = feed_refresh_netns(feed, NULL), first = 0;

	if (err)
		return err;
	feed_retire_netns(feed);
	feed->walking = true;
	for (size_t i = 0; i < feed->netns.count; i++) {
		err = walk_netns(feed, &feed->netns.entries[i]);
		first = first ? first : err;
	}
	feed->walking = false;
	feed->counted = true;
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

/* Reports and reschedules parts that fail. 0, or -errno of the first one. */
static int walk_parts(struct feed *feed, uint32_t parts)
{
	int err, first = 0;

	map_free(&feed->examined);
	feed_report_clock(feed);
	schedule_begun(&feed->schedule, parts);
	for (enum walk_part part = 0; part < PART_COUNT; part++) {
		/* CPU time of all threads: a thread of ours runs the iterators. */
		uint64_t begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

		if (!(parts & PART_BIT(part)))
			continue;
		err = walk_part(feed, part);
		first = first ? first : err;
		if (err)
			schedule_request(&feed->schedule, PART_BIT(part), clock_boot());
		feed->schedule.cost[part] = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin;
	}
	if (first)
		feed_loss(feed);
	feed_lookup_tasks(feed);
	if (may_miss_exits(feed))
		feed_retire_tasks(feed);
	feed->last_cgroup = feed->last_netns = 0; /* the table may have forgotten names */
	schedule_ended(&feed->schedule, parts, clock_boot());
	return first;
}

int feed_walk(struct feed *feed)
{
	int err, again = 0;

	/* First, so that the end of the first walk, the start of a recording, has counters. */
	feed_count(feed);
	err = walk_parts(feed, feed->schedule.parts);
	/* The caller prints the table next. */
	if (table_wants_holders(feed->table))
		again = walk_parts(feed, PART_BIT(PART_HOLDERS));
	return err ? err : again;
}

void feed_walk_if_due(struct feed *feed)
{
	uint64_t now = clock_boot();
	uint32_t due;

	if (has_lost(feed, LOST_TRANSITION))
		schedule_request(&feed->schedule, PART_BIT(PART_SOCKETS), now);
	if (has_lost(feed, LOST_CALL))
		schedule_request(&feed->schedule, PART_BIT(PART_HOLDERS), now);
	due = schedule_due(&feed->schedule, now);
	if (due)
		walk_parts(feed, due);
}
