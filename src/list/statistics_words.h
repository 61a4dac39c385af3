/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's counters say, one sentence each. Whether a sentence is true was read in Linux 7.2
 * where the counter grows; what earlier kernels count in another way is said so that both hold.
 *
 * A row is SAID(section, name, flags, rules, sentence), in words_*.h. In a sentence "#" is the number,
 * and "{time|times}" are the words for one and for another number.
 */
#ifndef TCPTRAIL_LIST_STATISTICS_WORDS_H
#define TCPTRAIL_LIST_STATISTICS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum statistic_flag {
	STATISTIC_ALWAYS = 1 << 0,   /* netstat prints it also if it is 0 */
	STATISTIC_NEVER = 1 << 1,    /* a setting that netstat never prints */
	STATISTIC_NOW = 1 << 2,      /* a present number: it also falls */
	STATISTIC_IN_LIST = 1 << 3,  /* one of "ICMP input histogram:" */
	STATISTIC_OUT_LIST = 1 << 4, /* one of "ICMP output histogram:" */
};

struct statistic_words {
	const char *name; /* as in nstat(8) */
	unsigned int flags;
	const char *rules; /* those of `why` that look at it, separated by blanks; "": none */
	const char *sentence;
};

extern const struct statistic_words statistic_words[];
extern const size_t statistic_words_count;

/*
 * The words of a counter; NULL: it is not known. *cursor: begin with 0; if names come in the kernel's
 * order, a search that goes on from there is short.
 */
const struct statistic_words *statistic_words_find(const char *name, size_t *cursor);

/* Does the number of an ICMP type follow the name? */
bool statistic_words_are_typed(const struct statistic_words *words);

/* Adds the sentence with this number. `name` may have a number behind the words' name. */
void statistic_words_say(const struct statistic_words *words, const char *name, uint64_t number,
                         struct buffer *out);

#endif
