/* SPDX-License-Identifier: BSD-2-Clause */
/* Who comes and goes is counted in bounded memory, and what is forgotten is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "count/flows.h"

#define ENDS 300000U

/* What groups_change() does, with flows that can be looked into. */
struct watch {
	struct table *table;
	struct flows flows;
	size_t most;
};

static void on_change(const struct change *change, void *arg)
{
	struct watch *watch = arg;
	struct group_key from, to;

	if (change->kind == CHANGE_END)
		flows_end(&watch->flows, change->row, false);
	if (change->kind != CHANGE_STATE)
		return;
	group_key_of(watch->table, change->row, &from);
	to = from;
	from.state = change->old;
	to.state = change->new;
	flows_move(&watch->flows, change->row, &from, &to);
	if (watch->flows.map.count > watch->most)
		watch->most = watch->flows.map.count;
}

static void begin(struct watch *watch)
{
	memset(watch, 0, sizeof(*watch));
	watch->table = table_new(0);
	assert_non_null(watch->table);
	flows_init(&watch->flows, watch->table);
	table_set_listener(watch->table, on_change, watch);
}

static void end(struct watch *watch)
{
	flows_free(&watch->flows);
	table_free(watch->table);
}

/* A socket towards the remote end of that number, 1 ms after what came before. pid 0: nobody's. */
static void tell(struct watch *watch, uint32_t number, uint32_t pid, uint8_t old, uint8_t new)
{
	struct fact_state fact = {
		.h = {.type = FACT_STATE,
	              .len = sizeof(fact),
	              .time = table_now(watch->table) + NS_PER_MS,
	              .sk = 0xffff888000000000ULL + (uint64_t)number * 0x940},
		.old = old,
		.new = new,
		.task = {.pid = pid, .tid = pid, .start = pid, .comm = "client"},
		.s = {.cookie = number + 1U,
	              .netns = 7,
	              .flags = SAMPLE_TUPLE | SAMPLE_SOCKET | (pid ? SAMPLE_OWNED : 0),
	              .family = AF_INET,
	              .lport = 40000,
	              .rport = 80,
	              .laddr = {10, 0, 0, 1},
	              .state = old},
	};

	fact.s.raddr[0] = 11;
	memcpy(&fact.s.raddr[1], &(uint32_t){number}, 3);
	assert_int_equal(table_apply(watch->table, &fact.h), 0);
}

static void destroy(struct watch *watch, uint32_t number)
{
	struct fact_destroy fact = {
		.h = {.type = FACT_DESTROY,
	              .len = sizeof(fact),
	              .time = table_now(watch->table) + NS_PER_MS,
	              .sk = 0xffff888000000000ULL + (uint64_t)number * 0x940},
	};

	assert_int_equal(table_apply(watch->table, &fact.h), 0);
}

static void connect_and_close(struct watch *watch, uint32_t number, uint32_t pid)
{
	tell(watch, number, pid, STATE_CLOSE, STATE_SYN_SENT);
	tell(watch, number, 0, STATE_SYN_SENT, STATE_ESTABLISHED);
	tell(watch, number, 0, STATE_ESTABLISHED, STATE_CLOSE);
	destroy(watch, number);
}

static struct group_key key_of(const struct watch *watch, uint32_t number)
{
	struct row_iter iter;
	const struct row *row;
	struct group_key key = {0};

	table_for_each (watch->table, iter, row)
		if (row->cookie == number + 1U)
			group_key_of(watch->table, row, &key);
	assert_int_equal(key.netns, 7);
	return key;
}

static int64_t net_of(const struct watch *watch, uint8_t state)
{
	int64_t net = 0;

	for (size_t i = 0; i < watch->flows.map.count; i++) {
		const struct flow *flow = map_at(&watch->flows.map, i);

		if (flow->key.class != FLOW_PLACE && flow->key.state == state)
			net += (int64_t)flow->entered - (int64_t)flow->left;
	}
	return net;
}

static uint64_t entered(const struct watch *watch, uint8_t state)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < watch->flows.map.count; i++) {
		const struct flow *flow = map_at(&watch->flows.map, i);

		if (flow->key.class != FLOW_PLACE && flow->key.state == state)
			sum += flow->entered;
	}
	return sum;
}

/* However many remote ends come and go; sums stay exact, and what is open is known exactly. */
static void remote_ends_without_sockets_are_forgotten(void **state)
{
	struct watch watch;
	const struct flow *flow;
	struct group_key key;

	(void)state;
	begin(&watch);
	tell(&watch, ENDS, 42, STATE_CLOSE, STATE_SYN_SENT);
	tell(&watch, ENDS, 0, STATE_SYN_SENT, STATE_ESTABLISHED);
	for (uint32_t i = 0; i < ENDS; i++)
		connect_and_close(&watch, i, 42);
	assert_in_range(watch.most, FLOWS_IDLE, FLOWS_FIRST + 64);
	assert_in_range(watch.flows.map.room, 1, 2 * FLOWS_FIRST);
	assert_true(watch.flows.forgets);
	assert_int_equal(watch.flows.forgotten.groups, 0); /* no connect of them failed */
	assert_int_equal(entered(&watch, STATE_ESTABLISHED), ENDS + 1);
	assert_int_equal(net_of(&watch, STATE_ESTABLISHED), 1);
	assert_int_equal(net_of(&watch, STATE_SYN_SENT), 0);
	key = key_of(&watch, ENDS);
	flow = flows_find(&watch.flows, &key);
	assert_non_null(flow);
	assert_int_equal(flow->entered, 1);
	assert_int_equal(flow->left, 0);
	assert_int_equal(flow->since, 0); /* nothing was forgotten of it */
	end(&watch);
}

