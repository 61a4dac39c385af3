/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the values that text_value.c prints. */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "base/parse.h"
#include "fact/counts.h"
#include "fact/kind.h"
#include "fact/text.h"
#include "fact/text_value.h"

/* The longest step: 20 digits, the longest kind, 3 digits, 3 digits, and 4 separators. */
_Static_assert(FACT_STEPS_MAX *(20 + 12 + 3 + 3 + 4) < FACT_MAX_SIZE, "steps fit as text");

static void store(void *part, uint16_t offset, uint16_t size, uint64_t number)
{
	char *at = (char *)part + offset;

	switch (size) {
	case 1:
		*(uint8_t *)at = (uint8_t)number;
		break;
	case 2:
		*(uint16_t *)at = (uint16_t)number;
		break;
	case 4:
		*(uint32_t *)at = (uint32_t)number;
		break;
	default:
		memcpy(at, &number, sizeof(number));
	}
}

static uint64_t max_of(uint16_t size)
{
	return size == 8 ? UINT64_MAX : (1ULL << 8 * size) - 1;
}

static int refuse(struct text_reader *reader, const char *expected)
{
	snprintf(reader->expected, sizeof(reader->expected), "%s", expected);
	return -EINVAL;
}

static int read_number(struct text_reader *reader, const struct text_token *token,
                       const struct text_row *row, void *part)
{
	uint64_t number;

	if (parse_number(token->text, 0, max_of(row->size), &number)) {
		snprintf(reader->expected, sizeof(reader->expected), "a number of 0..%" PRIu64,
		         max_of(row->size));
		return -EINVAL;
	}
	store(part, row->offset, row->size, number);
	return 0;
}

static int read_signed(struct text_reader *reader, const struct text_token *token,
                       const struct text_row *row, void *part)
{
	uint64_t most = max_of(row->size) / 2, number;
	bool minus = token->text[0] == '-';

	if (parse_number(token->text + minus, 0, most + minus, &number)) {
		snprintf(reader->expected, sizeof(reader->expected),
		         "a number of -%" PRIu64 "..%" PRIu64, most + 1, most);
		return -EINVAL;
	}
	store(part, row->offset, row->size, minus ? -number : number);
	return 0;
}

/* With or without 0x. */
static int read_hex(const char *text, uint64_t max, uint64_t *number)
{
	return parse_hex(strncmp(text, "0x", 2) ? text : text + 2, max, number);
}

static int read_word(struct text_reader *reader, const struct text_token *token,
                     const struct text_row *row, void *part)
{
	uint64_t number;
	char list[160];

	if (words_find(row->words, token->text, token->size, &number) &&
	    parse_number(token->text, 0, max_of(row->size), &number)) {
		snprintf(reader->expected, sizeof(reader->expected), "one of %s or a number",
		         words_list(row->words, list, sizeof(list)));
		return -EINVAL;
	}
	store(part, row->offset, row->size, number);
	return 0;
}

static int read_bits(struct text_reader *reader, const struct text_token *token,
                     const struct text_row *row, void *part)
{
	uint64_t bits = 0, number;
	const char *at = token->text;
	char list[160];

	for (;;) {
		const char *comma = strchrnul(at, ',');
		size_t size = (size_t)(comma - at);

		if (!words_find(row->words, at, size, &number))
			bits |= 1ULL << number;
		else if (!*comma && !read_hex(at, max_of(row->size), &number))
			bits |= number; /* the bits without a name, at the end */
		else
			break;
		if (!*comma) {
			store(part, row->offset, row->size, bits);
			return 0;
		}
		at = comma + 1;
	}
	snprintf(reader->expected, sizeof(reader->expected), "a comma list of %s",
	         words_list(row->words, list, sizeof(list)));
	return -EINVAL;
}

