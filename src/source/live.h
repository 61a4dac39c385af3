/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live kernel: BPF programs, their ring buffer, and walks over sockets and fds. The only user
 * of libbpf.
 */
#ifndef TCPTRAIL_SOURCE_LIVE_H
#define TCPTRAIL_SOURCE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump.h"
#include "lost.h"
#include "source/source.h"

struct live;

struct live_config {
	uint32_t ring_bytes; /* power of two, >= page size; 0: default */
	bool trace;          /* false: only walk, attach to no event */
	const char *btf;     /* file with BTF, for a kernel without; NULL: the kernel's own */
	/*
	 * Our pid in the initial pid namespace; 0: not known. A walk over fds holds each file for a
	 * moment, so that the last close of a socket may happen in this process.
	 */
	uint32_t walker;
	bool stacks; /* make dumps of user stacks: see live_drain_stacks() */
};

/*
 * Loads and attaches. The functions below call sink for each fact. 0, or -errno with diag: what is
 * missing (privilege, BTF, kernel, tracepoint) and what to do. A missing optional probe is no
 * error: see live_probe().
 */
int live_open(struct live **live, const struct live_config *config, const struct fact_sink *sink,
              struct diag *diag);
void live_close(struct live *live); /* NULL-safe; detaches all programs */

/* Readable when the ring is filled beyond its wake-up mark. Below it, drain by a timer. */
int live_fd(const struct live *live);
/* Hands over all facts in the ring, then reports those lost there as FACT_LOSS. 0 or -errno. */
int live_drain(struct live *live);
/*
 * Reports all new losses as FACT_LOSS, also those by skipped runs of programs, which takes a
 * syscall for each program. seen_twice: how many transitions the table has received twice; these
 * replace no skipped one.
 */
void live_report_losses(struct live *live, uint64_t seen_twice);
/* How many facts of a kind were reported as lost so far. */
uint64_t live_lost(const struct live *live, enum lost_kind kind);

/*
 * Hands over dumps of the stacks that facts name. fn returns false if it has no room: that is
 * counted as a loss, and the next socket with this stack brings another dump. The next live_drain()
 * stops at the facts that are in the ring now, because stacks of later facts may be missing.
 */
typedef bool live_stack_fn(const struct stack_dump *dump, void *arg);
int live_drain_stacks(struct live *live, live_stack_fn *fn, void *arg);
/* The next socket with this stack brings another dump of it. */
void live_forget_stack(struct live *live, uint64_t id);
/* Tells the kernel side how to find the caller of the frame at ip in this address space. */
void live_add_unwind_rule(struct live *live, uint64_t space, uint64_t ip,
                          const struct stack_rule *rule);
/* Is the ring of facts so full that it must be drained first? */
bool live_is_filling(const struct live *live);
int live_stacks_fd(const struct live *live); /* readable when a dump waits; -1: never */

/* Reports the names of RST reasons from the kernel's BTF, a FACT_NAME each. */
int live_name_reasons(struct live *live);

/*
 * Walks over the sockets of the namespace that the calling thread is in: WALK_BEGIN, FACT_SEEN...,
 * WALK_END. Drains the ring before each chunk, so that an event comes before a sample taken later.
 * 0 or -errno.
 */
int live_walk_sockets(struct live *live, uint32_t netns);
/* Walks over the fds of all tasks of our pid namespace. */
int live_walk_holders(struct live *live);
/* Does the kernel have iter/tcp? Without it (before 5.9) use sock_diag. */
bool live_can_walk(const struct live *live);

/* Are ends of processes reported (FACT_EXIT)? */
bool live_reports_exits(const struct live *live);

/*
 * Is there still a socket with this cookie and namespace (0: any) at this address, and if it is a
 * request socket, with these ends? 1: yes; 2: yes, a listener with half-open connections; 0: no;
 * -errno. With report, also emits FACT_SEEN if it exists, after all events in the ring.
 */
int live_peek(struct live *live, uint64_t sk, const struct fact_sample *expected, bool report);

/*
 * Emits a FACT_PARENT for each connection in the accept queue of the listener with this address and
 * cookie, after all events in the ring. 0 or -errno.
 */
int live_peek_queue(struct live *live, uint64_t sk, uint64_t cookie);

/* The probe table, for `tcptrail probes`. */
struct live_probe {
	char name[40];       /* "tp_btf/inet_sock_set_state" */
	const char *purpose; /* what it serves */
	bool required;
	bool needed; /* false: the configuration does not need it */
	bool active;
	bool refused;  /* the kernel has what it needs but refused to load it */
	char why[160]; /* why it is not active */
};
/* NULL past the end. Valid until live_close(). */
const struct live_probe *live_probe(const struct live *live, size_t index);

#endif
