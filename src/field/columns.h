/* SPDX-License-Identifier: BSD-2-Clause */
/* Which fields are printed: the default ones of a command, or what was typed. */
#ifndef TCPTRAIL_FIELD_COLUMNS_H
#define TCPTRAIL_FIELD_COLUMNS_H

#include "base/diag.h"
#include "field/field.h"

/* Lists of keys end with NULL. */
#define COLUMNS_MAX 24

/* Default columns of the text of a snapshot, by netstat's -e, -p and -o; -v: how we know. */
void columns_snapshot(bool extended, bool programs, bool timers, bool verbose,
                      const char *keys[COLUMNS_MAX]);

/* Default columns of the text of the stream. */
extern const char *const columns_events[];

/*
 * Chooses fields. typed: "a,b" (these), "+a,b" (these behind the default ones)
 * or NULL (the default ones); keys or headings, as fields_find_typed() takes them. defaults NULL:
 * all fields. One named twice is printed once, at its first place. *chosen: to be freed by
 * free(). 0; -EINVAL with diag: an unknown one and which are nearest to it; -ENOMEM.
 */
int columns_select(const struct field *fields, size_t count, const char *const *defaults,
                   const char *typed, const struct field ***chosen, size_t *chosen_count,
                   struct diag *diag);

#endif
