/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence that rules about storms share. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "field/endpoint.h"
#include "rules/rule.h"

/* --- storms --------------------------------------------------------------------------------- */

/* "peers: 10.0.0.7 (40), 10.0.0.9 (2), others (7)" */
static void note_ends(struct finding *finding)
{
	const struct storm *storm = finding->storm;
	uint64_t rest = storm->count;
	char text[STORM_ENDS * (ENDPOINT_SIZE + 24) + 32];
	int at = 0;

	for (size_t i = 0; i < STORM_ENDS && storm->ends[i].count; i++) {
		const struct endpoint end = {.addr = storm->ends[i].addr, .family = AF_INET6};
		char address[ENDPOINT_SIZE];

		endpoint_address(&end, address);
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%s (%" PRIu64 ")",
		               i ? ", " : "", address, storm->ends[i].count);
		rest -= storm->ends[i].count;
	}
	if (rest)
		snprintf(text + at, sizeof(text) - (size_t)at, ", others (%" PRIu64 ")", rest);
	finding_evidence(finding, "peers: %s", text);
}

static void note_states(struct finding *finding)
{
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		if (finding->storm->states[state] && state != STATE_CLOSE)
			finding_evidence(finding, "%u of them in %s", finding->storm->states[state],
			                 state_name(state));
}

void rule_note_storm(struct finding *finding)
{
	/* The headline names a remote end, but not the peers of a port. */
	if (finding->group.key.passive || finding->storm->key.elsewhere)
		note_ends(finding);
	note_states(finding);
}

bool rule_storm_is_small(struct finding *finding)
{
	double rate = storm_rate(finding->storm);

	if (rate >= STORM_LEAST) {
		finding_evidence(finding, "%.1f in 10 s; fewer than %d are normal", rate,
		                 STORM_LEAST);
		return false;
	}
	finding->level = FINDING_OK;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding, "Not a finding: %.1f in 10 s; fewer than %d are normal.", rate,
	                STORM_LEAST);
	return true;
}

/*
 * A share of 1 in SHARE_SMALL is small. Measured on thirteen healthy servers with 20 connections a
 * second, where one client in 20 resets as soon as it has its answer: RSTs that lost data were 5 %
 * of the ended connections if answers are acknowledged late (mariadb, postfix, postgres), else
 * none.
 */
#define SHARE_SMALL 10

#define BURST_LEAST 5 /* RSTs within a second: fewer may be chance */

/*
 * RSTs that clients caused within one second, if they are most of those that lost data: a client
 * has exited, or a load generator has stopped. 0: no such burst, or the server resets.
 */
static uint64_t burst_of(const struct storm *storm)
{
	bool by_client = storm->key.place.passive == (storm->key.kind == CHANGE_RST_RECEIVED);
	uint64_t losing = storm->count - storm->harmless;
	uint64_t most = storm->dying > storm->burst ? storm->dying : storm->burst;

	most = most < losing ? most : losing;
	if (!by_client || most < BURST_LEAST || most * 2 < losing)
		return 0;
	/* Of a steady dozen in 2 s, half come within 1 s: that is no burst. */
	return most >= STORM_LEAST || most * 3 >= losing * 2 ? most : 0;
}

static void note_burst(struct finding *finding, uint64_t burst)
{
	if (burst)
		finding_evidence(finding,
		                 "%" PRIu64 " of them came at once, like when a client program "
		                 "exits or a load generator stops",
		                 burst);
}

bool rule_resets_are_usual(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	uint64_t burst = burst_of(storm);
	uint64_t losing = storm->count - storm->harmless - burst;
	uint64_t ended = storm->key.elsewhere ? 0 : groups_ended(why->groups, &finding->group.key);

	if (storm->harmless)
		finding_evidence(finding,
		                 "%" PRIu64 " of %" PRIu64
		                 " lost no data: nothing was requested, or everything was "
		                 "acknowledged, read and answered, or both ends had closed",
		                 storm->harmless, storm->count);
	note_burst(finding, burst);
	if (ended)
		finding_evidence(finding, "%" PRIu64 " connections ended there in the same time",
		                 ended);
	if (storm_rate(storm) * (double)losing < STORM_LEAST * (double)storm->count) {
		finding->level = FINDING_OK;
		finding->mover = MOVER_NOBODY;
		finding_verdict(finding, "Not a finding: %sfewer than %d in 10 s lost data.",
		                burst ? "except for those that came at once, " : "", STORM_LEAST);
		return true;
	}
	if (losing * SHARE_SMALL <= ended) {
		finding->level = FINDING_OK;
		finding->mover = MOVER_NOBODY;
		finding_verdict(finding,
		                "Not a finding: %" PRIu64 " of %" PRIu64
		                " connections that ended there lost data.",
		                losing, ended);
		return true;
	}
	return false;
}

bool rule_storm_reason(const struct table *table, const struct storm *storm, const char *name)
{
	char buf[16];

	return storm->key.kind == CHANGE_RST_SENT && !strcmp(storm_detail(storm, table, buf), name);
}