static int read_endpoint(struct text_reader *reader, const struct text_token *token,
                         const struct text_row *row, void *part)
{
	bool v6 = token->text[0] == '[';
	const char *colon = strrchr(token->text, ':');
	const char *end = colon ? colon - v6 : NULL; /* of the address */
	char host[INET6_ADDRSTRLEN];
	uint8_t addr[16] = {0};
	uint64_t port;

	if (!end || end <= token->text || (v6 && *end != ']') ||
	    (size_t)(end - token->text - v6) >= sizeof(host) ||
	    parse_number(colon + 1, 0, UINT16_MAX, &port))
		return refuse(reader, "127.0.0.1:80 or [::1]:80");
	snprintf(host, sizeof(host), "%.*s", (int)(end - token->text - v6), token->text + v6);
	if (inet_pton(v6 ? AF_INET6 : AF_INET, host, addr) != 1)
		return refuse(reader, "127.0.0.1:80 or [::1]:80");
	memcpy((char *)part + row->offset, addr, sizeof(addr));
	store(part, row->port, 2, port);
	reader->ipv4 |= !v6;
	reader->ipv6 |= v6;
	return 0;
}

static int read_comm(struct text_reader *reader, const struct text_token *token,
                     const struct text_row *row, void *part)
{
	if (!token->quoted || token->size >= row->size) {
		snprintf(reader->expected, sizeof(reader->expected),
		         "a string in double quotes, at most %u bytes", row->size - 1U);
		return -EINVAL;
	}
	memcpy((char *)part + row->offset, token->text, token->size);
	return 0;
}

/* "12" or "12/34" */
static int read_pair(struct text_reader *reader, const char *text, struct fact_name *name)
{
	static const char expected[] = "a number, two as 12/34, or an address as ::ffff:10.0.0.1";
	const char *slash = strchr(text, '/');
	uint64_t first, second = 0;
	char word[24];

	if (slash) {
		if ((size_t)(slash - text) >= sizeof(word) ||
		    parse_number(slash + 1, 0, UINT64_MAX, &second))
			return refuse(reader, expected);
		snprintf(word, sizeof(word), "%.*s", (int)(slash - text), text);
		text = word;
	}
	if (parse_number(text, 0, UINT64_MAX, &first))
		return refuse(reader, expected);
	name->key[0] = first;
	name->key[1] = second;
	return 0;
}

static int read_key(struct text_reader *reader, const struct text_token *token)
{
	struct fact_name *name = (struct fact_name *)reader->fact;
	uint64_t addr[2];

	if (inet_pton(AF_INET6, token->text, addr) == 1) {
		name->key[0] = be64toh(addr[0]);
		name->key[1] = be64toh(addr[1]);
		return 0;
	}
	return read_pair(reader, token->text, name);
}

static void set_tail_count(struct fact *fact, uint32_t count)
{
	memcpy((char *)fact + fact_tail(fact->type)->count, &count, sizeof(count));
}

static int read_bytes(struct text_reader *reader, const struct text_token *token)
{
	const struct fact_tail *tail = fact_tail(reader->fact->type);

	if (!token->quoted || token->size > tail->max) {
		snprintf(reader->expected, sizeof(reader->expected),
		         "a string in double quotes, at most %u bytes", tail->max);
		return -EINVAL;
	}
	memcpy((char *)reader->fact + tail->offset, token->text, token->size);
	set_tail_count(reader->fact, (uint32_t)token->size);
	return 0;
}

/* Reads one element of a comma list into the tail of the fact. 0 or -errno. */
typedef int element_fn(char *word, struct fact *fact, uint32_t index);

static int read_list(struct text_reader *reader, const struct text_token *token, element_fn *fn,
                     const char *elements)
{
	uint32_t most = fact_tail(reader->fact->type)->max, count = 0;
	const char *at = token->text;

	for (;; at++) {
		size_t size = strcspn(at, ",");
		char word[64];

		snprintf(word, sizeof(word), "%.*s", size < sizeof(word) ? (int)size : 0, at);
		if (count == most || fn(word, reader->fact, count)) {
			snprintf(reader->expected, sizeof(reader->expected),
			         "a comma list of at most %u %s", most, elements);
			return -EINVAL;
		}
		count++;
		at += size;
		if (!*at)
			break;
	}
	set_tail_count(reader->fact, count);
	return 0;
}

