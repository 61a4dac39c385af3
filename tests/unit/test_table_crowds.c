/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets that are alike in crowds: what a look-up passes over is bounded, whatever others
 * choose. Lengths are counted; time is a matter of tools/bench/hostile.
 */
#include "checkpoint_test.h"

#include <sys/socket.h>

#include "table/netns_rows_private.h"
#include "table/order_private.h"

#define CROWD  3000U
#define LONG   24 /* no chain of 40,000 random keys is as long, but once in 10^15 tables */
#define SECOND NS_PER_SEC

static void apply(struct table *t, const struct fact *fact)
{
	assert_int_equal(table_apply(t, fact), 0);
}

static struct fact_seen seen_of(uint64_t time, uint64_t sk, uint64_t cookie, uint8_t state)
{
	struct fact_seen fact = {
		.h = {.type = FACT_SEEN, .len = sizeof(fact), .time = time, .sk = sk},
		.s = {.cookie = cookie,
	              .netns = 7,
	              .flags = SAMPLE_TUPLE | SAMPLE_SOCKET,
	              .family = AF_INET,
	              .state = state},
	};

	return fact;
}

static void walk(struct table *t, uint16_t type, uint32_t kind, uint32_t netns, uint64_t time)
{
	const struct fact_walk fact = {
		.h = {.type = type, .len = sizeof(fact), .time = time},
		.kind = kind,
		.netns = netns,
	};

	apply(t, &fact.h);
}

static uint32_t longest(const struct table *t, const struct index *index, size_t link)
{
	uint32_t most = 0;

	for (uint32_t i = 0; index->buckets && i <= index->mask; i++) {
		uint32_t at = index->buckets[i], length = 0;

		for (; at != ROW_NONE; length++)
			memcpy(&at, (const char *)row_at(t, at) + link, sizeof(at));
		most = length > most ? length : most;
	}
	return most;
}

static uint32_t longest_tuple(const struct table *t)
{
	return longest(t, &t->by_tuple, offsetof(struct row, next_tuple));
}

static void expect_equal_tables(struct table *a, struct table *b)
{
	struct buffer of_a = dump_of(a), of_b = dump_of(b);

	assert_dump_equal(&of_a, &of_b);
	buffer_free(&of_a);
	buffer_free(&of_b);
}

/* A table made of the checkpoint of another has the same one, then and later. */
static struct table *copy_of(struct table *t)
{
	struct buffer dump = dump_of(t);
	struct table *copy = table_new(0);

	assert_int_equal(dump_apply(copy, &dump), 0);
	buffer_free(&dump);
	expect_equal_tables(t, copy);
	check_table(copy);
	return copy;
}

/* --- what a remote end chooses ---------------------------------------------------------------- */

/* Of reference: SipHash-1-3 of nothing with the bytes 0 to 15 as its secret. */
static void the_hash_is_siphash(void **state)
{
	const struct hash_key zero = {{0, 0}};
	const struct hash_key key = {{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL}};

	(void)state;
	assert_true(hash_keyed(&key, "", 0) == 0xabac0158050fc4dcULL);
	/* PYTHONHASHSEED=0 python3 -c 'print(hash(b"12345678"))' */
	assert_true(hash_keyed(&zero, "12345678", 8) == 3785724242978802311ULL);
}

static void each_table_has_its_own_secret(void **state)
{
	struct table *a = table_new(1), *b = table_new(1);

	(void)state;
	assert_memory_not_equal(&a->secret, &b->secret, sizeof(a->secret));
	table_free(a);
	table_free(b);
}

