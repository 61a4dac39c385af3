/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "list/file_text.h"
#include "list/group.h"

#define NS_PER_TICK 10000000 /* USER_HZ: 100 a second */

static bool decimal(const char *word, uint32_t *number)
{
	uint64_t parsed;

	if (parse_number(word, 0, UINT32_MAX, &parsed))
		return false;
	*number = (uint32_t)parsed;
	return true;
}

/* Pairs of hexadecimal digits. 0: they are none, or more than `most` bytes. */
static size_t hex_bytes(const char *word, uint8_t *bytes, size_t most)
{
	size_t digits = strlen(word);
	uint64_t byte;

	if (!digits || digits % 2 || digits / 2 > most)
		return 0;
	for (size_t i = 0; i < digits / 2; i++) {
		if (parse_hex_digits(word + 2 * i, 2, &byte) != 2)
			return 0;
		bytes[i] = (uint8_t)byte;
	}
	return digits / 2;
}

static int add(struct list *list, const struct list_group *group)
{
	struct list_group *added = list_add(list);

	if (!added)
		return -ENOMEM;
	*added = *group;
	return 0;
}

/* The kernel prints the four bytes as one number of the host. */
static bool parse_group4(char *line, struct list_group *group)
{
	char *words[4];
	uint64_t number, ticks, running;
	uint32_t reporter;

	if (file_text_words(line, words, 4) != 4 || strlen(words[0]) != 8 ||
	    parse_hex(words[0], UINT32_MAX, &number) || !decimal(words[1], &group->users) ||
	    !decimal(words[3], &reporter))
		return false;
	memcpy(group->address, &(uint32_t){(uint32_t)number}, 4);
	/* "1:00000030": it runs, and fires in so many ticks */
	if (strlen(words[2]) < 3 || words[2][1] != ':' ||
	    parse_hex(words[2] + 2, UINT64_MAX, &ticks))
		return false;
	words[2][1] = '\0';
	if (parse_number(words[2], 0, 1, &running))
		return false;
	group->has_timer = running && ticks < UINT32_MAX;
	group->timer = group->has_timer ? ticks * NS_PER_TICK : 0;
	group->reporter = reporter;
	group->has_reporter = true;
	return true;
}

/* "2\teth0      :     1      V3": the colon may stand behind the name. */
static bool parse_interface4(char *line, struct list_group *group)
{
	char *words[2], *colon;

	if (file_text_words(line, words, 2) != 2 || !decimal(words[0], &group->ifindex))
		return false;
	colon = strchr(words[1], ':');
	if (colon)
		*colon = '\0';
	group->iface = words[1];
	return *words[1];
}

int group_parse_igmp(struct list *list, char *text)
{
	struct list_group group = {.iface = NULL};
	char *line;
	int err = 0;

	while (!err && (line = file_text_line(&text))) {
		struct list_group next = {.family = AF_INET, .size = 4};

		if (*line != '\t' && *line != ' ') {
			group = next;
			if (!parse_interface4(line, &group))
				group.iface = NULL;
			continue;
		}
		next.iface = group.iface;
		next.ifindex = group.ifindex;
		if (next.iface && parse_group4(line, &next))
			err = add(list, &next);
	}
	return err;
}

int group_parse_igmp6(struct list *list, char *text)
{
	char *line, *words[6];
	uint64_t ticks;
	int err = 0;

	while (!err && (line = file_text_line(&text))) {
		struct list_group group = {.family = AF_INET6, .size = 16};

		if (file_text_words(line, words, 6) != 6 || !decimal(words[0], &group.ifindex) ||
		    hex_bytes(words[2], group.address, 16) != 16 ||
		    !decimal(words[3], &group.users))
			continue;
		group.iface = words[1];
		if (!parse_number(words[5], 1, UINT32_MAX, &ticks)) {
			group.has_timer = true;
			group.timer = ticks * NS_PER_TICK;
		}
		err = add(list, &group);
	}
	return err;
}

int group_parse_link(struct list *list, char *text)
{
	char *line, *words[5];
	int err = 0;

	while (!err && (line = file_text_line(&text))) {
		struct list_group group = {.family = GROUP_LINK};

		if (file_text_words(line, words, 5) != 5 || !decimal(words[0], &group.ifindex) ||
		    !decimal(words[2], &group.users))
			continue;
		group.iface = words[1];
		group.size = (uint8_t)hex_bytes(words[4], group.address, GROUP_ADDRESS_MOST);
		if (group.size)
			err = add(list, &group);
	}
	return err;
}

/* --- sources ---------------------------------------------------------------------------------- */

static struct list_group *find(const struct list *list, uint8_t family, uint32_t ifindex,
                               const uint8_t address[16])
{
	for (size_t i = 0; i < list->count; i++) {
		struct list_group *group = list_at(list, i);

		if (group->family == family && group->ifindex == ifindex &&
		    !memcmp(group->address, address, group->size))
			return group;
	}
	return NULL;
}

/* IPv4: "0xe00000fb", in network order; IPv6: 32 digits. */
static bool parse_address(const char *word, uint8_t family, uint8_t address[16])
{
	if (family == AF_INET6)
		return hex_bytes(word, address, 16) == 16;
	return !strncmp(word, "0x", 2) && hex_bytes(word + 2, address, 4) == 4;
}

static int add_source(struct list *list, uint8_t family, char *const words[6])
{
	struct group_source *source, **end;
	uint8_t group_address[16] = {0};
	struct list_group *group;
	uint32_t ifindex;

	if (!decimal(words[0], &ifindex) || !parse_address(words[2], family, group_address))
		return 0;
	group = find(list, family, ifindex, group_address);
	if (!group)
		return 0;
	source = list_object(list, sizeof(*source));
	if (!source)
		return -ENOMEM;
	if (!parse_address(words[3], family, source->address) ||
	    parse_number(words[4], 0, UINT64_MAX, &source->included) ||
	    parse_number(words[5], 0, UINT64_MAX, &source->excluded))
		return 0;
	for (end = &group->sources; *end;)
		end = &(*end)->next;
	*end = source;
	return 0;
}

int group_parse_sources(struct list *list, uint8_t family, char *text)
{
	char *line, *words[6];
	int err = 0;

	while (!err && (line = file_text_line(&text)))
		if (file_text_words(line, words, 6) == 6)
			err = add_source(list, family, words);
	return err;
}
