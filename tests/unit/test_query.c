/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters on a real table, made of facts in their text form. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "select/query.h"
#include "fact/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S            1000000000ULL
#define NOW          (30 * S)
#define ID           "3f4e7d2a9b8c1f0e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a39281706"
#define POD          "8f3c9c0e-5d3b-4a53-9a2e-0f6a1b7c2d11"
#define POD_ID       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define CONMON "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

/*
 * 1 listener of nginx, 2 in CLOSE_WAIT since 20 s exactly, 3 IPv4 on an IPv6
 * socket in a pod, 4 plain IPv6 in SYN_SENT, 5 a request of listener 1. But
 * for 2 all that is known is that they were so at 10 s.
 */
static const char *const facts[] = {
	"1000000000 name kind=netns key=4026531840 name=\"host\"",
	"1000000000 name kind=netns key=4026532000 name=\"blue\"",
	"1000000000 name kind=netns key=4026532001 name=\"hostile\"",
	"1000000000 name kind=interface key=7/4026532001 name=\"x1\"",
	"1000000000 name kind=cgroup key=10 name=\"/system.slice/nginx.service\"",
	"1000000000 name kind=cgroup key=20 name=\"/system.slice/docker-" ID ".scope\"",
	"1000000000 name kind=cgroup key=30 name=\"/kubepods/burstable/pod" POD "/" POD_ID "\"",
	"10000000000 walk_begin kind=sockets netns=4026531840",
	"10000000000 seen sk=1 cookie=1 state=LISTEN flags=socket,tuple,queues,ident"
	" local=0.0.0.0:80 netns=4026531840 cgroup=10",
	"10000000000 seen sk=2 cookie=2 state=ESTABLISHED flags=socket,tuple,queues,ident"
	" local=10.0.0.1:80 remote=10.9.9.9:5000 netns=4026531840 cgroup=20",
	"10000000000 seen sk=5 cookie=5 state=NEW_SYN_RECV flags=request,tuple"
	" local=10.0.0.1:80 remote=10.7.7.7:1234 netns=4026531840",
	"10000000000 walk_end kind=sockets netns=4026531840",
	"10000000000 walk_begin kind=sockets netns=4026532000",
	"10000000000 seen sk=3 cookie=3 state=ESTABLISHED flags=socket,tuple,queues,ident"
	" local=[::ffff:10.0.0.2]:443 remote=[::ffff:192.168.1.5]:80 netns=4026532000 cgroup=30",
	"10000000000 walk_end kind=sockets netns=4026532000",
	"10000000000 walk_begin kind=sockets netns=4026532001",
	"10000000000 seen sk=4 cookie=4 state=SYN_SENT flags=socket,tuple,queues,ident"
	" local=[fe80::1]:6000 remote=[fe80::2]:22 ifindex=7 netns=4026532001 cgroup=99",
	"10000000000 walk_end kind=sockets netns=4026532001",
	"10000000000 walk_begin kind=holders",
	"10000000000 holder sk=1 cookie=1 pid=100 fd=3 netns=4026531840 comm=\"nginx\"",
	"10000000000 holder sk=1 cookie=1 pid=101 fd=3 netns=4026531840 comm=\"worker\"",
	"10000000000 holder sk=2 cookie=2 pid=200 fd=7 netns=4026531840 comm=\"java app\"",
	"10000000000 holder sk=3 cookie=3 pid=300 fd=8 netns=4026532000 comm=\"fifteen bytes a\"",
	"10000000000 walk_end kind=holders",
	"20000000000 state sk=2 old=ESTABLISHED new=CLOSE_WAIT cookie=2 state=ESTABLISHED"
	" flags=socket,tuple local=10.0.0.1:80 remote=10.9.9.9:5000 netns=4026531840",
	"30000000000 tick",
};

static struct table *make_table(void)
{
	_Alignas(8) char buf[FACT_MAX_SIZE];
	struct fact *fact = (struct fact *)buf;
	struct table *table = table_new(100);
	struct diag diag;

