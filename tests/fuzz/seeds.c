/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes inputs for the targets codec, block, reader and fold of a file of text facts
 * (`make fuzz-seeds`):
 *
 *   seeds FACTS CORPUS NAME
 *
 * writes CORPUS/codec/NAME, CORPUS/codec/NAME-facts, CORPUS/block/NAME, CORPUS/reader/NAME,
 * CORPUS/fold/NAME and CORPUS/fold/NAME-table.
 */
#include <errno.h>

#include "table/save.h"
#include "table/table.h"
#include "fuzz.h"
#include "record/block.h"

#define MOST 2048 /* bytes of an input */

static void write_file(const char *corpus, const char *directory, const char *name,
                       const char *suffix, const struct buffer *bytes)
{
	char path[4096];
	FILE *out;

	if (bytes->size > MOST && strcmp(directory, "fold") != 0)
		return;
	snprintf(path, sizeof(path), "%s/%s/%s%s", corpus, directory, name, suffix);
	out = fopen(path, "we");
	EXPECT(out && fwrite(bytes->data, 1, bytes->size, out) == bytes->size);
	EXPECT(fclose(out) == 0);
}

/* As many of the file's facts as give inputs of at most MOST bytes. */
static void read_facts(FILE *in, struct buffer *facts)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	const struct fact *fact = (const struct fact *)bytes;
	char *line = NULL;
	size_t room = 0;
	struct diag diag;
	int got = 0;

	while (got >= 0 && getline(&line, &room, in) >= 0) {
		struct buffer coded = {0};
		size_t before = facts->size;

		got = fact_text_parse(line, (struct fact *)bytes, &diag);
		if (got <= 0)
			continue;
		buffer_add(facts, fact, fact->len);
		EXPECT(codec_encode(facts->data, facts->size, &coded) == 0);
		if (coded.size + BLOCK_HEADER > MOST)
			facts->size = before;
		buffer_free(&coded);
	}
	EXPECT(got >= 0);
	free(line);
}

/* The table that the facts make, as a checkpoint. */
static void dump(const struct buffer *facts, struct buffer *out)
{
	struct table *table = table_new(1000);

	EXPECT(table);
	for (size_t at = 0; at < facts->size;) {
		const struct fact *fact = (const void *)(facts->data + at);

		table_apply(table, fact);
		at += fact->len;
	}
	table_dump(table, out); /* in the middle of a walk there is none */
	table_free(table);
}

int main(int argc, char **argv)
{
	struct buffer facts = {0}, coded = {0}, block = {0}, plain = {0}, file = {0}, table = {0};
	uint8_t header[FILE_HEADER];
	uint32_t size;
	FILE *in;

	EXPECT(argc == 4);
	in = fopen(argv[1], "re");
	EXPECT(in);
	read_facts(in, &facts);
	fclose(in);

	size = (uint32_t)facts.size;
	buffer_add(&coded, &size, sizeof(size));
	EXPECT(codec_encode(facts.data, facts.size, &coded) == 0);
	write_file(argv[2], "codec", argv[3], "", &coded);
	EXPECT(block_make(facts.data, facts.size, BLOCK_FACTS, 1, &block) == 0);
	write_file(argv[2], "block", argv[3], "", &block);
	size = 0x80000000; /* facts, says fuzz_codec.c */
	buffer_add(&plain, &size, sizeof(size));
	buffer_add(&plain, facts.data, facts.size);
	write_file(argv[2], "codec", argv[3], "-facts", &plain);

	file_make(&(struct file_info){.session = 1, .wall = 1}, header);
	buffer_add(&file, header, sizeof(header));
	buffer_add(&file, block.data, block.size);
	write_file(argv[2], "reader", argv[3], "", &file);
	write_file(argv[2], "fold", argv[3], "", &facts);
	dump(&facts, &table);
	if (table.size < MOST * 2)
		write_file(argv[2], "fold", argv[3], "-table", &table);

	buffer_free(&file);
	buffer_free(&table);
	buffer_free(&facts);
	buffer_free(&coded);
	buffer_free(&block);
	buffer_free(&plain);
	return 0;
}
