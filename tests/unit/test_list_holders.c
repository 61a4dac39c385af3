/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "list/holders.h"
#include "list/socket.h"
#include "select/query.h"
#include "viewing.h"

static void add_process(struct list_holders *holders, uint32_t pid, const char *comm,
                        const char *args, const char *cgroup)
{
	const struct list_process process = {
		.pid = pid,
		.comm = comm,
		.program = list_program(args, comm),
		.cgroup = cgroup,
	};

	assert_int_equal(list_holders_add_process(holders, &process), 0);
}

/* Two nginx share socket 100; a shell has 100 too, and 200 twice. */
static struct list_holders *make_holders(void)
{
	struct list_holders *holders = list_holders_new();

	assert_non_null(holders);
	assert_int_equal(list_holders_add(holders, 100, 40, 6), 0);
	assert_int_equal(list_holders_add(holders, 100, 41, 6), 0);
	assert_int_equal(list_holders_add(holders, 200, 50, 3), 0);
	assert_int_equal(list_holders_add(holders, 200, 50, 4), 0);
	assert_int_equal(list_holders_add(holders, 100, 50, 9), 0);
	assert_int_equal(list_holders_add(holders, 100, 50, 9), 0);
	assert_int_equal(list_holders_pid_count(holders), 3);
	assert_int_equal(list_holders_seal(holders), 0);
	add_process(holders, 40, "nginx", "nginx: master process", "/system.slice/nginx.service");
	add_process(holders, 41, "nginx", "nginx: worker process", "/system.slice/nginx.service");
	add_process(holders, 50, "sh", "/bin/sh", "");
	return holders;
}

static void a_socket_has_its_holders_by_pid_and_fd(void **state)
{
	struct list_holders *holders = make_holders();
	struct list_held held;

	(void)state;
	assert_true(list_holders_find(holders, 100, &held));
	assert_int_equal(held.count, 3);
	assert_int_equal(held.processes, 3);
	assert_int_equal(held.holders[0].pid, 40);
	assert_int_equal(held.holders[2].pid, 50);
	assert_int_equal(held.holders[2].fd, 9);
	assert_string_equal(list_holders_label(holders, &held), "40/nginx: master process+2");
	assert_true(list_holders_find(holders, 200, &held));
	assert_int_equal(held.count, 2);
	assert_int_equal(held.processes, 1);
	assert_string_equal(list_holders_label(holders, &held), "50/sh");
	assert_false(list_holders_find(holders, 300, &held));
	assert_false(list_holders_find(holders, 0, &held));
	assert_false(list_holders_find(NULL, 100, &held));
	list_holders_free(holders);
}

static void the_order_of_arrival_does_not_matter(void **state)
{
	struct list_holders *holders = list_holders_new();
	struct list_held held;

	(void)state;
	/* inodes of up to 32 bits, backwards */
	for (uint32_t i = 3000; i--;)
		assert_int_equal(list_holders_add(holders, 0xffffffffU - i % 1000 * 4000000U,
		                                  1 + i / 1000, (int)(i % 7)),
		                 0);
	assert_int_equal(list_holders_seal(holders), 0);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_true(list_holders_find(holders, 0xffffffffU - i * 4000000U, &held));
		assert_int_equal(held.count, 3);
		for (uint32_t pid = 1; pid <= 3; pid++) {
			assert_int_equal(held.holders[pid - 1].pid, pid);
			assert_int_equal(held.holders[pid - 1].fd, ((pid - 1) * 1000 + i) % 7);
		}
	}
	list_holders_free(holders);
}

static void without_fds_there_is_no_holder(void **state)
{
	struct list_holders *holders = list_holders_new();
	struct list_held held;

	(void)state;
	assert_false(list_holders_find(holders, 100, &held));
	assert_int_equal(list_holders_seal(holders), 0);
	assert_false(list_holders_find(holders, 100, &held));
	list_holders_free(holders);
	list_holders_free(NULL);
}

