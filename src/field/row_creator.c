/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that created a socket, even if it has exited. */
#include <string.h>

#include "base/escape.h"
#include "field/row_getters.h"
#include "field/value.h"

/* NULL: not known. A holder, or the process that closed the socket, need not be its creator. */
static const struct origin *creator_of(const struct field_context *context, const struct row *row)
{
	switch ((enum owner_source)row->owner_source) {
	case OWNER_CONNECT:
	case OWNER_ACCEPT:
	case OWNER_LISTEN:
		return table_origin(context->table, row->owner);
	case OWNER_NONE:
	case OWNER_WALK:
	case OWNER_CLOSE:
	case OWNER_LISTENER:
	case OWNER_CGROUP:
	case OWNER_SOURCE_COUNT:
		break;
	}
	return NULL;
}

static const struct task *creator_task(const struct field_context *context, const struct row *row)
{
	const struct origin *origin = creator_of(context, row);

	return origin ? table_task(context->table, origin->task) : NULL;
}

ROW_GETTER(creator_program)
{
	const struct origin *origin = creator_of(context, object);
	const struct task *task = creator_task(context, object);

	if (task)
		value_print(value, "%u/%.*s%s", task->pid, FACT_COMM_LEN, origin->comm,
		            task->exited ? "[exited]" : "");
}

ROW_GETTER(creator_by)
{
	const struct row *row = object;

	if (creator_of(context, row))
		value_string(value, owner_source_name(row->owner_source));
}

ROW_GETTER(creator_pid)
{
	const struct task *task = creator_task(context, object);

	if (task)
		value_number(value, task->pid);
}

ROW_GETTER(creator_comm)
{
	const struct origin *origin = creator_of(context, object);

	if (origin)
		value_print(value, "%.*s", FACT_COMM_LEN, origin->comm);
}

ROW_GETTER(creator_tid)
{
	const struct origin *origin = creator_of(context, object);

	if (origin && origin->tid)
		value_number(value, origin->tid);
}

ROW_GETTER(creator_thread)
{
	const struct origin *origin = creator_of(context, object);

	if (origin && origin->thread[0])
		value_print(value, "%.*s", FACT_COMM_LEN, origin->thread);
}

ROW_GETTER(creator_uid)
{
	const struct task *task = creator_task(context, object);

	if (task && task->described)
		value_number(value, task->uid);
}

ROW_GETTER(creator_exited)
{
	const struct task *task = creator_task(context, object);

	if (task)
		value_bool(value, task->exited);
}

/* ["nginx","-g","daemon off;"] */
static void list_args(const struct field_context *context, const void *object, struct buffer *json)
{
	const struct task *task = creator_task(context, object);
	const char *comma = "";

	buffer_text(json, "[");
	for (uint32_t at = 0; at < task->args_size;) {
		char word[FACT_ARGS_MAX + 1];
		size_t size = strnlen(task->args + at, task->args_size - at);

		memcpy(word, task->args + at, size);
		word[size] = '\0';
		buffer_text(json, comma);
		escape_json(json, word);
		comma = ",";
		at += (uint32_t)size + 1;
	}
	buffer_text(json, "]");
}

/* nginx -g daemon off; */
ROW_GETTER(creator_args)
{
	const struct task *task = creator_task(context, object);
	uint32_t size;

	if (!task || !task->args)
		return;
	size = task->args_size;
	while (size && !task->args[size - 1])
		size--;
	value->type = VALUE_LIST;
	value->list = list_args;
	value->string = value->buf;
	for (uint32_t i = 0; i < size; i++)
		value->number += !task->args[i];
	value->number += size > 0;
	if (size >= sizeof(value->buf)) {
		size = sizeof(value->buf) - sizeof("...");
		strcpy(value->buf + size, "...");
	} else {
		value->buf[size] = '\0';
	}
	for (uint32_t i = 0; i < size; i++)
		value->buf[i] = task->args[i] ? task->args[i] : ' ';
}
