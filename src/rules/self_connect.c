/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client retries to connect to a port of this host within ip_local_port_range, while nobody
 * listens there. At some time connect() chooses the same port as the local port: the SYN meets
 * itself (simultaneous open). The port is then in use, so no server can listen on it.
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
	finding_verdict(finding,
	                "%s is connected to itself: it connected to port %u while nobody listened "
	                "there, and got that port as its own local port. It receives its own data, "
	                "and a server cannot bind the port.",
	                name, port);
	rule_note_setting(why, finding, SETTING_LOCAL_PORT_RANGE, NULL);
	finding_next(finding, "end the connection: restart %s", name);
	finding_next(finding,
	             "let the server use a port outside that range, or reserve it: sysctl -w "
	             "net.ipv4.ip_local_reserved_ports=%u",
	             port);
	finding_next(finding,
	             "in %s: close the socket if getsockname() and getpeername() return the same "
	             "address, and wait before the next try",
	             name);
}

const struct rule rule_self_connect = {
	.id = "self-connect",
	.states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_CLOSE_WAIT) |
                  STATE_BIT(STATE_FIN_WAIT1) | STATE_BIT(STATE_FIN_WAIT2),
	.about = "a socket that is connected to itself and occupies its port",
	.source = "RFC 9293, 3.5: simultaneous open; tcp_rcv_synsent_state_process(), "
		  "net/ipv4/tcp_input.c",
	.match = match,
	.judge = judge,
};
