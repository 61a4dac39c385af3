/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares walks of sock_diag with /proc/self/net/tcp{,6}, in a network namespace of the test. */
#include "sockdiag_test.h"

/* --- rows as /proc/net/tcp prints them -------------------------------------------------------- */

static void print_address(char *to, const uint8_t *addr, uint16_t family, uint16_t port)
{
	for (int i = 0; i < (family == AF_INET ? 4 : 16); i += 4) {
		uint32_t word;

		memcpy(&word, addr + i, 4);
		to += sprintf(to, "%08X", word);
	}
	sprintf(to, ":%04X", port);
}

static char *row_of_sample(const struct fact_sample *sample)
{
	char local[48], remote[48], *row;
	bool listen = sample->state == TCP_LISTEN;

	print_address(local, sample->laddr, sample->family, sample->lport);
	print_address(remote, sample->raddr, sample->family, sample->rport);
	must(asprintf(&row, "%s %s %02X %08X:%08X timer %u uid %u inode %u", local, remote,
	              sample->state == NEW_SYN_RECV ? TCP_SYN_RECV : sample->state,
	              listen ? 0 : sample->wqueue, sample->rqueue, sample->timer, sample->uid,
	              sample->inode) > 0);
	return row;
}

static char *row_of_proc(const char *line)
{
	char local[48], remote[48], *row;
	unsigned int state, tx, rx, timer, uid;
	unsigned long inode;

	if (sscanf(line, " %*d: %47s %47s %X %X:%X %X:%*X %*X %u %*d %lu", local, remote, &state,
	           &tx, &rx, &timer, &uid, &inode) != 8)
		return NULL;
	must(asprintf(&row, "%s %s %02X %08X:%08X timer %u uid %u inode %lu", local, remote, state,
	              tx, rx, timer, uid, inode) > 0);
	return row;
}

static size_t read_proc(const char *path, char **rows)
{
	FILE *file = fopen(path, "re");
	char line[512];
	size_t count = 0;

	must(file);
	while (fgets(line, sizeof(line), file)) {
		rows[count] = row_of_proc(line);
		count += !!rows[count];
	}
	fclose(file);
	return count;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void assert_equals_proc(void)
{
	static char *ours[SAMPLES_MAX], *theirs[SAMPLES_MAX];
	size_t count = read_proc("/proc/thread-self/net/tcp", theirs);

	count += read_proc("/proc/thread-self/net/tcp6", theirs + count);
	for (size_t i = 0; i < taken.count; i++)
		ours[i] = row_of_sample(&taken.samples[i]);
	qsort(ours, taken.count, sizeof(*ours), compare);
	qsort(theirs, count, sizeof(*theirs), compare);
	assert_int_equal(taken.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(ours[i], theirs[i]);
		free(ours[i]);
		free(theirs[i]);
	}
}

/* --- walks ------------------------------------------------------------------------------------ */

static void walk_is_framed(void **state)
{
	uint64_t before = clock_boot();

	(void)state;
	walk();
	assert_int_equal(taken.begin.h.type, FACT_WALK_BEGIN);
	assert_int_equal(taken.end.h.type, FACT_WALK_END);
	assert_int_equal(taken.begin.kind, WALK_SOCKETS);
	assert_int_equal(taken.end.kind, WALK_SOCKETS);
	assert_int_equal(taken.begin.netns, netns);
	assert_int_equal(taken.end.netns, netns);
	assert_int_equal(taken.first, taken.begin.h.time);
	assert_true(taken.first >= before && taken.last <= clock_boot());
}

static void listener_and_established(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4001, 7);
	struct pair pair = tcp_pair(listener, "127.0.0.1", 4001, 5001);
	int queued = tcp_connect("127.0.0.1", 4001, 5002, true);
	const struct fact_sample *sample;

	(void)state;
	must(!fchown(pair.client, 1234, 0));
	must(write(pair.client, "12345", 5) == 5);
	tcp_await(queued, TCP_ESTABLISHED);
	walk();
	assert_equals_proc();

	sample = find_fd(listener);
	assert_int_equal(sample->state, TCP_LISTEN);
	assert_int_equal(sample->rqueue, 1);
	assert_int_equal(sample->wqueue, 7);
	assert_flags(sample, SAMPLE_SOCKET | SAMPLE_IDENT | SAMPLE_TUPLE, SAMPLE_ACKED);
	sample = find_fd(pair.client);
	assert_int_equal(sample->uid, 1234);
	assert_int_equal(sample->netns, netns);
	assert_int_not_equal(sample->cookie, 0);
	assert_flags(sample, SAMPLE_SOCKET | SAMPLE_IDENT | SAMPLE_QUEUES | SAMPLE_TIMER,
	             SAMPLE_DEAD | SAMPLE_MINI | SAMPLE_REQUEST | SAMPLE_POINT);
	assert_int_equal(find_fd(pair.server)->rqueue, 5);
	assert_int_equal(find_fd(pair.server)->rport, 5001);
	assert_flags(find(4001, 5002), 0, SAMPLE_SOCKET | SAMPLE_DEAD);
	close(queued);
	close(pair.client);
	close(pair.server);
	close(listener);
}

