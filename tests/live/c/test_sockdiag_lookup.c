/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups of one socket by sock_diag, in a network namespace of the test. */
#include "sockdiag_test.h"

static struct fact_sample lookup(const struct fact_sample *target, uint16_t *type)
{
	struct sockdiag *sockdiag = open_here();

	memset(&taken, 0, sizeof(taken));
	assert_int_equal(sockdiag_lookup(sockdiag, target, &sink), 0);
	sockdiag_close(sockdiag);
	assert_int_equal(taken.count, 1);
	*type = taken.types[0];
	return taken.samples[0];
}

static void assert_seen(const struct fact_sample *target, int tcp_state)
{
	uint16_t type;
	struct fact_sample got = lookup(target, &type);

	assert_int_equal(type, FACT_SEEN);
	assert_int_equal(got.state, tcp_state);
	assert_int_equal(got.timer, TIMER_TIMEWAIT);
	assert_in_range(got.timer_ms, 1, 60000);
	assert_int_equal(got.cookie, target->cookie);
	assert_int_equal(got.netns, netns);
	assert_flags(&got, SAMPLE_MINI | SAMPLE_POINT | SAMPLE_TUPLE | SAMPLE_TIMER, SAMPLE_IDENT);
}

static void assert_gone(const struct fact_sample *target)
{
	uint16_t type;
	struct fact_sample got = lookup(target, &type);

	assert_int_equal(type, FACT_GONE);
	assert_memory_equal(&got, target, sizeof(got));
}

/* The client closes first: the walk shows its TIME_WAIT. */
static struct fact_sample time_wait(int listener, const char *text, uint16_t port, uint16_t own)
{
	struct pair pair = tcp_pair(listener, text, port, own);

	close(pair.client);
	tcp_await(pair.server, TCP_CLOSE_WAIT);
	close(pair.server);
	return *walk_until(own, port, TCP_TIME_WAIT);
}

static void lookup_finds_time_wait(void **state)
{
	static const struct {
		const char *addr;
		uint16_t own;
	} cases[] = {{"127.0.0.1", 5011}, {"::1", 5012}, {"::ffff:127.0.0.1", 5013}};
	int listener = tcp_listen("::", 4011, 5);
	struct fact_sample target;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		target = time_wait(listener, cases[i].addr, 4011, cases[i].own);
		assert_seen(&target, TCP_TIME_WAIT);
		target.cookie++;
		assert_gone(&target);
	}
	close(listener);
}

static void lookup_finds_link_local(void **state)
{
	struct fact_sample target;
	int listener;

	(void)state;
	must(!system("ip link add link0 type bridge && ip link set link0 up && "
	             "ip addr add fe80::1/64 dev link0 nodad"));
	listener = tcp_listen("fe80::1", 4012, 5);
	target = time_wait(listener, "fe80::1", 4012, 5014);
	assert_seen(&target, TCP_TIME_WAIT);
	target.rport++;
	assert_gone(&target);
	close(listener);
}

static void lookup_reports_gone(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4013, 5), linger2 = 1;
	struct pair pair = tcp_pair(listener, "127.0.0.1", 4013, 5015);
	struct fact_sample target;
	uint16_t type = 0;

	(void)state;
	must(!setsockopt(pair.client, IPPROTO_TCP, TCP_LINGER2, &linger2, sizeof(linger2)));
	close(pair.client);
	target = *walk_until(5015, 4013, TCP_FIN_WAIT2);
	assert_seen(&target, TCP_FIN_WAIT2);
	for (int i = 0; i < 9000 && type != FACT_GONE; i++) {
		usleep(10000);
		lookup(&target, &type);
	}
	assert_gone(&target);
	close(pair.server);
	close(listener);
}

static void listener_is_no_answer(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4014, 5);
	struct fact_sample target = {
		.family = AF_INET,
		.lport = 4014,
		.rport = 5016,
		.state = TCP_TIME_WAIT,
		.laddr = {127, 0, 0, 1},
		.raddr = {127, 0, 0, 1},
	};

	(void)state;
	assert_gone(&target);
	target.cookie = 99999999;
	assert_gone(&target);
	close(listener);
}

/* A SYN with a later timestamp replaces the server's TIME_WAIT. */
static void reused_tuple_is_no_answer(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4015, 5);
	struct pair pair = tcp_pair(listener, "127.0.0.1", 4015, 5017);
	struct fact_sample target;

	(void)state;
	close(pair.server);
	tcp_await(pair.client, TCP_CLOSE_WAIT);
	close(pair.client);
	target = *walk_until(4015, 5017, TCP_TIME_WAIT);
	assert_seen(&target, TCP_TIME_WAIT);
	usleep(5000);
	pair = tcp_pair(listener, "127.0.0.1", 4015, 5017);
	assert_gone(&target);
	target.cookie = 0;
	assert_gone(&target);
	close(pair.client);
	close(pair.server);
	close(listener);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookup_finds_time_wait),
		cmocka_unit_test(lookup_finds_link_local),
		cmocka_unit_test(lookup_reports_gone),
		cmocka_unit_test(listener_is_no_answer),
		cmocka_unit_test(reused_tuple_is_no_answer),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
