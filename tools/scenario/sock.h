/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets that are registered for teardown, and packet loss on demand.
 *
 * Loss is a classic BPF filter on the socket that must not receive: tcp_v4_rcv() and tcp_v6_rcv()
 * run it on every segment, including SYNs to a listener, before TCP sees it. So a black hole needs
 * no namespace, no nft and no root, works at once, and can be lifted.
 */
#ifndef SCENARIO_SOCK_H
#define SCENARIO_SOCK_H

#include "scenario.h"

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

socklen_t address_len(const union address *a);
union address address_loopback(const struct options *o, int port);
union address address_v4(const char *text, int port);
int address_port(const union address *a);

#define ADDRESS_TEXT 64
const char *address_text(const union address *a,
                         char text[ADDRESS_TEXT]); /* 127.0.0.1:80, [::1]:80 */

enum loss {
	LOSE_ALL,
	LOSE_RST,
	LOSE_ALL_BUT_SYN,
};

int sock_keep(int fd); /* register fd for teardown; returns it */
int sock_new(int family);
int sock_bound(const union address *local);
int sock_listen(const struct options *o, int backlog);
int sock_listen_at(const union address *local, int backlog);
int sock_accept(int listener);
int sock_connect(const union address *remote);
/* Starts a connect that may get no answer; fd < 0: makes a socket. */
int sock_connect_start(int fd, const union address *remote);

void sock_lose(int fd, enum loss what);
void sock_hear(int fd); /* ends the loss */

union address sock_local(int fd);
union address sock_remote(int fd); /* zeroes when not connected */

void sock_send(int fd, size_t bytes);
void sock_shut(int fd);    /* FIN, fd stays */
void sock_close(int fd);   /* close() */
void sock_linger0(int fd); /* close() will send RST */

void sock_forget_all(void);   /* closes our copies; other holders keep theirs */
void sock_teardown_all(void); /* resets every connection that is still open */

#endif
