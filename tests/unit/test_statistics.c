/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of -s: their words, and what they look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "fact/mib.h"
#include "fact/words.h"
#include "folding.h"
#include "list/statistics.h"
#include "rules/rule.h"

/* --- words ------------------------------------------------------------------------------------ */

static int has_words(const struct mib_counter *counter, void *arg)
{
	if (!statistic_words_find(counter->name, arg)) {
		print_error("%s has no sentence\n", counter->name);
		return 1;
	}
	return 0;
}

static void file_has_words(const char *path, bool pairs)
{
	struct buffer text = {0};
	size_t cursor = 0;

	if (file_read(path, &text))
		fail_msg("%s cannot be read", path);
	if (pairs)
		assert_int_equal(mib_parse_pairs(text.data, text.size, has_words, &cursor), 0);
	else
		assert_int_equal(mib_parse_lines(text.data, text.size, has_words, &cursor), 0);
	buffer_free(&text);
}

#define CORPUS "tests/fuzz/corpus/mib/"

static void every_counter_has_words(void **state)
{
	static const char *const pairs[] = {
		CORPUS "snmp-5.15",    CORPUS "netstat-5.15", CORPUS "snmp-6.18",
		CORPUS "netstat-6.18", CORPUS "snmp-7.2",     "/proc/net/snmp",
		"/proc/net/netstat",
	};
	static const char *const lines[] = {
		CORPUS "snmp6-6.18", CORPUS "snmp6-7.2",    CORPUS "sctp-7.2",
		"/proc/net/snmp6",   "/proc/net/sctp/snmp",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (*pairs[i] != '/' || !access(pairs[i], R_OK))
			file_has_words(pairs[i], true);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (*lines[i] != '/' || !access(lines[i], R_OK))
			file_has_words(lines[i], false);
}

/* The number once, choices closed, and short enough for a line. */
static void sentence_is_sound(const struct statistic_words *words)
{
	struct buffer one = {0}, many = {0};
	const char *number = strchr(words->sentence, '#');
	char name[MIB_NAME_SIZE + 4];
	bool typed =
		strlen(words->name) > 4 && !strcmp(words->name + strlen(words->name) - 4, "Type");

	snprintf(name, sizeof(name), "%s%s", words->name, typed ? "7" : "");
	statistic_words_say(words, name, 1, &one);
	statistic_words_say(words, name, 1234567, &many);
	if (!(words->flags & STATISTIC_NOW) && (!number || strchr(number + 1, '#')))
		fail_msg("%s: not one number: %s", words->name, words->sentence);
	if (memchr(one.data, '{', one.size) || memchr(many.data, '|', many.size) ||
	    many.data[many.size - 1] == '.' || many.size > 150)
		fail_msg("%s: %.*s", words->name, (int)many.size, many.data);
	buffer_free(&one);
	buffer_free(&many);
}

static void sentences_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < statistic_words_count; i++) {
		const struct statistic_words *words = &statistic_words[i];

		sentence_is_sound(words);
		assert_int_not_equal(mib_section(words->name), 0);
		assert_int_equal(mib_is_now(words->name), !!(words->flags & STATISTIC_NOW));
		for (size_t other = 0; other < i; other++)
			assert_string_not_equal(words->name, statistic_words[other].name);
	}
}

static void said(const char *name, uint64_t number, const char *want)
{
	size_t cursor = 0;
	const struct statistic_words *words = statistic_words_find(name, &cursor);
	struct buffer text = {0};

	assert_non_null(words);
	statistic_words_say(words, name, number, &text);
	buffer_add(&text, "", 1);
	assert_string_equal(text.data, want);
	buffer_free(&text);
}

static void sentences(void **state)
{
	size_t cursor = 0;

	(void)state;
	said("TcpActiveOpens", 1, "1 connection was opened by this host (connect)");
	said("TcpActiveOpens", 0, "0 connections were opened by this host (connect)");
	said("IcmpMsgInType13", 2, "2 ICMP messages of type 13 came in");
	said("IpForwarding", 1, "Forwarding is on (1)");
	said("IpForwarding", 2, "Forwarding is off (2)");
	said("TcpMaxConn", UINT64_MAX, "The limit of connections is -1 (-1: none)");
	assert_null(statistic_words_find("TcpActiveOpens2", &cursor));
	assert_null(statistic_words_find("IcmpMsgInType1x", &cursor));
	assert_null(statistic_words_find("Tcp", &cursor));
	assert_null(statistic_words_find("", &cursor));
}

static bool is_rule(const char *id)
{
	for (size_t i = 0; i < rules_count; i++)
		if (!strcmp(rules[i]->id, id))
			return true;
	return false;
}

/* "a b": all rules that are named exist. */
static void rules_exist(const char *names)
{
	char *copy = strdup(names), *rest = copy, *name;

	while ((name = strsep(&rest, " ")))
		if (*name && !is_rule(name))
			fail_msg("no rule %s", name);
	free(copy);
}

