/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of facts, one row each: its size, the array that it ends with, and its text form. */
#ifndef TCPTRAIL_FACT_KIND_H
#define TCPTRAIL_FACT_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"
#include "fact/text_row.h"
#include "fact_table.h"

/* The array that a fact ends with. */
struct fact_tail {
	uint16_t offset;  /* of its first element */
	uint16_t count;   /* offset of the __u32 that counts its elements */
	uint16_t element; /* bytes; 0: the kind has no tail */
	uint16_t max;     /* elements */
	bool nul;         /* a NUL follows, which is not counted */
};

/* A struct with keys, and where it lies in the fact. */
struct fact_part {
	const struct text_keys *keys;
	uint16_t offset;
};

#define FACT_PARTS 4

struct fact_kind {
	const char *name; /* in text */
	uint16_t size;    /* bytes of its struct, without the tail */
	struct fact_tail tail;
	struct fact_part parts[FACT_PARTS]; /* after the last one, keys is NULL */
};

/* NULL: no such kind. */
const struct fact_kind *fact_kind(unsigned int type);
/* The enum fact_type of a name of `size` bytes, or -1. */
int fact_kind_find(const char *name, size_t size);

/* For messages: all names, or all keys of a kind, joined by ", ", cut to size. Return buf. */
const char *fact_kind_list(char *buf, size_t size);
const char *fact_key_list(const struct fact_kind *kind, char *buf, size_t size);

/* Bytes before the tail; 0: no such kind. */
uint16_t fact_size(unsigned int type);
const struct fact_tail *fact_tail(unsigned int type);

/* Elements of the fact's tail. */
uint32_t fact_tail_count(const struct fact *fact, const struct fact_tail *tail);

/* Is the fact, of a known kind, as long as its kind and its tail need? */
bool fact_is_whole(const struct fact *fact);

/* Bytes of a fact whose tail has `count` elements: a multiple of 8. */
uint16_t fact_length(unsigned int type, uint32_t count);

#endif
