/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process has read requests and has sent nothing since. A server that hangs looks like this. So
 * does a server that delays its answers on purpose: long polls, job queues, subscriptions, or logs
 * that are sent one way. The rule compares with what was usual at that place: whether answers came,
 * how soon, and whether new connections get one. If that is not known, the rule does not guess.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/answers.h"
#include "rules/rule.h"
#include "rules/service.h"

enum { TALLY_LONG };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	uint64_t ns;

	if (!answer_is_due(table, row, &ns) || ns < ANSWER_WAITS)
		return false;
	tally[TALLY_LONG] = ns >= SERVICE_LONG;
	return true;
}

static void note(const struct why *why, struct finding *finding, const struct service *service)
{
	const struct group *group = &finding->group;
	char oldest[FORMAT_SIZE], silent[FORMAT_SIZE];

	format_duration(oldest, service->oldest);
	if (service->waiting)
		finding_evidence(finding,
		                 "on %u of %u connections at the same time all data were %s and "
		                 "nothing was %s since, for 5 s or more; the longest for %s",
		                 service->waiting, service->answers.all,
		                 group->key.passive ? "read" : "sent",
		                 group->key.passive ? "sent" : "received", oldest);
	if (service_is_silent(service) && service->silent != UINT64_MAX) {
		format_duration(silent, service->silent);
		finding_evidence(finding,
		                 "nothing was answered here for %s; %u requests came since, %u of "
		                 "them on new connections",
		                 silent, service->late, service->fresh);
	}
	service_tell_usual(finding, service);
	service_tell_endings(why, finding, service);
	if (group->key.passive)
		rule_note_doing(why, finding);
	else
		rule_note_peer(why, finding);
}

static void next_steps(struct finding *finding, const char *name)
{
	const struct group_key *key = &finding->group.key;

	if (finding->level < FINDING_WARNING)
		finding_next(finding,
		             "check whether these are long polls, job queues, subscriptions or "
		             "logs that are sent one way: then nothing is wrong");
	if (!key->passive) {
		finding_next(
			finding,
			"check whether the server hangs; on its host: tcptrail why established");
		return;
	}
	finding_next(finding, "find out what %s waits for: a lock, a full pool, a limit, a backend",
	             name);
	if (key->pid)
		finding_next(finding, "see what else it has open: tcptrail snapshot -anpo --pid %u",
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
		finding_verdict(finding, "%s has sent requests and gets no answer: %s", name, what);
}

/* Others get answers meanwhile, or they have waited for very long, or nothing is known. */
static void judge_by_others(struct finding *finding, const struct service *service,
                            const char *name)
{
	bool passive = finding->group.key.passive;
	const char *does = passive ? "has read requests and has not answered them yet"
	                           : "has sent requests and waits for answers";

	finding->level = FINDING_STEADY;
	if (!service_is_silent(service) && service->waiting * 2 <= service->answers.all) {
		finding_verdict(finding,
		                "%s %s, on some connections; others get answers meanwhile. They "
		                "are slow, or the server delays the answers on purpose.",
		                name, does);
		return;
	}
	if (service->old * 2 >= service->waiting) {
		finding_verdict(finding,
		                "Steady, and old: %s %s. A server that hangs looks like this, and "
		                "so does one that delays its answers on purpose.",
		                name, does);
		return;
	}
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "%s %s. Cannot tell whether the server hangs or delays the answers on "
	                "purpose (long polls).",
	                name, does);
}

static void judge_sink(struct finding *finding, const char *name)
{
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "%s %s. Cannot tell whether anybody waits for an answer: no connection "
	                "here got one while watched, like a log that is sent one way.",
	                name,
	                finding->group.key.passive ? "reads data and sends nothing back"
	                                           : "sends data and receives nothing back");
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	struct service service = {0};
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	service_find(why, group, &service);
	service_find_waiting(why, group, &service);
	if (service.waiting < SERVICE_MANY && !service_is_given_up(&service)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Not a finding: fewer than %d wait for an answer for 5 s or more.",
		                SERVICE_MANY);
		return;
	}
	note(why, finding, &service);
	if (service_is_silent(&service) && service_is_quick(&service) &&
	    service.fresh >= SERVICE_MANY && service.spread >= SERVICE_LONG)
		accuse(finding, FINDING_BAD, name,
		       "new connections get no answer either, and answers were quick before.");
	else if (service_is_given_up(&service) && service_answers(&service))
		accuse(finding, service.silent >= SERVICE_LONG ? FINDING_BAD : FINDING_WARNING,
		       name, "clients give up after their request.");
	else if (service_is_given_up(&service))
		judge_sink(finding, name);
	else
		judge_by_others(finding, &service, name);
	next_steps(finding, name);
}

const struct rule rule_established_unanswered = {
	.id = "established-unanswered",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "requests were read, but no answer is sent",
	.source = "tcp_event_data_recv(), net/ipv4/tcp_input.c, and tcp_event_data_sent(), "
		  "net/ipv4/tcp_output.c: time of the last data received and sent",
	.match = match,
	.judge = judge,
};
