/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes stacks of stack dumps, and names their frames. Both read files that other
 * users own with libraries that were not written for the purpose, so another
 * process does it, a sandbox: it may crash, stall or want too much memory, which
 * costs the stack that it was at work on. Another one begins then, later each time;
 * a program that ends it three times is set aside for an hour.
 *
 * Each dump taken ends as FACT_STACK, after a NAME_FRAME for each of its frames,
 * or is counted by a FACT_LOSS. No call waits for the other process longer than it says.
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

/* Can there be such a sandbox here? Tried in a process that ends. 0, or -errno: why not. */
int stacks_check(void);
/* 0 or -errno. */
int stacks_open(struct stacks **stacks, stacks_rule_fn *on_rule, void *arg);
void stacks_close(struct stacks *stacks); /* NULL-safe */

/* Readable when facts wait. It is another one once the process has had to be replaced. */
int stacks_fd(const struct stacks *stacks);

/* Takes a dump. false: there is no room for it at the moment. */
bool stacks_take(struct stacks *stacks, const struct stack_dump *dump);
/* Hands over the facts that are there. */
void stacks_collect(struct stacks *stacks, stacks_fn *fn, void *arg);
/* Waits up to timeout_ms for all dumps taken, handing over facts. Returns those still open. */
uint64_t stacks_wait(struct stacks *stacks, unsigned int timeout_ms, stacks_fn *fn, void *arg);

#endif
