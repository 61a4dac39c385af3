/* SPDX-License-Identifier: BSD-2-Clause */
/* Neither a SYN nor a FIN is a byte: what the kernel counts is not what was sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "row_expect.h"

#define TUPLE                                                                                      \
	" family=inet local=10.0.0.1:5000 remote=10.0.0.2:80 netns=7 cookie=31 "                   \
	"flags=bytes,queues,tuple,"
#define STEP(time, from, to, flags, more)                                                          \
#time " state sk=c1 old=" #from " new=" #to " state=" #from TUPLE flags more "\n"

/* What is printed after the last of the lines. */
static void expect_bytes(const char *facts, const char *sent, const char *received)
{
	struct table *table = fold_new(facts);
	const struct row *row = fold_row(table, 0);

	print_message("%s", facts);
	expect(table, row, "bytes_sent", sent);
	expect(table, row, "bytes_received", received);
	table_free(table);
}

#define CONNECTED                                                                                  \
	STEP(1000, CLOSE, SYN_SENT, "socket,owned", "")                                            \
	STEP(2000, SYN_SENT, ESTABLISHED, "socket", " bytes_acked=1")
#define ACCEPTED                                                                                   \
	"1000 state sk=c1 old=LISTEN new=SYN_RECV netns=7\n" STEP(2000, SYN_RECV, ESTABLISHED,     \
	                                                          "socket", "")

static void one_that_connects(void **state)
{
	(void)state;
	expect_bytes(STEP(1000, CLOSE, SYN_SENT, "socket,owned", ""), "0", "0");
	expect_bytes(CONNECTED, "0", "0");
	expect_bytes(CONNECTED STEP(3000, ESTABLISHED, FIN_WAIT1, "socket", " bytes_acked=8"), "7",
	             "0");
	expect_bytes(CONNECTED STEP(3000, ESTABLISHED, FIN_WAIT1, "socket", " bytes_acked=1")
	                     STEP(4000, FIN_WAIT1, FIN_WAIT2, "socket", " bytes_acked=2"),
	             "0", "0");
	/* the peer's FIN makes it a mini-socket */
	expect_bytes(CONNECTED STEP(3000, ESTABLISHED, FIN_WAIT1, "socket", " bytes_acked=8")
	                     STEP(4000, FIN_WAIT1, FIN_WAIT2, "dead", " bytes_acked=9")
	                             STEP(5000, FIN_WAIT2, CLOSE, "dead,done",
	                                  " bytes_acked=9 bytes_received=6"),
	             "7", "5");
	/* an orphan has become one before; its FIN was counted by nobody */
	expect_bytes(CONNECTED STEP(4000, FIN_WAIT1, FIN_WAIT2, "dead", " bytes_acked=9") STEP(
			     5000, FIN_WAIT2, CLOSE, "dead", " bytes_acked=9 bytes_received=5"),
	             "7", "5");
}

static void one_that_was_accepted(void **state)
{
	(void)state;
	expect_bytes(ACCEPTED, "0", "0");
	expect_bytes(ACCEPTED STEP(3000, ESTABLISHED, CLOSE_WAIT, "socket,done",
	                           " bytes_acked=7 bytes_received=6"),
	             "7", "5");
	expect_bytes(ACCEPTED STEP(3000, ESTABLISHED, CLOSE_WAIT, "socket,done",
	                           " bytes_acked=7 bytes_received=6")
	                     STEP(4000, CLOSE_WAIT, LAST_ACK, "dead,done",
	                          " bytes_acked=7 bytes_received=6"),
	             "7", "5");
	/* its FIN was acknowledged; or it gave up */
	expect_bytes(
		ACCEPTED STEP(4000, CLOSE_WAIT, LAST_ACK, "dead,done",
	                      " bytes_acked=7 bytes_received=6")
			STEP(5000, LAST_ACK, CLOSE, "dead,done", " bytes_acked=8 bytes_received=6"),
		"7", "5");
	expect_bytes(ACCEPTED STEP(4000, CLOSE_WAIT, LAST_ACK, "dead,done",
	                           " bytes_acked=7 bytes_received=6")
	                     STEP(5000, LAST_ACK, CLOSE, "dead,done",
	                          " wqueue=1 bytes_acked=7 bytes_received=6"),
	             "7", "5");
	/* reset in the middle */
	expect_bytes(ACCEPTED STEP(3000, ESTABLISHED, CLOSE, "socket",
	                           " err=104 bytes_acked=7 bytes_received=5"),
	             "7", "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_connects),
		cmocka_unit_test(one_that_was_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
