/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of facts: what their enums are called in text. State names live
 * here rather than in core/ because the text form of facts needs them too.
 */
#ifndef TCPTRAIL_FACT_WORDS_H
#define TCPTRAIL_FACT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define FACT_STATE_NAMES 13 /* as many as enum tcp_state of table/state.h */
#define FACT_FLAG_NAMES  16 /* as many as enum fact_sample_flag */
#define FACT_ROW_FLAGS   26 /* as many as enum row_flag of table/row.h, as the next ones */
#define FACT_CLOSERS     10 /* enum closer */
#define FACT_OWNERS      8  /* enum owner_source */
#define FACT_STEP_KINDS  4  /* enum step_kind */

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
extern const struct words fact_counters;      /* enum counter */
extern const struct words fact_table_flags;   /* by bit number of enum fact_table_flag */
extern const struct words fact_row_flags;     /* by bit number of enum row_flag */
extern const struct words fact_closers;       /* enum closer */
extern const struct words fact_owner_sources; /* enum owner_source */
extern const struct words fact_step_kinds;    /* enum step_kind */

/* Name of a value, or NULL. */
const char *words_name(const struct words *words, uint64_t value);

/* Value of a name of `size` bytes, letter case and all. 0 or -EINVAL. */
int words_find(const struct words *words, const char *name, size_t size, uint64_t *value);

/* All names, joined by ", ", cut to size: for messages. Returns buf. */
const char *words_list(const struct words *words, char *buf, size_t size);

#endif
