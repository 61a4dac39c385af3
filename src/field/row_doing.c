/* SPDX-License-Identifier: BSD-2-Clause */
/* What the threads of the owner do, as of the last look into /proc. */
#include "field/row_getters.h"
#include "field/value.h"

static const struct task *owner_task(const struct field_context *context, const struct row *row)
{
	struct owner owner;

	table_owner(context->table, row, &owner);
	return owner.task;
}

/* [{"syscall":"accept4","fd":3,"threads":1},...]; syscall null: not known */
static void list_doing(const struct field_context *context, const void *object, struct buffer *json)
{
	const struct task *task = owner_task(context, object);

	buffer_text(json, "[");
	for (uint32_t i = 0; i < task->doing_count; i++) {
		const struct task_doing *doing = &task->doing[i];

		buffer_text(json, i ? ",{" : "{");
		member_string(json, KEY(syscall), doing->syscall);
		if (doing->fd >= 0)
			member_number(json, KEY(fd), (uint64_t)doing->fd);
		else
			member_null(json, KEY(fd));
		member_number(json, KEY(threads), doing->threads);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

/* 11 futex, 1 accept4(3) */
ROW_GETTER(doing)
{
	const struct task *task = owner_task(context, object);

	if (!task || !task->doing_count)
		return;
	value_print(value, "%s", "");
	for (uint32_t i = 0; i < task->doing_count; i++) {
		const struct task_doing *doing = &task->doing[i];

		value_print_more(value, "%s%u %s", i ? ", " : "", doing->threads,
		                 doing->syscall[0] ? doing->syscall : "?");
		if (doing->fd >= 0)
			value_print_more(value, "(%d)", doing->fd);
	}
	value_list(value, task->doing_count, list_doing);
}

ROW_GETTER(open_fds)
{
	const struct task *task = owner_task(context, object);

	if (task && task->fds)
		value_number(value, task->fds);
}

ROW_GETTER(fd_limit)
{
	const struct task *task = owner_task(context, object);

	if (task && task->fd_limit)
		value_number(value, task->fd_limit);
}
