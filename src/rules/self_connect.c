/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that connects again and again to a port of this host within ip_local_port_range, where
 * nobody listens, is given that port as its own some day: its SYN meets itself (simultaneous open).
 * Then nobody can listen there, for the port is taken.
 */
#include <string.h>

#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)tally;
	return row->lport && row->lport == row->rport &&
	       !memcmp(row->laddr, row->raddr, sizeof(row->laddr));
}

static void judge(const struct why *why, struct finding *finding)
{
	uint16_t port = finding->group.example->lport;
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(
		finding,
		"%s is connected to itself: its connect() to port %u, where nobody listened, "
		"took that port as its own. It talks to itself, and a server cannot bind the "
		"port.",
		name, port);
	rule_note_setting(why, finding, SETTING_LOCAL_PORT_RANGE, NULL);
	finding_next(finding, "end the connection: restart %s", name);
	finding_next(finding,
	             "let the server have a port outside that range, or reserve it: sysctl -w "
	             "net.ipv4.ip_local_reserved_ports=%u",
	             port);
	finding_next(finding,
	             "in %s: close the socket if getsockname() and getpeername() agree, and "
	             "wait before the next try",
	             name);
}

const struct rule rule_self_connect = {
	.id = "self-connect",
	.states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT) |
                  STATE_BIT(STATE_FIN_WAIT1) | STATE_BIT(STATE_FIN_WAIT2),
	.about = "a socket that is connected to itself, and holds its port",
	.source = "RFC 9293, 3.5: simultaneous open; tcp_rcv_synsent_state_process(), "
		  "net/ipv4/tcp_input.c",
	.match = match,
	.judge = judge,
};
