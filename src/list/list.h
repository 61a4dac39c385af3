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
struct table;

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
	LIST_ECONET, /* no kernel lists those of this family and the next */
	LIST_ASH,
	LIST_L2CAP,
	LIST_RFCOMM,
	/* never in netstat */
	LIST_PACKET,
	LIST_NETLINK,
	LIST_VSOCK,
	LIST_PROTOCOLS
};

#define LIST_BIT(protocol) (1U << LIST_##protocol)

/* What netstat lists: sockets and groups by default, or one of the others. */
enum list_mode {
	LIST_SOCKETS,
	LIST_GROUPS,     /* -g */
	LIST_MASQUERADE, /* -M */
	LIST_STATISTICS, /* -s */
	LIST_ROUTES,     /* -r */
	LIST_INTERFACES, /* -i */
};

/* Address families, as -A names them: each listing of LIST_ROUTES is of one. */
enum list_family {
	LIST_FAMILY_NONE,
	LIST_FAMILY_INET,
	LIST_FAMILY_INET6,
	LIST_FAMILY_UNIX,
	LIST_FAMILY_IPX,
	LIST_FAMILY_AX25,
	LIST_FAMILY_X25,
	LIST_FAMILY_NETROM,
	LIST_FAMILY_ROSE,
	LIST_FAMILY_DDP,
	LIST_FAMILY_ECONET,
	LIST_FAMILY_ASH,
	LIST_FAMILY_BLUETOOTH,
	LIST_FAMILY_PACKET,
	LIST_FAMILY_NETLINK,
	LIST_FAMILY_VSOCK,
	LIST_FAMILIES
};

/* What the user asks for. One const request serves all sections of a namespace. */
struct list_request {
	uint32_t protocols; /* set of enum list_protocol */
	uint32_t named;     /* those that the user named: a kernel without them is an error */
	bool v4, v6;        /* both or neither: all families */
	bool all, listening;
	bool timers, programs, wide, verbose, continuous;
	unsigned int extend; /* -e: 1, -ee: 2 */
	bool fib, cache;     /* -F, -C; neither: -F */
	const char *table;   /* --table: number, name or "all"; NULL: main */
	bool numeric_hosts, numeric_ports, numeric_users;
	bool rich; /* fields beside netstat's are printed or filtered by: read them, too */
	const struct list_holders *holders; /* NULL: not asked for, or not readable */
	uint32_t netns;                     /* inode of the namespace that is read */
	const char *netns_name;             /* "": it has none */
	unsigned int round;                 /* of -c; 0: the first */
	/*
	 * Rates and changes: what the same listing read before, and the ns since then. With -c it is
	 * the round before, with --from DIR --since it is the table at that instant. NULL: none
	 */
	const struct list *previous;
	uint64_t elapsed;
	bool span; /* --from DIR --since or --until: changes, also if `previous` is NULL: nothing was there */
	bool baseline;  /* it is read to be compared with: leave nothing out */
	bool restarted; /* the recorder began anew since then: only values can be compared */
	const struct table *recorded; /* --from: read this and not the kernel; NULL: the kernel */
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
/* Takes over memory of malloc(): it is freed with the list. false: no memory; it stays the caller's. */
bool list_keep(struct list *list, char *memory);
/* size zeroed bytes, aligned for any number, which live as long as the list. NULL: no memory. */
void *list_object(struct list *list, size_t size);
void *list_at(const struct list *list, size_t index);
void list_free(struct list *list);

/*
 * A cell of netstat's layout. An address and port (VALUE_ENDPOINT) is cut to netstat's 22 characters
 * without -W, whatever `cut` is.
 */
struct list_cell {
	const char *key;    /* of a field of the listing */
	int width;          /* least columns; negative: right-aligned */
	unsigned int cut;   /* most columns without -W; 0: any. A "+" marks a cut. */
	const char *before; /* NULL: one blank; the first cell has none */
	const char *none;   /* text of an unknown value; NULL: "" */
};

/*
 * The text form of a list: netstat's, to the byte. Title and headings are printed once if the listing
 * before has the same (tcp, udp, ...).
 */
struct list_layout {
	const char *title;    /* with its newline; may be several lines; "": none */
	const char *headings; /* with its newline, also the trailing blanks that netstat prints */
	const struct list_cell *cells;
	size_t count;
	bool trailing;     /* keep the blanks behind the last cell */
	bool unless_empty; /* without rows nothing is printed */
};

/* Designated initializers only: members may come. */
struct listing {
	const char *name; /* "unix": in messages and as value of "type" in JSON */
	enum list_mode mode;
	uint32_t protocols; /* LIST_SOCKETS: set that it lists; records begin with list_socket */
	enum list_family family; /* LIST_ROUTES */
	bool recorded;           /* it can read a recording: request->recorded */
	bool always_titled;      /* title and headings are printed even if this kernel has none */
	size_t record;           /* bytes of a record */
	/* The frame adds time, netns and netns_name if they are not among them. */
	const struct field *fields;
	const size_t *field_count;
	/*
	 * JSON: the list is one object, and these fields get the struct list instead of a record. NULL: each
	 * record is an object.
	 */
	const struct field *whole;
	const size_t *whole_count;
	const char *const *states; /* values of field state, for --state; NULL ends; NULL: TCP's */
	/*
	 * Adds the records that the request asks for, in the order of the kernel. 0, or -errno with diag;
	 * -EAFNOSUPPORT: this kernel has none of what is asked for; diag then names it as netstat does
	 * ("AF IPX"), each in a line of its own. What else can be listed is listed all the same. The frame filters afterwards.
	 */
	int (*read)(const struct list_request *request, struct list *list, struct diag *diag);
	/* netstat's layout for this request. */
	void (*layout)(const struct list_request *request, struct list_layout *layout);
	/*
	 * Writes a record in netstat's form where that is not a row of cells (ifconfig's paragraph, a
	 * sentence), whole lines with their newlines. It escapes what comes from outside
	 * (escape_terminal()). NULL: it is always a row. false: this record is a row.
	 */
	bool (*text)(const struct list_request *request, const struct field_context *context,
	             const void *record, struct buffer *out);
};

/* Every listing, in the order of netstat's sections. NULL ends it. */
extern const struct listing *const listings[];

#endif
