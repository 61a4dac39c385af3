/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Talks to sock_diag by one netlink socket of one network namespace. inetdiag.c parses the answers.
 */
#include "source/sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "source/inetdiag.h"

/* The kernel fills a dump's datagrams up to the reader's buffer, 32 KiB at most. */
#define BUFFER_SIZE (64 * 1024)

/*
 * States 1 to 12. Not 13, TCP_BOUND_INACTIVE (6.8): such a socket is in no hash table that netstat
 * reads.
 */
#define ALL_STATES 0x1ffeU

struct sockdiag {
	int fd;
	uint32_t netns;
	uint32_t seq;
	char buffer[BUFFER_SIZE];
};

/* The result of one request. */
struct answer {
	const struct fact_sink *sink; /* dump: receives the samples */
	struct fact_sample *sample;   /* lookup: receives the sample */
	bool dump, found, interrupted;
};

static int send_request(struct sockdiag *sockdiag, const struct inet_diag_req_v2 *request,
                        uint16_t flags)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header =
			{
				.nlmsg_len = sizeof(message),
				.nlmsg_type = SOCK_DIAG_BY_FAMILY,
				.nlmsg_flags = NLM_F_REQUEST | flags,
				.nlmsg_seq = ++sockdiag->seq,
			},
		.request = *request,
	};
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	if (sendto(sockdiag->fd, &message, sizeof(message), 0, (const void *)&kernel,
	           sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

/* Receives one datagram from the kernel. Its length, or -errno. */
static ssize_t receive(struct sockdiag *sockdiag)
{
	struct sockaddr_nl from;
	socklen_t length = sizeof(from);
	ssize_t size;

	do {
		size = recvfrom(sockdiag->fd, sockdiag->buffer, sizeof(sockdiag->buffer), MSG_TRUNC,
		                (void *)&from, &length);
	} while ((size < 0 && errno == EINTR) || (size >= 0 && from.nl_pid));
	if (size < 0)
		return -errno;
	return size <= (ssize_t)sizeof(sockdiag->buffer) ? size : -ENOSPC;
}

static void emit_sample(const struct sockdiag *sockdiag, const struct fact_sink *sink,
                        uint64_t time, const struct fact_sample *sample)
{
	struct fact_seen seen = {
		.h = {.type = FACT_SEEN, .len = sizeof(seen), .time = time},
		.s = *sample,
	};

	seen.s.netns = sockdiag->netns;
	fact_emit(sink, &seen.h);
}

/* NLMSG_ERROR carries an error; NLMSG_DONE does if a dump failed half-way. */
static int message_error(const struct nlmsghdr *message)
{
	int32_t error = 0;

	if (message->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(message), sizeof(error));
	return error < 0 ? error : 0;
}

static void take_sample(const struct sockdiag *sockdiag, const struct nlmsghdr *message,
                        uint64_t time, struct answer *answer)
{
	struct fact_sample sample;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY || inetdiag_sample(message, &sample))
		return;
	answer->found = true;
	if (answer->sink)
		emit_sample(sockdiag, answer->sink, time, &sample);
	if (answer->sample)
		*answer->sample = sample;
}

/* Handles one datagram. 1: more will come; 0: the answer is complete; -errno. */
static int take_datagram(struct sockdiag *sockdiag, int size, struct answer *answer)
{
	const struct nlmsghdr *message = (const void *)sockdiag->buffer;
	uint64_t time = clock_boot();

	for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		if (message->nlmsg_seq != sockdiag->seq)
			continue; /* the rest of an earlier request that was given up */
		if (message->nlmsg_flags & NLM_F_DUMP_INTR)
			answer->interrupted = true;
		if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
			return message_error(message);
		take_sample(sockdiag, message, time, answer);
		if (!answer->dump)
			return 0;
	}
	return 1;
}

static int request_answer(struct sockdiag *sockdiag, const struct inet_diag_req_v2 *request,
                          struct answer *answer)
{
	int err = send_request(sockdiag, request, answer->dump ? NLM_F_DUMP : 0);

	if (err)
		return err;
	do {
		ssize_t size = receive(sockdiag);

		err = size < 0 ? (int)size : take_datagram(sockdiag, (int)size, answer);
	} while (err > 0);
	return err;
}

static int dump(struct sockdiag *sockdiag, uint8_t family, uint32_t states, struct answer *answer)
{
	struct inet_diag_req_v2 request = {
		.sdiag_family = family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = states,
	};

	answer->dump = true;
	return request_answer(sockdiag, &request, answer);
}

static int dump_fail(struct diag *diag, int err)
{
	if (err == -ENOENT || err == -EPROTONOSUPPORT)
		return diag_fail(
			diag, err,
			"the kernel cannot list TCP sockets by netlink: its modules inet_diag "
			"and tcp_diag are not loaded; as root: modprobe -a inet_diag tcp_diag");
	if (err == -EPERM || err == -EACCES)
		return diag_fail(diag, err,
		                 "the kernel refused to list TCP sockets by netlink: %s; "
		                 "run as root, or allow NETLINK_SOCK_DIAG in the sandbox",
		                 strerror(-err));
	return diag_fail(diag, err, "cannot list TCP sockets by netlink: %s", strerror(-err));
}

/*
 * A dump of no states walks over nothing, but makes the kernel load its modules, or reports that
 * they are missing. In a lookup, ENOENT could mean the socket or a module.
 */
