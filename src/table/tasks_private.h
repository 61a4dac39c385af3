/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that own and hold sockets. */
#ifndef TCPTRAIL_TABLE_TASKS_PRIVATE_H
#define TCPTRAIL_TABLE_TASKS_PRIVATE_H

#include "table/parts_private.h"

struct chains tasks_by_pid(struct table *t);
/* The process, with one reference more; ROW_NONE: pid is 0, or no memory. */
uint32_t task_ref(struct table *t, uint32_t pid, uint64_t start, const char *comm);
/* The same, by index; ROW_NONE: there is none. */
uint32_t task_ref_index(struct table *t, uint32_t index);
void task_unref(struct table *t, uint32_t index);
/* See table_find_task() and table_next_task(). */
struct task *task_find(const struct table *t, uint32_t pid, uint64_t start);
const struct task *task_next(const struct table *t, uint32_t *index);
void task_copy_comm(char to[FACT_COMM_LEN], const char *comm);
/* A task of a checkpoint, at an index above all others. 0, -EINVAL: bad index; -ENOMEM. */
int task_load(struct table *t, const struct fact_table_task *fact);
/* A checkpoint is complete: drops the tasks that nothing refers to. */
void tasks_drop_unused(struct table *t);
/* To the task at that index, which exists. 0 or -ENOMEM. */
int doing_add(struct table *t, uint32_t task, const struct fact_doing *fact);
void fold_process(struct table *t, const struct fact_process *fact);
void fold_exit(struct table *t, const struct fact_exit *fact);
void fold_doing(struct table *t, const struct fact_doing *fact);
void tasks_free(struct table *t);

#endif
