/* SPDX-License-Identifier: BSD-2-Clause */
/* The listing of multicast groups. */
#include "list/group.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "list/cell_text.h"
#include "list/file_text.h"
#include "table/names.h"

#define IFACE_CUT 15

/* --- reading ---------------------------------------------------------------------------------- */

static int read_sources(struct list *list, uint8_t family, const char *path)
{
	char *text;
	size_t size;

	if (file_text(list, path, &text, &size))
		return 0;
	return group_parse_sources(list, family, text);
}

static int read4(struct list *list, struct diag *diag)
{
	char *text;
	size_t size;
	int err = file_text(list, "/proc/net/igmp", &text, &size);

	if (err == -ENOENT)
		return diag_fail(diag, -EAFNOSUPPORT, "AF INET (igmp)");
	if (!err)
		err = group_parse_igmp(list, text);
	if (!err)
		err = read_sources(list, AF_INET, "/proc/net/mcfilter");
	return err ? diag_fail(diag, err, "/proc/net/igmp: %s", strerror(-err)) : 0;
}

static int read6(struct list *list, struct diag *diag)
{
	char *text;
	size_t size;
	int err = file_text(list, "/proc/net/igmp6", &text, &size);

	if (err == -ENOENT)
		return diag_fail(diag, -EAFNOSUPPORT, "AF INET6 (igmp6)");
	if (!err)
		err = group_parse_igmp6(list, text);
	if (!err)
		err = read_sources(list, AF_INET6, "/proc/net/mcfilter6");
	return err ? diag_fail(diag, err, "/proc/net/igmp6: %s", strerror(-err)) : 0;
}

/* netstat never shows them: a kernel without the file has none. */
static int read_link(struct list *list)
{
	char *text;
	size_t size;

	if (file_text(list, "/proc/net/dev_mcast", &text, &size))
		return 0;
	return group_parse_link(list, text);
}

static int read_groups(const struct list_request *request, struct list *list, struct diag *diag)
{
	bool all = request->v4 == request->v6;
	int err = 0, err6 = 0;

	if (all || request->v4)
		err = read4(list, diag);
	if (all || request->v6)
		err6 = read6(list, err ? NULL : diag);
	if (all && err6 == -EAFNOSUPPORT)
		err6 = 0; /* a host without IPv6 has its groups of IPv4 */
	if (all && request->rich && read_link(list))
		return diag_fail(diag, -ENOMEM, "/proc/net/dev_mcast: out of memory");
	return err ? err : err6;
}

/* --- text ------------------------------------------------------------------------------------- */

void group_address_text(const struct list_group *group, char text[3 * GROUP_ADDRESS_MOST + 1])
{
	const struct endpoint endpoint = {.addr = group->address, .family = group->family};
	char *at = text;

	if (group->family != GROUP_LINK) {
		endpoint_host(&endpoint, text);
		return;
	}
	*at = '\0';
	for (uint8_t i = 0; i < group->size; i++)
		at += snprintf(at, 4, i ? ":%02x" : "%02x", group->address[i]);
}

static const char *group_name(const struct field_context *context, const struct list_group *group)
{
	if (context->numeric_hosts || group->family == GROUP_LINK)
		return NULL;
	return names_query(value_names(context), name_key_host(group->family, group->address));
}

static bool text(const struct list_request *request, const struct field_context *context,
                 const void *record, struct buffer *out)
{
	const struct list_group *group = record;
	char number[3 * GROUP_ADDRESS_MOST + 1];
	const char *name = group_name(context, group);

	(void)request;
	group_address_text(group, number);
	cell_text(out, group->iface, 15, context->wide ? 0 : IFACE_CUT);
	buffer_text(out, " ");
	cell_number(out, group->users, 6);
	buffer_text(out, " ");
	cell_text(out, name && *name ? name : number, 0, 0);
	buffer_text(out, "\n");
	return true;
}

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{.key = "iface"}, {.key = "group_users"}, {.key = "group"}};

	(void)request;
	*layout = (struct list_layout){
		.title = "IPv6/IPv4 Group Memberships\n",
		.headings = "Interface       RefCnt Group\n--------------- ------ "
			    "---------------------\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
	};
}

/* --- fields ----------------------------------------------------------------------------------- */

#define GROUP_GETTER(name)                                                                         \
	static void get_##name(const struct field_context *context, const void *object,            \
	                       struct value *value)

GROUP_GETTER(iface)
{
	const struct list_group *group = object;

	(void)context;
	value_string(value, group->iface);
}

GROUP_GETTER(group_users)
{
	const struct list_group *group = object;

	(void)context;
	value_number(value, group->users);
}

GROUP_GETTER(group)
{
	const struct list_group *group = object;
	char address[3 * GROUP_ADDRESS_MOST + 1];

	(void)context;
	group_address_text(group, address);
	value_print(value, "%s", address);
}

GROUP_GETTER(family)
{
	const struct list_group *group = object;

	(void)context;
	value_string(value, group->family == AF_INET    ? "inet"
	                    : group->family == AF_INET6 ? "inet6"
	                                                : "link");
}

GROUP_GETTER(ifindex)
{
	const struct list_group *group = object;

	(void)context;
	value_number(value, group->ifindex);
}

GROUP_GETTER(report_timer)
{
	const struct list_group *group = object;

	(void)context;
	if (group->has_timer)
		value_duration(value, group->timer, true);
}

GROUP_GETTER(reporter)
{
	const struct list_group *group = object;

	(void)context;
	if (group->has_reporter)
		value_bool(value, group->reporter);
}

static void source_text(const struct list_group *group, const struct group_source *source,
                        char text[ENDPOINT_SIZE])
{
	const struct endpoint endpoint = {.addr = source->address, .family = group->family};

	endpoint_host(&endpoint, text);
}

static void sources_json(const struct field_context *context, const void *object,
                         struct buffer *json)
{
	const struct list_group *group = object;
	char text[ENDPOINT_SIZE];

	(void)context;
	buffer_text(json, "[");
	for (const struct group_source *at = group->sources; at; at = at->next) {
		source_text(group, at, text);
		buffer_text(json, at == group->sources ? "{" : ",{");
		member_string(json, KEY(address), text);
		member_number(json, KEY(included), at->included);
		member_number(json, KEY(excluded), at->excluded);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

/* "+": sockets want it; "-": sockets do not want it. */
GROUP_GETTER(group_sources)
{
	const struct list_group *group = object;
	char text[ENDPOINT_SIZE];
	uint64_t count = 0;

	(void)context;
	for (const struct group_source *at = group->sources; at; at = at->next) {
		source_text(group, at, text);
		value_print_more(value, "%s%s%s", count++ ? "," : "", at->included ? "+" : "-",
		                 text);
	}
	value_list(value, count, sources_json);
}

#define GROUP_FIELD(name)                                                                          \
	{                                                                                          \
		.word = KEY(name), .get = get_##name                                               \
	}

const struct field group_fields[] = {
	GROUP_FIELD(iface),    GROUP_FIELD(group_users),   GROUP_FIELD(group),
	GROUP_FIELD(family),   GROUP_FIELD(ifindex),       GROUP_FIELD(report_timer),
	GROUP_FIELD(reporter), GROUP_FIELD(group_sources),
};
const size_t group_fields_count = sizeof(group_fields) / sizeof(group_fields[0]);

const struct listing listing_group = {
	.name = "group",
	.mode = LIST_GROUPS,
	.always_titled = true,
	.record = sizeof(struct list_group),
	.fields = group_fields,
	.field_count = &group_fields_count,
	.read = read_groups,
	.layout = layout,
	.text = text,
};