static int read_ip(char *word, struct fact *fact, uint32_t index)
{
	uint64_t ip;
	int err = read_hex(word, UINT64_MAX, &ip);

	if (!err)
		((struct fact_stack *)fact)->ips[index] = ip;
	return err;
}

/* "12:-5" or "12:3^40": id, difference */
static int read_change(char *word, struct fact *fact, uint32_t index)
{
	char *number = word, *id = strsep(&number, ":"), *unit;
	struct counts_change change = {0};
	uint64_t value, size;

	if (!number || parse_number(id, 0, COUNTS_IDS - 1, &value))
		return -EINVAL;
	change.id = (uint16_t)value;
	unit = strchr(number, '^');
	if (unit && strcmp(unit, "^40") != 0)
		return -EINVAL;
	if (unit)
		*unit = '\0';
	change.high = unit;
	if (parse_number(number + (*number == '-'), 0, 1ULL << 47, &size))
		return -EINVAL;
	change.difference = *number == '-' ? -(int64_t)size : (int64_t)size;
	((struct fact_counts *)fact)->changes[index] = counts_pack(&change);
	return 0;
}

/* "1000/state/8/1": time, kind, a, b */
static int read_step(char *text, struct fact_step *step)
{
	char *rest = text;
	const char *word[4];
	uint64_t kind, a, b, time;

	for (int i = 0; i < 4; i++) {
		word[i] = strsep(&rest, "/");
		if (!word[i])
			return -EINVAL;
	}
	if (rest || parse_number(word[0], 0, UINT64_MAX, &time) ||
	    (words_find(&fact_step_kinds, word[1], strlen(word[1]), &kind) &&
	     parse_number(word[1], 0, UINT8_MAX, &kind)) ||
	    parse_number(word[2], 0, UINT8_MAX, &a) || parse_number(word[3], 0, UINT8_MAX, &b))
		return -EINVAL;
	*step = (struct fact_step){
		.time = time, .kind = (uint8_t)kind, .a = (uint8_t)a, .b = (uint8_t)b};
	return 0;
}

static int read_step_of(char *word, struct fact *fact, uint32_t index)
{
	return read_step(word, &((struct fact_table_row *)fact)->steps[index]);
}

int text_value_parse(struct text_reader *reader, const struct text_token *token,
                     const struct text_row *row, void *part)
{
	uint64_t number;

	switch (row->kind) {
	case TEXT_NUMBER:
		return read_number(reader, token, row, part);
	case TEXT_SIGNED:
		return read_signed(reader, token, row, part);
	case TEXT_HEX:
		if (read_hex(token->text, max_of(row->size), &number))
			return refuse(reader, "a hexadecimal number");
		store(part, row->offset, row->size, number);
		return 0;
	case TEXT_WORD:
		return read_word(reader, token, row, part);
	case TEXT_BITS:
		return read_bits(reader, token, row, part);
	case TEXT_ENDPOINT:
		return read_endpoint(reader, token, row, part);
	case TEXT_COMM:
		return read_comm(reader, token, row, part);
	case TEXT_KEY:
		return read_key(reader, token);
	case TEXT_BYTES:
		return read_bytes(reader, token);
	case TEXT_IPS:
		return read_list(reader, token, read_ip, "hexadecimal numbers");
	case TEXT_CHANGES:
		return read_list(reader, token, read_change, "changes as 12:-5");
	case TEXT_STEPS:
		return read_list(reader, token, read_step_of, "steps as 1000/state/8/1");
	case TEXT_KIND_COUNT:
		break;
	}
	return -EINVAL;
}
