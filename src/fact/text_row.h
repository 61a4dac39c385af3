/* SPDX-License-Identifier: BSD-2-Clause */
/* A key of the text form of a fact, and where its value lies. */
#ifndef TCPTRAIL_FACT_TEXT_ROW_H
#define TCPTRAIL_FACT_TEXT_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "fact/words.h"

enum text_kind {
	TEXT_NUMBER,   /* decimal, unsigned */
	TEXT_SIGNED,   /* decimal */
	TEXT_HEX,      /* without 0x */
	TEXT_WORD,     /* one of words, otherwise a number */
	TEXT_BITS,     /* words joined by ",", by bit number */
	TEXT_ENDPOINT, /* 127.0.0.1:80 or [::1]:80 */
	TEXT_COMM,     /* quoted, FACT_COMM_LEN bytes */
	TEXT_KEY,      /* fact_name.key: a number, two ("12/34"), or an address */
	TEXT_BYTES,    /* quoted: the tail of the fact */
	TEXT_IPS,      /* 8-byte hexadecimal numbers joined by ",": the tail of the fact */
	TEXT_CHANGES, /* id:difference joined by ",", "^40" in units of 2^40: the tail of the fact */
	TEXT_STEPS,   /* time/kind/a/b joined by ",": the tail of the fact */
	TEXT_KIND_COUNT
};

/* One key=value. */
struct text_row {
	const char *key;
	enum text_kind kind;
	uint16_t offset;
	uint16_t size;             /* bytes: 1, 2, 4, 8; otherwise as the kind says */
	uint16_t port;             /* TEXT_ENDPOINT: offset of the port */
	const struct words *words; /* TEXT_WORD, TEXT_BITS */
	_Bool always;              /* printed even when 0 */
};

/* The keys of a struct. */
struct text_keys {
	const struct text_row *rows;
	size_t count;
};

#endif