static void programs_are_named_as_netstat_names_them(void **state)
{
	static const struct {
		const char *args, *comm, *program;
	} cases[] = {
		{"/usr/sbin/sshd", "sshd", "sshd"},
		{"sshd: root@pts/0", "sshd", "sshd: root@pts/0"},
		{"nginx: worker process", "nginx", "nginx: worker process"},
		{"./a/b", "b", "./a/b"},
		{"/bin/", "x", "x"},
		{"", "kworker/0:1", "kworker/0:1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(list_program(cases[i].args, cases[i].comm), cases[i].program);
}

/* --- fields ----------------------------------------------------------------------------------- */

static const struct field fields[] = {
	SOCKET_FIELD(inode), SOCKET_FIELD(program), SOCKET_FIELD(recv_q), SOCKET_FIELD(send_q),
	SOCKET_FIELDS_OWNER, SOCKET_FIELD(cookie),  SOCKET_FIELDS_MEMORY,
};

static const struct field_context context = {.numeric_users = true};

static void expect_member(const struct list_socket *socket, const char *key, const char *text)
{
	struct view view = {.format = &view_json, .kind = "s", .context = context};
	const struct field *chosen[] = {
		field_find(fields, sizeof(fields) / sizeof(fields[0]), key)};
	const void *objects[] = {socket};
	char *printed, expected[512];

	assert_non_null(chosen[0]);
	view.fields = chosen;
	view.field_count = 1;
	printed = viewing_print(&view, objects, 1);
	assert_non_null(printed);
	snprintf(expected, sizeof(expected), "\"%s\":%s}\n", key, text);
	assert_string_equal(strstr(printed, "\"s\",") + 4, expected);
	free(printed);
}

static struct list_request request_with(const struct list_holders *holders)
{
	return (struct list_request){
		.holders = holders,
		.netns = 4026531840,
		.netns_name = "host",
	};
}

static void a_socket_has_fields_of_all_its_holders(void **state)
{
	struct list_holders *holders = make_holders();
	const struct list_request request = request_with(holders);
	struct list_socket socket;

	(void)state;
	list_socket_init(&socket, &request, LIST_UNIX, 1);
	socket.inode = 100;
	socket.uid = 33;
	expect_member(&socket, "program", "\"40/nginx: master process+2\"");
	expect_member(&socket, "pid", "40");
	expect_member(&socket, "comm", "\"nginx\"");
	expect_member(&socket, "fd", "6");
	expect_member(&socket, "holders",
	              "[{\"pid\":40,\"fd\":6,\"comm\":\"nginx\"},{\"pid\":41,\"fd\":6,\"comm\":"
	              "\"nginx\"},{\"pid\":50,\"fd\":9,\"comm\":\"sh\"}]");
	expect_member(&socket, "cgroup", "\"/system.slice/nginx.service\"");
	expect_member(&socket, "container", "\"systemd:nginx.service\"");
	expect_member(&socket, "container_id", "\"nginx.service\"");
	expect_member(&socket, "netns", "4026531840");
	expect_member(&socket, "netns_name", "\"host\"");
	expect_member(&socket, "user", "\"33\"");
	expect_member(&socket, "uid", "33");
	list_holders_free(holders);
}

static void what_is_not_known_is_null(void **state)
{
	struct list_holders *holders = make_holders();
	struct list_request request = request_with(NULL);
	struct list_socket socket;

	(void)state;
	request.netns_name = "";
	list_socket_init(&socket, &request, LIST_UDP, 2);
	expect_member(&socket, "inode", "0");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *key = fields[i].word->key;

		if (strcmp(key, "inode") && strncmp(key, "netns", 5))
			expect_member(&socket, key, "null");
	}
	expect_member(&socket, "netns_name", "\"4026531840\"");
	/* A walk that found no holder knows that there is none. */
	socket.holders = holders;
	expect_member(&socket, "holders", "[]");
	expect_member(&socket, "program", "null");
	list_holders_free(holders);
}

static void queues_and_memory_are_numbers(void **state)
{
	const struct list_socket socket = {
		.has_queues = true,
		.has_drops = true,
		.has_memory = true,
		.recv_q = 1,
		.recv_memory = 2,
		.recv_limit = 3,
		.send_limit = 4,
		.cookie = 5,
		.drops = 6,
	};

	(void)state;
	expect_member(&socket, "recv_q", "1");
	expect_member(&socket, "send_q", "0");
	expect_member(&socket, "recv_memory", "2");
	expect_member(&socket, "recv_limit", "3");
	expect_member(&socket, "send_memory", "0");
	expect_member(&socket, "send_limit", "4");
	expect_member(&socket, "cookie", "5");
	expect_member(&socket, "drops", "6");
}

static bool matches(struct list_holders *holders, const char *option, const char *text,
                    uint32_t inode)
{
	const struct list_request request = request_with(holders);
	struct list_socket socket;
	struct query query;
	bool result;

	query_init(&query);
	assert_int_equal(query_add(&query, option, text, NULL), 0);
	list_socket_init(&socket, &request, LIST_UNIX, 1);
	socket.inode = inode;
	result = list_socket_match(&query, &context, &socket);
	query_free(&query);
	return result;
}

static void filters_look_at_every_holder(void **state)
{
	struct list_holders *holders = make_holders();

	(void)state;
	assert_true(matches(holders, "pid", "50", 100));
	assert_true(matches(holders, "pid", "50", 200));
	assert_false(matches(holders, "pid", "40", 200));
	assert_false(matches(holders, "pid", "40", 300));
	assert_false(matches(NULL, "pid", "40", 100));
	assert_true(matches(holders, "comm", "sh", 100));
	assert_false(matches(holders, "comm", "nginx", 200));
	assert_true(matches(holders, "cgroup", "system.slice/*", 100));
	assert_false(matches(holders, "cgroup", "system.slice/*", 200));
	assert_true(matches(holders, "container", "nginx", 100));
	assert_false(matches(holders, "container", "docker:*", 100));
	list_holders_free(holders);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_has_its_holders_by_pid_and_fd),
		cmocka_unit_test(the_order_of_arrival_does_not_matter),
		cmocka_unit_test(without_fds_there_is_no_holder),
		cmocka_unit_test(programs_are_named_as_netstat_names_them),
		cmocka_unit_test(a_socket_has_fields_of_all_its_holders),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(queues_and_memory_are_numbers),
		cmocka_unit_test(filters_look_at_every_holder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