/* What comes to a place that was forgotten is counted from then on, and says so. */
static void what_was_forgotten_begins_anew(void **state)
{
	struct watch watch;
	const struct flow *flow;
	struct group_key key;
	uint64_t before;

	(void)state;
	begin(&watch);
	for (uint32_t i = 0; i < 40000; i++)
		connect_and_close(&watch, i, 42);
	before = table_now(watch.table);
	tell(&watch, 0, 42, STATE_CLOSE, STATE_SYN_SENT);
	tell(&watch, 0, 0, STATE_SYN_SENT, STATE_ESTABLISHED);
	key = key_of(&watch, 0);
	flow = flows_find(&watch.flows, &key);
	assert_int_equal(flow->entered, 1);
	assert_int_equal(flow->left, 0);
	assert_true(flow->since > before);
	end(&watch);
}

/* All have sockets: nothing is forgotten, for nothing can be spared. */
static void living_groups_are_never_forgotten(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch);
	for (uint32_t i = 0; i < 30000; i++) {
		tell(&watch, i, 42, STATE_CLOSE, STATE_SYN_SENT);
		tell(&watch, i, 0, STATE_SYN_SENT, STATE_ESTABLISHED);
	}
	for (uint32_t i = 0; i < 30000; i += 1000) {
		struct group_key key = key_of(&watch, i);
		const struct flow *flow = flows_find(&watch.flows, &key);

		assert_non_null(flow);
		assert_int_equal(flow->entered, 1);
	}
	end(&watch);
}

/* A client that is run in a loop: one flow for all that have exited, with all its failures. */
static void failures_of_exited_processes_become_one(void **state)
{
	const struct group_key key = {
		.netns = 7, .port = 80, .state = STATE_SYN_SENT, .class = FLOW_EXITED};
	const struct flow *flow = NULL;
	struct watch watch;
	uint64_t failed = 0;

	(void)state;
	begin(&watch);
	for (uint32_t pid = 1; pid <= 100000; pid++) {
		const struct group_key own = {
			.netns = 7, .port = 80, .state = STATE_SYN_SENT, .pid = pid, .start = pid};

		flows_fail(&watch.flows, &own, CONNECT_REFUSED, "curl\0\0\0\0\0\0\0\0\0\0\0", false,
		           0);
		if (pid % 1000 == 0) /* something else happens, and makes room */
			connect_and_close(&watch, pid, 42);
	}
	flow = map_find(&watch.flows.map, &key);
	assert_non_null(flow);
	assert_string_equal(flow->comm, "curl");
	for (size_t i = 0; i < watch.flows.map.count; i++)
		failed +=
			((const struct flow *)map_at(&watch.flows.map, i))->failed[CONNECT_REFUSED];
	assert_int_equal(failed, 100000);
	assert_int_equal(watch.flows.forgotten.failed, 0);
	assert_in_range(watch.flows.map.count, 1, FLOWS_FIRST);
	end(&watch);
}

/* Each remote end refuses: the latest groups are kept, and what went is told. */
static void failures_that_are_forgotten_are_counted(void **state)
{
	struct watch watch;
	uint64_t known = 0;

	(void)state;
	begin(&watch);
	tell(&watch, ENDS, 42, STATE_CLOSE, STATE_SYN_SENT); /* pid 42 lives */
	for (uint32_t i = 0; i < ENDS; i++) {
		const struct group_key key = {.netns = 7,
		                              .port = 80,
		                              .state = STATE_SYN_SENT,
		                              .pid = 42,
		                              .start = 42,
		                              .addr = {i, i >> 8, i >> 16}};

		if (i % 100 == 0) /* time goes by */
			destroy(&watch, ENDS + 1);
		flows_fail(&watch.flows, &key, CONNECT_REFUSED, NULL, false, 0);
	}
	for (size_t i = 0; i < watch.flows.map.count; i++) {
		const struct flow *flow = map_at(&watch.flows.map, i);

		if (flow->key.class == FLOW_OWNED)
			known += flow->failed[CONNECT_REFUSED];
	}
	assert_in_range(known, FLOWS_IDLE / 2, FLOWS_FIRST);
	assert_int_equal(watch.flows.forgotten.failed, ENDS - known);
	assert_int_equal(watch.flows.forgotten.groups, ENDS - known);
	end(&watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remote_ends_without_sockets_are_forgotten),
		cmocka_unit_test(what_was_forgotten_begins_anew),
		cmocka_unit_test(living_groups_are_never_forgotten),
		cmocka_unit_test(failures_of_exited_processes_become_one),
		cmocka_unit_test(failures_that_are_forgotten_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
