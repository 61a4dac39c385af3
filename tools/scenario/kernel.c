/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *state_name(int state)
{
	static const char *const names[] = {
		[0] = "GONE",
		[TCP_ESTABLISHED] = "ESTABLISHED",
		[TCP_SYN_SENT] = "SYN_SENT",
		[TCP_SYN_RECV] = "SYN_RECV",
		[TCP_FIN_WAIT1] = "FIN_WAIT1",
		[TCP_FIN_WAIT2] = "FIN_WAIT2",
		[TCP_TIME_WAIT] = "TIME_WAIT",
		[TCP_CLOSE] = "CLOSE",
		[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
		[TCP_LAST_ACK] = "LAST_ACK",
		[TCP_LISTEN] = "LISTEN",
		[TCP_CLOSING] = "CLOSING",
	};

	if (state < 0 || state >= (int)ARRAY_SIZE(names))
		return "UNKNOWN";
	return names[state];
}

static void diag_address(const union address *a, __be16 *port, __be32 out[4])
{
	*port = htons(address_port(a));
	if (a->any.sa_family == AF_INET6)
		memcpy(out, &a->v6.sin6_addr, 16);
	else
		out[0] = a->v4.sin_addr.s_addr;
}

struct diag_request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

static struct diag_request diag_ask(const union address *local, const union address *remote)
{
	struct diag_request ask = {
		.header = {.nlmsg_len = sizeof(ask),
	                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	                   .nlmsg_flags = NLM_F_REQUEST},
		.body = {.sdiag_family = local->any.sa_family,
	                 .sdiag_protocol = IPPROTO_TCP,
	                 .idiag_states = UINT32_MAX,
	                 .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};

	diag_address(local, &ask.body.id.idiag_sport, ask.body.id.idiag_src);
	diag_address(remote, &ask.body.id.idiag_dport, ask.body.id.idiag_dst);
	return ask;
}

static ssize_t diag_exchange(const struct diag_request *ask, void *answer, size_t size)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ssize_t len = -1;

	if (fd >= 0 && send(fd, ask, sizeof(*ask), 0) == (ssize_t)sizeof(*ask))
		len = recv(fd, answer, size, 0);
	if (fd >= 0)
		close(fd);
	return len;
}

static bool diag_find(const union address *local, const union address *remote, struct sighting *out)
{
	struct diag_request ask = diag_ask(local, remote);
	union {
		struct nlmsghdr header;
		char room[8192];
	} answer;
	const struct inet_diag_msg *msg = NLMSG_DATA(&answer.header);
	ssize_t len = diag_exchange(&ask, &answer, sizeof(answer));

	if (len < (ssize_t)NLMSG_LENGTH(sizeof(*msg)) ||
	    answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return false;
	/*
	 * If the socket is gone, an exact lookup returns the listener of the port: that does not
	 * count.
	 */
	if (msg->id.idiag_dport != ask.body.id.idiag_dport)
		return false;
	*out = (struct sighting){
		.state = msg->idiag_state,
		.cookie = (uint64_t)msg->id.idiag_cookie[1] << 32 | msg->id.idiag_cookie[0],
		.inode = msg->idiag_inode,
		.rq = msg->idiag_rqueue,
		.wq = msg->idiag_wqueue,
		.retrans = msg->idiag_retrans,
		.uid = msg->idiag_uid,
	};
	return true;
}

/* An address as in /proc: each 32-bit word as a number in host order. */
static void proc_address(const union address *a, char *text, size_t size)
{
	uint32_t w[4] = {0};
	__be16 port;

	diag_address(a, &port, w);
	if (a->any.sa_family == AF_INET6)
		snprintf(text, size, "%08X%08X%08X%08X:%04X", w[0], w[1], w[2], w[3], ntohs(port));
	else
		snprintf(text, size, "%08X:%04X", w[0], ntohs(port));
}

/*   0: 0100007F:1388 0100007F:9C41 08 00000000:00000001 00:00000000 00000000     0  0 4711 ... */
static bool proc_find(const union address *local, const union address *remote, struct sighting *out)
{
	bool v6 = local->any.sa_family == AF_INET6;
	FILE *f = fopen(v6 ? "/proc/self/net/tcp6" : "/proc/self/net/tcp", "re");
	char want_local[48], want_remote[48], have_local[48], have_remote[48];
	struct sighting s = {0};
	char line[512];
	bool found = false;

	if (!f)
		return false;
	proc_address(local, want_local, sizeof(want_local));
	proc_address(remote, want_remote, sizeof(want_remote));
	while (!found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*d: %47s %47s %X %X:%X %*X:%*X %X %u %*u %u", have_local,
		           have_remote, &s.state, &s.wq, &s.rq, &s.retrans, &s.uid, &s.inode) != 8)
			continue;
		found = !strcmp(have_local, want_local) && !strcmp(have_remote, want_remote);
	}
	fclose(f);
	if (found)
		*out = s;
	return found;
}

bool kernel_find(const union address *local, const union address *remote, struct sighting *out)
{
	static bool diag_works;

	if (diag_find(local, remote, out)) {
		diag_works = true;
		return true;
	}
	/*
	 * Without the tcp_diag module sock_diag returns ENOENT for everything. So until it has
	 * found a socket once, check a "no" in /proc/net/tcp, which takes milliseconds because it
	 * walks over the whole hash table.
	 */
	return !diag_works && proc_find(local, remote, out);
}

/* Both files hold pairs of lines: "TcpExt: NAME NAME ..", "TcpExt: 1 2 ..". */
static long counter_in(FILE *f, const char *section, const char *name)
{
	char names[8192], values[8192];

	while (fgets(names, sizeof(names), f) && fgets(values, sizeof(values), f)) {
		char *save_name, *save_value;
		char *n = strtok_r(names, " \n", &save_name);
		char *v = strtok_r(values, " \n", &save_value);

		if (!n || strncmp(n, section, strlen(section)) || n[strlen(section)] != ':')
			continue;
		while (n && v && strcmp(n, name)) {
			n = strtok_r(NULL, " \n", &save_name);
			v = strtok_r(NULL, " \n", &save_value);
		}
		if (n && v)
			return atol(v);
	}
	return -1;
}

long kernel_counter(const char *section, const char *name)
{
	static const char *const files[] = {"/proc/self/net/snmp", "/proc/self/net/netstat"};
	long value = -1;

	for (size_t i = 0; i < ARRAY_SIZE(files) && value < 0; i++) {
		FILE *f = fopen(files[i], "re");

		if (!f)
			die_errno("cannot open %s", files[i]);
		value = counter_in(f, section, name);
		fclose(f);
	}
	return value;
}
