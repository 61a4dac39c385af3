/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes, user, cgroup and container of a socket. */
#include "table/container.h"
#include "field/row_getters.h"
#include "field/value.h"

#include <string.h>

static void print_container(struct value *value, const struct container *container)
{
	char text[CONTAINER_TEXT];

	container_print(container, text, sizeof(text));
	value_print_more(value, "%s", text);
}

/*
 * The process as netstat prints it, then the number of other holders or the state of the process:
 *
 *   4942/python3     4942/python3+2     (4942/python3)     4942/python3[exited]
 *   [hidden]         [hidden:docker:3f4e5d6c7b8a]          [kernel]   (one of 5)
 *
 * In parentheses: the process listens and has not accepted the connection yet; or 5 listeners
 * share the port (SO_REUSEPORT) and it is not known which one has it. Hidden: it is open, but not
 * by a visible fd (another pid namespace, an fd in flight, a table of io_uring).
 */
ROW_GETTER(program)
{
	struct container container;
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.listeners) {
		value_print(value, "(one of %u%s)", owner.listeners,
		            owner.listeners > LISTENERS_COUNTED ? " or more" : "");
		return;
	}
	if (!owner.task && owner.holding == HOLDING_UNKNOWN)
		return;
	if (owner.task)
		value_print(value, "%s%u/%.*s", owner.queued ? "(" : "", owner.task->pid,
		            FACT_COMM_LEN, owner.task->comm);
	else
		value_print(value, "%s", owner.queued ? "(" : "");
	if (owner.more)
		value_print_more(value, "+%u", owner.more);
	if (owner.holding == HOLDING_EXITED || owner.holding == HOLDING_KERNEL)
		value_print_more(value, "[%s]", holding_name(owner.holding));
	if (owner.holding == HOLDING_HIDDEN) {
		value_print_more(value, "[hidden");
		if (!owner.task && row_find_container(context->table, object, &container)) {
			value_print_more(value, ":");
			print_container(value, &container);
		}
		value_print_more(value, "]");
	}
	if (owner.queued)
		value_print_more(value, ")");
}

/* "open", "queue", "closed", "exited", "hidden", "kernel" */
ROW_GETTER(owner_holding)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	value_string(value, owner.queued ? "queue" : holding_name(owner.holding));
}

ROW_GETTER(owner_source)
{
	struct owner owner;

	struct container container;

	table_owner(context->table, object, &owner);
	if (owner.task)
		value_string(value, owner_source_name(owner.source));
	else if (row_find_container(context->table, object, &container))
		value_string(value, owner_source_name(OWNER_CGROUP));
}

ROW_GETTER(pid)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.task)
		value_number(value, owner.task->pid);
}

ROW_GETTER(comm)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (owner.task)
		value_print(value, "%.*s", FACT_COMM_LEN, owner.task->comm);
}

/* When the fds were last read. An accept or connect reports its fd at the birth of the socket. */
static uint64_t fds_time(const struct field_context *context, const struct row *row)
{
	uint64_t walk = table_holders_time(context->table);

	return walk > row->born ? walk : row->born;
}

/* A listener's fd is not an fd of this socket. */
ROW_GETTER(fd)
{
	struct owner owner;

	table_owner(context->table, object, &owner);
	if (!owner.task || owner.fd < 0 || owner.source == OWNER_LISTENER)
		return;
	value_number(value, (uint64_t)owner.fd);
	value_looked(value, context, fds_time(context, object));
}

ROW_GETTER(fds_looked)
{
	const struct row *row = object;
	uint64_t time = fds_time(context, row);

	if (row->holders != ROW_NONE)
		value_duration(value, value_since(context, time), true);
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

		if (task->exited) /* its fds are closed */
			continue;
		buffer_text(json, comma);
		buffer_text(json, "{");
		member_number(json, KEY(pid), task->pid);
		member_number(json, KEY(fd), (uint64_t)holder->fd);
		member_text(json, KEY(comm), task->comm, FACT_COMM_LEN);
		buffer_text(json, "}");
		comma = ",";
	}
	buffer_text(json, "]");
}

ROW_GETTER(holders)
{
	const struct row *row = object;
	const struct holder *holder = table_holder(context->table, row->holders);
	struct totals totals;
	uint64_t count = 0;

	for (; holder; holder = table_holder(context->table, holder->next))
		count += !table_task(context->table, holder->task)->exited;
	if (!count) {
		table_totals(context->table, &totals);
		if (!totals.holders_known)
			return;
	}
	value->type = VALUE_LIST;
	value->number = count;
	value->list = list_holders;
	if (count)
		value_looked(value, context, fds_time(context, row));
}

ROW_GETTER(uid)
{
	const struct row *row = object;

	(void)context;
	if (row->flags & ROW_IDENT)
		value_number(value, row->uid);
}

ROW_GETTER(user)
{
	const struct row *row = object;

	if (!(row->flags & ROW_IDENT))
		return;
	if (!context->numeric_users)
		value_string(value, names_query(value_names(context),
		                                name_key_number(NAME_USER, row->uid)));
	if (value->type == VALUE_NONE)
		value_print(value, "%u", row->uid);
}

ROW_GETTER(cgroup)
{
	value_string(value, row_cgroup_path(context->table, object));
}

/* "docker:3f4e5d6c7b8a", "systemd:nginx.service" */
ROW_GETTER(container)
{
	struct container container;

	if (!row_find_container(context->table, object, &container))
		return;
	value_print(value, "%s", "");
	print_container(value, &container);
}

ROW_GETTER(container_id)
{
	struct container container;

	if (row_find_container(context->table, object, &container) && container.id[0])
		value_print(value, "%s", container.id);
}

ROW_GETTER(pod)
{
	struct container container;

	if (row_find_container(context->table, object, &container) && container.pod[0])
		value_print(value, "%s", container.pod);
}
