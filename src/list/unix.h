/* SPDX-License-Identifier: BSD-2-Clause */
/* UNIX sockets: their record, and the parsers of what the kernel says about them. */
#ifndef TCPTRAIL_LIST_UNIX_H
#define TCPTRAIL_LIST_UNIX_H

#include <linux/sock_diag.h>

#include "list/socket.h"

struct nlmsghdr;

/* Flags, as /proc/net/unix has them. */
#define UNIX_ACCEPTCON (1U << 16) /* it listens */
#define UNIX_WAITDATA  (1U << 17)
#define UNIX_NOSPACE   (1U << 18)

/* States: enum socket_state of include/uapi/linux/net.h, unix_seq_show() (net/unix/af_unix.c). */
enum unix_state {
	UNIX_FREE,
	UNIX_UNCONNECTED,
	UNIX_CONNECTING, /* nobody has accepted it */
	UNIX_CONNECTED,
	UNIX_DISCONNECTING,
};

struct list_unix {
	struct list_socket socket; /* the first member */
	uint32_t references, protocol, flags;
	uint16_t type;
	bool has_peer;
	uint32_t peer; /* inode; 0: nobody has accepted the other end */
	/* The path, or "@" and the abstract name with "@" for each NUL. NULL: it has none. */
	const char *path;
	const char *name;     /* the bytes of sun_path; NULL: not known */
	const char *name_hex; /* these, where path does not show them as they are; NULL: it does */
};

/* --- /proc/net/unix --------------------------------------------------------------------------- */

struct unix_line {
	uint32_t references, protocol, flags, inode;
	uint16_t type;
	uint8_t state;
	char *path; /* NULL: none; ended with NUL in place */
};

#define UNIX_NAME_MAX 109 /* bytes: UNIX_PATH_MAX, and the NUL of a path that fills it */

/* A name that is known from elsewhere: the bytes of sun_path. */
struct unix_name {
	const char *bytes;
	uint16_t size; /* a path: with its NUL */
};

struct unix_lines {
	char *at, *end; /* the text that is left; *end is NUL */
	/* The name of the socket with this inode; false: not known. NULL: no name is. */
	bool (*find)(uint32_t inode, struct unix_name *name, void *arg);
	/* Known names with newlines, for sockets that have no inode of their own. NULL: no name is. */
	size_t (*broken)(const struct unix_name **names, void *arg);
	void *arg;
};

/*
 * Parses the next socket. A name may have any bytes, newlines too, so it ends where the known name
 * ends; without a known name, before the next line that begins as a line of the kernel. false: no
 * more.
 */
bool unix_lines_next(struct unix_lines *lines, struct unix_line *line);

/* --- unix_diag -------------------------------------------------------------------------------- */

struct unix_message {
	uint32_t inode, peer, uid;
	bool has_peer, has_uid, has_queues, has_memory;
	uint64_t cookie;
	uint32_t recv_q, send_q;
	struct unix_name name; /* within the message; bytes NULL: none */
	uint32_t memory[SK_MEMINFO_VARS];
};

/* Parses an answer. 0 or -EBADMSG. */
int unix_message(const struct nlmsghdr *message, struct unix_message *parsed);

/* All answers, by inode. */
struct unix_known;

/*
 * Dumps; rich: with all that they can say, not only the names. Names live as long as the list. NULL:
 * the kernel has no unix_diag, or refuses it.
 */
struct unix_known *unix_known_read(struct list *list, bool rich);
void unix_known_free(struct unix_known *known); /* NULL-safe */
/* NULL: none. */
const struct unix_message *unix_known_find(struct unix_known *known, uint32_t inode);
/* The names with newlines. Returns how many. */
size_t unix_known_broken(const struct unix_known *known, const struct unix_name **names);

/* --- all -------------------------------------------------------------------------------------- */

extern const struct field unix_fields[];
extern const size_t unix_field_count;
extern const char *const unix_states[];

#endif
