/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_DISTANCE_H
#define TCPTRAIL_BASE_DISTANCE_H

#include <stddef.h>

/*
 * The number of bytes to insert, delete or change to turn one text into the other, ignoring case
 * (Levenshtein). Only the first 63 bytes of each text count.
 */
size_t edit_distance(const char *a, const char *b);

#endif
