/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the cost of the table grows with its sockets, from 1,000 to 1,000,000 made-up ones: time for
 * an event, time of a list and memory for each socket. The exponent is that of the number of
 * sockets: 0 if the cost does not grow, 1 if it is proportional.
 */
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "field/columns.h"
#include "table/table.h"
#include "view/view.h"

#define STEPS  4
#define EVENTS 400000 /* of connections that open and close, at each size */

struct figures {
	double sockets, event, list, memory; /* ns, ns, bytes; of one */
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void tell(struct table *table, uint32_t number, uint8_t old, uint8_t new)
{
	static uint64_t time = 1000;
	struct fact_state fact = {
		.h = {.type = FACT_STATE, .len = sizeof(fact), .time = time += 1000},
		.old = old,
		.new = new,
		.s = {.cookie = number + 1U,
	              .netns = 1,
	              .flags = SAMPLE_TUPLE | SAMPLE_SOCKET,
	              .family = AF_INET,
	              .lport = (uint16_t)(number % 28000 + 32768),
	              .rport = (uint16_t)(number / 28000 + 1),
	              .state = old},
	};

	fact.h.sk = 0xffff888000000000ULL + (uint64_t)number * 0x940;
	memcpy(fact.s.laddr, "\177\0\0\1", 4);
	memcpy(fact.s.raddr, "\177\0\0\1", 4);
	if (table_apply(table, &fact.h))
		abort();
}

static void end(struct table *table, uint32_t number)
{
	struct fact_destroy fact = {.h = {.type = FACT_DESTROY, .len = sizeof(fact)}};

	fact.h.time = table_now(table) + 1;
	fact.h.sk = 0xffff888000000000ULL + (uint64_t)number * 0x940;
	table_apply(table, &fact.h);
}

static void connect_one(struct table *table, uint32_t number)
{
	tell(table, number, STATE_CLOSE, STATE_SYN_SENT);
	tell(table, number, STATE_SYN_SENT, STATE_ESTABLISHED);
}

/* A connection in the middle of the others ends and another one begins: five events. */
static double churn(struct table *table, uint32_t sockets)
{
	double began = now();

	for (uint32_t i = 0; i < EVENTS / 5; i++) {
		uint32_t number = (uint32_t)((uint64_t)i * 2654435761U % sockets);

		tell(table, number, STATE_ESTABLISHED, STATE_CLOSE_WAIT);
		tell(table, number, STATE_CLOSE_WAIT, STATE_CLOSE);
		end(table, number);
		connect_one(table, number);
	}
	return (now() - began) / EVENTS;
}

static double list(struct table *table, uint32_t sockets)
{
	struct view view = {
		.format = &view_text, .out = fopen("/dev/null", "w"), .context = {.table = table}};
	const struct field **fields;
	const char *defaults[COLUMNS_MAX];
	struct row_iter iter;
	const struct row *row;
	double began;

	columns_snapshot(false, true, false, false, defaults);
	if (!view.out || columns_select(row_fields, row_fields_count, defaults, NULL, &fields,
	                                &view.field_count, NULL))
		abort();
	view.fields = fields;
	view.context.numeric_hosts = view.context.numeric_ports = true;
	view.context.now = table_now(table);
	began = now();
	table_for_each (table, iter, row)
		view_text.object(&view, row);
	began = now() - began;
	fclose(view.out);
	free(fields);
	return began / sockets;
}

static struct figures measure(uint32_t sockets)
{
	struct figures figures = {.sockets = sockets};
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
	struct table *table = table_new(sockets + 1);

	if (!table)
		abort();
	for (uint32_t i = 0; i < sockets; i++)
		connect_one(table, i);
	figures.memory = (double)(mallinfo2().uordblks + mallinfo2().hblkhd - before) / sockets;
	figures.event = churn(table, sockets);
	figures.list = list(table, sockets);
	table_free(table);
	return figures;
}

/* The slope between the logarithms of the smallest and the largest size. */
static double exponent(double small, double large)
{
	return log(large / small) / log(1000);
}

int main(void)
{
	struct figures figures[STEPS];
	uint32_t sockets = 1000;

	printf("%10s %12s %14s %16s\n", "sockets", "ns an event", "ns a line", "bytes a socket");
	for (int i = 0; i < STEPS; i++, sockets *= 10) {
		figures[i] = measure(sockets);
		printf("%10.0f %12.0f %14.0f %16.0f\n", figures[i].sockets, figures[i].event,
		       figures[i].list, figures[i].memory);
	}
	printf("exponent: %+.2f of an event (target 0, at most 0.25: caches), %+.2f of a whole "
	       "list "
	       "(target 1, at most 1.25)\n",
	       exponent(figures[0].event, figures[STEPS - 1].event),
	       1 + exponent(figures[0].list, figures[STEPS - 1].list));
	return 0;
}
