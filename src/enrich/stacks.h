/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes stacks of stack dumps, and names their frames. Both read files that other
 * users own with libraries that were not written for the purpose, so a child
 * process does it: it may crash, stall or want too much memory without harm.
 *
 * Each dump taken ends as FACT_STACK, after a NAME_FRAME for each of its frames,
 * or is counted by a FACT_LOSS.
 */
#ifndef TCPTRAIL_ENRICH_STACKS_H
#define TCPTRAIL_ENRICH_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"
#include "dump.h"

struct stacks;
typedef void stacks_fn(const struct fact *fact, void *arg);
/* Told of rules for the kernel side, from within stacks_collect() and stacks_wait(). */
typedef void stacks_rule_fn(uint64_t space, uint64_t ip, const struct stack_rule *rule, void *arg);

/* 0 or -errno. */
int stacks_open(struct stacks **stacks, stacks_rule_fn *on_rule, void *arg);
void stacks_close(struct stacks *stacks); /* NULL-safe */

/* Readable when facts wait. It is another one once the child has had to be replaced. */
int stacks_fd(const struct stacks *stacks);

/* Takes a dump. false: there is no room for it at the moment. Never waits. */
bool stacks_take(struct stacks *stacks, const struct stack_dump *dump);
/* Hands over the facts that are there. */
void stacks_collect(struct stacks *stacks, stacks_fn *fn, void *arg);
/* Waits up to timeout_ms for all dumps taken, handing over facts. Returns those still open. */
uint64_t stacks_wait(struct stacks *stacks, unsigned int timeout_ms, stacks_fn *fn, void *arg);

#endif
