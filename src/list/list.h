/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listings: what netstat shows beside the lives of TCP sockets. A listing reads the kernel once and keeps
 * nothing: it does not enter the table. Each kind has a record type, a registry of fields, and netstat's
 * layout. JSON, CSV, --columns, --sort and help follow from the fields.
 *
 * A listing reads the network namespace that the calling thread is in, which is the main thread:
 * /proc/net is that of the main thread.
 */
#ifndef TCPTRAIL_LIST_LIST_H
#define TCPTRAIL_LIST_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/diag.h"
#include "field/field.h"

struct list_holders;
struct listing;
struct query;

/* Protocols and families: the bits of list_request.protocols. A listing may have several. */
enum list_protocol {
	/* the Internet section, in netstat's order */
	LIST_TCP,
	LIST_SCTP,
	LIST_UDP,
	LIST_UDPLITE,
	LIST_RAW,
	LIST_PING,
	/* the other sections, in netstat's order */
	LIST_UNIX,
	LIST_IPX,
	LIST_AX25,
	LIST_X25,
	LIST_NETROM,
	LIST_ROSE,
	LIST_DDP,
	LIST_L2CAP,
	LIST_RFCOMM,
	/* never in netstat */
	LIST_PACKET,
	LIST_NETLINK,
	LIST_VSOCK,
	LIST_PROTOCOLS
};

#define LIST_BIT(protocol) (1U << LIST_##protocol)

/* What the user asks for. One const request serves all sections of a run. */
struct list_request {
	uint32_t protocols; /* set of enum list_protocol */
	uint32_t named;     /* those that the user named: a kernel without them is an error */
	bool v4, v6;        /* both or neither: all families */
	bool all, listening;
	bool timers, programs, wide, verbose, continuous;
	unsigned int extend; /* -e: 1, -ee: 2 */
	bool fib, cache;     /* -F, -C */
	const char *table;   /* --table: number, name or "all"; NULL: main */
	bool numeric_hosts, numeric_ports, numeric_users;
	const struct query *query; /* filters; a listing applies those that it has fields for */
	const struct list_holders *holders; /* NULL: not asked for, or not readable */
	uint32_t netns;                     /* inode of the namespace that is read */
	const char *netns_name;             /* "": it has none */
	unsigned int round;                 /* of -c; 0: the first */
};

/*
 * The records of one read. The record type of a listing begins with nothing special; records are
 * zeroed when they are added.
 */
struct list {
	const struct listing *listing;
	char *records;
	size_t count, room;
	struct list_text *texts; /* strings that records point to */
};

/* A new record, zeroed. Other records may move. NULL: no memory. */
void *list_add(struct list *list);
/* Takes back the last record. */
void list_drop(struct list *list);
/* Copies size bytes and adds a NUL. The copy lives as long as the list. NULL: no memory. */
char *list_text(struct list *list, const char *bytes, size_t size);
void *list_at(const struct list *list, size_t index);
void list_free(struct list *list);

/* A cell of netstat's layout. */
struct list_cell {
	const char *key;    /* of a field of the listing */
	int width;          /* least columns; negative: right-aligned */
	unsigned int cut;   /* most columns without -W; 0: any. A "+" marks a cut. */
	const char *before; /* NULL: one blank; the first cell has none */
};

/* The text form of a list: netstat's, to the byte. */
struct list_layout {
	const char *title;    /* with its newline; may be several lines; "": none */
	const char *headings; /* with its newline, also the trailing blanks that netstat prints */
	const struct list_cell *cells;
	size_t count;
	bool trailing; /* keep the blanks behind the last cell */
};

struct listing {
	const char *name;   /* "unix": in messages and as value of "type" in JSON */
	uint32_t protocols; /* set that it lists; 0: it is a mode of its own (routes, ...) */
	size_t record;      /* bytes of a record */
	const struct field *fields;
	const size_t *field_count;
	/*
	 * Adds the records that the request asks for, in the order of the kernel. 0, or -errno with diag;
	 * -EAFNOSUPPORT: this kernel has none of what was named; diag then names it as netstat does
	 * ("AF IPX"). What else can be listed is listed all the same.
	 */
	int (*read)(const struct list_request *request, struct list *list, struct diag *diag);
	/* netstat's layout for this request. */
	void (*layout)(const struct list_request *request, struct list_layout *layout);
	/*
	 * Writes a record in netstat's form where that is not a row of cells (ifconfig's paragraph, a
	 * sentence). NULL: it is always a row. false: this request has rows.
	 */
	bool (*text)(const struct list_request *request, const struct field_context *context,
	             const void *record, struct buffer *out);
};

/* Every listing, in the order of netstat's sections. NULL ends it. */
extern const struct listing *const listings[];

#endif