	assert_non_null(table);
	for (size_t i = 0; i < COUNT(facts); i++) {
		if (fact_text_parse(facts[i], fact, &diag) != 1)
			fail_msg("%s: %s", facts[i], diag.text);
		assert_int_equal(table_apply(table, fact), 0);
	}
	return table;
}

/* Is a socket in that cgroup found by --container? */
static bool container_matches(const char *path, const char *asked)
{
	_Alignas(8) char buf[FACT_MAX_SIZE];
	struct fact *fact = (struct fact *)buf;
	struct table *table = make_table();
	struct query query;
	char text[512];
	bool yes;

	snprintf(text, sizeof(text), "1000000000 name kind=cgroup key=20 name=\"%s\"", path);
	if (fact_text_parse(text, fact, NULL) != 1)
		fail_msg("%s", text);
	assert_int_equal(table_apply(table, fact), 0);
	query_init(&query);
	assert_int_equal(query_add(&query, "container", asked, NULL), 0);
	yes = query_match(&query, table, table_find_cookie(table, 2), NOW);
	query_free(&query);
	table_free(table);
	return yes;
}

static int setup(void **state)
{
	*state = make_table();
	return 0;
}

static int teardown(void **state)
{
	table_free(*state);
	return 0;
}

/* Adds "option=text" pairs, separated by "; ". */
static void add_all(struct query *query, const char *options)
{
	char copy[512], *rest = copy, *pair;

	snprintf(copy, sizeof(copy), "%s", options);
	while ((pair = strsep(&rest, ";"))) {
		struct diag diag = {""};
		char *text = strchr(pair, '=');

		pair += strspn(pair, " ");
		if (!text)
			continue;
		*text++ = '\0';
		if (query_add(query, pair, text, &diag))
			fail_msg("%s", diag.text);
	}
}

/* Cookies of the rows that match, in order: "135". */
static void check_match(const struct table *table, const struct query *query, const char *expected)
{
	bool hit[10] = {false};
	struct row_iter iter;
	const struct row *row;
	char cookies[10];
	size_t used = 0;

	table_for_each (table, iter, row) {
		assert_in_range(row->cookie, 1, 5);
		hit[row->cookie] = query_match(query, table, row, NOW);
	}
	for (int i = 0; i < 10; i++) {
		if (hit[i])
			cookies[used++] = (char)('0' + i);
	}
	cookies[used] = '\0';
	assert_string_equal(cookies, expected);
}

