/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/tcp.h>

#include "table/state.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(name)    STATE_BIT(STATE_##name)

/* libc's numbers are the kernel's. */
static void test_name(void **state)
{
	(void)state;
	assert_string_equal(state_name(TCP_ESTABLISHED), "ESTABLISHED");
	assert_string_equal(state_name(TCP_SYN_SENT), "SYN_SENT");
	assert_string_equal(state_name(TCP_SYN_RECV), "SYN_RECV");
	assert_string_equal(state_name(TCP_FIN_WAIT1), "FIN_WAIT1");
	assert_string_equal(state_name(TCP_FIN_WAIT2), "FIN_WAIT2");
	assert_string_equal(state_name(TCP_TIME_WAIT), "TIME_WAIT");
	assert_string_equal(state_name(TCP_CLOSE), "CLOSE");
	assert_string_equal(state_name(TCP_CLOSE_WAIT), "CLOSE_WAIT");
	assert_string_equal(state_name(TCP_LAST_ACK), "LAST_ACK");
	assert_string_equal(state_name(TCP_LISTEN), "LISTEN");
	assert_string_equal(state_name(TCP_CLOSING), "CLOSING");
	assert_string_equal(state_name(STATE_NEW_SYN_RECV), "SYN_RECV");
	assert_string_equal(state_name(0), "UNKNOWN");
	assert_string_equal(state_name(STATE_COUNT), "UNKNOWN");
	assert_string_equal(state_name(UINT32_MAX), "UNKNOWN");
}

/* Every name we print is read back, NEW_SYN_RECV as part of SYN_RECV. */
static void test_names_are_read(void **state)
{
	(void)state;
	for (unsigned int s = STATE_ESTABLISHED; s < STATE_COUNT; s++) {
		uint32_t bits = 0;

		assert_int_equal(state_parse(state_name(s), &bits), 0);
		assert_true(bits & STATE_BIT(s));
	}
}

static void test_parse(void **state)
{
	static const uint32_t syn_recv = BIT(SYN_RECV) | BIT(NEW_SYN_RECV);
	static const uint32_t synchronized = BIT(ESTABLISHED) | BIT(FIN_WAIT1) | BIT(FIN_WAIT2) |
	                                     BIT(TIME_WAIT) | BIT(CLOSE_WAIT) | BIT(LAST_ACK) |
	                                     BIT(CLOSING) | syn_recv;
	const struct {
		const char *word;
		uint32_t bits;
	} cases[] = {
		{"CLOSE_WAIT", BIT(CLOSE_WAIT)},
		{"close_wait", BIT(CLOSE_WAIT)},
		{"Close-Wait", BIT(CLOSE_WAIT)},
		{"established", BIT(ESTABLISHED)},
		{"estab", BIT(ESTABLISHED)},
		{"fin-wait-1", BIT(FIN_WAIT1)},
		{"FIN_WAIT_2", BIT(FIN_WAIT2)},
		{"fin_wait2", BIT(FIN_WAIT2)},
		{"syn-sent", BIT(SYN_SENT)},
		{"SYN_RECV", syn_recv},
		{"syn-recv", syn_recv},
		{"new_syn_recv", BIT(NEW_SYN_RECV)},
		{"listen", BIT(LISTEN)},
		{"LISTENING", BIT(LISTEN)},
		{"unconn", BIT(CLOSE)},
		{"closed", BIT(CLOSE)},
		{"close", BIT(CLOSE)},
		{"closing", BIT(CLOSING)},
		{"time-wait", BIT(TIME_WAIT)},
		{"last-ack", BIT(LAST_ACK)},
		{"all", synchronized | BIT(SYN_SENT) | BIT(LISTEN) | BIT(CLOSE)},
		{"connected", synchronized | BIT(SYN_SENT)},
		{"synchronized", synchronized},
		{"bucket", syn_recv | BIT(TIME_WAIT)},
		{"BIG", BIT(ESTABLISHED) | BIT(SYN_SENT) | BIT(FIN_WAIT1) | BIT(FIN_WAIT2) |
	                        BIT(CLOSE) | BIT(CLOSE_WAIT) | BIT(LAST_ACK) | BIT(LISTEN) |
	                        BIT(CLOSING)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t bits = 0;

		print_message("%s\n", cases[i].word);
		assert_int_equal(state_parse(cases[i].word, &bits), 0);
		assert_int_equal(bits, cases[i].bits);
	}
}

static void test_refused(void **state)
{
	static const char *const words[] = {
		"",  "-",      "UNKNOWN", "CLOSE_WAI", "CLOSE_WAITS", "CLOSE WAIT",  "closewait",
		"8", "estab,", " listen", "fin_wait",  "fin-wait1-",  "est\xc3\xa0",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		uint32_t bits = 0x5a5a5a;

		print_message("\"%s\"\n", words[i]);
		assert_int_equal(state_parse(words[i], &bits), -EINVAL);
		assert_int_equal(bits, 0x5a5a5a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_names_are_read),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
