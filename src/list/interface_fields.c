/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "list/interface.h"

#define INTERFACE_GETTER(name)                                                                     \
	static void get_##name(const struct field_context *context, const void *object,            \
	                       struct value *value)

#define INTERFACE_STRING(name, member)                                                             \
	INTERFACE_GETTER(name)                                                                     \
	{                                                                                          \
		const struct list_interface *interface = object;                                   \
                                                                                                   \
		(void)context;                                                                     \
		value_string(value, interface->member);                                            \
	}

/* Of /proc/net/dev. */
#define INTERFACE_COUNT(name, count)                                                               \
	INTERFACE_GETTER(name)                                                                     \
	{                                                                                          \
		const struct list_interface *interface = object;                                   \
                                                                                                   \
		(void)context;                                                                     \
		if (interface->has_counts)                                                         \
			value_number(value, interface->counts[count]);                             \
	}

/* Of the kernel's own counters. */
#define INTERFACE_STAT(name)                                                                       \
	INTERFACE_GETTER(name)                                                                     \
	{                                                                                          \
		const struct list_interface *interface = object;                                   \
                                                                                                   \
		(void)context;                                                                     \
		if (interface->has_stats)                                                          \
			value_number(value, interface->stats.name);                                \
	}

INTERFACE_STRING(iface, name)
INTERFACE_STRING(label_of, label_of)
INTERFACE_STRING(link_kind, kind)
INTERFACE_STRING(alias, alias)
INTERFACE_STRING(master, master)
INTERFACE_STRING(link, link)
INTERFACE_COUNT(rx_packets, RX_PACKETS)
INTERFACE_COUNT(rx_errors, RX_ERRORS)
INTERFACE_COUNT(rx_drops, RX_DROPS)
INTERFACE_COUNT(rx_overruns, RX_OVERRUNS)
INTERFACE_COUNT(tx_packets, TX_PACKETS)
INTERFACE_COUNT(tx_errors, TX_ERRORS)
INTERFACE_COUNT(tx_drops, TX_DROPS)
INTERFACE_COUNT(tx_overruns, TX_OVERRUNS)
INTERFACE_COUNT(rx_bytes, RX_BYTES)
INTERFACE_COUNT(tx_bytes, TX_BYTES)
INTERFACE_COUNT(rx_frame, RX_FRAME)
INTERFACE_COUNT(tx_carrier, TX_CARRIER)
INTERFACE_COUNT(collisions, TX_COLLISIONS)
INTERFACE_COUNT(rx_multicast, RX_MULTICAST)
INTERFACE_COUNT(rx_compressed, RX_COMPRESSED)
INTERFACE_COUNT(tx_compressed, TX_COMPRESSED)
INTERFACE_STAT(rx_dropped)
INTERFACE_STAT(rx_missed_errors)
INTERFACE_STAT(rx_length_errors)
INTERFACE_STAT(rx_over_errors)
INTERFACE_STAT(rx_crc_errors)
INTERFACE_STAT(rx_frame_errors)
INTERFACE_STAT(rx_nohandler)
INTERFACE_STAT(rx_otherhost_dropped)
INTERFACE_STAT(tx_aborted_errors)
INTERFACE_STAT(tx_carrier_errors)
INTERFACE_STAT(tx_heartbeat_errors)
INTERFACE_STAT(tx_window_errors)

INTERFACE_GETTER(mtu)
{
	const struct list_interface *interface = object;

	(void)context;
	if (interface->has_mtu)
		value_number(value, interface->mtu);
}

INTERFACE_GETTER(interface_flags)
{
	const struct list_interface *interface = object;
	char letters[INTERFACE_LETTERS_ROOM];

	(void)context;
	if (!interface->has_mtu)
		return;
	interface_letters(interface->flags, letters);
	value_print(value, "%s", letters);
}

INTERFACE_GETTER(ifindex)
{
	const struct list_interface *interface = object;

	(void)context;
	if (interface->ifindex)
		value_number(value, interface->ifindex);
}

INTERFACE_GETTER(hardware_type)
{
	const struct list_interface *interface = object;
	const char *name = interface_type_name(interface->type);

	(void)context;
	if (!interface->has_type)
		return;
	if (name)
		value_string(value, name);
	else
		value_print(value, "%u", interface->type);
}

INTERFACE_GETTER(hardware_address)
{
	const struct list_interface *interface = object;
	char text[INTERFACE_ADDRESS_ROOM];

	(void)context;
	if (!interface->hardware_size)
		return;
	interface_hardware_text(interface, ':', text);
	value_print(value, "%s", text);
}

INTERFACE_GETTER(operational_state)
{
	const struct list_interface *interface = object;

	(void)context;
	if (interface->has_state)
		value_string(value, interface_state_name(interface->state));
}

/* Not 0: the counts are what they grew by in this time. */
INTERFACE_GETTER(elapsed)
{
	const struct list_interface *interface = object;

	(void)context;
	if (interface->elapsed)
		value_duration(value, interface->elapsed, true);
}

INTERFACE_GETTER(queue_length)
{
	const struct list_interface *interface = object;

	(void)context;
	if (interface->has_type)
		value_number(value, interface->queue);
}

