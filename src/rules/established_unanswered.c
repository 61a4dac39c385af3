/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests were read, and nothing was sent back since. A server that hangs looks so, and one that
 * holds its answers on purpose: long polls, job queues, subscriptions, logs that are sent one way.
 * What tells them apart is what was usual at that place: whether answers came, how soon, and
 * whether those who come new get one. Where that is not known it is not guessed.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/answers.h"
#include "rules/rule.h"

#define WAITS_LONG                                                                                 \
	(5 * NS_PER_SEC) /* as long as others wait that are counted as stuck, QUEUE_LONG */
#define MANY 5           /* fewer are no pile: a slow request or two, a job queue's workers */
/* Answers that come so soon are not held on purpose: the shortest long polls wait for 1 s and more. */
#define QUICK NS_PER_SEC

enum { TALLY_LONG };

/* What is known of the place. */
struct service {
	struct answers answers;
	struct endings endings;
	uint32_t waiting; /* of WAITS_LONG and longer */
	uint32_t old;     /* ... and as long as counts as old */
	uint64_t oldest;  /* ns that those wait */
	uint64_t silent;  /* ns since anything was answered there; UINT64_MAX: nothing known was */
	uint32_t late;    /* of those that wait long, how many have asked since */
	/* ... and of these, how many have connected since, and ns between the first and last that asked */
	uint32_t fresh;
	uint64_t spread;
};

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	uint64_t ns;

	if (!answer_is_due(table, row, &ns) || ns < ANSWER_WAITS)
		return false;
	tally[TALLY_LONG] = ns >= WAITS_LONG;
	return true;
}

/* --- what is known ---------------------------------------------------------------------------- */

static uint64_t since(const struct why *why, uint64_t time)
{
	uint64_t now = table_now(why->table);

	return now > time ? now - time : 0;
}

static void find_usual(const struct why *why, const struct group *group, struct service *service)
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

static void find_waiting(const struct why *why, const struct group *group, struct service *service)
{
	uint64_t first = 0, last = UINT64_MAX;

	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		uint64_t ns;

		if (!answer_is_due_at(why->table, row, group->key.passive, &ns) || ns < WAITS_LONG)
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
static bool is_quick(const struct service *service)
{
	return service->answers.answered >= MANY && answers_within(&service->answers, 90) <= QUICK;
}

static bool is_silent(const struct service *service)
{
	return service->silent >= WAITS_LONG && service->late >= MANY;
}

/* Those who ask do not wait any more: most of what has ended while watched had no answer. */
static bool is_given_up(const struct service *service)
{
	return service->endings.unanswered >= MANY &&
	       service->endings.unanswered >= service->endings.answered;
}

/* --- words ------------------------------------------------------------------------------------ */

static void tell_usual(struct finding *finding, const struct service *service)
{
	const struct answers *answers = &service->answers;
	char half[FORMAT_SIZE], most[FORMAT_SIZE], last[FORMAT_SIZE];

	if (!answers->answered) {
		finding_evidence(finding, "no answer was seen here to compare with");
		return;
	}
	format_duration(half, answers_within(answers, 50));
	format_duration(most, answers_within(answers, 100));
	format_duration(last, answers->last);
	finding_evidence(
		finding,
		"to compare: on %u other connections the last answer took %s at most, half "
		"of them %s; the latest came %s ago",
		answers->answered, most, half, last);
}

static void tell_endings(const struct why *why, struct finding *finding,
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

static void tell(const struct why *why, struct finding *finding, const struct service *service)
{
	const struct group *group = &finding->group;
	char oldest[FORMAT_SIZE], silent[FORMAT_SIZE];

	format_duration(oldest, service->oldest);
	finding_evidence(finding,
	                 "on %u of %u connections all was %s and nothing %s since, for 5 s and "
	                 "more; the longest for %s",
	                 service->waiting, service->answers.all,
	                 group->key.passive ? "read" : "sent",
	                 group->key.passive ? "sent" : "came back", oldest);
	if (is_silent(service) && service->silent != UINT64_MAX) {
		format_duration(silent, service->silent);
		finding_evidence(
			finding,
			"nothing was answered here for %s; %u have asked since, %u of these "
			"on new connections",
			silent, service->late, service->fresh);
	}
	tell_usual(finding, service);
	tell_endings(why, finding, service);
	if (group->key.passive)
		rule_tell_doing(why, finding);
	else
		rule_tell_peer(why, finding);
}

static void next_steps(struct finding *finding, const char *name)
{
	const struct group_key *key = &finding->group.key;

	if (finding->level < FINDING_WARNING)
		finding_next(
			finding,
			"are these long polls, job queues, subscriptions or logs that are sent "
			"one way? Then nothing is wrong");
	if (!key->passive) {
		finding_next(finding, "look at what is asked: is it stuck? On its host: tcptrail "
		                      "why established");
		return;
	}
	finding_next(finding, "find out what %s waits for: a lock, a full pool, a limit, a backend",
	             name);
	if (key->pid)
		finding_next(finding, "what else it has open: tcptrail snapshot -anpo --pid %u",
		             key->pid);
}

/* --- judging ---------------------------------------------------------------------------------- */

static void accuse(struct finding *finding, enum finding_level level, const char *name,
                   const char *what)
{
	finding->level = level;
	finding->mover = finding->group.key.passive ? MOVER_APPLICATION : MOVER_PEER;
	if (finding->group.key.passive)
		finding_verdict(finding, "%s has read requests and does not answer them: %s", name,
		                what);
	else
		finding_verdict(finding, "%s has asked and gets no answer: %s", name, what);
}

/* Others are answered meanwhile, or it has been so for long, or nothing tells. */
static void judge_by_others(struct finding *finding, const struct service *service,
                            const char *name)
{
	bool passive = finding->group.key.passive;
	const char *does = passive ? "has read requests and not answered them yet"
	                           : "has asked and waits for answers";

	finding->level = FINDING_STEADY;
	if (!is_silent(service) && service->waiting * 2 <= service->answers.all) {
		finding_verdict(
			finding,
			"%s %s, on some connections; others get answers meanwhile. They are "
			"slow, or answers are held on purpose.",
			name, does);
		return;
	}
	if (service->old * 2 >= service->waiting) {
		finding_verdict(finding,
		                "Steady, and old: %s %s. Answers that are held on purpose look so, "
		                "and a process that hangs.",
		                name, does);
		return;
	}
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "%s %s. Cannot tell whether it hangs or they are held on purpose, as of "
	                "long polls.",
	                name, does);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	struct service service = {0};
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	find_usual(why, group, &service);
	find_waiting(why, group, &service);
	if (service.waiting < MANY && !is_given_up(&service)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Not a finding: fewer than %d wait for an answer for 5 s or more.",
		                MANY);
		return;
	}
	tell(why, finding, &service);
	if (is_silent(&service) && is_quick(&service) && service.fresh >= MANY &&
	    service.spread >= WAITS_LONG)
		accuse(finding, FINDING_BAD, name,
		       "those who connect get none either, and answers were quick before.");
	else if (is_given_up(&service))
		accuse(finding, is_silent(&service) ? FINDING_BAD : FINDING_WARNING, name,
		       "those who have asked give up.");
	else
		judge_by_others(finding, &service, name);
	next_steps(finding, name);
}

const struct rule rule_established_unanswered = {
	.id = "established-unanswered",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "requests were read, and nothing is sent back",
	.source = "tcp_event_data_recv(), net/ipv4/tcp_input.c, and tcp_event_data_sent(), "
		  "net/ipv4/tcp_output.c: when data came and went last",
	.match = match,
	.judge = judge,
};
