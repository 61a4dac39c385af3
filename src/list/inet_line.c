/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses a line of /proc/net/{tcp,udp,udplite,raw,icmp}{,6}:
 *
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *    0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 ...
 *
 * All but those of TCP go on with "ref pointer drops". An address is printed as numbers of 32 bits in
 * the byte order of the host: get_tcp4_sock(), udp4_format_sock() and __ip6_dgram_sock_seq_show(),
 * 5.8..7.0. Does no I/O.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "list/inet.h"

/* Each take_...() moves *text behind what it takes. false: it is not there. */

static void skip_blanks(const char **text)
{
	*text += strspn(*text, " ");
}

static bool take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	++*text;
	return true;
}

/* least to most hexadecimal digits, and no further one behind them */
static bool take_hex(const char **text, size_t least, size_t most, uint64_t *number)
{
	size_t taken = parse_hex_digits(*text, strnlen(*text, most), number);

	*text += taken;
	return taken >= least && !isxdigit((unsigned char)**text);
}

static bool take_decimal(const char **text, uint64_t most, uint64_t *number)
{
	skip_blanks(text);
	return !parse_digits(text, number) && *number <= most;
}

static bool take_address(const char **text, uint16_t family, uint8_t addr[16])
{
	size_t words = family == AF_INET ? 1 : 4;

	for (size_t i = 0; i < words; i++, *text += 8) {
		uint64_t number;
		uint32_t word;

		if (parse_hex_digits(*text, strnlen(*text, 8), &number) != 8)
			return false;
		word = (uint32_t)number;
		memcpy(addr + 4 * i, &word, sizeof(word));
	}
	return true;
}

static bool take_end(const char **text, uint16_t family, uint8_t addr[16], uint16_t *port)
{
	uint64_t number;

	skip_blanks(text);
	if (!take_address(text, family, addr) || !take_char(text, ':') ||
	    !take_hex(text, 4, 4, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* "00000000:00000000": two numbers */
static bool take_pair(const char **text, uint64_t *left, uint64_t *right)
{
	skip_blanks(text);
	return take_hex(text, 1, 8, left) && take_char(text, ':') && take_hex(text, 1, 16, right);
}

static bool take_ends(const char **text, struct list_inet *inet)
{
	uint64_t number;

	return take_decimal(text, UINT64_MAX, &number) && take_char(text, ':') &&
	       take_end(text, inet->socket.family, inet->local, &inet->local_port) &&
	       take_end(text, inet->socket.family, inet->foreign, &inet->foreign_port);
}

static bool take_timer(const char **text, struct list_inet *inet)
{
	uint64_t timer, when, retransmits;

	if (!take_pair(text, &timer, &when))
		return false;
	skip_blanks(text);
	if (!take_hex(text, 1, 8, &retransmits))
		return false;
	inet->has_timer = true;
	inet->timer = timer > UINT8_MAX ? UINT8_MAX : (uint8_t)timer;
	inet->timer_ms = when > UINT32_MAX ? UINT32_MAX : when * 10; /* USER_HZ is 100 */
	inet->retransmits = (uint32_t)retransmits;
	return true;
}

/* From the state to the inode. */
static bool take_socket(const char **text, struct list_inet *inet)
{
	struct list_socket *socket = &inet->socket;
	uint64_t state, uid, probes, inode;

	skip_blanks(text);
	if (!take_hex(text, 2, 2, &state) || !take_pair(text, &socket->send_q, &socket->recv_q) ||
	    !take_timer(text, inet) || !take_decimal(text, UINT32_MAX, &uid) ||
	    !take_decimal(text, UINT32_MAX, &probes) || !take_decimal(text, UINT32_MAX, &inode))
		return false;
	socket->state = (uint8_t)state;
	socket->has_queues = true;
	socket->inode = (uint32_t)inode;
	socket->uid = (uint32_t)uid;
	inet->probes = (uint32_t)probes;
	return true;
}

/* Behind the inode come references, the address of the struct sock, and drops. */
static void take_drops(const char **text, struct list_inet *inet)
{
	uint64_t number;

	/* Lines of TCP go on with other numbers. */
	if (inet->socket.protocol == LIST_TCP || !take_decimal(text, UINT32_MAX, &number))
		return;
	skip_blanks(text);
	*text += strcspn(*text, " ");
	if (!take_decimal(text, UINT64_MAX, &number))
		return;
	inet->socket.drops = number;
	inet->socket.has_drops = true;
}

/*
 * In TIME_WAIT, as a request, as an orphan, and before accept() a socket has no inode. The kernel
 * prints user 0 then, which may be nobody's.
 */
static void forget_user(struct list_inet *inet)
{
	if (!inet->socket.inode && !inet->socket.uid)
		inet->socket.uid = LIST_UID_UNKNOWN;
}

int inet_add_line(const struct inet_reader *reader, const char *line)
{
	struct list_inet *inet = inet_add(reader);

	if (!inet)
		return -ENOMEM;
	if (!take_ends(&line, inet) || !take_socket(&line, inet)) {
		list_drop(reader->list);
		return -EBADMSG;
	}
	take_drops(&line, inet);
	forget_user(inet);
	return 0;
}
