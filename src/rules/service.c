/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/service.h"

#include <inttypes.h>

#include "base/format.h"
#include "rules/rule.h"

/* Answers that come so soon are not held on purpose: the shortest long polls wait for 1 s and more. */
#define QUICK NS_PER_SEC

static uint64_t since(const struct why *why, uint64_t time)
{
	uint64_t now = table_now(why->table);

	return now > time ? now - time : 0;
}

void service_find(const struct why *why, const struct group *group, struct service *service)
{
	struct group_key key = group->key;

	if (group->processes > 1)
		key.pid = key.start = 0;
	survey_answers(why->survey, &key, &service->answers);
	groups_endings(why->groups, &key, &service->endings);
	service->silent = service->answers.answered ? service->answers.last : UINT64_MAX;
	if (service->endings.answered_last &&
	    since(why, service->endings.answered_last) < service->silent)
		service->silent = since(why, service->endings.answered_last);
}

void service_find_waiting(const struct why *why, const struct group *group, struct service *service)
{
	uint64_t first = 0, last = UINT64_MAX;

	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		uint64_t ns;

		if (!answer_is_due_at(why->table, row, group->key.passive, &ns) ||
		    ns < SERVICE_LONG)
			continue;
		service->waiting++;
		service->old += ns >= why->old;
		service->oldest = ns > service->oldest ? ns : service->oldest;
		if (ns > service->silent)
			continue;
		service->late++;
		if (!(row->flags & ROW_SINCE_EXACT) || since(why, row->since) > service->silent)
			continue;
		service->fresh++;
		first = ns > first ? ns : first;
		last = ns < last ? ns : last;
	}
	service->spread = service->fresh ? first - last : 0;
}

/* Is what usually takes a moment known, and was nothing answered since those ask that wait? */
bool service_is_quick(const struct service *service)
{
	return service->answers.answered >= SERVICE_MANY &&
	       answers_within(&service->answers, 90) <= QUICK;
}

bool service_is_silent(const struct service *service)
{
	return service->silent >= SERVICE_LONG && service->late >= SERVICE_MANY;
}

/* Those who ask do not wait any more: most of what has ended while watched had no answer. */
bool service_is_given_up(const struct service *service)
{
	return service->endings.unanswered >= SERVICE_MANY &&
	       service->endings.unanswered >= service->endings.answered;
}

/* A server that logs are sent to never answers: each of its connections ends like this. */
bool service_answers(const struct service *service)
{
	return service->silent != UINT64_MAX;
}

/* A connection with one request lasts about as long as its answer takes. */
static void tell_whole(struct finding *finding, const struct endings *endings)
{
	char mean[FORMAT_SIZE], longest[FORMAT_SIZE];

	format_duration(mean, endings->whole_ns / endings->whole);
	format_duration(longest, endings->whole_longest);
	finding_evidence(
		finding,
		"to compare: %" PRIu64
		" connections came and ended with an answer; they lasted %s on the average, %s "
		"at most, and at most %" PRIu64 " were open at once",
		endings->whole, mean, longest, endings->open);
}

void service_tell_usual(struct finding *finding, const struct service *service)
{
	const struct answers *answers = &service->answers;
	char half[FORMAT_SIZE], most[FORMAT_SIZE], last[FORMAT_SIZE];

	if (service->endings.whole)
		tell_whole(finding, &service->endings);
	if (!answers->answered && service->endings.answered)
		return;
	if (!answers->answered) {
		finding_evidence(finding,
		                 "no answer was seen here to compare with: how soon they come "
		                 "when all is well, and how many wait for one, is not known");
		return;
	}
	format_duration(half, answers_within(answers, 50));
	format_duration(most, answers_within(answers, 100));
	format_duration(last, answers->last);
	finding_evidence(
		finding,
		"to compare: on %u other connections the last answer took %s at most, half "
		"of them %s, and at most %u of these waited at once; the latest came %s ago",
		answers->answered, most, half, answers->at_once, last);
}

void service_tell_endings(const struct why *why, struct finding *finding,
                          const struct service *service)
{
	const struct endings *endings = &service->endings;
	char time[FORMAT_SIZE];

	if (!endings->answered && !endings->unanswered)
		return;
	format_duration(time, groups_window_of(why->groups, &finding->group));
	finding_evidence(finding,
	                 "in %s %" PRIu64 " connections ended with an answer, and %" PRIu64
	                 " that had asked gave up",
	                 time, endings->answered, endings->unanswered);
}
