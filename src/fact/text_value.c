/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/text_value.h"

#include <arpa/inet.h>
#include <endian.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "fact/counts.h"
#include "fact/kind.h"
#include "fact/text.h"

_Static_assert(sizeof(struct fact_name) + FACT_NAME_MAX + 8 <= FACT_MAX_SIZE, "names fit");
_Static_assert(sizeof(struct fact_counts) + FACT_COUNTS_MAX * sizeof(__u64) <= FACT_MAX_SIZE,
               "changes fit");
_Static_assert(sizeof(struct fact_table_row) + FACT_STEPS_MAX * sizeof(struct fact_step) <=
                       FACT_MAX_SIZE,
               "rows fit");

/* Loads an integer of any width. */
static uint64_t load(const void *part, uint16_t offset, uint16_t size)
{
	const char *at = (const char *)part + offset;
	uint64_t number = 0;

	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	}
	memcpy(&number, at, sizeof(number));
	return number;
}

static int64_t load_signed(const void *part, const struct text_row *row)
{
	uint64_t number = load(part, row->offset, row->size);

	return row->size == 4 ? (int32_t)number : (int64_t)number;
}

static bool all_zero(const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size && !at[size - 1])
		size--;
	return !size;
}

/* Bytes of a comm without the NULs at its end. */
static size_t comm_size(const char *comm, size_t room)
{
	while (room && !comm[room - 1])
		room--;
	return room;
}

bool text_value_empty(const struct text_row *row, const void *part, const struct fact *fact)
{
	if (row->kind == TEXT_BYTES || row->kind == TEXT_IPS || row->kind == TEXT_STEPS ||
	    row->kind == TEXT_CHANGES)
		return !fact_tail_count(fact, fact_tail(fact->type));
	return all_zero((const char *)part + row->offset, row->size) &&
	       (row->kind != TEXT_ENDPOINT || !load(part, row->port, 2));
}

static void print_word(FILE *out, const struct text_row *row, uint64_t number)
{
	const char *word = words_name(row->words, number);

	if (word)
		fputs(word, out);
	else
		fprintf(out, "%" PRIu64, number);
}

static void print_bits(FILE *out, const struct text_row *row, uint64_t bits)
{
	const char *comma = "";

	for (size_t i = 0; i < row->words->count; i++) {
		if (!(bits & 1ULL << i))
			continue;
		fprintf(out, "%s%s", comma, row->words->names[i]);
		bits &= ~(1ULL << i);
		comma = ",";
	}
	if (bits)
		fprintf(out, "%s0x%" PRIx64, comma, bits);
}

/* An AF_INET address has 12 bytes of padding; if they are not 0, it prints all 16 bytes. */
static void print_endpoint(FILE *out, const struct text_row *row, const void *part)
{
	const uint8_t *addr = (const uint8_t *)part + row->offset;
	unsigned int port = (unsigned int)load(part, row->port, 2);
	uint16_t family = ((const struct fact_sample *)part)->family;
	char text[INET6_ADDRSTRLEN];

	if (family == AF_INET && all_zero(addr + 4, 12))
		fprintf(out, "%s:%u", inet_ntop(AF_INET, addr, text, sizeof(text)), port);
	else
		fprintf(out, "[%s]:%u", inet_ntop(AF_INET6, addr, text, sizeof(text)), port);
}

static void print_quoted(FILE *out, const char *bytes, size_t size)
{
	fputc('"', out);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c >= ' ' && c < 0x7f)
			fputc(c, out);
		else
			fprintf(out, "\\%03o", c);
	}
	fputc('"', out);
}

/* The key of a host is its address, read as two big-endian numbers (table/names.c). */
static void print_key(FILE *out, const struct fact_name *name)
{
	const uint64_t addr[2] = {htobe64(name->key[0]), htobe64(name->key[1])};
	char text[INET6_ADDRSTRLEN];

	if (name->kind == NAME_HOST)
		fputs(inet_ntop(AF_INET6, addr, text, sizeof(text)), out);
	else
		fprintf(out, "%" PRIu64, (uint64_t)name->key[0]);
	if (name->kind != NAME_HOST && name->key[1])
		fprintf(out, "/%" PRIu64, (uint64_t)name->key[1]);
}

static void print_ips(FILE *out, const struct fact_stack *stack)
{
	for (uint32_t i = 0; i < stack->count; i++)
		fprintf(out, "%s%" PRIx64, i ? "," : "", (uint64_t)stack->ips[i]);
}

static void print_changes(FILE *out, const struct fact_counts *counts)
{
	for (uint32_t i = 0; i < counts->count; i++) {
		struct counts_change change = counts_unpack(counts->changes[i]);

		fprintf(out, "%s%u:%" PRId64 "%s", i ? "," : "", change.id, change.difference,
		        change.high ? "^40" : "");
	}
}

static void print_steps(FILE *out, const struct fact_table_row *row)
{
	for (uint32_t i = 0; i < row->count; i++) {
		const struct fact_step *step = &row->steps[i];
		const char *kind = words_name(&fact_step_kinds, step->kind);

		fprintf(out, "%s%" PRIu64 "/", i ? "," : "", (uint64_t)step->time);
		if (kind)
			fputs(kind, out);
		else
			fprintf(out, "%u", step->kind);
		fprintf(out, "/%u/%u", step->a, step->b);
	}
}

void text_value_print(FILE *out, const struct text_row *row, const void *part,
                      const struct fact *fact)
{
	const struct fact_name *name = (const struct fact_name *)fact;
	const char *at = (const char *)part + row->offset;

	switch (row->kind) {
	case TEXT_NUMBER:
		fprintf(out, "%" PRIu64, load(part, row->offset, row->size));
		break;
	case TEXT_SIGNED:
		fprintf(out, "%" PRId64, load_signed(part, row));
		break;
	case TEXT_HEX:
		fprintf(out, "%" PRIx64, load(part, row->offset, row->size));
		break;
	case TEXT_WORD:
		print_word(out, row, load(part, row->offset, row->size));
		break;
	case TEXT_BITS:
		print_bits(out, row, load(part, row->offset, row->size));
		break;
	case TEXT_ENDPOINT:
		print_endpoint(out, row, part);
		break;
	case TEXT_COMM:
		print_quoted(out, at, comm_size(at, row->size));
		break;
	case TEXT_KEY:
		print_key(out, name);
		break;
	case TEXT_BYTES:
		print_quoted(out, at, fact_tail_count(fact, fact_tail(fact->type)));
		break;
	case TEXT_IPS:
		print_ips(out, (const struct fact_stack *)fact);
		break;
	case TEXT_CHANGES:
		print_changes(out, (const struct fact_counts *)fact);
		break;
	case TEXT_STEPS:
		print_steps(out, (const struct fact_table_row *)fact);
		break;
	case TEXT_KIND_COUNT:
		break;
	}
}