static void test_match(void **state)
{
	static const struct {
		const char *options, *cookies;
	} cases[] = {
		{"", "12345"},
		{"state=listen", "1"},
		{"state=close_wait,syn-sent", "24"},
		{"state=close_wait; state=syn_recv", "25"},
		{"state=all", "12345"},
		{"pid=100", "15"}, /* the request belongs to its listener's holder */
		{"pid=101", "1"},  /* any holder */
		{"pid=200,300", "23"},
		{"pid=999", ""},
		{"comm=nginx", "15"},
		{"comm=worker", "1"},
		{"comm=java app", "2"},
		{"comm=java", ""}, /* whole names */
		{"comm=fifteen bytes a", "3"},
		{"comm=nginx; pid=101", "1"},
		{"port=80", "1235"},
		{"port=22", "4"},
		{"port=443,5000", "23"},
		{"lport=80", "125"},
		{"rport=80", "3"},
		{"lport=80; rport=5000", "2"},
		{"lport=443; port=80", "3"},
		{"addr=10.0.0.0/8", "235"}, /* v4-mapped too */
		{"addr=192.168.0.0/16", "3"},
		{"addr=10.9.9.8/31", "2"},
		{"addr=10.9.9.10/31", ""},
		{"addr=0.0.0.0/0", "1235"},
		{"addr=fe80::/10", "4"},
		{"addr=fe80::2", "4"},
		{"addr=fe80::2%x1", "4"},
		{"addr=fe80::1%7", "4"},
		{"addr=fe80::%x1/64", "4"},
		{"addr=fe80::2%x", ""},
		{"addr=fe80::2%8", ""},
		{"addr=fe80::2%x2,fe80::2%x1", "4"},
		{"addr=::/0", "12345"},
		{"addr=10.9.9.9,fe80::1", "24"},
		{"netns=4026531840", "125"},
		{"netns=host", "125"}, /* not "hostile" */
		{"netns=host*", "1245"},
		{"netns=hosti", ""},
		{"netns=hosti*", "4"},
		{"netns=b", ""},
		{"netns=b*", "3"},
		{"netns=*e", "34"},
		{"netns=h*e,bl*", "34"},
		{"netns=blue,hostile", "34"},
		{"netns=40265", ""}, /* no prefix of a number */
		{"cgroup=/system.slice", ""},
		{"cgroup=/system.slice*", "12"},
		{"cgroup=system.slice/nginx", ""},
		{"cgroup=system.slice/nginx*", "1"},
		{"cgroup=system.slice/nginx.service", "1"},
		{"cgroup=/system.slice/nginx.service", "1"},
		{"cgroup=/kubepods/burstable/*", "3"},
		{"cgroup=slice*", ""},
		{"container=3f4e7d2a9b8c", "2"},
		{"container=docker:3f4e7d2a9b8c", "2"},
		{"container=podman:3f4e7d2a9b8c", ""},
		{"container=" ID, "2"},
		{"container=nginx", "1"},
		{"container=nginx.service", "1"},
		{"container=ngin", ""},
		{"container=ngin*", "1"},
		{"container=3f4e7d2a9b8", ""},
		{"container=3f4e7d*", "2"},
		{"container=docker:3f4e*", "2"},
		{"container=docker:*", "2"},
		{"container=" POD, "3"},
		{"container=001122", ""},
		{"container=001122*", "3"},
		{"older=20s", "1345"}, /* a lower bound that reaches */
		{"older=20001ms", ""},
		{"older=10s", "12345"},
		{"older=10.1s", "1345"},
		{"newer=10.1s", "2"}, /* only exact ages can be below */
		{"newer=10s", ""},
		{"newer=1h", "2"},
		{"older=5s; newer=15s; state=close_wait", "2"},
		{"older=5s; newer=15s; state=listen", ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct query query;

		print_message("%s\n", cases[i].options);
		query_init(&query);
		add_all(&query, cases[i].options);
		check_match(*state, &query, cases[i].cookies);
		query_free(&query);
	}
}

#define USER_1000 "/user.slice/user-1000.slice"
#define MANAGER   USER_1000 "/user@1000.service"

static void test_container(void **state)
{
	static const struct {
		const char *path, *asked;
		bool yes;
	} cases[] = {
		/* an id, whole or as we print it; cgroup v1's paths and v2's are one to us */
		{"/docker/" ID, "3f4e7d2a9b8c", true},
		{"/docker/" ID, ID, true},
		{"/docker/" ID, "3f4e", false},
		{"/docker/" ID, "3f4e*", true},
		{"/docker/" ID, "3f4e7d2a9b8c1", false},
		{"/docker/" ID, "3f4e7d2a9b8c1*", true},
		{"/docker/" ID, "docker:3f4e7d2a9b8c", true},
		{"/docker/" ID, "4e7d", false},
		{"/docker/" POD_ID "/docker/" ID, "3f4e7d2a9b8c", true},
		{"/docker/" POD_ID "/docker/" ID, "00112233", false}, /* the innermost */
		{"/system.slice/web.service/libpod-payload-" ID, "podman:3f4e*", true},
		{"/ecs/task/" ID, "docker:3f4e*", true},
		{"/kubepods.slice/kubepods-pod8f3c9c0e_5d3b_4a53_9a2e_0f6a1b7c2d11.slice/crio-" ID
	         ".scope",
	         POD, true},

		/* monitors are units of their own */
		{"/machine.slice/libpod-conmon-" CONMON ".scope", CONMON, false},
		{"/machine.slice/libpod-conmon-" CONMON ".scope", "libpod-conmon-" CONMON, true},
		{"/system.slice/crio-conmon-" CONMON ".scope", "ffeeddccbbaa", false},

		/* a unit by its whole name, or without its suffix */
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1", true},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", true},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty", false},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty", false},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@*", true},
		{"/init.scope", "init", true},
		{MANAGER "/init.scope", "init.scope", false},
		{MANAGER "/init.scope", "user@1000", true},
		{MANAGER "/app.slice/app-foo.service", "systemd:app-foo.service", true},

		/* the slice of a user: all that is in it */
		{USER_1000, "user-1000.slice", true},
		{USER_1000, "user-1000", true},
		{USER_1000, "systemd:user-1000.slice", true},
		{USER_1000, "user-100", false},
		{USER_1000, "systemd:", false},
		{USER_1000 "/session-3.scope", "user-1000.slice", true},
		{USER_1000 "/session-3.scope", "session-3", true},
		{USER_1000 "/session-3.scope", "user-1001.slice", false},
		{MANAGER "/app.slice/app-foo.service", "user-1000", true},
		{MANAGER "/user.slice/libpod-" ID ".scope", "user-1000", true},
		{MANAGER "/user.slice/libpod-" ID ".scope", "3f4e7d2a9b8c", true},
		{"/docker/" ID USER_1000 "/session-3.scope", "user-1000.slice", false},
		{"/system.slice/nginx.service", "system.slice", false},
		{"/system.slice/nginx.service", "systemd:", false},
		{"/system.slice/nginx.service", "systemd:*", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("%s %s\n", cases[i].asked, cases[i].path);
		assert_int_equal(container_matches(cases[i].path, cases[i].asked), cases[i].yes);
	}
}

