/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: datagrams of rtnetlink: routes, next hops, links, addresses. All become records, and text. */
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "list/interface.h"
#include "list/links.h"
#include "list/netlink_message.h"
#include "list/route.h"
#include "output.h"

extern const struct listing listing_route, listing_interface;

static const struct field_context context = {.numeric_hosts = true, .numeric_ports = true};

static void check_text(struct buffer *out)
{
	EXPECT(!out->failed);
	assert_harmless(out->data, out->size);
	buffer_free(out);
}

static void check_fields(const struct list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		for (size_t k = 0; k < *list->listing->field_count; k++) {
			const struct field *field = &list->listing->fields[k];
			struct buffer json = {0};
			struct value value;

			field_get(field, &context, list_at(list, i), &value);
			EXPECT(value.type == VALUE_NONE || value.type == field->word->type);
			if (value.type == VALUE_LIST)
				value.list(&context, value.object, &json);
			check_text(&json);
		}
	}
}

static void check_routes(struct list *list, const struct links *links,
                         const struct route_nexthops *nexthops)
{
	EXPECT(!route_resolve(list, 0, nexthops));
	for (size_t i = 0; i < list->count; i++) {
		struct list_route *route = list_at(list, i);
		struct list_request request = {.extend = i % 3};
		struct buffer out = {0};

		route->iface = links_name(links, list, route->ifindex);
		EXPECT(route->iface);
		if (route->family == AF_INET)
			route4_text(&request, &context, route, &out);
		else
			route6_text(&request, &context, route, &out);
		check_text(&out);
	}
	check_fields(list);
}

static void check_interfaces(struct list *list)
{
	interface_sort(list);
	for (size_t i = 0; i < list->count; i++) {
		struct buffer out = {0};

		interface_line(&context, list_at(list, i), &out);
		interface_paragraph(list_at(list, i), &out);
		check_text(&out);
	}
	check_fields(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct list routes = {.listing = &listing_route},
		    links_list = {.listing = &listing_interface};
	struct route_nexthops nexthops = {0};
	struct links links = {0};
	char *copy = fuzz_copy(data, size);
	const struct nlmsghdr *message;
	size_t interfaces;
	int rest = (int)size;

	for (message = (void *)copy; netlink_message_ok(message, rest);
	     message = mnl_nlmsg_next(message, &rest)) {
		route_take(&routes, AF_INET, message);
		route_take(&routes, AF_INET6, message);
		route_take_nexthop(&nexthops, message);
		links_take(&links, &routes, message);
		interface_take(&links_list, message);
	}
	interfaces = links_list.count;
	rest = (int)size;
	for (message = (void *)copy; netlink_message_ok(message, rest);
	     message = mnl_nlmsg_next(message, &rest))
		interface_take_address(&links_list, interfaces, message);
	check_routes(&routes, &links, &nexthops);
	check_interfaces(&links_list);
	route_nexthops_free(&nexthops);
	links_free(&links);
	list_free(&routes);
	list_free(&links_list);
	free(copy);
	return 0;
}
