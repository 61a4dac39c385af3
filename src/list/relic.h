/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of families that few kernels still have, from text files of the kernel: AX.25, NET/ROM,
 * ROSE (removed with Linux 7.1), X.25, IPX (removed with 4.18), AppleTalk, and Bluetooth. One record
 * serves all; a listing has fields for what its family has.
 */
#ifndef TCPTRAIL_LIST_RELIC_H
#define TCPTRAIL_LIST_RELIC_H

#include "list/socket.h"

/* Texts are "" or NULL if the family has none. */
struct list_relic {
	struct list_socket socket; /* the first member */
	const char *proto;
	const char *state;
	const char *user_call, *dest_call, *source_call; /* call signs: "OH7LZB-10" */
	const char *dest_addr, *source_addr;
	const char *digipeaters; /* comma list; "*" behind those that have repeated */
	const char *device;
	const char *local, *foreign; /* IPX, AppleTalk: address and port */
	const char *security;        /* L2CAP */
	uint32_t lci;                /* logical channel; ROSE and X.25 */
	uint32_t neighbour;          /* ROSE */
	uint32_t vs, vr, va;         /* next to send, next to receive, last acknowledged */
	uint32_t psm, dcid, scid, imtu, omtu, channel; /* Bluetooth */
};

/*
 * Parses a line in place; the record then points into it. false: it is no line of a socket, for
 * example the headings.
 */
typedef bool relic_parse_fn(char *line, struct list_relic *relic);
relic_parse_fn ax25_parse, netrom_parse, rose_parse, x25_parse, ipx_parse, ddp_parse;
relic_parse_fn l2cap_parse, rfcomm_parse;

/* Where a family is read from, and how. */
struct relic_source {
	enum list_protocol protocol;
	uint16_t family;
	const char *proto;
	const char *paths[2]; /* the first one that is a file; NULL: no second */
	const char *missing;  /* as netstat names the family: "AF AX25" */
	relic_parse_fn *parse;
	bool (*is_wanted)(const struct list_request *request, const struct list_relic *relic);
};

/* As the read of struct listing. */
int relic_read(const struct relic_source *source, const struct list_request *request,
               struct list *list, struct diag *diag);

/* Of a state by its number: names[number], or "UNKNOWN". */
const char *relic_state_name(const char *const *names, uint32_t number);

/* A word of a line as a number, in decimal or hexadecimal. false: it is none. */
bool relic_decimal(const char *word, uint32_t *number);
bool relic_hex(const char *word, uint32_t *number);
/*
 * The numbers of a connection: state, V(S), V(R), V(A); and what the kernel prints of the socket behind:
 * send queue, receive queue, inode, or "* * *". states: as of relic_state_name(). false: it is no such line.
 */
bool relic_connection(char *const numbers[4], char *const tail[3], const char *const *states,
                      struct list_relic *relic);

#define RELIC_GETTER(name)                                                                         \
	void relic_##name(const struct field_context *context, const void *object,                 \
	                  struct value *value)

RELIC_GETTER(proto);
RELIC_GETTER(state);
RELIC_GETTER(user_call);
RELIC_GETTER(dest_call);
RELIC_GETTER(source_call);
RELIC_GETTER(dest_addr);
RELIC_GETTER(source_addr);
RELIC_GETTER(digipeaters);
RELIC_GETTER(device);
RELIC_GETTER(local);
RELIC_GETTER(foreign);
RELIC_GETTER(security);
RELIC_GETTER(lci);
RELIC_GETTER(neighbour);
RELIC_GETTER(vs);
RELIC_GETTER(vr);
RELIC_GETTER(va);
RELIC_GETTER(psm);
RELIC_GETTER(imtu);
RELIC_GETTER(omtu);
RELIC_GETTER(channel);
RELIC_GETTER(dcid); /* "0x0041" */
RELIC_GETTER(scid);
RELIC_GETTER(vr_vs_3); /* "006/005" */
RELIC_GETTER(vr_vs_2);

#define RELIC_FIELD(word, getter)                                                                  \
	{                                                                                          \
		KEY(word), relic_##getter, NULL                                                    \
	}

#endif