/* A hash without a secret, as the table once had: whoever knows it chooses addresses that meet. */
static uint64_t mix_bits(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

/* Addresses of one /64 that the mixer without a secret, once in use here, makes alike. */
static void crafted_addresses_do_not_meet(void **state)
{
	struct table *a = table_new(0), *b = table_new(0);

	(void)state;
	for (uint32_t i = 0; i < 40000; i++) {
		struct fact_seen fact =
			seen_of(SECOND, 0xa00000 + i * 64ULL, i + 1, STATE_ESTABLISHED);
		uint64_t half[2] = {0, i};

		fact.s.family = AF_INET6;
		fact.s.lport = 443;
		fact.s.rport = 5000;
		half[0] = 0x20010db8 ^ mix_bits(half[1] ^ (443U << 16 | 5000U));
		memcpy(fact.s.raddr, half, sizeof(half));
		apply(a, &fact.h);
		apply(b, &fact.h);
	}
	assert_int_equal(a->by_tuple.count, 40000);
	assert_in_range(longest_tuple(a), 1, LONG);
	assert_in_range(longest(a, &a->by_pair, offsetof(struct row, next_pair)), 1, LONG);
	assert_in_range(longest(a, &a->by_sk, offsetof(struct row, next_sk)), 1, LONG);
	expect_equal_tables(a, b); /* of two secrets */
	table_free(a);
	table_free(b);
}

/* --- what a process of this host does ----------------------------------------------------------- */

static void sockets_without_a_remote_end_have_no_tuple(void **state)
{
	struct table *t = table_new(0);

	(void)state;
	for (uint32_t i = 0; i < CROWD; i++) {
		struct fact_seen fact = seen_of(SECOND, 0xa000 + i * 64ULL, i + 1, STATE_CLOSE);

		fact.s.lport = i % 2 ? 8080 : 0; /* half of them are bound */
		apply(t, &fact.h);
	}
	assert_int_equal(t->totals.rows, CROWD);
	assert_int_equal(t->by_tuple.count, 0);
	check_table(t);
	table_free(copy_of(t));
	table_free(t);
}

static void add_listeners(struct table *t, uint64_t time, bool with_sk, bool with_cookie)
{
	for (uint32_t i = 0; i < CROWD; i++) {
		struct fact_seen fact = seen_of(time, with_sk ? 0xa000 + i * 64ULL : 0,
		                                with_cookie ? i + 1 : 0, STATE_LISTEN);

		fact.s.lport = 8080;
		apply(t, &fact.h);
	}
}

/*
 * By address, by cookie, by both: each walk finds each again. Of those that share the port
 * a look-up of a connection's listener counts few, and no one is named.
 */
static void listeners_of_one_port_are_told_apart(void **state)
{
	static const bool ways[][4] = {
		{1, 1, 1, 1}, {1, 0, 1, 1}, {0, 1, 0, 1}, {0, 1, 1, 1}, {1, 1, 1, 0}};

	(void)state;
	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
		struct table *t = table_new(0);
		struct row queued = {
			.netns = 7, .lport = 8080, .family = AF_INET, .state = STATE_ESTABLISHED};
		const struct row *any;

		add_listeners(t, SECOND, ways[way][0], ways[way][1]);
		add_listeners(t, 2 * SECOND, ways[way][2], ways[way][3]);
		assert_int_equal(t->totals.rows, CROWD);
		assert_int_equal(t->by_listener.count, CROWD);
		assert_int_equal(t->by_tuple.count, 0);
		assert_null(table_find_listener(t, &queued));
		assert_int_equal(table_count_listeners(t, &queued, &any), LISTENERS_COUNTED + 1);
		check_table(t);
		table_free(copy_of(t));
		table_free(t);
	}
}

static struct fact_state state_of(uint64_t time, uint64_t sk, uint8_t old, uint8_t new)
{
	struct fact_state fact = {
		.h = {.type = FACT_STATE, .len = sizeof(fact), .time = time, .sk = sk},
		.old = old,
		.new = new,
		.s = {.netns = 7,
	              .flags = SAMPLE_TUPLE | SAMPLE_SOCKET,
	              .family = AF_INET,
	              .state = old,
	              .lport = 40000,
	              .rport = 80,
	              .err = new == STATE_CLOSE ? 104 : 0},
	};

