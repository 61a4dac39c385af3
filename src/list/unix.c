/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UNIX sockets, as netstat -x shows them:
 *
 *   Active UNIX domain sockets (servers and established)
 *   Proto RefCnt Flags       Type       State         I-Node   Path
 *   unix  2      [ ACC ]     STREAM     LISTENING     16345    /run/systemd/private
 *
 * /proc/net/unix has all of them, also those that nobody has accepted. unix_diag adds exact names,
 * peers, queues, users and memory.
 */
#include "list/unix.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "field/value.h"
#include "list/file_text.h"

/* unix_diag is asked when it is needed: without a name there is nothing that it knows better. */
struct reading {
	const struct list_request *request;
	struct list *list;
	struct unix_known *known; /* NULL: not asked, or the kernel has none */
	bool asked;
};

static struct unix_known *known_of(struct reading *reading)
{
	if (!reading->asked)
		reading->known = unix_known_read(reading->list, reading->request->rich);
	reading->asked = true;
	return reading->known;
}

static bool find_name(uint32_t inode, struct unix_name *name, void *arg)
{
	struct unix_known *known = known_of(arg);
	const struct unix_message *message = known ? unix_known_find(known, inode) : NULL;

	if (!message || !message->name.bytes)
		return false;
	*name = message->name;
	return true;
}

static size_t find_broken(const struct unix_name **names, void *arg)
{
	struct unix_known *known = known_of(arg);

	return known ? unix_known_broken(known, names) : 0;
}

static bool is_listener(const struct unix_line *line)
{
	return line->state == UNIX_UNCONNECTED && line->flags & UNIX_ACCEPTCON;
}

/* -a: all; -l: servers; neither: the others. */
static bool is_wanted(const struct list_request *request, const struct unix_line *line)
{
	return request->all || is_listener(line) == request->listening;
}

static void fill(struct list_unix *socket, const struct unix_line *line)
{
	socket->socket.state = line->state;
	socket->socket.inode = line->inode;
	socket->references = line->references;
	socket->protocol = line->protocol;
	socket->flags = line->flags;
	socket->type = line->type;
	socket->path = line->path;
}

static void fill_known(struct list_unix *socket, const struct unix_message *message)
{
	socket->socket.cookie = message->cookie;
	if (message->has_uid)
		socket->socket.uid = message->uid;
	socket->socket.has_queues = message->has_queues;
	socket->socket.recv_q = message->recv_q;
	socket->socket.send_q = message->send_q;
	if (message->has_memory)
		list_socket_set_memory(&socket->socket, message->memory, SK_MEMINFO_VARS);
	socket->has_peer = message->has_peer;
	socket->peer = message->peer;
	socket->name = message->name.bytes;
}

/* Without the NUL that an abstract name begins with, and the one that a path ends with. */
static bool is_plain(const struct unix_name *name)
{
	for (size_t i = 0; i < name->size; i++) {
		unsigned char byte = (unsigned char)name->bytes[i];

		if (byte < ' ' || byte >= 0x7f)
			if (byte || (i && !(name->bytes[0] && i == name->size - 1U)))
				return false;
	}
	return true;
}

static int fill_hex(struct list_unix *socket, struct list *list, const struct unix_name *name)
{
	char hex[2 * UNIX_NAME_MAX + 1];

	if (!name->bytes || is_plain(name))
		return 0;
	for (size_t i = 0; i < name->size; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)name->bytes[i]);
	socket->name_hex = list_text(list, hex, 2U * name->size);
	return socket->name_hex ? 0 : -ENOMEM;
}

static int add(struct reading *reading, const struct unix_line *line)
{
	const struct unix_message *message = NULL;
	struct list_unix *socket = list_add(reading->list);

	if (!socket)
		return -ENOMEM;
	list_socket_init(&socket->socket, reading->request, LIST_UNIX, AF_UNIX);
	fill(socket, line);
	if (reading->request->rich && line->inode && known_of(reading))
		message = unix_known_find(reading->known, line->inode);
	if (!message)
		return 0;
	fill_known(socket, message);
	return fill_hex(socket, reading->list, &message->name);
}

static int add_all(struct reading *reading, char *text, size_t size)
{
	struct unix_lines lines = {
		.at = text,
		.end = text + size,
		.find = find_name,
		.broken = find_broken,
		.arg = reading,
	};
	struct unix_line line;
	int err = 0;

	while (!err && unix_lines_next(&lines, &line))
		if (is_wanted(reading->request, &line))
			err = add(reading, &line);
	return err;
}

static int read_unix(const struct list_request *request, struct list *list, struct diag *diag)
{
	struct reading reading = {.request = request, .list = list};
	char *text;
	size_t size;
	int err = file_text(list, "/proc/net/unix", &text, &size);

	if (err == -ENOENT)
		return diag_fail(diag, -EAFNOSUPPORT, "AF UNIX");
	if (err)
		return diag_fail(diag, err, "/proc/net/unix: %s", strerror(-err));
	err = add_all(&reading, text, size);
	unix_known_free(reading.known);
	return err ? diag_fail(diag, err, "out of memory") : 0;
}

/* --- netstat's layout ------------------------------------------------------------------------- */

#define PROGRAM_CUT 19

#define CELLS_HEAD                                                                                 \
	{"proto", 5, 0, NULL, NULL}, {"references", 6, 0, NULL, NULL},                             \
		{"socket_flags", 11, 0, NULL, NULL}, {"socket_type", 10, 0, NULL, NULL},           \
		{"state", 13, 0, NULL, NULL},                                                      \
	{                                                                                          \
		"inode", 8, 0, NULL, NULL                                                          \
	}

static const struct list_cell plain_cells[] = {
	CELLS_HEAD,
	{"path", 0, 0, NULL, NULL},
};

static const struct list_cell program_cells[] = {
	CELLS_HEAD,
	{"program", 20, PROGRAM_CUT, NULL, "-"},
	{"path", 0, 0, NULL, NULL},
};

#define HEAD "Proto RefCnt Flags       Type       State         I-Node  "

static const char *title(const struct list_request *request)
{
	if (request->all)
		return "Active UNIX domain sockets (servers and established)\n";
	return request->listening ? "Active UNIX domain sockets (only servers)\n"
	                          : "Active UNIX domain sockets (w/o servers)\n";
}

static void layout(const struct list_request *request, struct list_layout *layout)
{
	*layout = (struct list_layout){
		.title = title(request),
		.headings =
			request->programs ? HEAD " PID/Program name     Path\n" : HEAD " Path\n",
		.cells = request->programs ? program_cells : plain_cells,
		.count = request->programs ? sizeof(program_cells) / sizeof(program_cells[0])
	                                   : sizeof(plain_cells) / sizeof(plain_cells[0]),
		.trailing = true,
	};
}

const struct listing listing_unix = {
	.name = "unix",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(UNIX),
	.record = sizeof(struct list_unix),
	.fields = unix_fields,
	.field_count = &unix_field_count,
	.states = unix_states,
	.read = read_unix,
	.layout = layout,
};
