/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns stack dumps into stacks with named frames. Both need libraries to read files of other
 * users, for which these were not written. So a process in a sandbox does it (stack_reader.h): it
 * may crash, stall or use too much memory, which costs the stack that it was reading. Then another
 * one starts, later each time. A program whose stacks end the reader three times is blocked for an
 * hour.
 *
 * Each dump taken becomes a FACT_STACK, after a NAME_FRAME for each of its frames, or is counted in
 * a FACT_LOSS. No call waits for the other process longer than it says.
 */
#ifndef TCPTRAIL_ENRICH_STACK_QUEUE_H
#define TCPTRAIL_ENRICH_STACK_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"
#include "dump.h"

struct stack_queue;
typedef void stack_queue_fn(const struct fact *fact, void *arg);
/*
 * Called for each unwind rule for the kernel side, from stack_queue_collect() and
 * stack_queue_wait().
 */
typedef void stack_queue_rule_fn(uint64_t space, uint64_t ip, const struct stack_rule *rule,
                                 void *arg);

/* 0 or -errno. */
int stack_queue_open(struct stack_queue **queue, stack_queue_rule_fn *on_rule, void *arg);
void stack_queue_close(struct stack_queue *queue); /* NULL-safe */

/* Readable when facts wait. Changes when the process is replaced. */
int stack_queue_fd(const struct stack_queue *queue);

/* Takes a dump. false: there is no room at the moment. */
bool stack_queue_take(struct stack_queue *queue, const struct stack_dump *dump);
/* Hands over the facts that are there. */
void stack_queue_collect(struct stack_queue *queue, stack_queue_fn *fn, void *arg);
/*
 * Waits up to timeout_ms for the stacks of all dumps and hands over facts. Returns how many are
 * still open.
 */
uint64_t stack_queue_wait(struct stack_queue *queue, unsigned int timeout_ms, stack_queue_fn *fn,
                          void *arg);

#endif