static void half_open_is_a_request(void **state)
{
	int listener = tcp_listen("::", 4002, 5), on = 10, v4, v6;

	(void)state;
	/* The server ignores the client's ACK, so the request socket stays until data come. */
	must(!setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &on, sizeof(on)));
	v4 = tcp_connect("127.0.0.1", 4002, 5003, true);
	v6 = tcp_connect("::1", 4002, 5004, true);
	walk();
	assert_equals_proc();
	for (int port = 5003; port <= 5004; port++) {
		const struct fact_sample *sample = find(4002, port);

		assert_int_equal(sample->state, NEW_SYN_RECV);
		assert_int_equal(sample->timer, TIMER_RETRANSMIT);
		assert_flags(sample, SAMPLE_REQUEST | SAMPLE_TUPLE | SAMPLE_TIMER,
		             SAMPLE_SOCKET | SAMPLE_DEAD | SAMPLE_MINI | SAMPLE_IDENT);
	}
	close(v4);
	close(v6);
	close(listener);
}

static void fast_open_child_is_no_request(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4003, 5), on = 5, client;
	struct sockaddr_storage to;
	socklen_t size = address("127.0.0.1", 4003, &to);

	(void)state;
	must(!system("echo 0x603 > /proc/sys/net/ipv4/tcp_fastopen"));
	must(!setsockopt(listener, IPPROTO_TCP, TCP_FASTOPEN, &on, sizeof(on)));
	/* Answers to the SYN are lost, so clients stay in SYN_SENT. */
	must(!system("nft 'add table t; add chain t c { type filter hook input priority 0; };"
	             "add rule t c tcp sport 4003 drop'"));
	client = tcp_socket(AF_INET);
	must(!fcntl(client, F_SETFL, O_NONBLOCK));
	sendto(client, "x", 1, MSG_FASTOPEN, (void *)&to, size);
	tcp_await(client, TCP_SYN_SENT);
	walk();
	must(!system("nft delete table t"));
	assert_int_equal(find_fd(client)->state, TCP_SYN_SENT);
	assert_int_equal(find(4003, tcp_port(client))->state, TCP_SYN_RECV);
	assert_flags(find(4003, tcp_port(client)), 0, SAMPLE_REQUEST | SAMPLE_SOCKET | SAMPLE_DEAD);
	close(client);
	close(listener);
}

static void closing_states(void **state)
{
	int listener = tcp_listen("::", 4004, 5);
	struct pair half = tcp_pair(listener, "::1", 4004, 5005);
	struct pair orphan = tcp_pair(listener, "::ffff:127.0.0.1", 4004, 5006);

	(void)state;
	must(!shutdown(half.client, SHUT_WR));
	close(orphan.client);
	tcp_await(half.client, TCP_FIN_WAIT2);
	walk_until(5006, 4004, TCP_FIN_WAIT2);
	assert_equals_proc();
	assert_int_equal(find_fd(half.client)->state, TCP_FIN_WAIT2);
	assert_flags(find_fd(half.client), SAMPLE_SOCKET | SAMPLE_ACKED, SAMPLE_MINI | SAMPLE_DONE);
	assert_int_equal(find_fd(half.server)->state, TCP_CLOSE_WAIT);
	assert_flags(find_fd(half.server), SAMPLE_SOCKET | SAMPLE_DONE, SAMPLE_DEAD);
	assert_int_equal(find(5006, 4004)->state, TCP_FIN_WAIT2);
	assert_int_equal(find(5006, 4004)->timer, TIMER_TIMEWAIT);
	assert_flags(find(5006, 4004), SAMPLE_MINI, SAMPLE_SOCKET | SAMPLE_DEAD | SAMPLE_IDENT);
	close(orphan.server);
	close(half.server);
	close(half.client);
	close(listener);
}

/* The peer's window is full, so the FIN of an orphan waits behind its data. */
static void stuck_orphan(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4005, 5);
	struct pair pair = tcp_pair(listener, "127.0.0.1", 4005, 5007);
	const struct fact_sample *sample;
	static char data[65536];

	(void)state;
	must(!fcntl(pair.client, F_SETFL, O_NONBLOCK));
	for (int i = 0; i < 20; i++) {
		while (write(pair.client, data, sizeof(data)) > 0)
			;
		usleep(10000);
	}
	close(pair.client);
	walk();
	sample = find(5007, 4005);
	assert_int_equal(sample->state, TCP_FIN_WAIT1);
	assert_true(sample->timer == TIMER_PROBE || sample->timer == TIMER_RETRANSMIT);
	assert_in_range(sample->timer_ms, 0, 130000);
	assert_true(sample->wqueue > 0);
	assert_flags(sample, SAMPLE_DEAD, SAMPLE_SOCKET | SAMPLE_ACKED | SAMPLE_MINI);
	close(pair.server);
	close(listener);
}

static void many(void **state)
{
	int listener = tcp_listen("127.0.0.1", 4006, 4096);
	static struct pair pairs[1500];

	(void)state;
	for (size_t i = 0; i < 1500; i++)
		pairs[i] = tcp_pair(listener, "127.0.0.1", 4006, 0);
	walk();
	assert_true(taken.count >= 3001);
	assert_equals_proc();
	for (size_t i = 0; i < 1500; i++) {
		struct linger reset = {1, 0};

		must(!setsockopt(pairs[i].client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
		close(pairs[i].client);
		close(pairs[i].server);
	}
	close(listener);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(walk_is_framed),
		cmocka_unit_test(listener_and_established),
		cmocka_unit_test(half_open_is_a_request),
		cmocka_unit_test(fast_open_child_is_no_request),
		cmocka_unit_test(closing_states),
		cmocka_unit_test(stuck_orphan),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
