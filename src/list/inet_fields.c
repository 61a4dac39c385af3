/* SPDX-License-Identifier: BSD-2-Clause */
/* The columns of Internet sockets: netstat's, then the others. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/escape.h"
#include "field/value.h"
#include "list/inet.h"

#define GETTER(name)                                                                               \
	static void inet_##name(const struct field_context *context, const void *object,           \
	                        struct value *value)

GETTER(proto)
{
	static const char *const names[LIST_PROTOCOLS][2] = {
		[LIST_TCP] = {"tcp", "tcp6"},
		[LIST_SCTP] = {"sctp", "sctp"}, /* it may have addresses of both families */
		[LIST_UDP] = {"udp", "udp6"},
		[LIST_UDPLITE] = {"udpl", "udpl6"},
		[LIST_RAW] = {"raw", "raw6"},
		[LIST_PING] = {"ping", "ping6"},
	};
	const struct list_inet *inet = object;

	(void)context;
	value_string(value, names[inet->socket.protocol][inet->socket.family == AF_INET6]);
}

GETTER(family)
{
	const struct list_inet *inet = object;

	(void)context;
	value_string(value, inet->socket.family == AF_INET6 ? "inet6" : "inet");
}

/* --- addresses -------------------------------------------------------------------------------- */

/* Whose names the ports have. */
static uint8_t protocol_of_ports(const struct list_inet *inet)
{
	switch (inet->socket.protocol) {
	case LIST_TCP:
		return IPPROTO_TCP;
	case LIST_UDP:
	case LIST_UDPLITE:
		return IPPROTO_UDP;
	case LIST_RAW:
		return IPPROTO_RAW;
	case LIST_SCTP:
		return IPPROTO_SCTP;
	default:
		return IPPROTO_ICMP; /* identifiers have no names */
	}
}

_Static_assert(sizeof(((struct value *)0)->buf) >= ZONE_SIZE, "a zone fits into a value");

/* The interface of a link-local address, by name or by index. */
static const char *zone_of(const struct list_inet *inet, const uint8_t addr[16], char *buf)
{
	if (!inet->ifindex || !address_is_link_local((uint8_t)inet->socket.family, addr))
		return NULL;
	if (inet->interface)
		return inet->interface;
	snprintf(buf, ZONE_SIZE, "%u", inet->ifindex);
	return buf;
}

static void value_end(struct value *value, const struct list_inet *inet, const uint8_t addr[16],
                      uint16_t port)
{
	value_endpoint(value, (uint8_t)inet->socket.family, addr, port,
	               zone_of(inet, addr, value->buf));
	value->endpoint.protocol = protocol_of_ports(inet);
}

GETTER(local)
{
	const struct list_inet *inet = object;

	(void)context;
	value_end(value, inet, inet->local, inet->local_port);
}

/* An SCTP endpoint has no peer. */
static bool has_foreign(const struct list_inet *inet)
{
	return inet->socket.protocol != LIST_SCTP || inet->association;
}

GETTER(foreign)
{
	const struct list_inet *inet = object;

	(void)context;
	if (has_foreign(inet))
		value_end(value, inet, inet->foreign, inet->foreign_port);
}

static void print_address(struct value *value, const struct list_inet *inet, const uint8_t addr[16])
{
	char zone[ZONE_SIZE], text[ENDPOINT_SIZE];
	const struct endpoint endpoint = {
		.addr = addr,
		.family = (uint8_t)inet->socket.family,
		.zone = zone_of(inet, addr, zone),
	};

	endpoint_address(&endpoint, text);
	value_print(value, "%s", text);
}

GETTER(local_addr)
{
	const struct list_inet *inet = object;

	(void)context;
	print_address(value, inet, inet->local);
}

GETTER(foreign_addr)
{
	const struct list_inet *inet = object;

	(void)context;
	if (has_foreign(inet))
		print_address(value, inet, inet->foreign);
}

/* What stands for the port of a raw socket is none. */
GETTER(local_port)
{
	const struct list_inet *inet = object;

	(void)context;
	if (inet->local_port && inet->socket.protocol != LIST_RAW)
		value_number(value, inet->local_port);
}

GETTER(foreign_port)
{
	const struct list_inet *inet = object;

	(void)context;
	if (inet->foreign_port && inet->socket.protocol != LIST_RAW)
		value_number(value, inet->foreign_port);
}

GETTER(ip_protocol)
{
	const struct list_inet *inet = object;

	(void)context;
	if (inet->socket.protocol == LIST_RAW)
		value_number(value, inet->local_port);
}

static void address_text(const struct inet_address *address, char text[ENDPOINT_SIZE])
{
	const struct endpoint endpoint = {.addr = address->addr, .family = address->family};

	endpoint_host(&endpoint, text);
}

/* ["10.0.0.1","10.0.0.2"] */
static void list_addresses(const struct inet_addresses *addresses, struct buffer *json)
{
	char text[ENDPOINT_SIZE];

	buffer_text(json, "[");
	for (size_t i = 0; i < addresses->count; i++) {
		address_text(&addresses->at[i], text);
		buffer_text(json, i ? "," : "");
		escape_json(json, text);
	}
	buffer_text(json, "]");
}

static void list_locals(const struct field_context *context, const void *object,
                        struct buffer *json)
{
	(void)context;
	list_addresses(&((const struct list_inet *)object)->locals, json);
}

static void list_foreigns(const struct field_context *context, const void *object,
                          struct buffer *json)
{
	(void)context;
	list_addresses(&((const struct list_inet *)object)->foreigns, json);
}

static void value_addresses(struct value *value, const struct inet_addresses *addresses,
                            value_list_fn *list)
{
	char text[ENDPOINT_SIZE];

	for (size_t i = 0; i < addresses->count; i++) {
		address_text(&addresses->at[i], text);
		value_print_more(value, "%s%s", i ? "," : "", text);
	}
	value_list(value, addresses->count, list);
}

