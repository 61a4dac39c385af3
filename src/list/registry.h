/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All fields of a listing: its own, and those that every listing has. The fields of several listings, so
 * that they make one table.
 */
#ifndef TCPTRAIL_LIST_REGISTRY_H
#define TCPTRAIL_LIST_REGISTRY_H

#include "list/list.h"

/* Fields, each key once. All zero: none. */
struct list_registry {
	struct field *fields;
	size_t count;
};

/* Adds all fields of a listing, those that all have behind its own. 0 or -ENOMEM. */
int list_registry_add(struct list_registry *registry, const struct listing *listing);
void list_registry_free(struct list_registry *registry);

/* The field of a listing; also those that all have. NULL: it has none with this key. */
const struct field *list_field(const struct listing *listing, const char *key);

/* A field with the same word that knows no value: of a listing that has no such field. */
struct field list_field_absent(const struct word *word);

#endif
