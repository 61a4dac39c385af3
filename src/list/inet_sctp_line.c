/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses a line of /proc/net/sctp/eps or assocs (net/sctp/proc.c, 5.8..7.0):
 *
 *    ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
 *   ffff8800 ffff8801 2   10  29   11111     0 12345 10.0.0.1 10.0.0.2
 *
 *    ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS ...
 *   ffff8800 ffff8801 2   1   3  0       1       12        0       0 12346 11111 5000  *10.0.0.1 <-> *10.0.0.9 ...
 *
 * The primary address has a "*" in front. STY is the type of the socket, SST its state, ST the state of
 * the association. Does no I/O.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "base/parse.h"
#include "list/inet.h"

#define BLANKS " \t"

/* More than any association has. */
#define ADDRESSES_MAX 1024

/* The next word, copied. false: none is left, or it is too long. */
static bool take_word(const char **text, char *word, size_t room)
{
	const char *start = *text + strspn(*text, BLANKS);
	size_t size = strcspn(start, BLANKS);

	if (!size || size >= room)
		return false;
	memcpy(word, start, size);
	word[size] = '\0';
	*text = start + size;
	return true;
}

static bool take_number(const char **text, uint64_t most, uint64_t *number)
{
	char word[24];

	return take_word(text, word, sizeof(word)) && !parse_number(word, 0, most, number);
}

/* Passes over words whatever they are: addresses in the kernel. */
static bool skip_words(const char **text, unsigned int count)
{
	for (; count; count--) {
		*text += strspn(*text, BLANKS);
		if (!**text)
			return false;
		*text += strcspn(*text, BLANKS);
	}
	return true;
}

/* "10.0.0.1", "*2001:0db8:0000:0000:0000:0000:0000:0001" */
static bool parse_address(const char *word, struct inet_address *address)
{
	address->primary = *word == '*';
	word += address->primary;
	address->family = strchr(word, ':') ? AF_INET6 : AF_INET;
	return inet_pton(address->family, word, address->addr) == 1;
}

/* Takes addresses up to the first word that is none. 0 or -ENOMEM. */
static int take_addresses(const char **text, struct list *list, struct inet_addresses *addresses)
{
	struct inet_address found[ADDRESSES_MAX];
	const char *rest = *text;
	char word[INET6_ADDRSTRLEN + 2], *copy;
	size_t count = 0;

	memset(found, 0, sizeof(found));
	while (count < ADDRESSES_MAX && take_word(&rest, word, sizeof(word)) &&
	       parse_address(word, &found[count])) {
		*text = rest;
		count++;
	}
	copy = list_text(list, (const char *)found, count * sizeof(found[0]));
	if (!copy)
		return -ENOMEM;
	addresses->at = (const void *)copy;
	addresses->count = count;
	return 0;
}

/* The address to name the socket by: the primary one, or the first. */
static void choose_address(const struct inet_addresses *addresses, uint16_t family,
                           uint8_t chosen[16])
{
	const struct inet_address *address = NULL;

	for (size_t i = 0; i < addresses->count; i++) {
		if (!address || (addresses->at[i].primary && !address->primary))
			address = &addresses->at[i];
	}
	if (!address)
		return;
	if (family == AF_INET6)
		address_map(address->family, address->addr, chosen);
	else
		memcpy(chosen, address->addr, sizeof(address->addr));
}

static bool has_ipv6(const struct inet_addresses *addresses)
{
	for (size_t i = 0; i < addresses->count; i++) {
		if (addresses->at[i].family == AF_INET6)
			return true;
	}
	return false;
}

void inet_choose_addresses(struct list_inet *inet)
{
	bool v6 = has_ipv6(&inet->locals) || has_ipv6(&inet->foreigns);

	inet->socket.family = v6 ? AF_INET6 : AF_INET;
	choose_address(&inet->locals, inet->socket.family, inet->local);
	choose_address(&inet->foreigns, inet->socket.family, inet->foreign);
}

/* 1: parsed, 0: it is no such line, -ENOMEM */
static int parse_endpoint(const char *line, struct list *list, struct list_inet *inet)
{
	uint64_t state, port, uid, inode;
	int err;

	if (!skip_words(&line, 3) || !take_number(&line, UINT8_MAX, &state) ||
	    !skip_words(&line, 1) || !take_number(&line, UINT16_MAX, &port) ||
	    !take_number(&line, UINT32_MAX, &uid) || !take_number(&line, UINT32_MAX, &inode))
		return 0;
	err = take_addresses(&line, list, &inet->locals);
	if (err || line[strspn(line, BLANKS)])
		return err;
	inet->socket.state = (uint8_t)state;
	inet->socket.uid = (uint32_t)uid;
	inet->socket.inode = (uint32_t)inode;
	inet->local_port = (uint16_t)port;
	return 1;
}

static int parse_association(const char *line, struct list *list, struct list_inet *inet)
{
	uint64_t state, association, send, recv, uid, inode, local, foreign;
	char arrow[4];
	int err;

	if (!skip_words(&line, 3) || !take_number(&line, UINT8_MAX, &state) ||
	    !take_number(&line, UINT8_MAX, &association) || !skip_words(&line, 2) ||
	    !take_number(&line, UINT32_MAX, &send) || !take_number(&line, UINT32_MAX, &recv) ||
	    !take_number(&line, UINT32_MAX, &uid) || !take_number(&line, UINT32_MAX, &inode) ||
	    !take_number(&line, UINT16_MAX, &local) || !take_number(&line, UINT16_MAX, &foreign))
		return 0;
	err = take_addresses(&line, list, &inet->locals);
	if (err || !take_word(&line, arrow, sizeof(arrow)) || strcmp(arrow, "<->") != 0)
		return err;
	err = take_addresses(&line, list, &inet->foreigns);
	if (err)
		return err;
	inet->association = true;
	inet->association_state = (uint8_t)association;
	inet->socket.state = (uint8_t)state;
	inet->socket.has_queues = true;
	inet->socket.send_q = send;
	inet->socket.recv_q = recv;
	inet->socket.uid = (uint32_t)uid;
	inet->socket.inode = (uint32_t)inode;
	inet->local_port = (uint16_t)local;
	inet->foreign_port = (uint16_t)foreign;
	return 1;
}

typedef int parse_fn(const char *line, struct list *list, struct list_inet *inet);

static int add_line(const struct inet_reader *reader, const char *line, parse_fn *parse)
{
	struct list_inet *inet = inet_add(reader);
	int parsed;

	if (!inet)
		return -ENOMEM;
	parsed = parse(line, reader->list, inet);
	if (parsed <= 0) {
		list_drop(reader->list);
		return parsed ? parsed : -EBADMSG;
	}
	inet_choose_addresses(inet);
	return 0;
}

int inet_add_endpoint(const struct inet_reader *reader, const char *line)
{
	return add_line(reader, line, parse_endpoint);
}

int inet_add_association(const struct inet_reader *reader, const char *line)
{
	return add_line(reader, line, parse_association);
}
