/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of all enums that facts carry. The text form of facts and the views print the same. */
#ifndef TCPTRAIL_FACT_WORDS_H
#define TCPTRAIL_FACT_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* Names by value; NULL where a value has none. */
struct words {
	const char *const *names;
	size_t count;
};

extern const struct words fact_states;        /* TCP states; NEW_SYN_RECV under its own name */
extern const struct words fact_flags;         /* by bit number of enum fact_sample_flag */
extern const struct words fact_families;      /* AF_INET, AF_INET6 */
extern const struct words fact_timers;        /* enum fact_timer */
extern const struct words fact_walk_kinds;    /* enum fact_walk_kind */
extern const struct words fact_name_kinds;    /* enum fact_name_kind */
extern const struct words fact_losses;        /* enum fact_loss_where */
extern const struct words fact_counts_flags;  /* by bit number of enum fact_counts_flag */
extern const struct words fact_counters;      /* enum counter */
extern const struct words fact_table_flags;   /* by bit number of enum fact_table_flag */
extern const struct words fact_row_flags;     /* by bit number of enum row_flag */
extern const struct words fact_closers;       /* enum closer */
extern const struct words fact_owner_sources; /* enum owner_source */
extern const struct words fact_step_kinds;    /* enum step_kind */

/* Name of a value, or NULL. */
const char *words_name(const struct words *words, uint64_t value);

/* The value of a name of `size` bytes; letter case matters. 0 or -EINVAL. */
int words_find(const struct words *words, const char *name, size_t size, uint64_t *value);

/*
 * For messages: appends a word to the list in buf, of which `used` bytes are there, with ", "
 * between words. Returns the new length, which is `size` or more where buf is full.
 */
size_t words_append(char *buf, size_t size, size_t used, const char *word);
/* All names in one such list. Returns buf. */
const char *words_list(const struct words *words, char *buf, size_t size);

#endif
