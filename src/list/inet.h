/* SPDX-License-Identifier: BSD-2-Clause */
/* Internet sockets: the record of tcp, sctp, udp, udplite, raw and ping sockets, and what reads them. */
#ifndef TCPTRAIL_LIST_INET_H
#define TCPTRAIL_LIST_INET_H

#include "list/socket.h"

/* One of several addresses of an SCTP socket. All members are bytes: list_text() keeps them. */
struct inet_address {
	uint8_t addr[16]; /* network order; AF_INET: the first 4 bytes */
	uint8_t family;
	bool primary;
};

struct inet_addresses {
	const struct inet_address *at;
	size_t count;
};

struct list_inet {
	struct list_socket socket; /* the first member */
	uint8_t local[16], foreign[16];
	uint16_t local_port; /* host order; raw: number of the IP protocol; ping: the identifier */
	uint16_t foreign_port;
	uint32_t ifindex;      /* bound to; 0: none, or not known */
	const char *interface; /* its name; NULL: not known */
	uint32_t mark;
	bool has_mark;
	bool has_timer;
	bool request;  /* TCP: a request socket, which is no full socket yet */
	uint8_t timer; /* as /proc/net/tcp numbers timers: 0 off, 1 on, 2 keepalive, ... */
	uint8_t association_state; /* SCTP: enum sctp_state of the kernel */
	bool association;          /* SCTP: an association; false: an endpoint */
	uint32_t retransmits, probes;
	uint64_t timer_ms;                      /* until it fires */
	struct inet_addresses locals, foreigns; /* SCTP */
};

/* The sockets of one protocol and family that are being read. */
struct inet_reader {
	const struct list_request *request;
	struct list *list;
	enum list_protocol protocol;
	uint16_t family;
};

/* A new record with what the reader knows. NULL: no memory. */
struct list_inet *inet_add(const struct inet_reader *reader);

/*
 * Adds the socket of one line of /proc/net/{tcp,udp,udplite,raw,icmp}{,6}. 0; -EBADMSG: it is no such
 * line, nothing was added; -ENOMEM.
 */
int inet_add_line(const struct inet_reader *reader, const char *line);
/* The same for a line of /proc/net/sctp/eps and assocs. */
int inet_add_endpoint(const struct inet_reader *reader, const char *line);
int inet_add_association(const struct inet_reader *reader, const char *line);

/* Sets family, local and foreign of an SCTP socket by its lists of addresses. */
void inet_choose_addresses(struct list_inet *inet);

struct nlmsghdr;
/* The same for an answer of inet_diag. The message lies within the bytes that were received. */
int inet_add_message(const struct inet_reader *reader, const struct nlmsghdr *message);

/* --- which sockets are listed; first: index of the first record to look at --- */

/* Drops the records that netstat's rules for -a, -l and neither leave out. */
void inet_drop_unwanted(const struct list_request *request, struct list *list, size_t first);
/* Drops what -4 or -6 leaves out. */
void inet_drop_other_families(const struct list_request *request, struct list *list, size_t first);
/* Drops SCTP endpoints. */
void inet_drop_endpoints(struct list *list, size_t first);
void inet_truncate(struct list *list, size_t count);
/*
 * Gives request sockets the user of their listener, as /proc/net/tcp shows it; inet_diag shows none.
 * 0 or -ENOMEM.
 */
int inet_give_requests_users(struct list *list, size_t first);

int inet_read(const struct list_request *request, struct list *list, struct diag *diag);
/* Adds the TCP sockets of request->recorded. 0 or -ENOMEM. */
int inet_read_recorded(const struct list_request *request, struct list *list);

/*
 * The processes that have sockets of a recording open, for list_request.holders; sealed. The caller
 * frees them. NULL: no memory.
 */
struct list_holders *inet_recorded_holders(const struct table *table);

extern const struct field inet_fields[];
extern const size_t inet_field_count;

/* The lines of an SCTP socket in netstat's layout. */
void inet_sctp_text(const struct list_request *request, const struct field_context *context,
                    const struct list_inet *inet, struct buffer *out);

#endif
