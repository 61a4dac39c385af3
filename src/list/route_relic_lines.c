/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "list/file_text.h"
#include "list/route_relic.h"

#define WORDS 16

static bool decimal(const char *word, uint32_t *number)
{
	uint64_t parsed;

	if (parse_number(word, 0, UINT32_MAX, &parsed))
		return false;
	*number = (uint32_t)parsed;
	return true;
}

static int add(struct list *list, const struct list_relic_route *route)
{
	struct list_relic_route *added = list_add(list);

	if (!added)
		return -ENOMEM;
	*added = *route;
	return 0;
}

/* Words from `first` on as one text, with blanks. They stand in one line, one behind the other. */
static const char *join(char *const words[], size_t first, size_t count)
{
	for (size_t i = first; i + 1 < count; i++) {
		char *end = words[i] + strlen(words[i]);

		memset(end, ' ', (size_t)(words[i + 1] - end));
	}
	return first < count ? words[first] : NULL;
}

/* ax25_rt_seq_show(), net/ax25/ax25_route.c: call sign, device, mode, digipeaters */
int relic_route_ax25(struct list *list, char *text)
{
	char *line = file_text_line(&text), *words[WORDS];
	int err = 0;

	while (line && !err && (line = file_text_line(&text))) {
		struct list_relic_route route = {0};
		size_t count = file_text_words(line, words, WORDS);

		if (count < 3)
			continue;
		route.destination = words[0];
		route.iface = words[1];
		route.mode = strcmp(words[2], "*") != 0 ? words[2] : NULL;
		route.digipeaters = join(words, 3, count);
		err = add(list, &route);
	}
	return err;
}

/* --- neighbours of NET/ROM and ROSE ------------------------------------------------------------ */

struct neighbour {
	uint32_t number;
	const char *call, *iface;
};

struct neighbours {
	struct neighbour *items;
	size_t count, room;
};

/* nr_neigh_show(), rose_neigh_show(): both begin with number, call sign, device. */
static int read_neighbours(struct neighbours *neighbours, char *text)
{
	char *line = file_text_line(&text), *words[3];

	while (line && (line = file_text_line(&text))) {
		struct neighbour *items = array_reserve(neighbours->items, &neighbours->room,
		                                        neighbours->count + 1, sizeof(*items));
		struct neighbour *item;

		if (!items)
			return -ENOMEM;
		neighbours->items = items;
		item = &items[neighbours->count];
		if (file_text_words(line, words, 3) != 3 || !decimal(words[0], &item->number))
			continue;
		item->call = words[1];
		item->iface = words[2];
		neighbours->count++;
	}
	return 0;
}

static void add_neighbour(const struct neighbours *neighbours, struct list_relic_route *route)
{
	for (size_t i = 0; i < neighbours->count; i++) {
		if (neighbours->items[i].number != route->number)
			continue;
		route->neighbour = neighbours->items[i].call;
		route->iface = neighbours->items[i].iface;
		return;
	}
}

/*
 * nr_node_show(), net/netrom/nr_route.c: call sign, mnemonic, which of the routes is used, from 1 on; how many there
 * are; and of each quality, obsolescence count, number of the neighbour
 */
static bool parse_node(char *line, struct list_relic_route *route)
{
	char *words[WORDS];
	size_t count = file_text_words(line, words, WORDS), at;
	uint32_t which, routes;

	if (count < 4 || !decimal(words[2], &which) || !decimal(words[3], &routes))
		return false;
	route->destination = words[0];
	route->mnemonic = words[1];
	at = 4 + 3 * ((size_t)which - 1);
	if (!which || which > routes || which > 3 || at + 3 > count)
		return true;
	route->has_quality = decimal(words[at], &route->quality);
	route->has_number = decimal(words[at + 2], &route->number);
	return true;
}

