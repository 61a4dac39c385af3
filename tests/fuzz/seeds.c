/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes inputs for the targets codec and block of a file of text facts (`make fuzz-seeds`):
 *
 *   seeds FACTS CORPUS NAME
 *
 * writes CORPUS/codec/NAME and CORPUS/block/NAME, and CORPUS/codec/NAME-facts.
 */
#include <errno.h>

#include "fuzz.h"
#include "record/block.h"

#define MOST 2048 /* bytes of an input */

static void write_file(const char *corpus, const char *directory, const char *name,
                       const char *suffix, const struct buffer *bytes)
{
	char path[4096];
	FILE *out;

	if (bytes->size > MOST)
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

int main(int argc, char **argv)
{
	struct buffer facts = {0}, coded = {0}, block = {0}, plain = {0};
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

	buffer_free(&facts);
	buffer_free(&coded);
	buffer_free(&block);
	buffer_free(&plain);
	return 0;
}
