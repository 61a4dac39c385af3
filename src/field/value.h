/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One value of a field, and what getters make it with. A getter receives a value of type
 * VALUE_NONE; if it sets nothing, the value is not known.
 */
#ifndef TCPTRAIL_FIELD_VALUE_H
#define TCPTRAIL_FIELD_VALUE_H

#include "base/buffer.h"
#include "field/endpoint.h"
#include "field/word.h"

struct field_context;

/* How bad a value is. The text format makes colors of it. */
enum value_mark {
	MARK_PLAIN,
	MARK_GOOD,
	MARK_WARN,
	MARK_BAD,
};

/* Writes all elements of a list as one JSON value. */
typedef void value_list_fn(const struct field_context *context, const void *object,
                           struct buffer *json);

struct value {
	enum value_type type;
	enum value_mark mark;
	bool exact;   /* VALUE_DURATION */
	uint64_t ago; /* ns since the value was read; it may have changed. 0: it is current */
	union {
		uint64_t number; /* VALUE_LIST: number of elements, or what to sort by */
		int64_t sign;
		struct endpoint endpoint;
		bool yes;
	};
	uint8_t tail; /* VALUE_STRING: bytes at its end ("+2") that a cut to a width must keep */
	const char *string;  /* VALUE_STRING, VALUE_LIST (NULL: print its number); may be buf */
	value_list_fn *list; /* VALUE_LIST */
	const void *object;  /* VALUE_LIST: the object that `list` takes */
	/*
	 * What netstat prints where it differs from the value, for its own layout: "7" for a state, ""
	 * for none. Also of a value that is not known. NULL: the value.
	 */
	const char *netstat;
	char buf[160];
};

void value_number(struct value *value, uint64_t number);
void value_bool(struct value *value, bool yes);
void value_duration(struct value *value, uint64_t ns, bool exact);
/* A list whose text form is in value->buf. count 0: the value stays VALUE_NONE. */
void value_list(struct value *value, uint64_t count, value_list_fn *list);
/* Sets value->ago: a recording has the value of that time (ns of CLOCK_BOOTTIME) and no newer. */
void value_looked(struct value *value, const struct field_context *context, uint64_t time);
/* Wall clock of a time in ns of CLOCK_BOOTTIME; not known before the first clock fact. */
void value_time(struct value *value, const struct field_context *context, uint64_t boot);
/* wall: ns since 1970; 0: not known */
void value_wall_time(struct value *value, int64_t wall);
/* port and zone as in struct endpoint; addr and zone must outlive the value. */
void value_endpoint(struct value *value, uint8_t family, const uint8_t *addr, uint16_t port,
                    const char *zone);
/* text must outlive the value. NULL and "" mean: not known. */
void value_string(struct value *value, const char *text);
/* Formats into value->buf and cuts what does not fit. */
void value_print(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Formats behind what value->buf has. */
void value_print_more(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Name of an RST reason, or its number if the name is not known; 0: not known. */
void value_reason(struct value *value, const struct field_context *context, uint32_t reason);

/*
 * Name of a network namespace, or its inode number if it has none: no two namespaces look alike.
 * 0: not known.
 */
void value_netns_name(struct value *value, const struct field_context *context, uint32_t netns);

/* ns from a time to context->now; 0 if the time is later. */
uint64_t value_since(const struct field_context *context, uint64_t time);

/*
 * Is it worth printing an age? A small lower bound is not: it only says how long ago a walk read
 * the socket.
 */
bool age_is_known(uint64_t age, bool exact);

/*
 * Names of the table. A context has a const table, but a look-up may queue a request for the name.
 * This changes nothing that the table reports.
 */
struct names *value_names(const struct field_context *context);

#endif
