/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "table/names.h"

struct name_fact {
	struct fact_name fact;
	char room[64];
};

static int apply(struct names *names, struct name_key key, const char *name)
{
	struct name_fact f = {
		.fact = {.h = {.type = FACT_NAME, .len = sizeof(f)},
	                 .kind = key.kind,
	                 .size = (uint32_t)strlen(name),
	                 .key = {key.key[0], key.key[1]}},
	};

	strcpy(f.fact.name, name);
	return names_apply(names, &f.fact);
}

static void learns_and_replaces(void **state)
{
	struct names *names = names_new(10);
	struct name_key user = name_key_number(NAME_USER, 0);

	(void)state;
	assert_null(names_find(names, user));
	assert_int_equal(apply(names, user, "root"), 0);
	assert_string_equal(names_find(names, user), "root");
	assert_null(names_find(names, name_key_number(NAME_PORT, 0)));
	assert_null(names_find(names, name_key_number(NAME_USER, 1)));
	assert_int_equal(apply(names, user, "toor"), 0);
	assert_string_equal(names_find(names, user), "toor");
	names_free(names);
}

static void host_keys_join_mapped_addresses(void **state)
{
	static const uint8_t v4[16] = {127, 0, 0, 1};
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
	static const uint8_t v6[16] = {127, 0, 0, 1};
	struct name_key a = name_key_host(AF_INET, v4);
	struct name_key b = name_key_host(AF_INET6, mapped);
	struct name_key c = name_key_host(AF_INET6, v6);

	(void)state;
	assert_int_equal(a.kind, NAME_HOST);
	assert_int_equal(a.key[0], 0);
	assert_int_equal(a.key[1], 0xffff7f000001);
	assert_int_equal(b.key[0], a.key[0]);
	assert_int_equal(b.key[1], a.key[1]);
	assert_int_equal(c.key[0], 0x7f00000100000000);
	assert_int_equal(c.key[1], 0);
}

static void wishes_are_taken_once(void **state)
{
	struct names *names = names_new(10);
	struct name_key port = name_key_number(NAME_PORT, 80);
	struct name_key user = name_key_number(NAME_USER, 7);
	struct name_key wish;

	(void)state;
	assert_null(names_query(names, port));
	assert_null(names_query(names, user));
	assert_null(names_query(names, port));
	assert_true(names_next_query(names, 1 << NAME_USER, &wish));
	assert_int_equal(wish.kind, NAME_USER);
	assert_int_equal(wish.key[0], 7);
	assert_false(names_next_query(names, 1 << NAME_USER, &wish));
	assert_true(names_next_query(names, ~0U, &wish));
	assert_int_equal(wish.kind, NAME_PORT);
	assert_int_equal(wish.key[0], 80);
	/* asked, not answered yet: not asked again */
	assert_null(names_query(names, port));
	assert_false(names_next_query(names, ~0U, &wish));
	names_free(names);
}

static void failed_look_up_is_an_answer(void **state)
{
	struct names *names = names_new(10);
	struct name_key key = name_key_number(NAME_CGROUP, 99);
	struct name_key wish;

	(void)state;
	assert_null(names_query(names, key));
	assert_true(names_next_query(names, ~0U, &wish));
	assert_int_equal(apply(names, key, ""), 0);
	assert_string_equal(names_query(names, key), "");
	assert_false(names_next_query(names, ~0U, &wish));
	names_free(names);
}

static void answer_withdraws_an_untaken_wish(void **state)
{
	struct names *names = names_new(10);
	struct name_key key = name_key_number(NAME_USER, 3), wish;

	(void)state;
	assert_null(names_query(names, key));
	assert_int_equal(apply(names, key, "sys"), 0);
	assert_false(names_next_query(names, ~0U, &wish));
	assert_string_equal(names_query(names, key), "sys");
	names_free(names);
}

/* Of a kind the oldest goes, if that can be told anew; no kind pushes out another. */
static void each_kind_has_a_budget(void **state)
{
	struct names *names = names_new(2);

	(void)state;
	apply(names, name_key_number(NAME_RST, 1), "NO_SOCKET");
	apply(names, name_key_number(NAME_NETNS, 1), "host");
	apply(names, name_key_number(NAME_NETNS, 2), "other");
	for (uint64_t i = 1; i < 1000; i++) {
		apply(names, name_key_number(NAME_FRAME, i), "f");
		apply(names, name_key_number(NAME_PORT, i), "p");
	}
	assert_null(names_find(names, name_key_number(NAME_PORT, 997)));
	assert_string_equal(names_find(names, name_key_number(NAME_PORT, 998)), "p");
	assert_string_equal(names_find(names, name_key_number(NAME_PORT, 999)), "p");
	assert_int_equal(names_count(names, NAME_FRAME), 2);
	assert_string_equal(names_find(names, name_key_number(NAME_RST, 1)), "NO_SOCKET");
	/* What is told once stays. */
	apply(names, name_key_number(NAME_NETNS, 3), "third");
	assert_string_equal(names_find(names, name_key_number(NAME_NETNS, 1)), "host");
	assert_null(names_find(names, name_key_number(NAME_NETNS, 3)));
	names_drop(names, name_key_number(NAME_NETNS, 2));
	apply(names, name_key_number(NAME_NETNS, 3), "third");
	assert_string_equal(names_find(names, name_key_number(NAME_NETNS, 3)), "third");
	names_free(names);
}

