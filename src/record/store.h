/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that a recorder writes. It begins and ends them, and deletes the oldest files of a
 * directory to stay within its limits.
 */
#ifndef TCPTRAIL_RECORD_STORE_H
#define TCPTRAIL_RECORD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct store;

struct store_config {
	const char *path;
	uint64_t max_size; /* bytes, of all files */
	uint64_t max_age;  /* ns; 0: none */
};

/* Does the path name a directory? It exists as one, or ends in "/". */
bool store_is_directory(const char *path);

/*
 * Creates the directory if it is missing, or the file, which must not exist; locks it, so that one
 * recorder at a time writes to it. 0, or -errno with diag.
 */
int store_open(struct store **store, const struct store_config *config, struct diag *diag);
/* 0, or -errno: a crash may lose what was written since the last store_sync(). */
int store_close(struct store *store);

/*
 * Begins a file of a directory: the first of a new session, or the next one of the present session.
 * A single file begins once. 0; -errno: no file is open.
 */
int store_begin_file(struct store *store, bool session);
/*
 * Appends to the present file. 0; -errno: nothing was written. -EFBIG: the file would grow beyond
 * max_size; a single file is then full.
 */
int store_write(struct store *store, const void *bytes, size_t size);
int store_sync(struct store *store);

/* Should a new file of the directory begin, for the size or age of the present one? */
bool store_wants_file(const struct store *store);
/* Has a single file reached max_size? Nothing more is written to it. */
bool store_is_full(const struct store *store);
/* Has the disk enough room for another try? */
bool store_has_room(const struct store *store);
uint64_t store_written(const struct store *store); /* bytes since store_open */

#endif
