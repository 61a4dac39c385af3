/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that a recorder writes: begins them, ends them, and deletes a
 * directory's oldest ones so that it keeps within its bounds.
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

/* Is the name one of a directory: it is one, or ends in "/"? */
bool store_is_directory(const char *path);

/*
 * Makes the directory if need be, or the file, which must not be there yet, and takes
 * the lock: one recorder at a time. 0, or -errno with diag.
 */
int store_open(struct store **store, const struct store_config *config, struct diag *diag);
/* 0, or -errno: what was written since the last store_sync may not last. */
int store_close(struct store *store);

/*
 * A file of a directory begins, of a new session or as the next of the present one; a
 * single file begins once. 0 or -errno: no file is open then.
 */
int store_begin_file(struct store *store, bool session);
/*
 * Appends to the present file. 0; -errno: none of it is there. -EFBIG, too, if the file would
 * grow beyond max_size: if it is a single one, it is full then.
 */
int store_write(struct store *store, const void *bytes, size_t size);
int store_sync(struct store *store);

/* Has a directory's file its size or age, so that another one should begin? */
bool store_wants_file(const struct store *store);
/* Is a single file as large as it may be? Then nothing more is written to it. */
bool store_is_full(const struct store *store);
/* Is there room worth another try, as far as can be told? */
bool store_has_room(const struct store *store);
uint64_t store_written(const struct store *store); /* bytes since store_open */

#endif
