/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel's counters are read from: good files, and bytes of any kind. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fact/counts.h"
#include "fact/mib.h"

/* "TcpInSegs=5 " for each counter; the section is marked: "Tcp.InSegs". */
static int note(const struct mib_counter *counter, void *arg)
{
	char *out = arg;
	size_t used = strlen(out);

	snprintf(out + used, 4096 - used, "%.*s.%s=%lld ", (int)counter->section, counter->name,
	         counter->name + counter->section, (long long)counter->value);
	return 0;
}

static void pairs_are(const char *text, int want_err, const char *want)
{
	char out[4096] = "";

	assert_int_equal(mib_parse_pairs(text, strlen(text), note, out), want_err);
	assert_string_equal(out, want);
}

static void pairs(void **state)
{
	(void)state;
	pairs_are("Tcp: MaxConn InSegs\nTcp: -1 5\nUdp: NoPorts\nUdp: 18446744073709551615\n", 0,
	          "Tcp.MaxConn=-1 Tcp.InSegs=5 Udp.NoPorts=-1 ");
	pairs_are("", 0, "");
	/* More than 16 types of ICMP messages are in several pairs (icmpmsg_put()). */
	pairs_are("IcmpMsg: InType0\nIcmpMsg: 1\nIcmpMsg: OutType8\nIcmpMsg: 2\n", 0,
	          "IcmpMsg.InType0=1 IcmpMsg.OutType8=2 ");
}

/* A number that may be cut, a line out of step, or a name that is none must not count. */
static void damaged_pairs(void **state)
{
	char name[200] = "Tcp: ";

	(void)state;
	pairs_are("Tcp: A B\nTcp: 1 2", 0, "");
	pairs_are("Tcp: A B\nTcp: 1 2\nUdp: C\n", 0, "Tcp.A=1 Tcp.B=2 ");
	pairs_are("Tcp: A\nUdp: 1\n", -EPROTO, "");
	pairs_are("Tcp: A\nTcpExt: 1\n", -EPROTO, "");
	pairs_are("no section\n1 2\n", -EPROTO, "");
	pairs_are(": A\n: 1\n", -EPROTO, "");
	pairs_are("Tcp: A B C\nTcp: 1\n", 0, "Tcp.A=1 ");
	pairs_are("Tcp: A\nTcp: 1 2 3\n", 0, "Tcp.A=1 ");
	pairs_are("Tcp: A B C D\nTcp: x 18446744073709551616 1x 4\n", 0, "Tcp.D=4 ");
	pairs_are("Tcp: A\033[31m B\nTcp: 1 2\n", 0, "Tcp.B=2 ");
	pairs_are("T\001p: A\nT\001p: 1\n", 0, "");
	memset(name + 5, 'x', 100);
	strcpy(name + 105, " Z\nTcp: 1 2\n");
	pairs_are(name, 0, "Tcp.Z=2 ");
	assert_int_equal(mib_parse_pairs("T\0p: A\nT\0p: 1\n", 14, note, (char[8]){""}), 0);
}

static int refuse(const struct mib_counter *counter, void *arg)
{
	(void)counter;
	return -++*(int *)arg;
}

static void taker_ends_it(void **state)
{
	int calls = 0;

	(void)state;
	assert_int_equal(mib_parse_pairs("A: B C\nA: 1 2\n", 14, refuse, &calls), -1);
	assert_int_equal(mib_parse_lines("Ip6InOctets 1\nIp6InOctets 2\n", 28, refuse, &calls), -2);
}

static void lines(void **state)
{
	static const char text[] = "Ip6InReceives                   \t12\n"
				   "Icmp6InType135\t3\n"
				   "UdpLite6NoPorts 4\n"
				   "SctpCurrEstab                   \t5\n"
				   "NewThing 6\n"
				   "one\n"
				   "a b c\n"
				   "bad\007name 1\n"
				   "Ip6Cut 7";
	char out[4096] = "";

	(void)state;
	assert_int_equal(mib_parse_lines(text, strlen(text), note, out), 0);
	assert_string_equal(out, "Ip6.InReceives=12 Icmp6.InType135=3 UdpLite6.NoPorts=4 "
	                         "Sctp.CurrEstab=5 .NewThing=6 ");
}