static void rules_are_named(void **state)
{
	/* The counters that rules of src/rules look at. */
	static const char *const used[] = {
		"TcpExtListenOverflows",
		"TcpExtListenDrops",
		"TcpExtTCPReqQFullDrop",
		"TcpExtSyncookiesSent",
		"TcpOutSegs",
		"TcpRetransSegs",
		"TcpExtTCPTimeWaitOverflow",
		"TcpExtTCPAbortOnMemory",
		"TcpExtTCPDeferAcceptDrop",
		"TcpExtTCPMemoryPressures",
		"TcpExtTCPMemoryPressuresChrono",
	};
	size_t cursor = 0;

	(void)state;
	for (size_t i = 0; i < statistic_words_count; i++)
		rules_exist(statistic_words[i].rules);
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
		const struct statistic_words *words = statistic_words_find(used[i], &cursor);
		uint64_t id;

		assert_non_null(words);
		assert_string_not_equal(words->rules, "");
		assert_int_equal(words_find(&fact_counters, used[i], strlen(used[i]), &id), 0);
	}
}

/* --- what a recording has of them --------------------------------------------------------------- */

static char *listed(const struct list_request *request, const struct list *previous,
                    struct list *list)
{
	struct list_request with = *request;
	const struct field_context context = {.table = request->recorded};
	struct buffer out = {0};
	struct diag diag = {""};

	with.previous = previous;
	*list = (struct list){.listing = &listing_statistics};
	assert_int_equal(listing_statistics.read(&with, list, &diag), 0);
	for (size_t i = 0; i < list->count; i++)
		assert_true(listing_statistics.text(&with, &context, list_at(list, i), &out));
	buffer_add(&out, "", 1);
	return out.data;
}

static const char *const names[] = {
	"TcpInSegs",         "TcpCurrEstab",     "UdpNoPorts",
	"TcpExtListenDrops", "TcpExtNewCounter", "Ip6InReceives",
};

static struct table *recorded(const char *lines)
{
	struct table *table = table_new(10);
	char line[200];

	assert_non_null(table);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(line, sizeof(line), "900 name kind=counter key=%zu name=\"%s\"\n", i + 1,
		         names[i]);
		fold_lines(table, line);
	}
	fold_lines(table, lines);
	return table;
}

static void a_section_of_a_recording(void **state)
{
	struct table *table =
		recorded("1000 counts netns=7 flags=first changes=1:30,2:4,3:1,4:9,5:2,6:5,7:9\n");
	struct list_request request = {.recorded = table, .netns = 7, .named = LIST_BIT(UDP)};
	struct list list;
	char *text = listed(&request, NULL, &list);

	(void)state;
	assert_string_equal(
		text, "Udp:\n"
		      "    0 datagrams were read, or taken by a tunnel\n"
		      "    1 datagram came in for a port that is not open\n"
		      "    0 incoming datagrams were dropped for any reason but a closed port\n"
		      "    0 datagrams were sent\n"
		      "    0 incoming datagrams were dropped: the receive buffer was full\n"
		      "    0 datagrams were not sent: no room in a buffer or a device queue\n");
	list_free(&list);
	free(text);
	request.named = LIST_BIT(TCP);
	request.verbose = true;
	text = listed(&request, NULL, &list);
	assert_non_null(strstr(text, "    30 segments came in [TcpInSegs]\n"));
	assert_non_null(strstr(text,
	                       "TcpExt:\n    Listeners dropped 9 SYNs and ACKs, for any reason; "
	                       "ListenOverflows is a part of it [TcpExtListenDrops] "
	                       "(why: listen-queue-overflowed)\n"
	                       "    0 data segments took the fast path (header prediction) "
	                       "[TcpExtTCPHPHits]\n    NewCounter: 2 [TcpExtNewCounter]\n"));
	assert_null(strstr(text, "Udp:"));
	assert_null(strstr(text, "Ip6:"));
	list_free(&list);
	free(text);
	table_free(table);
}

/* What two times differ by: never less than nothing, also if a counter began anew. */
static void a_time_span_of_a_recording(void **state)
{
	struct table *table = recorded("1000 counts netns=7 flags=first changes=1:30,2:4,4:9\n");
	struct list_request request = {
		.recorded = table, .netns = 7, .elapsed = 2000000000, .named = LIST_BIT(TCP)};
	struct list before, after;
	char *text = listed(&request, NULL, &before);

	(void)state;
	free(text);
	fold_lines(table, "2000 counts netns=7 changes=1:-20,2:-1,5:3\n");
	text = listed(&request, &before, &after);
	assert_string_equal(
		text,
		"Tcp:\n"
		"              -1  TcpCurrEstab                    3 connections are established "
		"(ESTABLISHED or CLOSE_WAIT)\n"
		"           5.0/s  TcpInSegs                       10 segments came in\n"
		"TcpExt:\n"
		"           1.5/s  TcpExtNewCounter                3\n");
	free(text);
	list_free(&before);
	list_free(&after);
	table_free(table);
}

static void nothing_is_recorded(void **state)
{
	struct table *table = recorded("");
	struct list_request request = {.recorded = table, .netns = 7};
	struct list list = {.listing = &listing_statistics};
	struct diag diag = {""};

	(void)state;
	assert_true(listing_statistics.read(&request, &list, &diag) < 0);
	assert_string_equal(diag.text, "the recording has no counters at that time");
	assert_int_equal(list.count, 0);
	table_free(table);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_counter_has_words),
		cmocka_unit_test(sentences_are_sound),
		cmocka_unit_test(sentences),
		cmocka_unit_test(rules_are_named),
		cmocka_unit_test(a_section_of_a_recording),
		cmocka_unit_test(a_time_span_of_a_recording),
		cmocka_unit_test(nothing_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
