/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays that grow by doubling. */
#ifndef TCPTRAIL_BASE_ARRAY_H
#define TCPTRAIL_BASE_ARRAY_H

#include <stddef.h>

/*
 * Makes room for `wanted` elements of `size` bytes. *room is the number of elements that the array
 * has room for, and follows. Returns the array, which may have moved; NULL: no memory, and the
 * array and *room are as they were. New elements are not zeroed.
 */
void *array_reserve(void *array, size_t *room, size_t wanted, size_t size);

/*
 * Makes room for one element more than `count`, for an array that grows by this function alone, one
 * element at a time: its room follows from its count. Returns the array, or NULL as above.
 */
void *array_add(void *array, size_t count, size_t size);

#endif
