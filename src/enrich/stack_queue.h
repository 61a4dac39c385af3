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
#ifndef TCPTRAIL_ENRICH_STACK_QUEUE_H
#define TCPTRAIL_ENRICH_STACK_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"
#include "dump.h"

struct stack_queue;
typedef void stack_queue_fn(const struct fact *fact, void *arg);
/* Told of rules for the kernel side, from within stack_queue_collect() and stack_queue_wait(). */
typedef void stack_queue_rule_fn(uint64_t space, uint64_t ip, const struct stack_rule *rule,
                                 void *arg);

/* 0 or -errno. */
int stack_queue_open(struct stack_queue **queue, stack_queue_rule_fn *on_rule, void *arg);
void stack_queue_close(struct stack_queue *queue); /* NULL-safe */

/* Readable when facts wait. It is another one once the process has had to be replaced. */
int stack_queue_fd(const struct stack_queue *queue);

/* Takes a dump. false: there is no room for it at the moment. */
bool stack_queue_take(struct stack_queue *queue, const struct stack_dump *dump);
/* Hands over the facts that are there. */
void stack_queue_collect(struct stack_queue *queue, stack_queue_fn *fn, void *arg);
/* Waits up to timeout_ms for all dumps taken, handing over facts. Returns those still open. */
uint64_t stack_queue_wait(struct stack_queue *queue, unsigned int timeout_ms, stack_queue_fn *fn,
                          void *arg);

#endif
