/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>

#include "list/masquerade.h"

#define MASQUERADE_GETTER(name)                                                                    \
	static void get_##name(const struct field_context *context, const void *object,            \
	                       struct value *value)

#define MASQUERADE_NUMBER(name, member, known)                                                     \
	MASQUERADE_GETTER(name)                                                                    \
	{                                                                                          \
		const struct list_masquerade *entry = object;                                      \
                                                                                                   \
		(void)context;                                                                     \
		if (known)                                                                         \
			value_number(value, entry->member);                                        \
	}

#define MASQUERADE_ENDPOINT(name, host, port)                                                      \
	MASQUERADE_GETTER(name)                                                                    \
	{                                                                                          \
		const struct list_masquerade *entry = object;                                      \
                                                                                                   \
		(void)context;                                                                     \
		value_endpoint(value, entry->family, entry->host, entry->port, NULL);              \
	}

MASQUERADE_ENDPOINT(local, original.source, original.source_port)
MASQUERADE_ENDPOINT(foreign, original.destination, original.destination_port)
MASQUERADE_ENDPOINT(translated, reply.destination, reply.destination_port)
MASQUERADE_ENDPOINT(answering, reply.source, reply.source_port)
MASQUERADE_NUMBER(local_port, original.source_port, true)
MASQUERADE_NUMBER(foreign_port, original.destination_port, true)
MASQUERADE_NUMBER(conntrack_mark, mark, true)
MASQUERADE_NUMBER(conntrack_zone, zone, true)
MASQUERADE_NUMBER(conntrack_id, id, true)
MASQUERADE_NUMBER(tx_packets, packets, entry->has_counters)
MASQUERADE_NUMBER(tx_bytes, bytes, entry->has_counters)
MASQUERADE_NUMBER(rx_packets, reply_packets, entry->has_counters)
MASQUERADE_NUMBER(rx_bytes, reply_bytes, entry->has_counters)
MASQUERADE_NUMBER(initial_sequence, initial_sequence, true)

MASQUERADE_GETTER(transport)
{
	const struct list_masquerade *entry = object;
	const char *name = masquerade_protocol_name(entry->protocol);

	(void)context;
	if (name)
		value_string(value, name);
	else
		value_print(value, "%u", entry->protocol);
}

MASQUERADE_GETTER(family)
{
	const struct list_masquerade *entry = object;

	(void)context;
	value_string(value, entry->family == AF_INET ? "inet" : "inet6");
}

MASQUERADE_GETTER(expires)
{
	const struct list_masquerade *entry = object;

	(void)context;
	value_duration(value, (uint64_t)entry->timeout * 1000000000, true);
}

MASQUERADE_GETTER(state)
{
	const struct list_masquerade *entry = object;

	(void)context;
	if (entry->has_tcp_state)
		value_string(value, masquerade_state_name(entry->tcp_state));
}

MASQUERADE_GETTER(sequence_delta)
{
	const struct list_masquerade *entry = object;

	(void)context;
	value->type = VALUE_SIGNED;
	value->sign = entry->delta;
}

MASQUERADE_GETTER(previous_delta)
{
	const struct list_masquerade *entry = object;

	(void)context;
	value->type = VALUE_SIGNED;
	value->sign = entry->previous_delta;
}

#define MASQUERADE_FIELD(name)                                                                     \
	{                                                                                          \
		.word = KEY(name), .get = get_##name                                               \
	}

const struct field masquerade_fields[] = {
	MASQUERADE_FIELD(transport),        MASQUERADE_FIELD(expires),
	MASQUERADE_FIELD(initial_sequence), MASQUERADE_FIELD(sequence_delta),
	MASQUERADE_FIELD(previous_delta),   MASQUERADE_FIELD(local),
	MASQUERADE_FIELD(foreign),          MASQUERADE_FIELD(translated),
	MASQUERADE_FIELD(answering),        MASQUERADE_FIELD(local_port),
	MASQUERADE_FIELD(foreign_port),     MASQUERADE_FIELD(state),
	MASQUERADE_FIELD(family),           MASQUERADE_FIELD(conntrack_mark),
	MASQUERADE_FIELD(conntrack_zone),   MASQUERADE_FIELD(conntrack_id),
	MASQUERADE_FIELD(tx_packets),       MASQUERADE_FIELD(tx_bytes),
	MASQUERADE_FIELD(rx_packets),       MASQUERADE_FIELD(rx_bytes),
};
const size_t masquerade_fields_count = sizeof(masquerade_fields) / sizeof(masquerade_fields[0]);
