/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario: puts real sockets into a given TCP state, prints them, and holds them. A scenario is
 * one row in the table of its group. Its stand() makes the situation, checks it in the kernel,
 * prints one line for each socket and returns; main() prints "ready", holds, and tears down what
 * was registered (sock.h, child.h). Any failure ends it with one message.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#define EXIT_SKIP 77 /* this kernel cannot do it; automake and meson use the same number */

/* Every field is a long so that one row of the option table describes any option. */
struct options {
	long ipv6;
	long mapped;
	long any;
	long port;
	long count;
	long netns;
	long hold;
	long no_stdin;
	long active; /* the subject is the side that called connect() */
	long passive;
	long shutdown; /* half-close and keep the fd, where close() is the default */
	long unread;
	long eof_read;
	long full_queue;
	long ack_lost;
	long half_open;
	long peer_closed;
	long parent_closes;
	long in_flight;
	long workers;
	long in_closing;
	long timeout_ms;
	long retrans;
	long pairs;
	long seconds;
	long linger0;
	long lines;
	long plain_client;
	long mptcp;
	long kill;
	long fixed;
};

struct scenario {
	const char *name;
	const char *options; /* names of options beyond the common ones, separated by spaces */
	const char *help;
	void (*stand)(const struct options *o);
	bool own_netns; /* always in a network namespace of its own */
	long count;     /* default of --count; 0 means 1 */
};

struct scenario_group {
	const struct scenario *rows;
	size_t count;
};

extern const struct scenario_group open_group;
extern const struct scenario_group close_group;
extern const struct scenario_group fail_group;
extern const struct scenario_group share_group;
extern const struct scenario_group own_group;
extern const struct scenario_group uring_group;
extern const struct scenario_group net_group;
extern const struct scenario_group mptcp_group;
extern const struct scenario_group load_group;

#endif