static int note_device(const char *device, const uint64_t values[MIB_DEVICE_VALUES], void *arg)
{
	char *out = arg;
	size_t used = strlen(out);

	snprintf(out + used, 4096 - used, "%s=%llu..%llu ", device, (unsigned long long)values[0],
	         (unsigned long long)values[MIB_DEVICE_VALUES - 1]);
	return 0;
}

static void devices(void **state)
{
	static const char text[] =
		"Inter-|   Receive                            |  Transmit\n"
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes\n"
		"    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
		"eth0:1:21 2 3 4 5 6 7 8 9 10 11 12 13 14 15 26\n"
		"short: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
		"name-that-is-too-long: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
		": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
		"cut: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
	char out[4096] = "";

	(void)state;
	assert_int_equal(mib_parse_devices(text, strlen(text), note_device, out), 0);
	assert_string_equal(out, "lo=1..16 eth0:1=21..26 ");
}

static void growth(void **state)
{
	(void)state;
	assert_int_equal(mib_growth(5, 9), 4);
	assert_int_equal(mib_growth(9, 9), 0);
	/* It began anew. */
	assert_int_equal(mib_growth(9, 3), 3);
	assert_int_equal(mib_growth(1ULL << 40, 3), 3);
	assert_int_equal(mib_growth(UINT32_MAX, 1U << 31), 1U << 31);
	/* It has 32 bits and wrapped. */
	assert_int_equal(mib_growth(UINT32_MAX - 1, 3), 5);
}

/* A change of any size comes back. */
static void changes(void **state)
{
	static const int64_t sizes[] = {
		0,         1,        -1, (1LL << 47) - 1, 1LL << 47, -(1LL << 47), -(1LL << 47) - 1,
		INT64_MAX, INT64_MIN};
	union fact_counts_buffer buffer = {0};
	int64_t difference;
	uint32_t at = 0;
	uint16_t id;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		counts_add(&buffer.fact, (uint16_t)(COUNTS_IDS - 1 - i), sizes[i]);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_true(counts_next(&buffer.fact, &at, &id, &difference));
		assert_int_equal(id, COUNTS_IDS - 1 - i);
		assert_true(difference == sizes[i]);
	}
	assert_false(counts_next(&buffer.fact, &at, &id, &difference));
	/* The rest of the last one is missing, or of another counter. */
	buffer.fact.count = at = 0;
	counts_add(&buffer.fact, 1, INT64_MAX);
	buffer.fact.count = 1;
	assert_false(counts_next(&buffer.fact, &at, &id, &difference));
	at = 0;
	counts_add(&buffer.fact, 2, 5);
	assert_false(counts_next(&buffer.fact, &at, &id, &difference));
}

static void sections(void **state)
{
	(void)state;
	assert_int_equal(mib_section("TcpExtListenDrops"), 6);
	assert_int_equal(mib_section("TcpInSegs"), 3);
	assert_int_equal(mib_section("UdpLite6NoPorts"), 8);
	assert_int_equal(mib_section("IcmpMsgInType3"), 7);
	assert_int_equal(mib_section("Icmp6InType3"), 5);
	assert_int_equal(mib_section("IpExtInOctets"), 5);
	assert_int_equal(mib_section("Ip6InOctets"), 3);
	assert_int_equal(mib_section("QuicInPkts"), 0);
	assert_true(mib_is_name("TcpInSegs"));
	assert_false(mib_is_name(""));
	assert_false(mib_is_name("Tcp\033[31m"));
	assert_false(mib_is_name("Tcp InSegs"));
	assert_true(mib_is_now("TcpCurrEstab"));
	assert_false(mib_is_now("TcpActiveOpens"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),         cmocka_unit_test(damaged_pairs),
		cmocka_unit_test(taker_ends_it), cmocka_unit_test(lines),
		cmocka_unit_test(devices),       cmocka_unit_test(growth),
		cmocka_unit_test(changes),       cmocka_unit_test(sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
