/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The result of a rule for a group of sockets or a storm: what piles up, who must act, by what
 * evidence, and what to do next. Rules make findings, views print them.
 */
#ifndef TCPTRAIL_RULES_FINDING_H
#define TCPTRAIL_RULES_FINDING_H

#include "base/buffer.h"
#include "count/storm.h"

enum finding_level {
	FINDING_OK,      /* not a problem: the verdict says why */
	FINDING_STEADY,  /* sockets stay, but do not grow in number: a pool or an old leak */
	FINDING_UNCLEAR, /* cannot tell: the verdict says why */
	FINDING_WARNING, /* may become BAD, or has a cost */
	FINDING_BAD,     /* somebody has to act */
	FINDING_LEVEL_COUNT
};

/* Who must act. */
enum mover {
	MOVER_NOBODY,
	MOVER_APPLICATION, /* the process that has the sockets */
	MOVER_PEER,
	MOVER_NETWORK,
	MOVER_KERNEL, /* its limits: a setting */
	MOVER_COUNT
};

struct finding {
	const char *rule;   /* its stable id: "close-wait-leak" */
	const char *source; /* the kernel source or RFC that it is based on */
	enum finding_level level;
	enum mover mover;
	struct group group;        /* of a storm: its key only */
	const struct storm *storm; /* NULL: the finding is about sockets that exist */
	struct storm *sum;         /* the storm if it is the sum of several; owned by the finding */
	bool of_netns;             /* about the network namespace of the key, not about sockets */
	uint64_t window;           /* ns: time in which the numbers of the group were counted */
	uint32_t old;              /* number of sockets older than --old */
	bool waits;                /* another finding reports these: its process must act first */
	struct buffer verdict;     /* one sentence */
	struct buffer evidence;    /* one a line */
	struct buffer next;        /* what to do, one a line */
};

/*
 * Adds a sentence to the verdict, or a line to evidence or next steps. A newline in the text, which
 * may contain names from outside, does not begin a new line. Views escape other control characters.
 */
void finding_verdict(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_evidence(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_next(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void finding_free(struct finding *finding);

/* "bad", "warning", "unclear", "steady", "fine" */
const char *finding_level_name(enum finding_level level);
/* "application", "peer", "network", "kernel", "nobody" */
const char *mover_name(enum mover mover);

#endif
