/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the listings of the namespaces that are asked for, and prints them. */
#ifndef TCPTRAIL_COMMAND_NETSTAT_PRINT_H
#define TCPTRAIL_COMMAND_NETSTAT_PRINT_H

#include "command/netstat.h"
#include "command/netstat_names.h"
#include "command/netstat_out.h"

struct netns_entry;

/* What one namespace gave, and what it gave in the round before. */
struct netstat_place {
	uint32_t inode;
	unsigned int round; /* in which it was read last */
	struct list *lists, *previous;
	size_t count, previous_count;
};

struct netstat_run {
	const struct options *options;
	const struct netstat *netstat;
	struct netstat_out out;
	struct netstat_names names;
	const struct table *recorded; /* NULL: the kernel */
	struct list_holders *holders; /* of this round; NULL: not asked for */
	struct netstat_place *places;
	size_t place_count, place_room;
	struct buffer reported; /* faults, each with a NUL */
	unsigned int round;
	uint64_t now,
		before; /* when this round and the one before were read, ns of CLOCK_BOOTTIME */
	bool many_netns;
	bool headed;     /* the headings of the one table are printed */
	bool span;       /* list_request.span */
	bool waits;      /* for the end of the first walk, to read what changes begin with */
	bool baseline;   /* list_request.baseline */
	bool restarted;  /* list_request.restarted */
	bool knows_host; /* a recording names the host's own namespace */
	bool missing;    /* something that was named does not exist here */
};

/*
 * Reads a namespace, which the thread is in, and takes it back for netstat_print_place(). What cannot be
 * listed is reported on stderr in the first round. The place, or NULL: no memory.
 */
struct netstat_place *netstat_read_place(struct netstat_run *run, uint32_t netns,
                                         const char *netns_name);
/* 0 or -errno. */
int netstat_print_place(struct netstat_run *run, struct netstat_place *place,
                        const char *netns_name);
/* Drops the namespaces that this round has not read: they have ended. */
void netstat_forget_places(struct netstat_run *run);
/* Is there nothing of all that was named? */
bool netstat_found_nothing(const struct netstat_run *run);
void netstat_free_places(struct netstat_run *run);

#endif
