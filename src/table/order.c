/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No fact and no checkpoint has the order of free indices and of chains. It decides which index the
 * next row gets, and which of several rows is found first. This makes it a function of what a
 * checkpoint has.
 */
#include "table/order_private.h"

#include "table/inodes_private.h"
#include "table/mptcp_private.h"
#include "table/origins_private.h"
#include "table/rows_private.h"
#include "table/tasks_private.h"
#include "table/tombstones_private.h"

static bool is_row(const void *element)
{
	return ((const struct row *)element)->used;
}

static bool has_sk(const void *element)
{
	return is_row(element) && ((const struct row *)element)->sk;
}

static bool is_indexed(const void *element)
{
	return is_row(element) && row_in_tuples(element);
}

static bool is_listener(const void *element)
{
	return is_row(element) && row_in_listeners(element);
}

static bool is_cookie(const void *element)
{
	return is_row(element) && row_in_cookies(element);
}

static bool is_paired(const void *element)
{
	return is_row(element) && ((const struct row *)element)->flags & ROW_PAIRED;
}

static bool is_task(const void *element)
{
	return ((const struct task *)element)->pid;
}

static uint64_t row_born(const void *element)
{
	return ((const struct row *)element)->born;
}

static uint64_t task_born(const void *element)
{
	return ((const struct task *)element)->start;
}

static uint64_t origin_born(const void *element)
{
	(void)element;
	return 0; /* no two have the same key */
}

static bool is_origin(const void *element)
{
	return ((const struct origin *)element)->refs;
}

void table_order(struct table *t)
{
	const struct chains sks = rows_by_sk(t), tuples = rows_by_tuple(t), pairs = rows_by_pair(t);
	const struct chains listeners = rows_by_listener(t), cookies = rows_by_cookie(t);
	const struct chains tasks = tasks_by_pid(t), origins = origins_by_all(t);

	pool_order(&t->rows, is_row);
	pool_order(&t->tasks, is_task);
	pool_order(&t->origins, is_origin);
	chain_rebuild(&sks, has_sk, row_born);
	chain_rebuild(&tuples, is_indexed, row_born);
	chain_rebuild(&listeners, is_listener, row_born);
	chain_rebuild(&cookies, is_cookie, row_born);
	chain_rebuild(&pairs, is_paired, row_born);
	chain_rebuild(&tasks, is_task, task_born);
	chain_rebuild(&origins, is_origin, origin_born);
	netns_rows_order(t);
	mptcp_order(t);
	inodes_forget(t);
	tombstones_clear(&t->tombstones);
}
