/* SPDX-License-Identifier: BSD-2-Clause */
/* The listing of Internet sockets, in netstat's layout. */
#include "list/inet.h"

/* "-": only a recording does not know the queues. */
#define CELLS                                                                                      \
	{.key = "proto", .width = 5}, {.key = "recv_q", .width = -6, .none = "-"},                 \
		{.key = "send_q", .width = -6, .none = "-"}, {.key = "local", .width = 23},        \
		{.key = "foreign", .width = 23},                                                   \
	{                                                                                          \
		.key = "state", .width = 11                                                        \
	}
#define USER_CELLS                                                                                 \
	{.key = "user", .width = 10, .none = "-"},                                                 \
	{                                                                                          \
		.key = "inode", .width = 10                                                        \
	}
#define PROGRAM_CELL                                                                               \
	{                                                                                          \
		.key = "program", .width = 20, .cut = 19, .none = "-"                              \
	}
#define TIMER_CELL                                                                                 \
	{                                                                                          \
		.key = "timer", .none = "-"                                                        \
	}

#define PROGRAM_HEADING " PID/Program name    "
#define USER_HEADING    " User       Inode     "
#define TIMER_HEADING   " Timer"
#define HEADINGS        "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "

#define FORM(headings, ...)                                                                        \
	{                                                                                          \
		HEADINGS headings "\n", {__VA_ARGS__},                                             \
			sizeof((struct list_cell[]){__VA_ARGS__}) / sizeof(struct list_cell)       \
	}

/* By -e (1), -p (2) and -o (4). */
static const struct form {
	const char *headings;
	struct list_cell cells[10];
	size_t count;
} forms[] = {
	FORM("", CELLS),
	FORM(USER_HEADING, CELLS, USER_CELLS),
	FORM(PROGRAM_HEADING, CELLS, PROGRAM_CELL),
	FORM(USER_HEADING PROGRAM_HEADING, CELLS, USER_CELLS, PROGRAM_CELL),
	FORM(TIMER_HEADING, CELLS, TIMER_CELL),
	FORM(USER_HEADING TIMER_HEADING, CELLS, USER_CELLS, TIMER_CELL),
	FORM(PROGRAM_HEADING TIMER_HEADING, CELLS, PROGRAM_CELL, TIMER_CELL),
	FORM(USER_HEADING PROGRAM_HEADING TIMER_HEADING, CELLS, USER_CELLS, PROGRAM_CELL,
             TIMER_CELL),
};

static const char *title_of(const struct list_request *request)
{
	if (request->all)
		return "Active Internet connections (servers and established)\n";
	if (request->listening)
		return "Active Internet connections (only servers)\n";
	return "Active Internet connections (w/o servers)\n";
}

static void inet_layout(const struct list_request *request, struct list_layout *layout)
{
	const struct form *form = &forms[(request->extend ? 1 : 0) + (request->programs ? 2 : 0) +
	                                 (request->timers ? 4 : 0)];

	*layout = (struct list_layout){
		.title = title_of(request),
		.headings = form->headings,
		.cells = form->cells,
		.count = form->count,
		.trailing = true,
	};
}

static bool inet_text(const struct list_request *request, const struct field_context *context,
                      const void *record, struct buffer *out)
{
	const struct list_inet *inet = record;

	if (inet->socket.protocol != LIST_SCTP)
		return false;
	inet_sctp_text(request, context, inet, out);
	return true;
}

const struct listing listing_inet = {
	.name = "inet",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(TCP) | LIST_BIT(SCTP) | LIST_BIT(UDP) | LIST_BIT(UDPLITE) |
                     LIST_BIT(RAW) | LIST_BIT(PING),
	.recorded = true,
	.always_titled = true,
	.record = sizeof(struct list_inet),
	.fields = inet_fields,
	.field_count = &inet_field_count,
	.read = inet_read,
	.layout = inet_layout,
	.text = inet_text,
};
