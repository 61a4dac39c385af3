/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients connect, send a request, get no answer and give up so soon that none of them waits in the
 * last sample. The rule established-unanswered reports those that wait.
 */
#include "base/clock.h"
#include "rules/rule.h"
#include "rules/service.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	return rule_listen_turns_away.match(table, row, tally);
}

static void judge(const struct why *why, struct finding *finding)
{
	struct service service = {0};
	struct group place = finding->group;
	char name[RULE_NAME_SIZE];

	place.key.pid = 0;
	place.key.start = 0;
	place.key.state = STATE_ESTABLISHED;
	service_find(why, &place, &service);
	if (!service_is_given_up(&service) || service.answers.waiting ||
	    !service_answers(&service)) {
		finding->rule = rule_listen_turns_away.id;
		finding->source = rule_listen_turns_away.source;
		rule_listen_turns_away.judge(why, finding);
		return;
	}
	rule_task_name(why, finding, name);
	finding->level = service.silent >= SERVICE_LONG ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s accepts connections on port %u and reads the requests, but most "
	                "clients give up without an answer.",
	                name, finding->group.key.port);
	service_tell_endings(why, finding, &service);
	service_tell_usual(finding, &service);
	rule_note_doing(why, finding);
	finding_next(finding, "find out what %s waits for: a lock, a full pool, a limit, a backend",
	             name);
	finding_next(finding, "see how each of them ends: tcptrail events --lport %u",
	             finding->group.key.port);
}

const struct rule rule_listen_unanswered = {
	.id = "listen-unanswered",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "clients send a request and give up without an answer",
	.source = "tcp_fin(), net/ipv4/tcp_input.c: how connections with a request end",
	.match = match,
	.judge = judge,
};
