/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of inet_diag, as the kernel makes them and as it never does. */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "inet_test.h"

/* An answer that is being made. */
struct answer {
	char bytes[8192] __attribute__((aligned(8)));
	struct nlmsghdr *message;
	struct inet_diag_msg *diag;
};

static void begin_answer(struct answer *answer, int family, uint8_t state)
{
	memset(answer, 0, sizeof(*answer));
	answer->message = mnl_nlmsg_put_header(answer->bytes);
	answer->message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	answer->message->nlmsg_flags = NLM_F_MULTI;
	answer->message->nlmsg_seq = 7;
	answer->diag = mnl_nlmsg_put_extra_header(answer->message, sizeof(*answer->diag));
	answer->diag->idiag_family = (uint8_t)family;
	answer->diag->idiag_state = state;
	answer->diag->id.idiag_sport = htons(443);
	inet_pton(AF_INET, "10.0.0.1", answer->diag->id.idiag_src);
	if (family == AF_INET6)
		inet_pton(AF_INET6, "fe80::1", answer->diag->id.idiag_src);
}

static void add_full(struct answer *answer)
{
	mnl_attr_put_u8(answer->message, INET_DIAG_SHUTDOWN, 0);
}

static const struct list_inet *read_answer(struct inet_test *test, const struct answer *answer)
{
	assert_int_equal(inet_add_message(&test->reader, answer->message), 0);
	return inet_test_last(test);
}

static void udp_has_memory_and_place(void **state)
{
	const uint32_t memory[SK_MEMINFO_VARS] = {100, 212992, 200, 425984, 4, 5, 6, 7, 99};
	const struct list_inet *inet;
	struct inet_test test;
	struct answer answer;
	uint64_t cgroup = 1ULL << 40;

	(void)state;
	inet_test_begin(&test, LIST_UDP, AF_INET6);
	begin_answer(&answer, AF_INET6, 7);
	answer.diag->id.idiag_if = 3;
	answer.diag->id.idiag_cookie[0] = 5;
	answer.diag->id.idiag_cookie[1] = 1;
	answer.diag->idiag_uid = 4294967294U;
	answer.diag->idiag_inode = 77;
	answer.diag->idiag_rqueue = 87040;
	answer.diag->idiag_wqueue = 12;
	add_full(&answer);
	mnl_attr_put(answer.message, INET_DIAG_SKMEMINFO, sizeof(memory), memory);
	mnl_attr_put_u32(answer.message, INET_DIAG_MARK, 0xffffffff);
	mnl_attr_put(answer.message, INET_DIAG_CGROUP_ID, sizeof(cgroup), &cgroup);
	inet = read_answer(&test, &answer);
	assert_inet_field(inet, "proto", "udp6");
	assert_inet_field(inet, "local", "[fe80::1%3]:443");
	assert_inet_field(inet, "local_addr", "fe80::1%3");
	assert_inet_field(inet, "recv_q", "87040");
	assert_inet_field(inet, "send_q", "12");
	assert_inet_field(inet, "user", "4294967294");
	assert_inet_field(inet, "cookie", "4294967301");
	assert_inet_field(inet, "drops", "99");
	assert_inet_field(inet, "recv_memory", "100");
	assert_inet_field(inet, "recv_limit", "212992");
	assert_inet_field(inet, "send_memory", "200");
	assert_inet_field(inet, "send_limit", "425984");
	assert_inet_field(inet, "mark", "4294967295");
	assert_int_equal(inet->socket.cgroup, cgroup);
	list_free(&test.list);
}

/* /proc/net/tcp has no limit of the accept queue. */
static void listener_has_no_send_queue(void **state)
{
	const struct list_inet *inet;
	struct inet_test test;
	struct answer answer;

	(void)state;
	inet_test_begin(&test, LIST_TCP, AF_INET);
	begin_answer(&answer, AF_INET, 10);
	answer.diag->idiag_rqueue = 3;
	answer.diag->idiag_wqueue = 128;
	answer.diag->idiag_inode = 5;
	add_full(&answer);
	inet = read_answer(&test, &answer);
	assert_inet_field(inet, "recv_q", "3");
	assert_inet_field(inet, "send_q", "0");
	assert_inet_field(inet, "uid", "0");
	assert_inet_field(inet, "drops", "-");
	assert_inet_field(inet, "mark", "-");
	assert_inet_field(inet, "cookie", "-");
	list_free(&test.list);
}

