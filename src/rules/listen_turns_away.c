/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server closes most accepted connections at once, because it is at a limit. Node and nginx
 * send nothing before close(), databases send a short message. A server with very short answers
 * looks like the latter.
 */
#include <inttypes.h>

#include "base/format.h"
#include "rules/answers.h"
#include "rules/rule.h"

#define TURNED_LEAST 5  /* fewer may be health checks that were closed before their FIN came */
#define STAY_LEAST   10 /* a server at a limit has at least this many open connections */

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)tally;
	return row->flags & ROW_QUEUES && !row->rqueue;
}

static bool is_most(uint64_t part, uint64_t all)
{
	return part >= TURNED_LEAST && part * 2 >= all;
}

/*
 * Nearly all new connections end after a few bytes, while many others stay. If each connection has
 * its own process (PostgreSQL), a short message counts, whichever end closes first. Health checks
 * of other servers with a short request look the same.
 */
static bool is_curt(const struct endings *endings, const struct answers *answers, uint64_t ended)
{
	uint64_t sum = endings->turned_away + endings->curt;

	if (answers->owners >= STAY_LEAST)
		sum += endings->brief;
	return is_most(sum, ended) && sum * 10 >= ended * 9 && answers->accepted >= STAY_LEAST;
}

static void next_steps(struct finding *finding, const char *name)
{
	finding_next(finding,
	             "look for the limit in the log and the settings of %s: worker_connections, "
	             "maxConnections, max_connections, MaxStartups, ulimit -n",
	             name);
	finding_next(finding, "see who keeps the others open: tcptrail snapshot -anp --lport %u",
	             finding->group.key.port);
}

static void note(const struct why *why, struct finding *finding, const struct endings *endings,
                 uint64_t ended, uint32_t stay)
{
	char time[FORMAT_SIZE];

	format_duration(time, groups_window_of(why->groups, &finding->group));
	finding_evidence(finding,
	                 "in %s %" PRIu64 " connections ended here: %" PRIu64
	                 " were closed within a second with nothing sent, %" PRIu64
	                 " with less than %d bytes sent",
	                 time, ended, endings->turned_away, endings->curt + endings->brief,
	                 ENDING_CURT);
	finding_evidence(finding, "%u others stay ESTABLISHED", stay);
}

/* What became of the connections that were accepted at the place. */
struct accepted {
	struct answers answers;
	struct endings endings;
	uint64_t ended;
};

static struct accepted find_accepted(const struct why *why, const struct group *group)
{
	struct group_key key = group->key;
	struct accepted accepted = {0};

	key.pid = 0;
	key.start = 0;
	key.state = STATE_ESTABLISHED;
	groups_endings(why->groups, &key, &accepted.endings);
	accepted.ended = groups_ended(why->groups, &key);
	survey_answers(why->survey, &key, &accepted.answers);
	return accepted;
}

/*
 * Others must stay open. If none stays, the server may work like this, for example one that
 * receives logs.
 */
static bool is_at_limit(const struct accepted *accepted)
{
	return is_most(accepted->endings.turned_away, accepted->ended) &&
	       accepted->answers.accepted >= STAY_LEAST;
}

bool rule_turns_away(const struct why *why, const struct group *group)
{
	const struct accepted accepted = find_accepted(why, group);

	return is_at_limit(&accepted) ||
	       is_curt(&accepted.endings, &accepted.answers, accepted.ended);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct accepted accepted = find_accepted(why, &finding->group);
	uint16_t port = finding->group.key.port;
	char name[RULE_NAME_SIZE];

	if (!rule_turns_away(why, &finding->group)) {
		finding->rule = rule_no_rule.id;
		finding->source = rule_no_rule.source;
		rule_no_rule.judge(why, finding);
		return;
	}
	rule_task_name(why, finding, name);
	if (is_at_limit(&accepted)) {
		finding->level = FINDING_WARNING;
		finding->mover = MOVER_APPLICATION;
		finding_verdict(finding,
		                "%s turns away clients of port %u: it accepts their connections "
		                "and closes them at once, as if at a limit.",
		                name, port);
	} else {
		finding->level = FINDING_UNCLEAR;
		finding_verdict(
			finding,
			"Nearly all new connections to port %u of %s end after a few bytes. Cannot "
			"tell whether they are turned away, for example because a database is at "
			"its limit, or whether the answers are short.",
			port, name);
		finding_next(finding,
		             "see what the server answers: connect by hand, or read its log");
	}
	note(why, finding, &accepted.endings, accepted.ended, accepted.answers.accepted);
	rule_note_doing(why, finding);
	next_steps(finding, name);
}

const struct rule rule_listen_turns_away = {
	.id = "listen-turns-away",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "accepted connections are closed at once",
	.source =
		"inet_csk_accept(), net/ipv4/inet_connection_sock.c; __tcp_close(), net/ipv4/tcp.c",
	.match = match,
	.judge = judge,
};
