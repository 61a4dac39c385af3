/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of numbers, each with its place in the order in which they came: indexes an array by key. */
#ifndef TCPTRAIL_BASE_NUMBERS_H
#define TCPTRAIL_BASE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#define NUMBERS_NONE SIZE_MAX

struct numbers { /* all 0: empty */
	uint32_t *items;
	size_t count, room;
	size_t *slots; /* hash of items: place + 1, 0 is free; twice the room */
};

size_t numbers_find(const struct numbers *numbers, uint32_t number);
/* The place of the number, which is new if it was `count`. NUMBERS_NONE: no memory. */
size_t numbers_add(struct numbers *numbers, uint32_t number);
void numbers_free(struct numbers *numbers); /* empty again */

#endif