/* Names as long as they may be: their bytes are counted. */
static void long_names_have_a_budget_too(void **state)
{
	static struct {
		struct fact_name fact;
		char room[FACT_NAME_MAX];
	} f = {.fact = {.h = {.type = FACT_NAME, .len = sizeof(f)},
	                .kind = NAME_CGROUP,
	                .size = FACT_NAME_MAX}};
	struct names *names = names_new(UINT32_MAX);

	(void)state;
	memset(f.fact.name, 'x', FACT_NAME_MAX);
	for (uint64_t i = 0; i < 65536; i++) {
		f.fact.key[0] = i;
		assert_int_equal(names_apply(names, &f.fact), 0);
	}
	assert_in_range(names_count(names, NAME_CGROUP), 30000, 32768);
	assert_non_null(names_find(names, name_key_number(NAME_CGROUP, 65535)));
	names_free(names);
}

static void a_sweep_drops_what_is_not_marked(void **state)
{
	struct names *names = names_new(10);
	struct name_key wish;

	(void)state;
	apply(names, name_key_number(NAME_USER, 1), "u1");
	apply(names, name_key_number(NAME_USER, 2), "u2");
	apply(names, name_key_number(NAME_CGROUP, 1), "c1");
	names_query(names, name_key_number(NAME_USER, 3));
	names_mark(names, name_key_number(NAME_USER, 2));
	names_mark(names, name_key_number(NAME_USER, 3)); /* is only wished for */
	names_sweep(names, NAME_USER);
	assert_null(names_find(names, name_key_number(NAME_USER, 1)));
	assert_string_equal(names_find(names, name_key_number(NAME_USER, 2)), "u2");
	assert_string_equal(names_find(names, name_key_number(NAME_CGROUP, 1)), "c1");
	assert_true(names_next_query(names, ~0U, &wish));
	apply(names, name_key_number(NAME_USER, 3), "u3");
	names_sweep(names, NAME_USER); /* marks are of one sweep */
	assert_int_equal(names_count(names, NAME_USER), 0);
	/* It can be asked for again. */
	assert_null(names_query(names, name_key_number(NAME_USER, 1)));
	assert_true(names_next_query(names, ~0U, &wish));
	names_free(names);
}

static void wishes_are_bounded_and_push_no_name_out(void **state)
{
	struct names *names = names_new(4);
	struct name_key wish;
	const char *known;
	int taken = 0;

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		apply(names, name_key_number(NAME_PORT, i), "p");
	known = names_find(names, name_key_number(NAME_PORT, 0));
	for (uint64_t i = 100; i < 200; i++)
		assert_null(names_query(names, name_key_number(NAME_PORT, i)));
	assert_ptr_equal(names_find(names, name_key_number(NAME_PORT, 0)), known);
	while (names_next_query(names, ~0U, &wish))
		taken++;
	assert_int_equal(taken, 4);
	names_free(names);
}

static void many_names_keep_apart(void **state)
{
	struct names *names = names_new(5000);
	char text[16];

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "n%u", (unsigned int)i);
		assert_int_equal(apply(names, name_key_number(NAME_CGROUP, i << 32), text), 0);
	}
	for (uint64_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "n%u", (unsigned int)i);
		assert_string_equal(names_find(names, name_key_number(NAME_CGROUP, i << 32)), text);
	}
	names_free(names);
}

static void malformed_facts_change_nothing(void **state)
{
	struct names *names = names_new(10);
	struct name_fact f = {.fact = {.h = {.len = sizeof(f)}, .kind = NAME_USER, .size = 4}};

	(void)state;
	strcpy(f.fact.name, "root");
	f.fact.size = sizeof(f.room) + 1; /* beyond the fact */
	assert_int_equal(names_apply(names, &f.fact), -EINVAL);
	f.fact.h.len = 40; /* shorter than its header */
	assert_int_equal(names_apply(names, &f.fact), -EINVAL);
	assert_null(names_find(names, name_key_number(NAME_USER, 0)));
	f.fact.h.len = sizeof(f);
	f.fact.size = 4;
	f.fact.kind = NAME_KIND_COUNT; /* of a newer recorder: skipped */
	assert_int_equal(names_apply(names, &f.fact), 0);
	f.fact.kind = NAME_USER;
	assert_int_equal(names_apply(names, &f.fact), 0);
	assert_string_equal(names_find(names, name_key_number(NAME_USER, 0)), "root");
	names_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns_and_replaces),
		cmocka_unit_test(host_keys_join_mapped_addresses),
		cmocka_unit_test(wishes_are_taken_once),
		cmocka_unit_test(failed_look_up_is_an_answer),
		cmocka_unit_test(answer_withdraws_an_untaken_wish),
		cmocka_unit_test(each_kind_has_a_budget),
		cmocka_unit_test(long_names_have_a_budget_too),
		cmocka_unit_test(a_sweep_drops_what_is_not_marked),
		cmocka_unit_test(wishes_are_bounded_and_push_no_name_out),
		cmocka_unit_test(many_names_keep_apart),
		cmocka_unit_test(malformed_facts_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
