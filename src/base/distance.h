/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_DISTANCE_H
#define TCPTRAIL_BASE_DISTANCE_H

#include <stddef.h>

/*
 * How many bytes must be put in, taken out or changed to make one text of the other, whatever
 * their case (Levenshtein). Of long texts only the first 63 bytes count.
 */
size_t edit_distance(const char *a, const char *b);

#endif