int relic_route_netrom(struct list *list, char *nodes, char *neighbours)
{
	struct neighbours known = {0};
	int err = read_neighbours(&known, neighbours);
	char *line = file_text_line(&nodes);

	while (line && !err && (line = file_text_line(&nodes))) {
		struct list_relic_route route = {0};

		if (!parse_node(line, &route))
			continue;
		if (route.has_number)
			add_neighbour(&known, &route);
		err = add(list, &route);
	}
	free(known.items);
	return err;
}

/* rose_node_show(), net/rose/rose_route.c: address, digits of it that count, how many neighbours, their numbers */
static int add_rose(struct list *list, char *line, const struct neighbours *known)
{
	struct list_relic_route route = {0}, **end = &route.next, *hop = &route;
	char *words[WORDS];
	size_t count = file_text_words(line, words, WORDS);

	if (count < 3)
		return 0;
	route.destination = words[0];
	for (size_t i = 3; i < count; i++) {
		if (i > 3) {
			hop = *end = list_object(list, sizeof(*hop));
			if (!hop)
				return -ENOMEM;
			end = &hop->next;
		}
		hop->has_number = decimal(words[i], &hop->number);
		if (hop->has_number)
			add_neighbour(known, hop);
	}
	return add(list, &route);
}

int relic_route_rose(struct list *list, char *nodes, char *neighbours)
{
	struct neighbours known = {0};
	int err = read_neighbours(&known, neighbours);
	char *line = file_text_line(&nodes);

	while (line && !err && (line = file_text_line(&nodes)))
		err = add_rose(list, line, &known);
	free(known.items);
	return err;
}

/* --- IPX, DDP, X.25 --------------------------------------------------------------------------- */

/* ipx_seq_route_show(): network, router's network and node; or "Directly Connected" */
int relic_route_ipx(struct list *list, char *text)
{
	char *line = file_text_line(&text), *words[4];
	int err = 0;

	while (line && !err && (line = file_text_line(&text))) {
		struct list_relic_route route = {0};

		if (file_text_words(line, words, 4) != 3)
			continue;
		route.destination = words[0];
		route.router_net = words[1];
		route.router_node = words[2];
		err = add(list, &route);
	}
	return err;
}

/* RTF_ of linux/route.h */
static const char *ddp_flags(uint32_t flags)
{
	static const char *const texts[] = {"",  "U",  "G",  "UG", /* and of a host: */
	                                    "H", "UH", "GH", "UGH"};

	return texts[flags & 7];
}

/* atalk_seq_route_show(), net/appletalk/atalk_proc.c: target, router, flags, device */
int relic_route_ddp(struct list *list, char *text)
{
	char *line = file_text_line(&text), *words[5];
	uint32_t flags;
	int err = 0;

	while (line && !err && (line = file_text_line(&text))) {
		struct list_relic_route route = {0};

		if (file_text_words(line, words, 5) != 4 || !decimal(words[2], &flags))
			continue;
		route.destination = words[0];
		route.gateway = words[1];
		route.iface = words[3];
		route.flags = ddp_flags(flags);
		err = add(list, &route);
	}
	return err;
}

/* x25_seq_route_show(), net/x25/x25_proc.c: address, digits of it that count, device. No address: any. */
int relic_route_x25(struct list *list, char *text)
{
	char *line = file_text_line(&text), *words[4], whole[64];
	int err = 0;

	while (line && !err && (line = file_text_line(&text))) {
		struct list_relic_route route = {.destination = "*"};
		size_t count = file_text_words(line, words, 4);
		uint32_t digits;
		int size;

		if (count < 2 || count > 3 || !decimal(words[count - 2], &digits))
			continue;
		route.iface = words[count - 1];
		if (count == 3 && digits) {
			size = snprintf(whole, sizeof(whole), "%.40s/%u", words[0], digits);
			route.destination = list_text(list, whole, (size_t)size);
		}
		err = route.destination ? add(list, &route) : -ENOMEM;
	}
	return err;
}
