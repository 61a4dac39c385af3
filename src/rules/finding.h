/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a rule concludes of a group of sockets, or of a storm: what piles up, whose move it is, by
 * what evidence, and what to do next. Rules make findings, views print them.
 */
#ifndef TCPTRAIL_RULES_FINDING_H
#define TCPTRAIL_RULES_FINDING_H

#include "base/buffer.h"
#include "count/storm.h"

enum finding_level {
	FINDING_OK,      /* looked at, and no finding: the verdict says why */
	FINDING_STEADY,  /* sockets stay and do not become more: an old leak, a pool, a slow leak */
	FINDING_UNCLEAR, /* cannot tell: the verdict says because of what */
	FINDING_WARNING, /* may become one, or costs something */
	FINDING_BAD,     /* somebody has to act */
	FINDING_LEVEL_COUNT
};

/* Whose move it is. */
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
	const char *source; /* the kernel source or RFC it rests on */
	enum finding_level level;
	enum mover mover;
	struct group group;        /* of a storm: its key only */
	const struct storm *storm; /* what happened; NULL: it is about sockets that are there */
	struct storm *sum;         /* the storm, if it is the sum of several: freed with this */
	bool of_netns;          /* it is about the network namespace of the key, and no sockets */
	uint64_t window;        /* ns in which the group's numbers were counted */
	uint32_t old;           /* how many sockets are older than what counts as old */
	bool waits;             /* another finding tells of these: its process must act first */
	struct buffer verdict;  /* one sentence */
	struct buffer evidence; /* one a line */
	struct buffer next;     /* what to do, one a line */
};

/*
 * Adds a sentence; to evidence and next, one line whatever names from outside hold. What else of
 * them would steer a terminal is made harmless by views.
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
