/* SPDX-License-Identifier: BSD-2-Clause */
/* Which keys the text form of each fact has, and where in the fact they live. */
#ifndef TCPTRAIL_FACT_TEXT_ROWS_H
#define TCPTRAIL_FACT_TEXT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "fact.h"
#include "fact/words.h"

enum text_kind {
	TEXT_NUMBER,   /* decimal, unsigned */
	TEXT_SIGNED,   /* decimal */
	TEXT_HEX,      /* without 0x */
	TEXT_WORD,     /* one of words; a number where it has none */
	TEXT_BITS,     /* words joined by ",", by bit number */
	TEXT_ENDPOINT, /* 127.0.0.1:80 or [::1]:80 */
	TEXT_COMM,     /* quoted, FACT_COMM_LEN bytes */
	TEXT_KEY,      /* fact_name.key: a number, two ("12/34"), or an address */
	TEXT_BYTES,    /* quoted: the tail of the fact */
	TEXT_IPS,      /* 8-byte hexadecimal numbers joined by ",": the tail of the fact */
	TEXT_STEPS,    /* time/kind/a/b joined by ",": the tail of the fact */
	TEXT_KIND_COUNT
};

/* One key=value. */
struct text_row {
	const char *key;
	enum text_kind kind;
	uint16_t offset;
	uint16_t size;             /* bytes: 1, 2, 4, 8; else as kind says */
	uint16_t port;             /* TEXT_ENDPOINT: offset of the port */
	const struct words *words; /* TEXT_WORD, TEXT_BITS */
	_Bool always;              /* printed even when 0 */
};

/* Rows of a struct that is part of a fact. */
struct text_part {
	const struct text_row *rows;
	size_t count;
	uint16_t offset;
};

#define TEXT_PARTS 4

struct text_type {
	const char *name;
	uint16_t size; /* bytes of its struct */
	struct text_part parts[TEXT_PARTS];
};

/* NULL: no such type. */
const struct text_type *text_type(unsigned int type);

/* Number of the type called so, or -1. */
int text_type_find(const char *name, size_t size);

/* All type names, or all keys of a type, joined by ", ", cut to size. Returns buf. */
const char *text_type_list(char *buf, size_t size);
const char *text_key_list(const struct text_type *type, char *buf, size_t size);

#endif