/* tcp_info has both numbers that /proc/net/tcp prints; the message alone has one. */
static void timers_are_procs(void **state)
{
	static const struct {
		uint8_t timer, retrans;
		uint32_t expires;
		bool info;
		const char *text;
	} cases[] = {
		{0, 0, 0, false, "off (0.00/0/0)"},
		{1, 4, 1239, false, "on (1.23/4/0)"},
		{2, 4, 7200000, false, "keepalive (7200.00/0/4)"},
		{4, 4, 10, false, "probe (0.01/0/4)"},
		{1, 4, 10, true, "on (0.01/5/6)"},
		{4, 4, 10, true, "probe (0.01/5/6)"},
		{0, 0, 0, true, "off (0.00/5/6)"},
		{1, 0, UINT32_MAX - 3, false, "on (0.00/0/0)"}, /* it has expired */
		{9, 0, 10, false, "unkn-9 (0.01/0/0)"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tcp_info info = {.tcpi_retransmits = 5, .tcpi_probes = 6};
		struct inet_test test;
		struct answer answer;

		inet_test_begin(&test, LIST_TCP, AF_INET);
		begin_answer(&answer, AF_INET, 1);
		answer.diag->idiag_timer = cases[i].timer;
		answer.diag->idiag_retrans = cases[i].retrans;
		answer.diag->idiag_expires = cases[i].expires;
		add_full(&answer);
		if (cases[i].info)
			mnl_attr_put(answer.message, INET_DIAG_INFO, sizeof(info), &info);
		assert_inet_field(read_answer(&test, &answer), "timer", cases[i].text);
		list_free(&test.list);
	}
}

static void add_tcp(struct inet_test *test, int family, uint8_t state, const char *local,
                    uint16_t foreign_port, uint32_t uid)
{
	struct answer answer;

	begin_answer(&answer, family, state);
	inet_pton(family, local, answer.diag->id.idiag_src);
	answer.diag->id.idiag_dport = htons(foreign_port);
	answer.diag->idiag_uid = uid;
	answer.diag->idiag_timer = foreign_port ? 1 : 0;
	if (!foreign_port) {
		answer.diag->idiag_inode = 1;
		add_full(&answer);
	}
	read_answer(test, &answer);
}

/* inet_diag shows no user of request sockets; /proc/net/tcp shows that of the listener. */
static void requests_get_users(void **state)
{
	static const struct {
		int family;
		const char *local, *uid;
	} cases[] = {
		{AF_INET, "10.0.0.1", "1001"},
		{AF_INET, "10.0.0.2", "1000"},
		{AF_INET6, "::ffff:10.0.0.1", "1002"},
		{AF_INET6, "2001:db8::1", "1003"},
	};
	struct inet_test test;

	(void)state;
	inet_test_begin(&test, LIST_TCP, AF_INET);
	add_tcp(&test, AF_INET, 10, "0.0.0.0", 0, 1000);
	add_tcp(&test, AF_INET, 10, "10.0.0.1", 0, 1001);
	add_tcp(&test, AF_INET6, 10, "::", 0, 1002);
	add_tcp(&test, AF_INET6, 10, "2001:db8::1", 0, 1003);
	for (size_t i = 0; i < COUNT(cases); i++)
		add_tcp(&test, cases[i].family, 3, cases[i].local, 5000, 0);
	assert_inet_field(inet_test_last(&test), "uid", "-");
	assert_int_equal(inet_give_requests_users(&test.list, 0), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_inet_field(list_at(&test.list, 4 + i), "uid", cases[i].uid);
	list_free(&test.list);
}

/* A socket in TIME_WAIT is no request. */
static void time_wait_has_no_user(void **state)
{
	struct inet_test test;
	struct answer answer;

	(void)state;
	inet_test_begin(&test, LIST_TCP, AF_INET);
	add_tcp(&test, AF_INET, 10, "0.0.0.0", 0, 1000);
	begin_answer(&answer, AF_INET, 6);
	answer.diag->id.idiag_dport = htons(5000);
	answer.diag->idiag_timer = 3;
	answer.diag->idiag_expires = 59990;
	read_answer(&test, &answer);
	assert_int_equal(inet_give_requests_users(&test.list, 0), 0);
	assert_inet_field(inet_test_last(&test), "uid", "-");
	assert_inet_field(inet_test_last(&test), "timer", "timewait (59.99/0/0)");
	list_free(&test.list);
}

static void put_addresses(struct answer *answer, uint16_t type, const char *const *texts)
{
	struct sockaddr_storage addresses[4];
	size_t count = 0;

	memset(addresses, 0, sizeof(addresses));
	for (; texts[count]; count++) {
		struct sockaddr_in *v4 = (void *)&addresses[count];
		struct sockaddr_in6 *v6 = (void *)&addresses[count];

		if (inet_pton(AF_INET, texts[count], &v4->sin_addr) == 1) {
			v4->sin_family = AF_INET;
		} else {
			assert_int_equal(inet_pton(AF_INET6, texts[count], &v6->sin6_addr), 1);
			v6->sin6_family = AF_INET6;
		}
	}
	mnl_attr_put(answer->message, type, count * sizeof(addresses[0]), addresses);
}

static void sctp_has_all_addresses(void **state)
{
	static const char *const locals[] = {"10.0.0.1", "10.0.0.2", NULL};
	static const char *const peers[] = {"2001:db8::1", NULL};
	const struct list_inet *inet;
	struct inet_test test;
	struct answer answer;

	(void)state;
	inet_test_begin(&test, LIST_SCTP, AF_INET);
	begin_answer(&answer, AF_INET, 10);
	put_addresses(&answer, INET_DIAG_LOCALS, locals);
	inet = read_answer(&test, &answer);
	assert_inet_field(inet, "state", "LISTEN");
	assert_inet_field(inet, "local", "10.0.0.1:443");
	assert_inet_field(inet, "local_addrs", "10.0.0.1,10.0.0.2");
	assert_inet_field(inet, "foreign", "-");
	assert_inet_field(inet, "recv_q", "-");

	begin_answer(&answer, AF_INET6, 3);
	answer.diag->id.idiag_dport = htons(5000);
	answer.diag->idiag_rqueue = 3;
	put_addresses(&answer, INET_DIAG_LOCALS, locals);
	put_addresses(&answer, INET_DIAG_PEERS, peers);
	inet = read_answer(&test, &answer);
	assert_inet_field(inet, "state", "ESTABLISHED");
	assert_inet_field(inet, "association", "ESTABLISHED");
	assert_inet_field(inet, "family", "inet6");
	assert_inet_field(inet, "foreign", "[2001:db8::1]:5000");
	assert_inet_field(inet, "recv_q", "3");
	inet_drop_endpoints(&test.list, 0);
	assert_int_equal(test.list.count, 1);
	list_free(&test.list);
}

/* Attributes of another size, of another kind, too many, and cut. */
static void odd_attributes_are_harmless(void **state)
{
	const char bytes[600] = {1};
	const struct list_inet *inet;
	struct inet_test test;
	struct answer answer;

	(void)state;
	inet_test_begin(&test, LIST_SCTP, AF_INET);
	begin_answer(&answer, AF_INET, 255);
	mnl_attr_put(answer.message, INET_DIAG_CGROUP_ID, 3, bytes);
	mnl_attr_put(answer.message, INET_DIAG_MARK, 8, bytes);
	mnl_attr_put(answer.message, INET_DIAG_SKMEMINFO, 5, bytes);
	mnl_attr_put(answer.message, INET_DIAG_LOCALS, 130,
	             bytes); /* no address of a known family */
	mnl_attr_put(answer.message, INET_DIAG_PEERS, 0, bytes);
	mnl_attr_put(answer.message, INET_DIAG_INFO, 2, bytes);
	mnl_attr_put(answer.message, 16000, 8, bytes);
	inet = read_answer(&test, &answer);
	assert_inet_field(inet, "state", "UNKNOWN");
	assert_inet_field(inet, "drops", "-");
	assert_inet_field(inet, "recv_memory", "-");
	assert_inet_field(inet, "mark", "-");
	assert_inet_field(inet, "local_addrs", "-");

	for (uint32_t size = 0; size < NLMSG_LENGTH(sizeof(*answer.diag)); size++) {
		begin_answer(&answer, AF_INET, 1);
		answer.message->nlmsg_len = size < sizeof(struct nlmsghdr) ? 16 : size;
		assert_int_equal(inet_add_message(&test.reader, answer.message), -EBADMSG);
	}
	begin_answer(&answer, AF_UNIX, 1);
	assert_int_equal(inet_add_message(&test.reader, answer.message), -EBADMSG);
	list_free(&test.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp_has_memory_and_place),
		cmocka_unit_test(listener_has_no_send_queue),
		cmocka_unit_test(timers_are_procs),
		cmocka_unit_test(requests_get_users),
		cmocka_unit_test(time_wait_has_no_user),
		cmocka_unit_test(sctp_has_all_addresses),
		cmocka_unit_test(odd_attributes_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