	return fact;
}

/* Each connects from the same port to the same end, is reset, and is kept open. */
static void former_connections_stand_in_no_ones_way(void **state)
{
	struct table *t = table_new(0);
	struct fact_state fact;
	uint64_t time = SECOND;

	(void)state;
	for (uint32_t i = 0; i < CROWD; i++) {
		uint64_t sk = 0xa000 + i * 64ULL;

		fact = state_of(time++, sk, STATE_CLOSE, STATE_SYN_SENT);
		apply(t, &fact.h);
		fact = state_of(time++, sk, STATE_SYN_SENT, STATE_CLOSE);
		apply(t, &fact.h);
	}
	assert_int_equal(t->totals.rows, CROWD);
	assert_int_equal(t->by_tuple.count, 1);
	assert_int_equal(t->by_pair.count, 0);
	/* The first one connects again: it is found by its addresses, and no other is. */
	fact = state_of(time++, 0xa000, STATE_CLOSE, STATE_SYN_SENT);
	apply(t, &fact.h);
	assert_int_equal(t->by_tuple.count, 1);
	assert_int_equal(row_find_tuple(t, &fact.s, 0)->sk, 0xa000);
	assert_int_equal(t->totals.by_state[STATE_SYN_SENT], 1);
	check_table(t);
	table_free(copy_of(t));
	table_free(t);
}

static void hold(struct table *t, uint32_t fds, uint64_t time)
{
	walk(t, FACT_WALK_BEGIN, WALK_HOLDERS, 0, time);
	for (uint32_t i = 0; i < fds; i++) {
		struct fact_holder fact = {
			.h = {.type = FACT_HOLDER, .len = sizeof(fact), .time = time, .sk = 0xa000},
			.cookie = 1,
			.pid = 1 + i % 3,
			.fd = (int32_t)i,
			.netns = 7,
			.start = 5,
		};

		apply(t, &fact.h);
	}
	walk(t, FACT_WALK_END, WALK_HOLDERS, 0, time);
}

static void one_socket_may_have_many_fds(void **state)
{
	struct fact_seen fact = seen_of(SECOND, 0xa000, 1, STATE_ESTABLISHED);
	struct table *t = table_new(0), *copy;
	struct owner owner;

	(void)state;
	fact.s.lport = 1;
	fact.s.rport = 2;
	apply(t, &fact.h);
	hold(t, CROWD, 2 * SECOND);
	hold(t, CROWD, 3 * SECOND); /* the same ones */
	assert_int_equal(t->holders.live, CROWD);
	assert_int_equal(t->holder_index.count, CROWD - 8);
	table_owner(t, row_find_sk(t, 0xa000), &owner);
	assert_int_equal(owner.fd, 0);
	assert_int_equal(owner.more, CROWD - 1);
	check_table(t);
	copy = copy_of(t);
	hold(t, CROWD / 2, 4 * SECOND); /* half are closed */
	hold(copy, CROWD / 2, 4 * SECOND);
	assert_int_equal(t->holders.live, CROWD / 2);
	expect_equal_tables(t, copy);
	hold(t, 1, 5 * SECOND);
	hold(t, 20, 6 * SECOND);
	assert_int_equal(t->holders.live, 20);
	hold(t, 0, 7 * SECOND);
	assert_int_equal(t->holders.live, 0);
	assert_int_equal(t->holder_index.count, 0);
	check_table(t);
	table_free(copy);
	table_free(t);
}

/* --- namespaces --------------------------------------------------------------------------------- */

