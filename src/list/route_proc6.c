/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of IPv6 routes rtnetlink tells neither all flags nor the number of users; the file that netstat reads has both:
 *
 *   20010db8000100000000000000000000 30 0000...0000 00 fe800000000000000000000000000001 00000400 00000001
 *   00000000 00000003     eth0
 *   destination, its prefix, source, its prefix, next hop, metric, users, use, flags, interface
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "list/file_text.h"
#include "list/route.h"

/* What rtnetlink does not tell. */
#define LETTERS                                                                                    \
	(ROUTE_DEFAULT | ROUTE_ALLONLINK | ROUTE_ADDRCONF | ROUTE_MODIFIED | ROUTE_FLOW |          \
	 ROUTE_EXPIRES | ROUTE_NONEXTHOP)

struct line {
	uint8_t destination[16], gateway[16];
	uint32_t prefix, metric;
	const char *iface;
	uint32_t ref, use, flags;
	bool taken;
};

static bool parse_address(const char *word, uint8_t address[16])
{
	uint64_t number;

	if (strlen(word) != 32)
		return false;
	for (int i = 0; i < 2; i++) {
		if (parse_hex_digits(word + i * 16, 16, &number) != 16)
			return false;
		for (int k = 0; k < 8; k++)
			address[i * 8 + k] = (uint8_t)(number >> (56 - 8 * k));
	}
	return true;
}

static bool parse_word(const char *word, uint32_t *value)
{
	uint64_t number;

	if (parse_hex(word, UINT32_MAX, &number))
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool parse_line(char *text, struct line *line)
{
	char *words[10];

	memset(line, 0, sizeof(*line));
	if (file_text_words(text, words, 10) != 10)
		return false;
	line->iface = words[9];
	return parse_address(words[0], line->destination) && parse_word(words[1], &line->prefix) &&
	       parse_address(words[4], line->gateway) && parse_word(words[5], &line->metric) &&
	       parse_word(words[6], &line->ref) && parse_word(words[7], &line->use) &&
	       parse_word(words[8], &line->flags);
}

/* By what rtnetlink tells, too. */
static int compare(const void *a, const void *b)
{
	const struct line *left = a, *right = b;
	int order = memcmp(left->destination, right->destination, 16);

	if (!order)
		order = memcmp(left->gateway, right->gateway, 16);
	if (!order)
		order = (left->prefix > right->prefix) - (left->prefix < right->prefix);
	if (!order)
		order = (left->metric > right->metric) - (left->metric < right->metric);
	return order ? order : strcmp(left->iface, right->iface);
}

static struct line *find(struct line *lines, size_t count, const struct line *wanted)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&lines[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* Two tables may have the same route: each has a line of its own. */
	while (low < count && lines[low].taken && !compare(&lines[low], wanted))
		low++;
	return low < count && !compare(&lines[low], wanted) ? &lines[low] : NULL;
}

static void add_line(struct list_route *route, struct line *lines, size_t count)
{
	struct line wanted = {.prefix = route->prefix,
	                      .metric = route->metric,
	                      .iface = route->iface},
		    *line;

	memcpy(wanted.destination, route->destination, 16);
	if (route->gateway_family == AF_INET6)
		memcpy(wanted.gateway, route->gateway, 16);
	line = find(lines, count, &wanted);
	if (!line)
		return;
	line->taken = true;
	route->ref = line->ref;
	route->use = line->use;
	route->flags = (route->flags & ~LETTERS) | (line->flags & LETTERS);
}

int route_add_proc6(struct list *list, char *text)
{
	struct line *lines = NULL, *grown;
	size_t count = 0, room = 0;
	char *line;

	while ((line = file_text_line(&text))) {
		grown = array_reserve(lines, &room, count + 1, sizeof(*lines));
		if (!grown) {
			free(lines);
			return -ENOMEM;
		}
		lines = grown;
		count += parse_line(line, &lines[count]);
	}
	if (count)
		qsort(lines, count, sizeof(*lines), compare);
	for (size_t i = 0; i < list->count; i++) {
		struct list_route *route = list_at(list, i);

		if (route->family == AF_INET6 && !route->cached)
			add_line(route, lines, count);
	}
	free(lines);
	return 0;
}
