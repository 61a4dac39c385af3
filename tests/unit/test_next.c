/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "view/next.h"

static void expect(const char *from, const char *time, const char *text, const char *expected)
{
	const struct next_source source = {from, time};
	struct buffer in = {0}, out = {0};

	buffer_text(&in, text);
	next_lines(&out, &in, &source);
	buffer_add(&out, "", 1);
	assert_string_equal(out.data, expected);
	buffer_free(&in);
	buffer_free(&out);
}

static void commands_look_at_the_recording(void **state)
{
	(void)state;
	expect("night", NULL, "see each of them: tcptrail events --pid 88\n",
	       "see each of them: tcptrail events --from night --pid 88\n");
	expect("night", NULL, "watch longer: tcptrail why close_wait --for 1m",
	       "watch longer: tcptrail why --from night close_wait --for 1m");
	expect("/var/lib/tcptrail", NULL,
	       "a tcptrail snapshot, or tcptrail trail 7:4\ntcptrail events\n",
	       "a tcptrail snapshot --from /var/lib/tcptrail, or tcptrail trail --from "
	       "/var/lib/tcptrail 7:4\ntcptrail events --from /var/lib/tcptrail\n");
	expect("it's here", NULL, "tcptrail why\n", "tcptrail why --from 'it'\\''s here'\n");
}

static void at_the_instant_that_was_asked_for(void **state)
{
	(void)state;
	expect("night", "2026-11-25T03:12:00Z", "tcptrail events --pid 8; tcptrail why",
	       "tcptrail events --from night --until 2026-11-25T03:12:00Z --pid 8; tcptrail why "
	       "--from night --at 2026-11-25T03:12:00Z");
}

static void other_lines_stay(void **state)
{
	(void)state;
	expect(NULL, NULL, "tcptrail events --pid 88\n", "tcptrail events --pid 88\n");
	expect("night", NULL, "raise it: ulimit -n\n", "raise it: ulimit -n\n");
	expect("night", NULL, "on the peer's host: tcptrail why close_wait\n",
	       "on the peer's host: tcptrail why close_wait\n");
	expect("night", NULL, "run tcptrail why on the peers' hosts\n",
	       "run tcptrail why on the peers' hosts\n");
	expect("night", NULL, "tcptrail explain close_wait; tcptrail --probes\n",
	       "tcptrail explain close_wait; tcptrail --probes\n");
	expect("night", NULL, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_look_at_the_recording),
		cmocka_unit_test(at_the_instant_that_was_asked_for),
		cmocka_unit_test(other_lines_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