static void test_family(void **state)
{
	struct query query;

	query_init(&query);
	query.v4 = true;
	check_match(*state, &query, "125");
	query.v6 = true;
	check_match(*state, &query, "12345");
	query.v4 = false;
	check_match(*state, &query, "34");
	query_free(&query);
}

/* A namespace or cgroup whose name is not known yet is asked for. */
static void test_wishes(void **state)
{
	struct name_key key;
	struct query query;

	assert_false(names_next_query(table_names(*state), ~0U, &key));
	query_init(&query);
	add_all(&query, "container=anything");
	check_match(*state, &query, "");
	assert_true(names_next_query(table_names(*state), 1U << NAME_CGROUP, &key));
	assert_int_equal(key.key[0], 99);
	query_free(&query);
}

static bool change_matches(const struct table *table, const struct change *change,
                           const char *options)
{
	struct query query;
	bool yes;

	query_init(&query);
	add_all(&query, options);
	yes = query_match_change(&query, table, change);
	query_free(&query);
	return yes;
}

static void test_match_change(void **state)
{
	const struct row *row = table_find_cookie(*state, 2);
	struct change change = {
		.kind = CHANGE_STATE,
		.time = 20 * S,
		.row = row,
		.old = STATE_ESTABLISHED,
		.new = STATE_CLOSE_WAIT,
		.dwell_known = true,
		.dwell = 10 * S,
	};

	assert_non_null(row);
	assert_true(change_matches(*state, &change, ""));
	assert_true(change_matches(*state, &change, "state=established"));
	assert_true(change_matches(*state, &change, "state=close_wait"));
	assert_false(change_matches(*state, &change, "state=last_ack"));
	assert_true(change_matches(*state, &change, "pid=200; lport=80"));
	assert_false(change_matches(*state, &change, "pid=100"));
	assert_true(change_matches(*state, &change, "older=10s"));
	assert_false(change_matches(*state, &change, "older=11s"));
	assert_false(change_matches(*state, &change, "newer=11s")); /* a lower bound */
	change.dwell_exact = true;
	assert_true(change_matches(*state, &change, "newer=11s"));
	assert_false(change_matches(*state, &change, "newer=10s"));
	change.dwell_known = false;
	assert_false(change_matches(*state, &change, "older=1ns"));
	assert_false(change_matches(*state, &change, "newer=1h"));
}

