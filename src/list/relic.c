/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/relic.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "field/value.h"
#include "list/file_text.h"

/* -ENOENT: the kernel has none of the files. X.25 and IPX have directories beside them. */
static int read_first(const struct relic_source *source, struct list *list, char **text,
                      struct diag *diag)
{
	size_t size;

	for (size_t i = 0; i < 2 && source->paths[i]; i++) {
		int err = file_text(list, source->paths[i], text, &size);

		if (err != -ENOENT && err != -ENOTDIR && err != -EISDIR)
			return err ? diag_fail(diag, err, "%s: %s", source->paths[i],
			                       strerror(-err))
			           : 0;
	}
	return -ENOENT;
}

static int add_line(const struct relic_source *source, const struct list_request *request,
                    struct list *list, char *line)
{
	struct list_relic *relic = list_add(list);

	if (!relic)
		return -ENOMEM;
	list_socket_init(&relic->socket, request, source->protocol, source->family);
	relic->proto = source->proto;
	if (!source->parse(line, relic) ||
	    (source->is_wanted && !source->is_wanted(request, relic)))
		list_drop(list);
	return 0;
}

int relic_read(const struct relic_source *source, const struct list_request *request,
               struct list *list, struct diag *diag)
{
	char *text, *line;
	int err = read_first(source, list, &text, diag);

	if (err == -ENOENT)
		return diag_fail(diag, -EAFNOSUPPORT, "%s", source->missing);
	while (!err && (line = file_text_line(&text))) {
		err = add_line(source, request, list, line);
		if (err)
			diag_fail(diag, err, "out of memory");
	}
	return err;
}

const char *relic_state_name(const char *const *names, uint32_t number)
{
	for (uint32_t i = 0; names[i]; i++)
		if (i == number)
			return names[i];
	return "UNKNOWN";
}

bool relic_decimal(const char *word, uint32_t *number)
{
	uint64_t value;

	if (parse_number(word, 0, UINT32_MAX, &value))
		return false;
	*number = (uint32_t)value;
	return true;
}

bool relic_hex(const char *word, uint32_t *number)
{
	uint64_t value;

	if (!strncmp(word, "0x", 2))
		word += 2;
	if (parse_hex(word, UINT32_MAX, &value))
		return false;
	*number = (uint32_t)value;
	return true;
}

static bool take_tail(char *const words[3], struct list_socket *socket)
{
	uint32_t send, received, inode;

	if (!strcmp(words[0], "*"))
		return true; /* a connection of the kernel's own, without a socket */
	if (!relic_decimal(words[0], &send) || !relic_decimal(words[1], &received) ||
	    !relic_decimal(words[2], &inode))
		return false;
	socket->has_queues = true;
	socket->send_q = send;
	socket->recv_q = received;
	socket->inode = inode;
	return true;
}

bool relic_connection(char *const numbers[4], char *const tail[3], const char *const *states,
                      struct list_relic *relic)
{
	uint32_t state;

	if (!relic_decimal(numbers[0], &state) || !relic_decimal(numbers[1], &relic->vs) ||
	    !relic_decimal(numbers[2], &relic->vr) || !relic_decimal(numbers[3], &relic->va) ||
	    !take_tail(tail, &relic->socket))
		return false;
	relic->socket.state = (uint8_t)state;
	relic->state = relic_state_name(states, state);
	return true;
}

/* --- fields ----------------------------------------------------------------------------------- */

/* "" is a value: netstat prints an empty state. */
RELIC_GETTER(state)
{
	const struct list_relic *relic = object;

	(void)context;
	if (!relic->state)
		return;
	value->type = VALUE_STRING;
	value->string = relic->state;
}

#define STRING_GETTER(name)                                                                        \
	RELIC_GETTER(name)                                                                         \
	{                                                                                          \
		const struct list_relic *relic = object;                                           \
                                                                                                   \
		(void)context;                                                                     \
		value_string(value, relic->name);                                                  \
	}

STRING_GETTER(proto)
STRING_GETTER(user_call)
STRING_GETTER(dest_call)
STRING_GETTER(source_call)
STRING_GETTER(dest_addr)
STRING_GETTER(source_addr)
STRING_GETTER(digipeaters)
STRING_GETTER(device)
STRING_GETTER(local)
STRING_GETTER(foreign)
STRING_GETTER(security)

#define NUMBER_GETTER(name)                                                                        \
	RELIC_GETTER(name)                                                                         \
	{                                                                                          \
		const struct list_relic *relic = object;                                           \
                                                                                                   \
		(void)context;                                                                     \
		value_number(value, relic->name);                                                  \
	}

NUMBER_GETTER(lci)
NUMBER_GETTER(neighbour)
NUMBER_GETTER(vs)
NUMBER_GETTER(vr)
NUMBER_GETTER(va)
NUMBER_GETTER(psm)
NUMBER_GETTER(imtu)
NUMBER_GETTER(omtu)
NUMBER_GETTER(channel)

RELIC_GETTER(dcid)
{
	const struct list_relic *relic = object;

	(void)context;
	value_print(value, "0x%04x", relic->dcid);
}

RELIC_GETTER(scid)
{
	const struct list_relic *relic = object;

	(void)context;
	value_print(value, "0x%04x", relic->scid);
}

RELIC_GETTER(vr_vs_3)
{
	const struct list_relic *relic = object;

	(void)context;
	value_print(value, "%03u/%03u", relic->vr, relic->vs);
}

RELIC_GETTER(vr_vs_2)
{
	const struct list_relic *relic = object;

	(void)context;
	value_print(value, "%02u/%02u", relic->vr, relic->vs);
}
