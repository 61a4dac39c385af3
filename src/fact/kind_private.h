/* SPDX-License-Identifier: BSD-2-Clause */
/* How the keys of a struct are written down. */
#ifndef TCPTRAIL_FACT_KIND_PRIVATE_H
#define TCPTRAIL_FACT_KIND_PRIVATE_H

#include "fact/kind.h"
#include "fact/words.h"

/* clang-format off */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROW(type, member, ...)                                                                     \
	{                                                                                          \
		.key = #member, .offset = offsetof(type, member),                                  \
		.size = sizeof(((type *)0)->member), __VA_ARGS__                                   \
	}
#define NUMBER(type, member)      ROW(type, member, .kind = TEXT_NUMBER)
#define SIGNED(type, member)      ROW(type, member, .kind = TEXT_SIGNED)
#define HEX(type, member)         ROW(type, member, .kind = TEXT_HEX)
#define COMM(type, member)        ROW(type, member, .kind = TEXT_COMM)
#define WORD(type, member, table) ROW(type, member, .kind = TEXT_WORD, .words = &(table))
#define BITS(type, member, table) ROW(type, member, .kind = TEXT_BITS, .words = &(table))
/* A number that is printed even when it is 0. */
#define INDEX(type, member)       ROW(type, member, .kind = TEXT_NUMBER, .always = 1)
/* The array at the end of the fact. */
#define ARRAY(type, member, form) {.key = #member, .kind = form, .offset = offsetof(type, member)}

#define KEYS(rows) {rows, COUNT(rows)}
/* clang-format on */

/* kind_table.c */
extern const struct text_keys fact_table_keys, fact_table_task_keys, fact_table_origin_keys,
	fact_table_row_keys, fact_table_holder_keys, fact_table_end_keys;

#endif
