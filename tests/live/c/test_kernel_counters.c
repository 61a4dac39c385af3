/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns that some kernels lack, and files of the namespace that a thread is in. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "enrich/kernel_counters.h"
#include "tcp.h"

static struct kernel_counters parse(void (*parser)(FILE *, struct kernel_counters *),
                                    const char *text)
{
	struct kernel_counters counts = {0};
	FILE *in = fmemopen((void *)text, strlen(text), "r");

	must(in);
	parser(in, &counts);
	fclose(in);
	return counts;
}

static void assert_count(const struct kernel_counters *counts, enum counter counter, uint64_t value)
{
	assert_true(counts->known[counter]);
	assert_int_equal(counts->value[counter], value);
}

static size_t known(const struct kernel_counters *counts)
{
	size_t count = 0;

	for (int i = 0; i < COUNTER_COUNT; i++)
		count += counts->known[i];
	return count;
}

static void columns_by_name(void **state)
{
	struct kernel_counters counts =
		parse(kernel_counters_parse, "TcpExt: ListenDrops New SyncookiesSent\n"
	                                     "TcpExt: 18446744073709551615 5 6\n"
	                                     "IpExt: ListenOverflows InOctets\n"
	                                     "IpExt: 1 2\n"
	                                     "Tcp: MaxConn OutRsts OutSegs RetransSegs\n"
	                                     "Tcp: -1 0 20 -1\n");

	(void)state;
	assert_count(&counts, COUNTER_LISTEN_DROPS, UINT64_MAX);
	assert_count(&counts, COUNTER_COOKIES_SENT, 6);
	assert_count(&counts, COUNTER_OUT_RSTS, 0);
	assert_count(&counts, COUNTER_OUT_SEGMENTS, 20);
	assert_int_equal(known(&counts), 4); /* neither the value of IpExt nor -1 */
}

static void what_is_no_table(void **state)
{
	static const char *const texts[] = {
		"\n",
		"TcpExt:\nTcpExt:\n",
		"TcpExt: ListenDrops\n",
		"TcpExt: ListenDrops\nTcp: 5\n",
		"TcpExt ListenDrops\nTcpExt 5\n",
		"TcpExt: New ListenDrops\nTcpExt: 5\n",
		"TcpExt: ListenDrops\nTcpExt: 5x\n",
		": TcpOutRsts\n: 5\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct kernel_counters counts = parse(kernel_counters_parse, texts[i]);

		assert_int_equal(known(&counts), 0);
	}
}

static void sockstat(void **state)
{
	struct kernel_counters counts = parse(kernel_counters_parse_sockstat,
	                                      "sockets: used 16\n"
	                                      "TCP: inuse 1 orphan 3 new 9 tw 121 alloc 2 mem 289\n"
	                                      "FRAG: inuse 0 tw 7 orphan 7\n");

	(void)state;
	assert_count(&counts, COUNTER_ORPHANS, 3);
	assert_count(&counts, COUNTER_TIME_WAITS, 121);
	assert_count(&counts, COUNTER_MEMORY, 289);
	assert_int_equal(known(&counts), 3);
	counts = parse(kernel_counters_parse_sockstat, "TCP: inuse 1 orphan\n");
	assert_int_equal(known(&counts), 0);
}

/* --- namespaces ------------------------------------------------------------------------------- */

static void refused_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(1)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(fd >= 0);
	must(connect(fd, (struct sockaddr *)&to, sizeof(to)) && errno == ECONNREFUSED);
	close(fd);
}

