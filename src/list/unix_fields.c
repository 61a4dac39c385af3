/* SPDX-License-Identifier: BSD-2-Clause */
/* The columns of UNIX sockets: netstat's in its order, then the others. */
#include <string.h>

#include "field/value.h"
#include "list/unix.h"

#define UNIX_GETTER(name)                                                                          \
	static void unix_##name(const struct field_context *context, const void *object,           \
	                        struct value *value)

/* Netstat marks a protocol that is not 0, which no kernel has. */
UNIX_GETTER(proto)
{
	const struct list_unix *socket = object;

	(void)context;
	value_string(value, socket->protocol ? "??" : "unix");
}

UNIX_GETTER(references)
{
	const struct list_unix *socket = object;

	(void)context;
	value_number(value, socket->references);
}

static const struct {
	uint32_t flag;
	const char *name;
} flags[] = {
	{UNIX_ACCEPTCON, "ACC"},
	{UNIX_WAITDATA, "W"},
	{UNIX_NOSPACE, "N"},
};

static void list_flags(const struct field_context *context, const void *object, struct buffer *json)
{
	const struct list_unix *socket = object;
	const char *comma = "";

	(void)context;
	buffer_text(json, "[");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!(socket->flags & flags[i].flag))
			continue;
		buffer_print(json, "%s\"%s\"", comma, flags[i].name);
		comma = ",";
	}
	buffer_text(json, "]");
}

/* "[ ]", "[ ACC ]" */
UNIX_GETTER(flags)
{
	const struct list_unix *socket = object;
	char *at = value->buf;

	(void)context;
	value->type = VALUE_LIST;
	value->number = 0;
	value->list = list_flags;
	value->string = value->buf;
	at = stpcpy(at, "[ ");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!(socket->flags & flags[i].flag))
			continue;
		value->number++;
		at = stpcpy(stpcpy(at, flags[i].name), " ");
	}
	strcpy(at, "]");
}

UNIX_GETTER(type)
{
	const struct list_unix *socket = object;

	(void)context;
	value_string(value, list_socket_type(socket->type));
}

const char *const unix_states[] = {
	"FREE", "LISTENING", "CONNECTING", "CONNECTED", "DISCONNECTING", "UNKNOWN", NULL,
};

/* A socket that is neither connected nor listens has no state in netstat: "". */
static const char *state_of(const struct list_unix *socket)
{
	switch (socket->socket.state) {
	case UNIX_FREE:
		return "FREE";
	case UNIX_UNCONNECTED:
		return socket->flags & UNIX_ACCEPTCON ? "LISTENING" : "";
	case UNIX_CONNECTING:
		return "CONNECTING";
	case UNIX_CONNECTED:
		return "CONNECTED";
	case UNIX_DISCONNECTING:
		return "DISCONNECTING";
	}
	return "UNKNOWN";
}

UNIX_GETTER(state)
{
	(void)context;
	value->type = VALUE_STRING;
	value->string = state_of(object);
}

UNIX_GETTER(path)
{
	const struct list_unix *socket = object;

	(void)context;
	value_string(value, socket->path);
}

UNIX_GETTER(abstract)
{
	const struct list_unix *socket = object;

	(void)context;
	if (socket->name)
		value_bool(value, !socket->name[0]);
}

UNIX_GETTER(name_hex)
{
	const struct list_unix *socket = object;

	(void)context;
	value_string(value, socket->name_hex);
}

UNIX_GETTER(peer_inode)
{
	const struct list_unix *socket = object;

	(void)context;
	if (socket->has_peer && socket->peer)
		value_number(value, socket->peer);
}

UNIX_GETTER(peer_program)
{
	const struct list_unix *socket = object;

	(void)context;
	if (socket->has_peer)
		socket_value_program(&socket->socket, socket->peer, value);
}

#define UNIX_FIELD(name, getter)                                                                   \
	{                                                                                          \
		KEY(name), unix_##getter, NULL                                                     \
	}

const struct field unix_fields[] = {
	UNIX_FIELD(proto, proto),
	UNIX_FIELD(references, references),
	UNIX_FIELD(socket_flags, flags),
	UNIX_FIELD(socket_type, type),
	UNIX_FIELD(state, state),
	SOCKET_FIELD(inode),
	SOCKET_FIELD(program),
	UNIX_FIELD(path, path),
	UNIX_FIELD(abstract, abstract),
	UNIX_FIELD(name_hex, name_hex),
	SOCKET_FIELD(recv_q),
	SOCKET_FIELD(send_q),
	UNIX_FIELD(peer_inode, peer_inode),
	UNIX_FIELD(peer_program, peer_program),
	SOCKET_FIELDS_OWNER,
	SOCKET_FIELDS_MEMORY,
	SOCKET_FIELD(cookie),
};

const size_t unix_field_count = sizeof(unix_fields) / sizeof(unix_fields[0]);
