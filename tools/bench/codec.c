/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cost of recording: reads facts as text (tcptrail events --facts), and prints bytes on disk
 * per transition and how many facts a second are encoded and decoded.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "record/block.h"

#define BLOCK_RAW (1U << 20) /* a block ends at this many bytes */
#define RUN_TIME  1.0        /* s that each measurement takes at least */

/* The facts of a file, cut into blocks. */
struct facts {
	struct buffer bytes;
	size_t *ends; /* of each block */
	size_t blocks;
	uint64_t count, transitions;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void end_block(struct facts *facts)
{
	facts->ends = array_add(facts->ends, facts->blocks, sizeof(*facts->ends));
	if (!facts->ends)
		abort();
	facts->ends[facts->blocks++] = facts->bytes.size;
}

static void add(struct facts *facts, const struct fact *fact)
{
	size_t start = facts->blocks ? facts->ends[facts->blocks - 1] : 0;

	buffer_add(&facts->bytes, fact, fact->len);
	facts->count++;
	facts->transitions += fact->type == FACT_STATE;
	if (facts->bytes.size - start >= BLOCK_RAW)
		end_block(facts);
}

static int read_facts(const char *path, struct facts *facts)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	struct diag diag;
	int got = 0;

	if (!in)
		return -errno;
	while (got >= 0 && getline(&line, &room, in) >= 0) {
		got = fact_text_parse(line, (struct fact *)bytes, &diag);
		if (got > 0)
			add(facts, (struct fact *)bytes);
	}
	free(line);
	fclose(in);
	end_block(facts);
	return got < 0 || facts->bytes.failed ? -EINVAL : 0;
}

static void make_all(const struct facts *facts, struct buffer *out)
{
	size_t start = 0;

	out->size = 0;
	for (size_t i = 0; i < facts->blocks; start = facts->ends[i++]) {
		if (block_make(facts->bytes.data + start, facts->ends[i] - start, BLOCK_FACTS, 0,
		               out))
			abort();
	}
}

static void open_all(const struct buffer *out, char *room)
{
	for (size_t at = 0; at < out->size;) {
		struct block_info info;

		if (block_parse((const uint8_t *)out->data + at, &info) ||
		    block_open(&info, out->data + at + BLOCK_HEADER, room))
			abort();
		at += BLOCK_HEADER + info.stored;
	}
}

static uint64_t coded_bytes(const struct buffer *out)
{
	uint64_t sum = 0;

	for (size_t at = 0; at < out->size;) {
		struct block_info info;

		if (block_parse((const uint8_t *)out->data + at, &info))
			abort();
		sum += info.coded;
		at += BLOCK_HEADER + info.stored;
	}
	return sum;
}

/* Times a pass over all facts. */
static void measure(const char *what, const struct facts *facts, struct buffer *out, char *room)
{
	double start = now(), took;
	uint64_t passes = 0;

	do {
		if (room)
			open_all(out, room);
		else
			make_all(facts, out);
		passes++;
		took = now() - start;
	} while (took < RUN_TIME);
	printf("%s %.2f million facts/s\n", what, (double)(passes * facts->count) / took / 1e6);
}

int main(int argc, char **argv)
{
	struct facts facts = {0};
	struct buffer out = {0};
	char *room = aligned_alloc(8, BLOCK_RAW_MAX);
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FACTS, made by tcptrail events --facts\n", argv[0]);
		return 2;
	}
	err = read_facts(argv[1], &facts);
	if (err) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-err));
		return 3;
	}
	measure("encode", &facts, &out, NULL);
	measure("decode", &facts, &out, room);
	printf("%" PRIu64 " facts, %" PRIu64
	       " transitions, %zu blocks; bytes: raw %zu, coded %" PRIu64
	       ", on disk %zu: %.2f per transition, %.2f per fact\n",
	       facts.count, facts.transitions, facts.blocks, facts.bytes.size, coded_bytes(&out),
	       out.size, (double)out.size / (double)facts.transitions,
	       (double)out.size / (double)facts.count);
	buffer_free(&out);
	buffer_free(&facts.bytes);
	free(facts.ends);
	free(room);
	return 0;
}