static void set(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

struct look {
	struct kernel_counters counts;
	char fin_timeout[KERNEL_SETTING_SIZE], ports[KERNEL_SETTING_SIZE];
};

static void look(struct look *look)
{
	assert_int_equal(kernel_counters_read(&look->counts), 0);
	assert_int_equal(kernel_setting_read(SETTING_FIN_TIMEOUT, look->fin_timeout), 0);
	assert_int_equal(kernel_setting_read(SETTING_LOCAL_PORT_RANGE, look->ports), 0);
}

static void *look_elsewhere(void *arg)
{
	must(!unshare(CLONE_NEWNET));
	loopback_up();
	set("/proc/sys/net/ipv4/tcp_fin_timeout", "19");
	refused_connect();
	look(arg);
	return NULL;
}

/* The main thread is in another namespace; each thread reads its own. */
static void of_the_calling_thread(void **state)
{
	struct look here, there, again;
	pthread_t thread;

	(void)state;
	must(!unshare(CLONE_NEWNET));
	loopback_up();
	set("/proc/sys/net/ipv4/tcp_fin_timeout", "17");
	set("/proc/sys/net/ipv4/ip_local_port_range", "20000 20100");
	refused_connect();
	refused_connect();
	look(&here);
	must(!pthread_create(&thread, NULL, look_elsewhere, &there));
	must(!pthread_join(thread, NULL));
	look(&again);

	assert_string_equal(here.fin_timeout, "17");
	assert_string_equal(there.fin_timeout, "19");
	assert_string_equal(again.fin_timeout, "17");
	assert_string_equal(here.ports, "20000 20100");
	assert_count(&here.counts, COUNTER_OUT_RSTS, 2);
	assert_count(&there.counts, COUNTER_OUT_RSTS, 1);
	assert_count(&again.counts, COUNTER_OUT_RSTS, 2);
}

/* The kernel tracks connections only after something has requested it. */
static bool is_of_conntrack(int counter)
{
	return counter == COUNTER_CONNTRACK || counter == COUNTER_CONNTRACK_DROP ||
	       counter == COUNTER_CONNTRACK_EARLY_DROP;
}

/* This kernel has all of them. */
static void nothing_is_missing(void **state)
{
	char text[KERNEL_SETTING_SIZE];
	struct kernel_counters counts;

	(void)state;
	assert_int_equal(kernel_counters_read(&counts), 0);
	for (int i = COUNTER_NONE + 1; i < COUNTER_COUNT; i++)
		assert_true(counts.known[i] || is_of_conntrack(i));
	for (int i = SETTING_NONE + 1; i < SETTING_COUNT; i++) {
		if (i == SETTING_MAX_ORPHANS || i == SETTING_TCP_MEM)
			continue; /* only the host has it */
		if (i == SETTING_CONNTRACK_MAX && kernel_setting_read(i, text) == -ENOENT)
			continue;
		assert_int_equal(kernel_setting_read(i, text), 0);
		assert_true(text[0] && !strpbrk(text, "\t\n"));
	}
}

static uint64_t tcp_of(const char *text)
{
	uint64_t count = 0;

	assert_int_equal(kernel_parse_tcp_count(text, &count), 0);
	return count;
}

static void sockstat_tells_how_many_there_are(void **state)
{
	uint64_t count;

	(void)state;
	assert_int_equal(tcp_of("sockets: used 25\n"
	                        "TCP: inuse 0 orphan 3 tw 0 alloc 11 mem 7\n"
	                        "UDP: inuse 4 mem 0\n"),
	                 0);
	assert_int_equal(tcp_of("sockets: used 2\nTCP: inuse 5 orphan 1 tw 7 alloc 9 mem 0\n"), 12);
	assert_int_equal(tcp_of("TCP6: inuse 2\nUDP6: inuse 3\n"), 2);
	/* A text without the counter must not count as 0. */
	assert_int_equal(kernel_parse_tcp_count("", &count), -ENODATA);
	assert_int_equal(kernel_parse_tcp_count("sockets: used 2\nUDP: inuse 0 mem 0\n", &count),
	                 -ENODATA);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_by_name),
		cmocka_unit_test(what_is_no_table),
		cmocka_unit_test(sockstat_tells_how_many_there_are),
		cmocka_unit_test(sockstat),
		cmocka_unit_test(of_the_calling_thread),
		cmocka_unit_test(nothing_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