/* The list that the end of a walk goes through has the rows of that namespace, and ends them. */
static void a_walk_looks_at_its_namespace_alone(void **state)
{
	struct table *t = table_new(0), *copy;

	(void)state;
	for (uint32_t i = 0; i < CROWD; i++) {
		struct fact_seen fact =
			seen_of(SECOND, 0xa000 + i * 64ULL, i + 1, STATE_ESTABLISHED);

		fact.s.netns = 1 + i % 3;
		fact.s.lport = (uint16_t)(1 + i);
		fact.s.rport = 2;
		apply(t, &fact.h);
	}
	check_table(t);
	assert_null(netns_rows_first(t, 9));
	for (uint32_t i = 0; i < CROWD; i++) { /* empty ones */
		walk(t, FACT_WALK_BEGIN, WALK_SOCKETS, 100 + i, 2 * SECOND);
		walk(t, FACT_WALK_END, WALK_SOCKETS, 100 + i, 2 * SECOND);
	}
	assert_int_equal(t->totals.rows, CROWD);
	assert_int_equal(t->netns_rows.live, 3);
	copy = copy_of(t);
	walk(t, FACT_WALK_BEGIN, WALK_SOCKETS, 2, 3 * SECOND);
	walk(t, FACT_WALK_END, WALK_SOCKETS, 2, 4 * SECOND);
	assert_int_equal(t->totals.rows, CROWD - CROWD / 3);
	assert_null(netns_rows_first(t, 2));
	check_table(t);
	walk(copy, FACT_WALK_BEGIN, WALK_SOCKETS, 2, 3 * SECOND);
	walk(copy, FACT_WALK_END, WALK_SOCKETS, 2, 4 * SECOND);
	expect_equal_tables(t, copy);
	table_free(copy);
	table_free(t);
}

static void counters_of_many_namespaces_keep_their_order(void **state)
{
	struct table *t = table_new(0), *copy;
	uint64_t now, grown;

	(void)state;
	for (uint32_t i = 0; i < CROWD; i++) {
		struct fact_counter fact = {
			.h = {.type = FACT_COUNTER, .len = sizeof(fact), .time = SECOND},
			.netns = 1 + i,
			.counter = 1,
			.value = i,
		};

		apply(t, &fact.h);
	}
	for (uint32_t i = 0; i < CROWD; i += 2) {
		struct fact_netns gone = {
			.h = {.type = FACT_NETNS_GONE, .len = sizeof(gone), .time = SECOND},
			.netns = 1 + i,
		};

		apply(t, &gone.h);
	}
	assert_false(table_counter(t, 1, 1, &now, &grown));
	assert_true(table_counter(t, 2, 1, &now, &grown));
	assert_int_equal(now, 1);
	assert_int_equal(t->counters.live, CROWD / 2);
	copy = copy_of(t);
	table_free(copy);
	table_free(t);
}

/* Both ends of one connection, by the number of its namespace. */
static void add_pair(struct table *t, uint32_t number, const uint8_t ends[2][4])
{
	for (uint32_t side = 0; side < 2; side++) {
		uint64_t cookie = number * 2 + side + 1;
		struct fact_seen fact =
			seen_of(SECOND, 0xa000 + cookie * 64, cookie, STATE_ESTABLISHED);

		fact.s.netns = 1 + number;
		fact.s.lport = (uint16_t)(80 + side);
		fact.s.rport = (uint16_t)(81 - side);
		memcpy(fact.s.laddr, ends[side], 4);
		memcpy(fact.s.raddr, ends[!side], 4);
		apply(t, &fact.h);
	}
}

static const struct row *peer_of(const struct table *t, uint64_t cookie)
{
	return table_find_peer(t, row_find_sk(t, 0xa000 + cookie * 64));
}

/* A loopback address leads out of no namespace: what others have there is never looked at. */
static void loopback_of_each_namespace_stands_alone(void **state)
{
	static const uint8_t ends[2][4] = {{127, 0, 0, 1}, {127, 0, 0, 2}};
	struct table *t = table_new(0);

	(void)state;
	for (uint32_t i = 0; i < CROWD; i++)
		add_pair(t, i, ends);
	assert_in_range(longest(t, &t->by_pair, offsetof(struct row, next_pair)), 1, LONG);
	for (uint64_t cookie = 1; cookie <= CROWD * 2; cookie += 2) {
		assert_int_equal(peer_of(t, cookie)->cookie, cookie + 1);
		assert_int_equal(peer_of(t, cookie + 1)->cookie, cookie);
	}
	check_table(t);
	table_free(copy_of(t));
	table_free(t);
}

