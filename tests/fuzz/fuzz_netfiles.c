/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a text file of /proc/net or /etc that a listing reads: groups, routes of old families, ipv6_route, names of
 * tables. Each parser gets it, whatever it is.
 */
#include <netinet/in.h>

#include "list/group.h"
#include "list/route.h"
#include "list/route_relic.h"
#include "output.h"

extern const struct listing listing_group, listing_ax25_route, listing_netrom_route,
	listing_rose_route, listing_ipx_route, listing_ddp_route, listing_x25_route, listing_route6;

static void check(struct list *list)
{
	const struct field_context context = {.numeric_hosts = true, .numeric_ports = true};

	for (size_t i = 0; i < list->count; i++) {
		const struct list_request request = {.extend = 0};
		struct buffer out = {0};
		struct value value;

		if (list->listing->text)
			list->listing->text(&request, &context, list_at(list, i), &out);
		for (size_t k = 0; k < *list->listing->field_count; k++) {
			const struct field *field = &list->listing->fields[k];

			field_get(field, &context, list_at(list, i), &value);
			EXPECT(value.type == VALUE_NONE || value.type == field->word->type);
			if (value.type == VALUE_LIST)
				value.list(&context, value.object, &out);
		}
		EXPECT(!out.failed);
		assert_harmless(out.data, out.size);
		buffer_free(&out);
	}
	list_free(list);
}

static void groups(const uint8_t *data, size_t size)
{
	static int (*const parsers[])(struct list *, char *) = {group_parse_igmp, group_parse_igmp6,
	                                                        group_parse_link};

	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		struct list list = {.listing = &listing_group};
		char *text = fuzz_string(data, size), *sources = fuzz_string(data, size);

		EXPECT(!parsers[i](&list, text));
		EXPECT(!group_parse_sources(&list, i ? AF_INET6 : AF_INET, sources));
		check(&list);
		free(text);
		free(sources);
	}
}

static void old_routes(const uint8_t *data, size_t size)
{
	static const struct {
		const struct listing *listing;
		int (*one)(struct list *, char *);
		int (*two)(struct list *, char *, char *);
	} parsers[] = {
		{&listing_ax25_route, relic_route_ax25, NULL},
		{&listing_netrom_route, NULL, relic_route_netrom},
		{&listing_rose_route, NULL, relic_route_rose},
		{&listing_ipx_route, relic_route_ipx, NULL},
		{&listing_ddp_route, relic_route_ddp, NULL},
		{&listing_x25_route, relic_route_x25, NULL},
	};

	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		struct list list = {.listing = parsers[i].listing};
		char *text = fuzz_string(data, size), *other = fuzz_string(data, size);

		EXPECT(!(parsers[i].one ? parsers[i].one(&list, text)
		                        : parsers[i].two(&list, text, other)));
		check(&list);
		free(text);
		free(other);
	}
}

static void ipv6_routes(const uint8_t *data, size_t size)
{
	struct list list = {.listing = &listing_route6};
	struct list_route *route = list_add(&list);
	char *text = fuzz_string(data, size);

	EXPECT(route);
	route->family = AF_INET6;
	route->iface = "lo";
	EXPECT(!route_add_proc6(&list, text));
	check(&list);
	free(text);
}

static void tables(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text;
	struct route_table_line line;

	while (route_next_table(&rest, &line))
		EXPECT(*line.name && !strpbrk(line.name, " \t\n#"));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	groups(data, size);
	old_routes(data, size);
	ipv6_routes(data, size);
	tables(data, size);
	return 0;
}
