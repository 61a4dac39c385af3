/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What no fact tells and a checkpoint does not carry, but which decides the index that the
 * next row gets and which of several rows is found first: made a function of what it carries.
 */
#include "table/table_private.h"

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
	return is_row(element) && place_is_tuple(element);
}

static bool is_listener(const void *element)
{
	return is_row(element) && place_is_listener(element);
}

static bool is_cookie(const void *element)
{
	return is_row(element) && place_is_cookie(element);
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
	return 0; /* no two are alike */
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
	spaces_order(t);
	mptcp_order(t);
	inodes_forget(t);
	tombs_clear(&t->tombs);
}