/* Networks that use the same addresses: a few are told apart, and a crowd costs no more. */
static void ends_that_many_namespaces_have_are_looked_at_so_often(void **state)
{
	static const uint8_t ends[2][4] = {{10, 0, 0, 1}, {10, 0, 0, 2}};
	struct table *t = table_new(0);
	uint64_t last = 1;

	(void)state;
	for (uint32_t i = 0; i < 30; i++)
		add_pair(t, i, ends);
	for (; last <= 60; last++)
		assert_int_equal(peer_of(t, last)->netns, (last + 1) / 2);
	for (uint32_t i = 30; i < CROWD; i++)
		add_pair(t, i, ends);
	assert_null(peer_of(t, 1)); /* not known: behind too many */
	assert_int_equal(peer_of(t, CROWD * 2)->cookie, CROWD * 2 - 1);
	check_table(t);
	/* Out of the middle of the chain, in an order that is not its own. */
	for (uint32_t i = 0; i < CROWD; i++) {
		walk(t, FACT_WALK_BEGIN, WALK_SOCKETS, 1 + (i * 7 + 5) % CROWD, 2 * SECOND);
		walk(t, FACT_WALK_END, WALK_SOCKETS, 1 + (i * 7 + 5) % CROWD, 3 * SECOND);
	}
	assert_int_equal(t->by_pair.count, 0);
	table_free(t);
}

/* --- order ---------------------------------------------------------------------------------------- */

/*
 * More rows of one key than a rebuilt index looks at, with chains whose other elements differ
 * from table to table: who is found first is a matter of facts alone.
 */
static void order_does_not_depend_on_the_secret(void **state)
{
	struct table *tables[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		tables[i] = table_new(0);
	for (uint32_t i = 0; i < 400; i++) {
		struct fact_seen fact =
			seen_of(SECOND + i * 7 % 13, 0xa000 + i * 64ULL, i + 1, STATE_ESTABLISHED);

		fact.s.netns = 1 + i; /* the same pair in each namespace */
		fact.s.lport = fact.s.rport = 2;
		for (int k = 0; k < 3; k++)
			apply(tables[k], &fact.h);
	}
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 400; i++) {
			const struct row *row = row_find_sk(tables[0], 0xa000 + i * 64ULL);
			const struct row *peer = table_find_peer(tables[0], row);

			for (int k = 1; k < 3; k++) {
				row = row_find_sk(tables[k], 0xa000 + i * 64ULL);
				row = table_find_peer(tables[k], row);
				assert_int_equal(row ? row->self : ROW_NONE,
				                 peer ? peer->self : ROW_NONE);
			}
		}
		for (int k = 0; k < 3; k++)
			table_order(tables[k]);
	}
	expect_equal_tables(tables[0], tables[1]);
	for (int i = 0; i < 3; i++)
		table_free(tables[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_siphash),
		cmocka_unit_test(each_table_has_its_own_secret),
		cmocka_unit_test(crafted_addresses_do_not_meet),
		cmocka_unit_test(sockets_without_a_remote_end_have_no_tuple),
		cmocka_unit_test(listeners_of_one_port_are_told_apart),
		cmocka_unit_test(former_connections_stand_in_no_ones_way),
		cmocka_unit_test(one_socket_may_have_many_fds),
		cmocka_unit_test(a_walk_looks_at_its_namespace_alone),
		cmocka_unit_test(loopback_of_each_namespace_stands_alone),
		cmocka_unit_test(ends_that_many_namespaces_have_are_looked_at_so_often),
		cmocka_unit_test(counters_of_many_namespaces_keep_their_order),
		cmocka_unit_test(order_does_not_depend_on_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
