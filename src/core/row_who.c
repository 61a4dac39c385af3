/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has a socket: tasks, user, cgroup. */
#include "base/escape.h"
#include "core/container.h"
#include "core/getter.h"
#include "core/value.h"

#include <string.h>

/*
 * As netstat, then how many more hold it:
 *
 *   4942/python3     4942/python3+2     (4942/python3)
 *
 * In parentheses: nobody has accepted it yet, this one listens.
 */
GETTER(program)
{
	struct owner owner;
	bool listener;

	table_owner(context->table, object, &owner);
	if (!owner.task)
		return;
	listener = owner.source == OWNER_LISTENER;
	if (owner.more)
		value_print(value, "%s%u/%.*s+%u%s", listener ? "(" : "", owner.task->pid,
		            FACT_COMM_LEN, owner.task->comm, owner.more, listener ? ")" : "");
	else
		value_print(value, "%s%u/%.*s%s", listener ? "(" : "", owner.task->pid,
		            FACT_COMM_LEN, owner.task->comm, listener ? ")" : "");
}

GETTER(owner_source)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.task)
		value_string(value, owner_source_name(owner.source));
}

GETTER(owner_pid)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.task)
		value_number(value, owner.task->pid);
}

GETTER(owner_comm)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.task)
		value_print(value, "%.*s", FACT_COMM_LEN, owner.task->comm);
}

/* The listener's fd is no fd of this socket. */
GETTER(fd)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.task && owner.fd >= 0 && owner.source != OWNER_LISTENER)
		value_number(value, (uint64_t)owner.fd);
}

/* [{"pid":4942,"fd":7,"comm":"python3"},...] */
static void list_holders(const struct field_context *context, const void *object,
                         struct buffer *json)
{
	const struct row *row = object;
	const struct holder *holder = table_holder(context->table, row->holders);
	const char *comma = "";

	buffer_text(json, "[");
	for (; holder; holder = table_holder(context->table, holder->next)) {
		const struct task *task = table_task(context->table, holder->task);
		char comm[FACT_COMM_LEN + 1] = "";

		if (task)
			memcpy(comm, task->comm, FACT_COMM_LEN);
		buffer_print(json, "%s{\"pid\":%u,\"fd\":%d,\"comm\":", comma, task ? task->pid : 0,
		             holder->fd);
		escape_json(json, comm);
		buffer_text(json, "}");
		comma = ",";
	}
	buffer_text(json, "]");
}

GETTER(holders)
{
	const struct row *row = object;
	const struct holder *holder = table_holder(context->table, row->holders);
	struct totals totals;
	uint64_t count = 0;

	for (; holder; holder = table_holder(context->table, holder->next))
		count++;
	if (!count) {
		table_totals(context->table, &totals);
		if (!totals.holders_known)
			return;
	}
	value->type = VALUE_LIST;
	value->number = count;
	value->list = list_holders;
}

GETTER(uid)
{
	const struct row *row = object;

	(void)context;
	if (row->flags & ROW_IDENT)
		value_number(value, row->uid);
}

GETTER(user)
{
	const struct row *row = object;

	if (!(row->flags & ROW_IDENT))
		return;
	if (!context->numeric_users)
		value_string(value, names_want(value_names(context),
		                               name_key_number(NAME_USER, row->uid)));
	if (value->type == VALUE_NONE)
		value_print(value, "%u", row->uid);
}

static const char *cgroup_path(const struct field_context *context, const struct row *row)
{
	if (!row->cgroup)
		return NULL;
	return names_want(value_names(context), name_key_number(NAME_CGROUP, row->cgroup));
}

GETTER(cgroup)
{
	value_string(value, cgroup_path(context, object));
}

static bool find_container(const struct field_context *context, const struct row *row,
                           struct container *container)
{
	const char *path = cgroup_path(context, row);

	return path && container_parse(path, container);
}

/* The first 12 digits of a long hexadecimal id, as container tools print it; a name whole. */
static int short_length(const char *id)
{
	size_t length = strlen(id);

	if (length < 32 || strspn(id, "0123456789abcdef") != length)
		return (int)length;
	return 12;
}

/* "docker:3f4e5d6c7b8a", "systemd:nginx.service" */
GETTER(container)
{
	struct container container;

	if (find_container(context, object, &container))
		value_print(value, "%s:%.*s", container.runtime, short_length(container.id),
		            container.id);
}

GETTER(container_id)
{
	struct container container;

	if (find_container(context, object, &container) && container.id[0])
		value_print(value, "%s", container.id);
}

GETTER(pod)
{
	struct container container;

	if (find_container(context, object, &container) && container.pod[0])
		value_print(value, "%s", container.pod);
}
