/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that does with its connections what piles up in CLOSE_WAIT:
 *
 *   close_wait MODE [KEEP]
 *
 *   queued     accepts none
 *   leak       reads to the end of stream and does not close
 *   forgotten  reads a request, answers, and never looks at the connection again
 *   stuck      does not read at all
 *   passed     passes the fd on to a process called "keeper", which keeps it
 *   blocked    answers more than fits
 *
 * With KEEP the healthy twin: it works its connections off, all but so many of the newest at any
 * time. Prints "port=N pid=N" (of who will have the connections) and "ready".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOT_INLINED __attribute__((noinline, noclone))
#define REQUEST     4         /* bytes */
#define ANSWER      (4 << 20) /* bytes, more than buffers of both ends take */
#define KEPT_MAX    (1 << 10) /* more than any test makes */

static int kept[KEPT_MAX], kept_count;
static int keep_most = KEPT_MAX - 1;
static char answer[1 << 16];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Waits for the peer's end of stream, then closes. */
static void work_off(int fd)
{
	while (read(fd, answer, sizeof(answer)) > 0)
		;
	close(fd);
}

/* Mode "blocked": what of the answer still has to be sent, by fd. */
static size_t unsent[KEPT_MAX * 2];

static void send_rest(int fd, int flags)
{
	while (unsent[fd]) {
		size_t most = unsent[fd] < sizeof(answer) ? unsent[fd] : sizeof(answer);
		ssize_t sent = send(fd, answer, most, flags | MSG_NOSIGNAL);

		if (sent < 0)
			return;
		unsent[fd] -= (size_t)sent;
	}
}

static void keep(int fd)
{
	kept[kept_count++] = fd;
	if (kept_count <= keep_most)
		return;
	send_rest(kept[0], 0);
	work_off(kept[0]);
	memmove(kept, kept + 1, (size_t)--kept_count * sizeof(kept[0]));
}

static void leak(int fd)
{
	while (read(fd, answer, sizeof(answer)) > 0)
		;
	keep(fd);
}

static void forget(int fd)
{
	char request[REQUEST];

	if (recv(fd, request, sizeof(request), MSG_WAITALL) > 0)
		send(fd, request, sizeof(request), MSG_NOSIGNAL);
	keep(fd);
}

static void block(int fd)
{
	while (read(fd, answer, sizeof(answer)) > 0)
		;
	unsent[fd] = ANSWER;
	send_rest(fd, MSG_DONTWAIT);
	keep(fd);
}

/* --- passing on ----------------------------------------------------------------------------- */

static int to_keeper;
static pid_t keeper;

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static void pass(int fd)
{
	struct iovec byte = {"", 1};
	union control control = {0};
	struct msghdr message = {.msg_iov = &byte,
	                         .msg_iovlen = 1,
	                         .msg_control = &control,
	                         .msg_controllen = sizeof(control)};

	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(to_keeper, &message, 0) < 0)
		fail("sendmsg");
	close(fd);
}

static void keep_what_comes(int from)
{
	for (;;) {
		char data;
		struct iovec byte = {&data, 1};
		union control control = {0};
		struct msghdr message = {.msg_iov = &byte,
		                         .msg_iovlen = 1,
		                         .msg_control = &control,
		                         .msg_controllen = sizeof(control)};
		int fd;

		if (recvmsg(from, &message, 0) <= 0)
			exit(0);
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
		leak(fd);
	}
}

static void start_keeper(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		fail("socketpair");
	keeper = fork();
	if (!keeper) {
		prctl(PR_SET_NAME, "keeper");
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		keep_what_comes(ends[1]);
	}
	close(ends[1]);
	to_keeper = ends[0];
}

/* -------------------------------------------------------------------------------------------- */

static const struct mode {
	const char *name;
	void (*serve)(int fd);
} modes[] = {
	{"queued", work_off}, {"leak", leak},   {"forgotten", forget},
	{"stuck", keep},      {"passed", pass}, {"blocked", block},
};

NOT_INLINED static int accept_one(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	__asm__ volatile("" ::: "memory"); /* keeps the call from being a jump */
	return fd;
}

NOT_INLINED static void serve_all(const struct mode *mode, int listener)
{
	for (;;) {
		int fd = accept_one(listener);

		if (fd < 0)
			fail("accept");
		mode->serve(fd);
	}
}

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	fprintf(stderr, "no such mode: %s\n", name);
	exit(2);
}

static int listen_here(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(*address);

	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)address, size) || listen(fd, 128) ||
	    getsockname(fd, (struct sockaddr *)address, &size))
		fail("listen");
	return fd;
}

int main(int argc, char **argv)
{
	const struct mode *mode = find_mode(argc > 1 ? argv[1] : "");
	bool healthy = argc > 2;
	struct sockaddr_in address = {0};
	int listener;

	if (healthy)
		keep_most = atoi(argv[2]);
	if (mode->serve == pass)
		start_keeper();
	listener = listen_here(&address);
	printf("port=%d pid=%d\nready\n", ntohs(address.sin_port), keeper ? keeper : getpid());
	fflush(stdout);
	if (mode->serve == work_off && !healthy)
		for (;;)
			pause();
	serve_all(mode, listener);
}
