/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "view/info.h"

#define S     INT64_C(1000000000)
#define BEGAN (INT64_C(1795486320) * S) /* 2026-11-24 02:12 in UTC */

static const struct recording_session sessions[] = {
	{.began = BEGAN, .ended = BEGAN + 3600 * S, .files = 12},
	{.began = BEGAN + 3605 * S, .ended = BEGAN + 86400 * S, .files = 1},
};

static const struct recording_info whole = {
	.path = "/var/lib/tcptrail",
	.version = 1,
	.host = "web1",
	.kernel = "6.18.5",
	.machine = "x86_64",
	.tcptrail = "0.1.0",
	.sessions = sessions,
	.session_count = 2,
	.first = BEGAN,
	.last = BEGAN + 86400 * S,
	.files = 13,
	.bytes = 851443712,
	.raw = 3435973836,
	.facts = 123456789,
	.transitions = 56000000,
	.checkpoints = 1440,
	.damaged = 1,
	.lost_known = true,
	.lost = 12,
};

/* Nothing is known of it, but that it is there. */
static const struct recording_info empty = {.path = "a\033b\"c", .version = 1, .files = 1};

static void expect(const struct recording_info *info, bool json, bool utc, const char *expected)
{
	struct view view = {.context.utc = utc};
	char *text = NULL;
	size_t size;

	setenv("TZ", "CET-1", 1);
	tzset();
	view.out = open_memstream(&text, &size);
	assert_int_equal(json ? info_json(&view, info) : info_text(&view, info), 0);
	fclose(view.out);
	assert_string_equal(text, expected);
	free(text);
}

static void as_text(void **state)
{
	(void)state;
	expect(&whole, false, false,
	       "Recording    /var/lib/tcptrail, format 1\n"
	       "Host         web1, Linux 6.18.5 x86_64\n"
	       "Written by   tcptrail 0.1.0\n"
	       "From         2026-11-24 03:12:00.000000\n"
	       "To           2026-11-25 03:12:00.000000 (1d00h)\n"
	       "Session      2026-11-24 03:12:00.000000 to 2026-11-24 04:12:00.000000, 12 files\n"
	       "Session      2026-11-24 04:12:05.000000 to 2026-11-25 03:12:00.000000, 1 file\n"
	       "Size         812M (851443712 bytes) in 13 files\n"
	       "Facts        123456789, 3.19G before compression\n"
	       "Transitions  56000000, 15.2 bytes each\n"
	       "Checkpoints  1440\n"
	       "Damaged      1 byte skipped\n"
	       "Lost         12 facts\n");
	expect(&empty, false, true,
	       "Recording    a\\x1bb\"c, format 1\n"
	       "Host         -, Linux - -\n"
	       "Written by   tcptrail -\n"
	       "From         -\n"
	       "To           -\n"
	       "Size         0 (0 bytes) in 1 file\n"
	       "Facts        0, 0 before compression\n"
	       "Transitions  0\n"
	       "Checkpoints  0\n"
	       "Damaged      nothing\n"
	       "Lost         -\n");
}

/* The last line: what is known of losses. */
static void losses(void **state)
{
	static const struct {
		bool known, uncounted;
		uint64_t lost;
		const char *line;
	} cases[] = {
		{true, false, 0, "Lost         nothing\n"},
		{true, false, 1, "Lost         1 fact\n"},
		{true, true, 7, "Lost         7 facts or more\n"},
		{true, true, 0, "Lost         some facts\n"},
		{false, true, 7, "Lost         -\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recording_info info = whole;
		struct view view = {0};
		char *text = NULL;
		size_t size;

		info.lost_known = cases[i].known;
		info.lost_uncounted = cases[i].uncounted;
		info.lost = cases[i].lost;
		view.out = open_memstream(&text, &size);
		assert_int_equal(info_text(&view, &info), 0);
		fclose(view.out);
		assert_string_equal(strstr(text, "Lost "), cases[i].line);
		free(text);
	}
}

static void as_json(void **state)
{
	(void)state;
	expect(&whole, true, true,
	       "{\"v\":2,\"type\":\"recording\",\"time\":\"2026-11-25T02:12:00.000000Z\","
	       "\"time_ns\":1795572720000000000,\"since\":\"2026-11-24T02:12:00.000000Z\","
	       "\"since_ns\":1795486320000000000,\"span_ns\":86400000000000,\"span_exact\":true,"
	       "\"path\":\"/var/lib/tcptrail\",\"format\":1,"
	       "\"host\":\"web1\",\"kernel\":\"6.18.5\",\"machine\":\"x86_64\","
	       "\"tcptrail\":\"0.1.0\","
	       "\"files\":13,\"bytes\":851443712,\"raw_bytes\":3435973836,\"facts\":123456789,"
	       "\"transitions\":56000000,\"bytes_per_transition\":15.20,\"checkpoints\":1440,"
	       "\"damaged_bytes\":1,\"lost\":12,\"lost_exact\":true,\"sessions\":["
	       "{\"time\":\"2026-11-24T03:12:00.000000Z\",\"time_ns\":1795489920000000000,"
	       "\"since\":\"2026-11-24T02:12:00.000000Z\",\"since_ns\":1795486320000000000,"
	       "\"files\":12},"
	       "{\"time\":\"2026-11-25T02:12:00.000000Z\",\"time_ns\":1795572720000000000,"
	       "\"since\":\"2026-11-24T03:12:05.000000Z\",\"since_ns\":1795489925000000000,"
	       "\"files\":1}]}\n");
	expect(&empty, true, false,
	       "{\"v\":2,\"type\":\"recording\",\"time\":null,\"time_ns\":null,\"since\":null,"
	       "\"since_ns\":null,\"span_ns\":null,\"span_exact\":null,"
	       "\"path\":\"a\\u001bb\\\"c\",\"format\":1,"
	       "\"host\":null,\"kernel\":null,\"machine\":null,\"tcptrail\":null,"
	       "\"files\":1,\"bytes\":0,\"raw_bytes\":0,"
	       "\"facts\":0,\"transitions\":0,\"bytes_per_transition\":null,\"checkpoints\":0,"
	       "\"damaged_bytes\":0,\"lost\":null,\"lost_exact\":null,\"sessions\":[]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_text),
		cmocka_unit_test(losses),
		cmocka_unit_test(as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