/* What leaves no state is judged by the present one. */
static void test_match_retransmit(void **state)
{
	struct change change = {
		.kind = CHANGE_RETRANSMIT,
		.time = 25 * S,
		.row = table_find_cookie(*state, 2),
	};

	assert_true(change_matches(*state, &change, "state=close_wait"));
	assert_false(change_matches(*state, &change, "state=established"));
	assert_true(change_matches(*state, &change, "older=5s"));
	assert_false(change_matches(*state, &change, "older=6s"));
	assert_true(change_matches(*state, &change, "newer=6s"));
}

static void test_loss_always_matches(void **state)
{
	struct change change = {.kind = CHANGE_LOSS, .where = LOSS_RING, .count = 3};

	assert_true(change_matches(*state, &change,
	                           "state=listen; pid=1; port=1; addr=::1; netns=x; older=1h"));
}

#define PORTS "expected 1 to 65535"
#define UNITS "expected a number and a unit of ns, us, ms, s, m, h, d, w"

static void test_refused(void **state)
{
	static const struct {
		const char *option, *text, *message;
	} cases[] = {
		{"state", "closewait",
	         "--state: invalid state \"closewait\": expected ESTABLISHED, SYN_SENT, SYN_RECV, "
	         "FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING or "
	         "a group: all, connected, synchronized, bucket, big"},
		{"port", "0", "--port: invalid port \"0\": " PORTS},
		{"port", "80,65536", "--port: invalid port \"65536\": " PORTS},
		{"lport", "http", "--lport: invalid port \"http\": " PORTS},
		{"rport", "80,", "--rport: invalid port \"\": " PORTS},
		{"rport", "", "--rport: invalid port \"\": " PORTS},
		{"pid", "0", "--pid: invalid process id \"0\": expected 1 to 4194304"},
		{"pid", "4194305", "--pid: invalid process id \"4194305\": expected 1 to 4194304"},
		{"comm", "sixteen bytes ab",
	         "--comm: invalid command name \"sixteen bytes ab\": expected 1 to 15 bytes"},
		{"addr", "10.0.0.1/8",
	         "--addr: invalid address \"10.0.0.1/8\": expected an address or prefix like "
	         "10.1.2.3, 10.0.0.0/8, ::1, fe80::1%eth0, fe80::/10, with no bit set behind the "
	         "prefix"},
		{"netns", "",
	         "--netns: invalid network namespace \"\": expected \"host\", an inode number or a "
	         "name; NAME* matches names that start with NAME"},
		{"cgroup", "",
	         "--cgroup: invalid cgroup \"\": expected a path; PATH* matches paths that start "
	         "with PATH"},
		{"container", "a,,b",
	         "--container: invalid container \"\": expected the id of a container or pod, or "
	         "the name of a unit or user slice; ID* matches ids that start with ID"},
		{"older", "5y", "--older: invalid duration \"5y\": " UNITS},
		{"older", "5,6", "--older: invalid duration \"5,6\": " UNITS},
		{"newer", "0", "--newer: invalid duration \"0\": " UNITS ", above 0"},
		{"color", "red", "--color is not a filter"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct query query;
		struct diag diag = {""};

		query_init(&query);
		assert_int_equal(query_add(&query, cases[i].option, cases[i].text, &diag), -EINVAL);
		assert_string_equal(diag.text, cases[i].message);
		assert_int_equal(query_add(&query, cases[i].option, cases[i].text, NULL), -EINVAL);
		query_free(&query);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_match),
		cmocka_unit_test(test_container),
		TEST(test_family),
		TEST(test_wishes),
		TEST(test_match_change),
		TEST(test_match_retransmit),
		TEST(test_loss_always_matches),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
