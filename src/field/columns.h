/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses the fields to print: the defaults of a command, or those of --columns. */
#ifndef TCPTRAIL_FIELD_COLUMNS_H
#define TCPTRAIL_FIELD_COLUMNS_H

#include "base/diag.h"
#include "field/field.h"

/* A list of keys ends with NULL. */
#define COLUMNS_MAX 24

/* Default text columns of a snapshot, by netstat's -e, -p, -o; verbose: adds owner_source. */
void columns_snapshot(bool extended, bool programs, bool timers, bool verbose,
                      const char *keys[COLUMNS_MAX]);

/* Default text columns of the stream of events. */
extern const char *const columns_events[];

/*
 * Chooses fields. typed: "a,b" (these), "+a,b" (the defaults, then these) or NULL (the defaults);
 * fields_find_typed() reads the names. defaults NULL: all fields. A field that is named twice is
 * chosen once, at its first place. The caller frees *chosen with free(). 0; -EINVAL with diag: the
 * unknown name and the nearest ones; -ENOMEM.
 */
int columns_select(const struct field *fields, size_t count, const char *const *defaults,
                   const char *typed, const struct field ***chosen, size_t *chosen_count,
                   struct diag *diag);

#endif