static int probe(struct sockdiag *sockdiag)
{
	struct answer none = {0};

	return dump(sockdiag, AF_INET, 0, &none);
}

int sockdiag_open(struct sockdiag **sockdiag, uint32_t netns, struct diag *diag)
{
	struct sockdiag *opened = calloc(1, sizeof(*opened));
	int err = -ENOMEM;

	if (!opened)
		return dump_fail(diag, err);
	opened->netns = netns;
	opened->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	err = opened->fd < 0 ? -errno : probe(opened);
	if (err) {
		sockdiag_close(opened);
		return dump_fail(diag, err);
	}
	*sockdiag = opened;
	return 0;
}

void sockdiag_close(struct sockdiag *sockdiag)
{
	if (!sockdiag)
		return;
	if (sockdiag->fd >= 0)
		close(sockdiag->fd);
	free(sockdiag);
}

/*
 * Dumps again if the kernel says that the dump was inconsistent. To report a socket twice is
 * harmless.
 */
static int walk_family(struct sockdiag *sockdiag, uint8_t family, const struct fact_sink *sink)
{
	struct answer answer = {.sink = sink};
	int err = dump(sockdiag, family, ALL_STATES, &answer);

	if (!err && answer.interrupted)
		err = dump(sockdiag, family, ALL_STATES, &answer);
	return err;
}

int sockdiag_walk(struct sockdiag *sockdiag, const struct fact_sink *sink, struct diag *diag)
{
	int err;

	fact_emit_walk(sink, FACT_WALK_BEGIN, WALK_SOCKETS, sockdiag->netns);
	err = walk_family(sockdiag, AF_INET, sink);
	if (!err)
		err = walk_family(sockdiag, AF_INET6, sink);
	if (err)
		return dump_fail(diag, err);
	fact_emit_walk(sink, FACT_WALK_END, WALK_SOCKETS, sockdiag->netns);
	return 0;
}

/*
 * Is the answer the requested socket? Without a cookie the kernel returns a listener if the tuple
 * is gone. A reused tuple belongs to another socket.
 */
static bool is_same(const struct fact_sample *target, const struct fact_sample *got)
{
	size_t size = target->family == AF_INET ? 4 : 16;

	if (got->lport != target->lport || got->rport != target->rport)
		return false;
	if (got->state == TCP_LISTEN && target->state != TCP_LISTEN)
		return false;
	if (target->cookie)
		return got->cookie == target->cookie;
	return got->flags & SAMPLE_MINI && got->family == target->family &&
	       !memcmp(got->laddr, target->laddr, size) && !memcmp(got->raddr, target->raddr, size);
}

static void fill_request(const struct fact_sample *target, struct inet_diag_req_v2 *request)
{
	size_t size = target->family == AF_INET ? 4 : 16;

	memset(request, 0, sizeof(*request));
	request->sdiag_family = target->family;
	request->sdiag_protocol = IPPROTO_TCP;
	request->idiag_states = ALL_STATES;
	request->id.idiag_sport = htons(target->lport);
	request->id.idiag_dport = htons(target->rport);
	memcpy(request->id.idiag_src, target->laddr, size);
	memcpy(request->id.idiag_dst, target->raddr, size);
	request->id.idiag_cookie[0] =
		target->cookie ? (uint32_t)target->cookie : INET_DIAG_NOCOOKIE;
	request->id.idiag_cookie[1] = target->cookie ? target->cookie >> 32 : INET_DIAG_NOCOOKIE;
}

/* 1: found; 0: no such socket; -errno. */
static int lookup(struct sockdiag *sockdiag, const struct inet_diag_req_v2 *request,
                  const struct fact_sample *target, struct fact_sample *got)
{
	struct answer answer = {.sample = got};
	int err = request_answer(sockdiag, request, &answer);

	if (err && err != -ENOENT)
		return err;
	return answer.found && is_same(target, got);
}

/*
 * The kernel finds a socket with a link-local peer only if the request names its interface. If the
 * sample has no interface (for example, of a wildcard socket), try each.
 */
static int lookup_on_links(struct sockdiag *sockdiag, struct inet_diag_req_v2 *request,
                           const struct fact_sample *target, struct fact_sample *got)
{
	struct if_nameindex *links;
	int found = 0;

	if (target->ifindex || target->family != AF_INET6 ||
	    !IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)target->raddr))
		return 0;
	links = if_nameindex();
	if (!links)
		return -errno;
	for (size_t i = 0; links[i].if_index && !found; i++) {
		request->id.idiag_if = links[i].if_index;
		found = lookup(sockdiag, request, target, got);
	}
	if_freenameindex(links);
	return found;
}

int sockdiag_lookup(struct sockdiag *sockdiag, const struct fact_sample *target,
                    const struct fact_sink *sink)
{
	struct inet_diag_req_v2 request;
	struct fact_sample got;
	int found;

	fill_request(target, &request);
	request.id.idiag_if = target->ifindex;
	found = lookup(sockdiag, &request, target, &got);
	if (!found)
		found = lookup_on_links(sockdiag, &request, target, &got);
	if (found < 0)
		return found;
	if (found) {
		got.flags |= SAMPLE_POINT;
		emit_sample(sockdiag, sink, clock_boot(), &got);
	} else {
		struct fact_seen gone = {
			.h = {.type = FACT_GONE, .len = sizeof(gone), .time = clock_boot()},
			.s = *target,
		};

		fact_emit(sink, &gone.h);
	}
	return 0;
}
