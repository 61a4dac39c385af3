/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of numbers: namespaces, cgroups, users, ports, hosts, RST reasons. They come by FACT_NAME
 * only, so that a recording reads the same on another host.
 *
 * A view that misses a name leaves a pending query, by names_query(). The resolver takes it, by
 * names_next_query(), and answers with a fact. A lookup that fails is answered too, with an empty
 * name: no name is looked up twice.
 */
#ifndef TCPTRAIL_TABLE_NAMES_H
#define TCPTRAIL_TABLE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"
#include "fact/name.h"
#include "fact/sink.h"

struct names;

/*
 * capacity: the most names of one kind that are kept, and the most queries; some kinds have a
 * smaller budget. A new name replaces the oldest one of kinds that can be looked up again. NULL: no
 * memory.
 */
struct names *names_new(uint32_t capacity);
void names_free(struct names *names);
/* Drops all names and queries. */
void names_forget(struct names *names);
/* All names as facts of that time, each kind in the order in which they would be dropped. */
void names_save(const struct names *names, uint64_t time, const struct fact_sink *sink);

/* Drops one name, as if it had never come. */
void names_drop(struct names *names, struct name_key key);

/* names_sweep() drops the names of a kind that names_mark() has not marked since the last sweep. */
void names_mark(struct names *names, struct name_key key);
void names_sweep(struct names *names, enum fact_name_kind kind);
uint32_t names_count(const struct names *names, enum fact_name_kind kind);

int names_apply(struct names *names, const struct fact_name *fact);

/* The name; "": it was looked up and there is none; NULL: not known (yet). */
const char *names_find(const struct names *names, struct name_key key);

/* Like names_find(), but leaves a pending query if the name is not known. */
const char *names_query(struct names *names, struct name_key key);

/* Takes one pending query of a kind whose bit (1 << kind) is in kinds. false: none. */
bool names_next_query(struct names *names, uint32_t kinds, struct name_key *key);

#endif