GETTER(local_addrs)
{
	const struct list_inet *inet = object;

	(void)context;
	value_addresses(value, &inet->locals, list_locals);
}

GETTER(foreign_addrs)
{
	const struct list_inet *inet = object;

	(void)context;
	value_addresses(value, &inet->foreigns, list_foreigns);
}

GETTER(interface)
{
	const struct list_inet *inet = object;

	(void)context;
	value_string(value, inet->interface);
}

/* --- state and timer -------------------------------------------------------------------------- */

/*
 * netstat has no word for the states of UDP but ESTABLISHED, and prints the number for raw sockets. A
 * socket that is not connected is in the state CLOSE.
 */
GETTER(state)
{
	const struct list_inet *inet = object;
	uint8_t state = inet->socket.state;

	(void)context;
	value_string(value, state_name(state));
	switch (inet->socket.protocol) {
	case LIST_RAW:
		snprintf(value->buf, sizeof(value->buf), "%u", state);
		value->netstat = value->buf;
		break;
	case LIST_UDP:
	case LIST_UDPLITE:
	case LIST_PING:
		if (state != STATE_ESTABLISHED)
			value->netstat = state == STATE_CLOSE ? "" : "UNKNOWN";
		break;
	default:
		break;
	}
}

/* enum sctp_state, include/net/sctp/constants.h */
GETTER(association)
{
	static const char *const names[] = {
		"CLOSED",           "COOKIE_WAIT",   "COOKIE_ECHOED",     "ESTABLISHED",
		"SHUTDOWN_PENDING", "SHUTDOWN_SENT", "SHUTDOWN_RECEIVED", "SHUTDOWN_ACK_SENT",
	};
	const struct list_inet *inet = object;

	(void)context;
	if (inet->association)
		value_string(value, inet->association_state < sizeof(names) / sizeof(names[0])
		                            ? names[inet->association_state]
		                            : "UNKNOWN");
}

/* The kind of timer. room: for what has no name. UDP numbers its two timers; the kernel prints 0. */
static const char *timer_kind(const struct list_inet *inet, char room[16])
{
	static const char *const tcp[] = {"off", "on", "keepalive", "timewait", "probe"};
	static const char *const others[] = {"off", "on1", "on2"};
	enum list_protocol protocol = inet->socket.protocol;
	bool is_tcp = protocol == LIST_TCP || protocol == LIST_SCTP;
	size_t count = is_tcp ? sizeof(tcp) / sizeof(tcp[0]) : sizeof(others) / sizeof(others[0]);

	if (inet->timer < count)
		return (is_tcp ? tcp : others)[inet->timer];
	snprintf(room, 16, "unkn-%u", inet->timer);
	return room;
}

static void list_timer(const struct field_context *context, const void *object, struct buffer *json)
{
	const struct list_inet *inet = object;
	char room[16];

	(void)context;
	buffer_text(json, "{");
	member_string(json, KEY(kind), timer_kind(inet, room));
	member_duration(json, KEY(remaining), inet->timer_ms * NS_PER_MS, true);
	member_number(json, KEY(timeouts), inet->retransmits);
	member_number(json, KEY(probes), inet->probes);
	buffer_text(json, "}");
}

/* "keepalive (7199.67/0/0)": seconds, retransmissions, probes */
GETTER(timer)
{
	const struct list_inet *inet = object;
	char room[16];

	(void)context;
	if (inet->socket.protocol == LIST_SCTP)
		value->netstat = "";
	if (!inet->has_timer)
		return;
	value_print(value, "%s (%" PRIu64 ".%02" PRIu64 "/%u/%u)", timer_kind(inet, room),
	            inet->timer_ms / 1000, inet->timer_ms / 10 % 100, inet->retransmits,
	            inet->probes);
	value->type = VALUE_LIST;
	value->number = inet->timer_ms;
	value->list = list_timer;
}

/* --- the others ------------------------------------------------------------------------------- */

/*
 * Of a socket without an inode the kernel may know no user, and prints 0; netstat prints the name of
 * user 0. In a recording the user may be unknown for other reasons.
 */
GETTER(user)
{
	struct list_inet inet = *(const struct list_inet *)object;

	socket_user(context, object, value);
	if (value->type != VALUE_NONE || context->recorded)
		return;
	inet.socket.uid = 0;
	socket_user(context, &inet, value);
	value->netstat = value->string;
	value->type = VALUE_NONE;
}

GETTER(mark)
{
	const struct list_inet *inet = object;

	(void)context;
	if (inet->has_mark)
		value_number(value, inet->mark);
}

/* clang-format off */
#define FIELD(name) {.word = KEY(name), .get = inet_##name}

const struct field inet_fields[] = {
	FIELD(proto),
	SOCKET_FIELD(recv_q),
	SOCKET_FIELD(send_q),
	FIELD(local),
	FIELD(foreign),
	FIELD(state),
	FIELD(user),
	SOCKET_FIELD(inode),
	SOCKET_FIELD(program),
	FIELD(timer),
	SOCKET_FIELD(uid),
	SOCKET_FIELDS_PROCESS,
	FIELD(family),
	FIELD(local_addr),
	FIELD(local_port),
	FIELD(foreign_addr),
	FIELD(foreign_port),
	FIELD(ip_protocol),
	FIELD(association),
	FIELD(local_addrs),
	FIELD(foreign_addrs),
	FIELD(interface),
	FIELD(mark),
	SOCKET_FIELDS_MEMORY,
	SOCKET_FIELD(cookie),
};
/* clang-format on */

const size_t inet_field_count = sizeof(inet_fields) / sizeof(inet_fields[0]);