INTERFACE_GETTER(carrier_changes)
{
	const struct list_interface *interface = object;

	(void)context;
	if (interface->has_carrier_changes)
		value_number(value, interface->carrier_changes);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void address_text(uint8_t family, const uint8_t *address, char text[ENDPOINT_SIZE])
{
	const struct endpoint endpoint = {.addr = address, .family = family};

	endpoint_host(&endpoint, text);
}

static void address_json(const struct interface_address *address, struct buffer *json)
{
	static const char *const scopes[] = {"global", "site", "link", "host"};
	size_t scope = address->scope == RT_SCOPE_UNIVERSE ? 0
	               : address->scope == RT_SCOPE_SITE   ? 1
	               : address->scope == RT_SCOPE_LINK   ? 2
	                                                   : 3;
	char text[ENDPOINT_SIZE];

	buffer_text(json, "{");
	member_string(json, KEY(family), address->family == AF_INET ? "inet" : "inet6");
	address_text(address->family, address->address, text);
	member_string(json, KEY(address), text);
	member_number(json, KEY(prefix), address->prefix);
	member_string(json, KEY(scope), scopes[scope]);
	text[0] = '\0';
	if (address->has_broadcast)
		address_text(AF_INET, address->broadcast, text);
	member_string(json, KEY(broadcast), text);
	text[0] = '\0';
	if (address->has_peer)
		address_text(address->family, address->peer, text);
	member_string(json, KEY(peer_address), text);
	member_string(json, KEY(label), address->label);
	buffer_text(json, "}");
}

static void addresses_json(const struct field_context *context, const void *object,
                           struct buffer *json)
{
	const struct list_interface *interface = object;

	(void)context;
	buffer_text(json, "[");
	for (const struct interface_address *at = interface->addresses; at; at = at->next) {
		buffer_text(json, at == interface->addresses ? "" : ",");
		address_json(at, json);
	}
	buffer_text(json, "]");
}

INTERFACE_GETTER(addresses)
{
	const struct list_interface *interface = object;
	char text[ENDPOINT_SIZE];
	uint64_t count = 0;

	(void)context;
	for (const struct interface_address *at = interface->addresses; at; at = at->next) {
		address_text(at->family, at->address, text);
		value_print_more(value, "%s%s/%u", count++ ? "," : "", text, at->prefix);
	}
	value_list(value, count, addresses_json);
}

static void altnames_json(const struct field_context *context, const void *object,
                          struct buffer *json)
{
	const struct list_interface *interface = object;

	(void)context;
	buffer_text(json, "[");
	for (const struct interface_name *at = interface->altnames; at; at = at->next) {
		buffer_text(json, at == interface->altnames ? "" : ",");
		escape_json(json, at->name);
	}
	buffer_text(json, "]");
}

INTERFACE_GETTER(altnames)
{
	const struct list_interface *interface = object;
	uint64_t count = 0;

	(void)context;
	for (const struct interface_name *at = interface->altnames; at; at = at->next)
		value_print_more(value, "%s%s", count++ ? "," : "", at->name);
	value_list(value, count, altnames_json);
}

#define INTERFACE_FIELD(name)                                                                      \
	{                                                                                          \
		.word = KEY(name), .get = get_##name                                               \
	}

const struct field interface_fields[] = {
	INTERFACE_FIELD(iface),
	INTERFACE_FIELD(mtu),
	INTERFACE_FIELD(rx_packets),
	INTERFACE_FIELD(rx_errors),
	INTERFACE_FIELD(rx_drops),
	INTERFACE_FIELD(rx_overruns),
	INTERFACE_FIELD(tx_packets),
	INTERFACE_FIELD(tx_errors),
	INTERFACE_FIELD(tx_drops),
	INTERFACE_FIELD(tx_overruns),
	INTERFACE_FIELD(interface_flags),
	INTERFACE_FIELD(rx_bytes),
	INTERFACE_FIELD(tx_bytes),
	INTERFACE_FIELD(rx_frame),
	INTERFACE_FIELD(tx_carrier),
	INTERFACE_FIELD(collisions),
	INTERFACE_FIELD(rx_multicast),
	INTERFACE_FIELD(rx_compressed),
	INTERFACE_FIELD(tx_compressed),
	INTERFACE_FIELD(rx_dropped),
	INTERFACE_FIELD(rx_missed_errors),
	INTERFACE_FIELD(rx_length_errors),
	INTERFACE_FIELD(rx_over_errors),
	INTERFACE_FIELD(rx_crc_errors),
	INTERFACE_FIELD(rx_frame_errors),
	INTERFACE_FIELD(rx_nohandler),
	INTERFACE_FIELD(rx_otherhost_dropped),
	INTERFACE_FIELD(tx_aborted_errors),
	INTERFACE_FIELD(tx_carrier_errors),
	INTERFACE_FIELD(tx_heartbeat_errors),
	INTERFACE_FIELD(tx_window_errors),
	INTERFACE_FIELD(label_of),
	INTERFACE_FIELD(ifindex),
	INTERFACE_FIELD(link_kind),
	INTERFACE_FIELD(hardware_type),
	INTERFACE_FIELD(hardware_address),
	INTERFACE_FIELD(addresses),
	INTERFACE_FIELD(altnames),
	INTERFACE_FIELD(alias),
	INTERFACE_FIELD(master),
	INTERFACE_FIELD(link),
	INTERFACE_FIELD(operational_state),
	INTERFACE_FIELD(queue_length),
	INTERFACE_FIELD(carrier_changes),
	INTERFACE_FIELD(elapsed),
};
const size_t interface_fields_count = sizeof(interface_fields) / sizeof(interface_fields[0]);
