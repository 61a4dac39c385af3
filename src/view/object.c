/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/object.h"

#include <string.h>

#include "count/group_place.h"
#include "field/value.h"
#include "view/line.h"

void object_begin(struct buffer *json, const char *type)
{
	buffer_text(json, "{");
	member_number(json, KEY(v), OBJECT_SCHEMA);
	member_string(json, KEY(type), type);
}

int object_end(struct view *view, struct buffer *json)
{
	buffer_text(json, "}\n");
	return line_write(view, json);
}

void object_time(struct buffer *json, const struct view *view)
{
	const struct table *table = view->context.table;

	member_time(json, KEY(time), table_wall(table, table_now(table)));
}

void object_process(struct buffer *json, uint32_t pid, const char *comm)
{
	if (pid)
		member_number(json, KEY(pid), pid);
	else
		member_null(json, KEY(pid));
	member_text(json, KEY(comm), comm ? comm : "", FACT_COMM_LEN);
}

static void add_netns(struct buffer *json, const struct view *view, uint32_t netns)
{
	struct value value = {0};

	value_netns_name(&value, &view->context, netns);
	if (netns)
		member_number(json, KEY(netns), netns);
	else
		member_null(json, KEY(netns));
	member_string(json, KEY(netns_name), value.string);
}

void object_place(struct buffer *json, const struct view *view, const struct group_key *key)
{
	static const uint8_t none[16];
	char to[ENDPOINT_SIZE] = "";

	add_netns(json, view, key ? key->netns : 0);
	if (key && key->passive)
		member_number(json, KEY(local_port), key->port);
	else
		member_null(json, KEY(local_port));
	if (key && !key->passive && (key->port || memcmp(key->addr, none, sizeof(none)) != 0))
		group_place_remote(key, to);
	member_string(json, KEY(foreign), to);
}
