/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live kernel: BPF programs, their ring, and walks over sockets and fds.
 * The only user of libbpf.
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
	bool trace;          /* false: walks only, no event is attached */
	const char *btf;     /* file, for a kernel that has none; NULL: the kernel's own */
	/* Our pid in the initial pid namespace, whose walk closes nothing; 0: not known. */
	uint32_t walker;
	bool stacks; /* dumps of user stacks: see live_drain_stacks() */
};

/*
 * Loads and attaches; facts go to sink from within the calls below. 0 or
 * -errno with diag saying what is missing (privilege, BTF, kernel, tracepoint)
 * and what to do. A missing optional probe is no error: see live_probe().
 */
int live_open(struct live **live, const struct live_config *config, const struct fact_sink *sink,
              struct diag *diag);
void live_close(struct live *live); /* NULL-safe; detaches everything */

/* Readable when the ring passed its wake-up mark; else drain by timer. */
int live_fd(const struct live *live);
/* Hands over all facts that are in the ring, then those lost there as FACT_LOSS. 0 or -errno. */
int live_drain(struct live *live);
/*
 * All losses so far as FACT_LOSS, those by runs that were skipped too, which cost a syscall a
 * program. told_twice: how many transitions have come twice so far, and make no skipped one good.
 */
void live_report_losses(struct live *live, uint64_t told_twice);
/* How many facts of a kind were reported lost so far. */
uint64_t live_lost(const struct live *live, enum lost_kind kind);

/*
 * Hands over the dumps of stacks that facts name, which fn takes or, false, has no
 * room for: it comes again with the next socket of that stack, and is counted.
 * The next live_drain() ends at the facts of now: of those behind, stacks may be
 * missing yet.
 */
typedef bool live_stack_fn(const struct stack_dump *dump, void *arg);
int live_drain_stacks(struct live *live, live_stack_fn *fn, void *arg);
/* The next socket that is made by this way brings another dump of it. */
void live_forget_stack(struct live *live, uint64_t id);
/* How the way from the frame at ip to its caller's was found. */
void live_add_unwind_rule(struct live *live, uint64_t space, uint64_t ip,
                          const struct stack_rule *rule);
/* Is the ring of facts so full that there is no time for anything else? */
bool live_is_filling(const struct live *live);
int live_stacks_fd(const struct live *live); /* readable when there is one; -1: never */

/* Names of RST reasons, as the running kernel's BTF has them: FACT_NAME each. */
int live_name_reasons(struct live *live);

/*
 * Walks the sockets of the namespace the calling thread is in (WALK_BEGIN,
 * FACT_SEEN..., WALK_END), draining the ring before each chunk so that an
 * event comes before a sample taken after it. 0 or -errno.
 */
int live_walk_sockets(struct live *live, uint32_t netns);
/* Walks the fds of all tasks of our pid namespace. */
int live_walk_holders(struct live *live);
/* Can iter/tcp serve, or is sock_diag to (before 5.9)? */
bool live_can_walk(const struct live *live);

/* Are the ends of processes told (FACT_EXIT)? */
bool live_reports_exits(const struct live *live);

/*
 * Is the socket with this cookie, of this namespace (each 0: any), still at this address? 1, or 2: and
 * it is a listener with half-open connections; 0: no; -errno. If it is, and is to be told: FACT_SEEN,
 * after what is in the ring.
 */
int live_peek(struct live *live, uint64_t sk, uint64_t cookie, uint32_t netns, bool tell);

/*
 * What waits in the accept queue of the listener at this address, with this cookie: FACT_PARENT
 * each, after what is in the ring. 0 or -errno.
 */
int live_peek_queue(struct live *live, uint64_t sk, uint64_t cookie);

/* The probe table, for --probes. */
struct live_probe {
	char name[40];       /* "tp_btf/inet_sock_set_state" */
	const char *purpose; /* what it is for */
	bool required;
	bool wanted; /* false: of no use to what was opened */
	bool active;
	bool refused;  /* the kernel has what it needs, and refused it all the same */
	char why[160]; /* not active: the reason */
};
/* index counts from 0; NULL past the end. Valid until live_close. */
const struct live_probe *live_probe(const struct live *live, size_t index);

#endif
