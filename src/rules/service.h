/* SPDX-License-Identifier: BSD-2-Clause */
/* How requests at a place are answered: whether, how soon, and how that was before. Private to the rules. */
#ifndef TCPTRAIL_RULES_SERVICE_H
#define TCPTRAIL_RULES_SERVICE_H

#include "rules/answers.h"

struct why;
struct finding;

#define SERVICE_LONG                                                                               \
	(5 * NS_PER_SEC) /* as long as others wait that are counted as stuck, QUEUE_LONG */
#define SERVICE_MANY 5   /* fewer are no pile: a slow request or two, a job queue's workers */

/* What is known of the place. */
struct service {
	struct answers answers;
	struct endings endings;
	uint32_t waiting; /* of SERVICE_LONG and longer */
	uint32_t old;     /* ... and as long as counts as old */
	uint64_t oldest;  /* ns that those wait */
	uint64_t silent;  /* ns since anything was answered there; UINT64_MAX: nothing known was */
	uint32_t late;    /* of those that wait long, how many have asked since */
	/* ... and of these, how many have connected since, and ns between the first and last that asked */
	uint32_t fresh;
	uint64_t spread;
};

/* The answers at the group's place, of its process or, of several, of all. */
void service_find(const struct why *why, const struct group *group, struct service *service);
/* Those of the group that wait; after service_find(). */
void service_find_waiting(const struct why *why, const struct group *group,
                          struct service *service);

/* Is what usually takes a moment known? */
bool service_is_quick(const struct service *service);
/* Was nothing answered since those ask that wait? */
bool service_is_silent(const struct service *service);
/* Those who ask do not wait any more: most of what has ended while watched had no answer. */
bool service_is_given_up(const struct service *service);
/* Was an answer ever seen? Where logs are sent to, none is, and each connection ends so. */
bool service_answers(const struct service *service);

void service_tell_usual(struct finding *finding, const struct service *service);
void service_tell_endings(const struct why *why, struct finding *finding,
                          const struct service *service);

#endif
