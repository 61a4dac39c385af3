/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What numbers are called: namespaces, cgroups, users, ports, hosts, RST
 * reasons. Filled by FACT_NAME only, so a recording reads the same elsewhere.
 *
 * A view that misses a name says so with names_want(); whoever resolves names
 * takes the wish with names_next_wanted() and answers with a fact. A failed
 * look-up is an answer too (empty name): nothing is asked twice.
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
 * capacity: names of one kind that are kept at most, and wishes; some kinds have a smaller budget
 * of their own. What is told anew when it is missed gives way to what is newer. NULL: no
 * memory.
 */
struct names *names_new(uint32_t capacity);
void names_free(struct names *names);
/* Names and wishes. */
void names_forget(struct names *names);
/* All names as facts of that time, each kind in the order that they would be forgotten. */
void names_tell(const struct names *names, uint64_t time, const struct fact_sink *sink);

/* As if it had never been told. */
void names_drop(struct names *names, struct name_key key);

/* Drops the names of the kind that were not marked since the last time. */
void names_mark(struct names *names, struct name_key key);
void names_sweep(struct names *names, enum fact_name_kind kind);
uint32_t names_count(const struct names *names, enum fact_name_kind kind);

int names_apply(struct names *names, const struct fact_name *fact);

/* The name; "" when it was looked up and there is none; NULL when not known (yet). */
const char *names_find(const struct names *names, struct name_key key);

/* Like names_find, but puts the key on the wish list when it is not known. */
const char *names_want(struct names *names, struct name_key key);

/* Takes one wish of any kind whose bit (1 << kind) is in kinds. false: none left. */
bool names_next_wanted(struct names *names, uint32_t kinds, struct name_key *key);

#endif
