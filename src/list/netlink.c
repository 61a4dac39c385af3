/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "list/list.h"
#include "list/netlink_message.h"

#define FIRST_SIZE (64 * 1024) /* a message that does not fit makes it larger */
#define SIZE_MOST  (16 * 1024 * 1024)
#define TRIES      10
#define PATIENCE   10 /* s; the kernel answers at once, unless it had to drop its answer */

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	char *buffer;
	size_t size;
};

/* One request and its answer. */
struct attempt {
	const struct netlink_dump *dump;
	struct diag *diag;
	bool complete;    /* NLMSG_DONE or an error came */
	bool interrupted; /* NLM_F_DUMP_INTR */
	bool lost;        /* a part of the answer did not reach us */
	int err;          /* the first; the answer is then read to its end, and not taken */
};

int netlink_open(struct netlink **netlink, int protocol, struct diag *diag)
{
	const struct timeval patience = {.tv_sec = PATIENCE};
	struct netlink *opened = calloc(1, sizeof(*opened));
	int on = 1, err;

	if (!opened)
		return diag_fail(diag, -ENOMEM, "no memory for netlink");
	opened->size = FIRST_SIZE;
	opened->buffer = malloc(opened->size);
	errno = ENOMEM;
	opened->socket = opened->buffer ? mnl_socket_open2(protocol, SOCK_CLOEXEC) : NULL;
	if (!opened->socket || mnl_socket_bind(opened->socket, 0, MNL_SOCKET_AUTOPID)) {
		err = -errno;
		netlink_close(opened);
		return diag_fail(diag, err, "cannot open a netlink socket: %s", strerror(-err));
	}
	/* Kernels before 4.12 and 4.20 know neither, and answer all the same. */
	mnl_socket_setsockopt(opened->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(opened->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(opened->socket), SOL_SOCKET, SO_RCVTIMEO, &patience,
	           sizeof(patience));
	*netlink = opened;
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	if (!netlink)
		return;
	if (netlink->socket)
		mnl_socket_close(netlink->socket);
	free(netlink->buffer);
	free(netlink);
}

struct nlmsghdr *netlink_request(void *buffer, uint16_t type, size_t header)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(request, header);
	return request;
}

/* A datagram did not fit. Where there is no memory, the next attempt meets the same. */
static void grow(struct netlink *netlink, size_t wanted)
{
	char *buffer = wanted <= SIZE_MOST ? realloc(netlink->buffer, wanted) : NULL;

	if (!buffer)
		return;
	netlink->buffer = buffer;
	netlink->size = wanted;
}

/* Receives one datagram of the kernel's. Its size, 0 if it was lost, or -errno. */
static ssize_t receive(struct netlink *netlink)
{
	struct sockaddr_nl from;
	socklen_t length;
	ssize_t size;

	do {
		length = sizeof(from);
		size = recvfrom(mnl_socket_get_fd(netlink->socket), netlink->buffer, netlink->size,
		                MSG_TRUNC, (struct sockaddr *)&from, &length);
	} while ((size < 0 && errno == EINTR) ||
	         (size >= 0 && (length != sizeof(from) || from.nl_pid)));
	if (size < 0)
		return errno == ENOBUFS ? 0 : -errno;
	if ((size_t)size <= netlink->size)
		return size;
	grow(netlink, (size_t)size);
	return 0;
}

static void end(struct attempt *attempt, const struct nlmsghdr *message)
{
	const char *words;
	size_t size;
	int err = netlink_error(message, &words, &size);

	attempt->complete = true;
	if (err && !attempt->err)
		attempt->err = diag_fail(attempt->diag, err, "%s%s%.*s%s", strerror(-err),
		                         words ? " (" : "", (int)size, words ? words : "",
		                         words ? ")" : "");
}

static void take(struct attempt *attempt, const struct nlmsghdr *message)
{
	int err;

	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		attempt->interrupted = true;
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
		end(attempt, message);
		return;
	}
	if (attempt->err || message->nlmsg_type < NLMSG_MIN_TYPE)
		return;
	err = attempt->dump->message(message, attempt->dump->arg);
	if (err)
		attempt->err = diag_fail(attempt->diag, err, "%s", strerror(-err));
}

static void take_datagram(struct netlink *netlink, size_t got, struct attempt *attempt)
{
	const struct nlmsghdr *message = (const void *)netlink->buffer;
	unsigned int port = mnl_socket_get_portid(netlink->socket);
	int rest = (int)got;

	for (; netlink_message_ok(message, rest); message = mnl_nlmsg_next(message, &rest))
		/* Any other number: what is left of an answer that was given up. */
		if (mnl_nlmsg_seq_ok(message, netlink->seq) && mnl_nlmsg_portid_ok(message, port))
			take(attempt, message);
}

/*
 * The kernel refuses a dump while another one runs on the socket (EBUSY), so each is read to its end,
 * whatever happens.
 */
static int ask(struct netlink *netlink, struct nlmsghdr *request, struct attempt *attempt)
{
	ssize_t got;

	request->nlmsg_seq = ++netlink->seq;
	if (mnl_socket_sendto(netlink->socket, request, request->nlmsg_len) < 0)
		return diag_fail(attempt->diag, -errno, "%s", strerror(errno));
	while (!attempt->complete) {
		got = receive(netlink);
		if (got < 0)
			return diag_fail(attempt->diag, (int)got, "%s", strerror((int)-got));
		if (got)
			take_datagram(netlink, (size_t)got, attempt);
		else
			attempt->lost = true;
	}
	return attempt->err;
}

int netlink_dump(struct netlink *netlink, struct nlmsghdr *request, const struct netlink_dump *dump,
                 struct diag *diag)
{
	struct attempt attempt;
	int err;

	for (int tries = 0; tries < TRIES; tries++) {
		if (tries && dump->again)
			dump->again(dump->arg);
		attempt = (struct attempt){.dump = dump, .diag = diag};
		err = ask(netlink, request, &attempt);
		if (err || (!attempt.lost && !attempt.interrupted))
			return err;
	}
	if (attempt.lost)
		return diag_fail(diag, -ENOBUFS, "%s", strerror(ENOBUFS));
	return 0;
}

struct to_list {
	struct list *list;
	size_t before;
	int (*message)(const struct nlmsghdr *message, void *arg);
	void *arg;
};

static int message_to_list(const struct nlmsghdr *message, void *arg)
{
	const struct to_list *to = arg;

	return to->message(message, to->arg);
}

static void list_again(void *arg)
{
	const struct to_list *to = arg;

	while (to->list->count > to->before)
		list_drop(to->list);
}

int netlink_dump_list(struct netlink *netlink, struct nlmsghdr *request, struct list *list,
                      int (*message)(const struct nlmsghdr *message, void *arg), void *arg,
                      struct diag *diag)
{
	struct to_list to = {.list = list, .before = list->count, .message = message, .arg = arg};
	const struct netlink_dump dump = {
		.message = message_to_list, .again = list_again, .arg = &to};

	return netlink_dump(netlink, request, &dump, diag);
}
