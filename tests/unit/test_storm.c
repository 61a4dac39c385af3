/* SPDX-License-Identifier: BSD-2-Clause */
/* What happened to sockets, counted by what it has in common. */
#include "count/storm.h"
#include "table_test.h"

#define LISTENS                                                                                    \
	"1s state sk=99 old=CLOSE new=LISTEN cookie=9 flags=owned,tuple,socket pid=60 tid=60 "     \
	"start=6 comm=\"server\"" LISTENER "\n"
#define PEER(port) " local=10.0.0.2:80 remote=10.0.0.1:" port " netns=7 "
/* An accepted one, closed by its process with so much in its receive queue. */
#define CLOSED(n, before, queue)                                                                   \
	"2s state sk=b" n " old=ESTABLISHED new=" before " cookie=2" n                             \
	" flags=tuple,socket" PEER("4000" n) "\n"                                                  \
					     "3s state sk=b" n " old=" before                      \
					     " new=CLOSE cookie=2" n                               \
					     " flags=owned,tuple,socket,queues rqueue=" queue      \
					     " pid=60 tid=60 start=6 "                             \
					     "comm=\"server\"" PEER("4000" n) "\n"
#define RESET(time, n, reason)                                                                     \
	time " rst_sent sk=b" n " reason=" reason " active=1 cookie=2" n                           \
	     " state=CLOSE flags=owned,tuple,socket pid=60 tid=60 start=6 comm=\"server\"" PEER(   \
		     "4000" n) "\n"
#define NOBODY(local, remote)                                                                      \
	"4s rst_sent reason=1 flags=tuple local=10.0.0.2:" local " remote=" remote " netns=7\n"

struct weather {
	struct trial trial;
	struct storms *storms;
};

static void begin(struct weather *weather)
{
	trial_begin(&weather->trial, 20);
	weather->storms = storms_new(weather->trial.table);
	assert_non_null(weather->storms);
	table_set_listener(weather->trial.table, storms_change, weather->storms);
}

static void end(struct weather *weather)
{
	storms_free(weather->storms);
	trial_end(&weather->trial);
}

static const struct storm *only_storm(const struct weather *weather)
{
	assert_int_equal(storms_count(weather->storms), 1);
	return storms_at(weather->storms, 0);
}

static void resets_count_by_process_port_and_reason(void **state)
{
	struct weather weather;
	const struct storm *storm;
	char buf[16];

	(void)state;
	begin(&weather);
	facts(&weather.trial, "1s name kind=rst key=11 name=\"TCP_ABORT_ON_CLOSE\"\n" LISTENS);
	facts(&weather.trial, CLOSED("1", "ESTABLISHED", "100") RESET("3s", "1", "11"));
	facts(&weather.trial, CLOSED("2", "ESTABLISHED", "20") RESET("5s", "2", "11"));
	storm = only_storm(&weather);
	assert_int_equal(storm->count, 2);
	assert_int_equal(storm->key.place.port, 80);
	assert_true(storm->key.place.passive);
	assert_int_equal(storm->pid, 60);
	assert_string_equal(storm->key.comm, "server");
	assert_int_equal(storm->unread, 120);
	assert_int_equal(storm->ends[0].count, 2);
	assert_int_equal(storm->ends[1].count, 0);
	assert_int_equal(storm->first, 3 * NS_PER_SEC);
	assert_int_equal(storm->last, 5 * NS_PER_SEC);
	assert_string_equal(storm_detail(storm, weather.trial.table, buf), "TCP_ABORT_ON_CLOSE");
	/* Another reason is another storm; one without a name is a number. */
	facts(&weather.trial, CLOSED("3", "ESTABLISHED", "0") RESET("5s", "3", "14"));
	assert_int_equal(storms_count(weather.storms), 2);
	storm = storms_at(weather.storms, 1);
	assert_string_equal(storm_detail(storm, weather.trial.table, buf), "reason 14");
	end(&weather);
}

static void a_fin_is_no_unread_data(void **state)
{
	struct weather weather;

	(void)state;
	begin(&weather);
	facts(&weather.trial, LISTENS CLOSED("1", "CLOSE_WAIT", "1") RESET("3s", "1", "0"));
	assert_int_equal(only_storm(&weather)->key.act, STORM_ACT_CLOSED);
	assert_int_equal(only_storm(&weather)->unread, 0);
	facts(&weather.trial, CLOSED("2", "CLOSE_WAIT", "2") RESET("3s", "2", "0"));
	assert_int_equal(storms_count(weather.storms), 2);
	assert_int_equal(storms_at(weather.storms, 1)->key.act, STORM_ACT_UNREAD);
	assert_int_equal(storms_at(weather.storms, 1)->unread, 1);
	end(&weather);
}

static void one_before_the_end_was_not_by_close(void **state)
{
	struct weather weather;

	(void)state;
	begin(&weather);
	facts(&weather.trial,
	      "1s state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"
	      "2s rst_sent sk=a1 reason=14 active=1 cookie=5 state=ESTABLISHED "
	      "flags=owned,tuple,socket pid=70 tid=70 start=7 comm=\"ss\"" CLIENT "\n");
	assert_int_equal(only_storm(&weather)->key.act, STORM_ACT_KILLED);
	assert_int_equal(only_storm(&weather)->pid, 70);
	assert_string_equal(only_storm(&weather)->key.comm, "ss");
	end(&weather);
}

static void what_nobody_wants_is_about_our_port(void **state)
{
	struct weather weather;
	const struct storm *storm;

	(void)state;
	begin(&weather);
	facts(&weather.trial, NOBODY("81", "10.0.0.1:40001") NOBODY("81", "10.0.0.3:40002"));
	storm = only_storm(&weather);
	assert_true(storm->key.place.passive);
	assert_int_equal(storm->key.place.port, 81);
	assert_int_equal(storm->key.place.pid, 0);
	assert_int_equal(storm->ends[1].count, 1);
	/* Unless it looks like an answer to a connection that we had. */
	facts(&weather.trial, NOBODY("40001", "10.0.0.1:443") NOBODY("40002", "10.0.0.1:443"));
	assert_int_equal(storms_count(weather.storms), 2);
	storm = storms_at(weather.storms, 1);
	assert_int_equal(storm->count, 2);
	assert_false(storm->key.place.passive);
	assert_int_equal(storm->key.place.port, 443);
	end(&weather);
}

static void peers_beyond_the_first_ones_are_counted_only(void **state)
{
	struct weather weather;
	const struct storm *storm;

	(void)state;
	begin(&weather);
	facts(&weather.trial,
	      NOBODY("81", "10.0.0.1:1") NOBODY("81", "10.0.0.3:1") NOBODY("81", "10.0.0.4:1")
	              NOBODY("81", "10.0.0.5:1") NOBODY("81", "10.0.0.6:1")
	                      NOBODY("81", "10.0.0.5:2"));
	storm = only_storm(&weather);
	assert_int_equal(storm->count, 6);
	for (int i = 0; i < STORM_ENDS; i++)
		assert_int_equal(storm->ends[i].count, i == 3 ? 2 : 1);
	end(&weather);
}

static void a_refused_connect_is_no_reset(void **state)
{
	struct weather weather;

	(void)state;
	begin(&weather);
	facts(&weather.trial,
	      "1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "
	      "comm=\"curl\"" CLIENT "\n"
	      "2s rst_received sk=a1 cookie=5 state=SYN_SENT flags=tuple,socket" CLIENT "\n");
	assert_int_equal(storms_count(weather.storms), 0);
	facts(&weather.trial,
	      "1s state sk=a2 old=SYN_SENT new=ESTABLISHED cookie=6 flags=tuple,socket" PEER(
		      "5000") "\n"
	                      "2s rst_received sk=a2 cookie=6 state=ESTABLISHED "
	                      "flags=tuple,socket" PEER("5000") "\n");
	assert_int_equal(only_storm(&weather)->key.kind, CHANGE_RST_RECEIVED);
	assert_int_equal(only_storm(&weather)->states[STATE_ESTABLISHED], 1);
	end(&weather);
}

static void retransmits_count_by_kind_and_address(void **state)
{
	struct weather weather;
	const struct storm *storm;
	char buf[16];

	(void)state;
	begin(&weather);
	facts(&weather.trial, "1s retransmit sk=a1 cookie=5 state=ESTABLISHED ca_state=4 "
	                      "retransmits=1 flags=tuple,socket" CLIENT "\n"
	                      "21s retransmit sk=a2 cookie=6 state=ESTABLISHED ca_state=4 "
	                      "retransmits=1 flags=tuple,socket local=10.0.0.1:40001 "
	                      "remote=10.0.0.2:443 netns=7\n");
	storm = only_storm(&weather);
	assert_int_equal(storm->count, 2);
	assert_int_equal(storm->key.place.port, 0);
	assert_string_equal(storm_detail(storm, weather.trial.table, buf), "RTO");
	/* Two in twenty seconds are one in ten; what is done in less is not more for it. */
	assert_true(storm_rate(storm) == 1.0);
	facts(&weather.trial, "21s retransmit sk=a1 cookie=5 state=ESTABLISHED ca_state=3 "
	                      "flags=tuple,socket" CLIENT "\n");
	assert_int_equal(storms_count(weather.storms), 2);
	storm = storms_at(weather.storms, 1);
	assert_string_equal(storm_detail(storm, weather.trial.table, buf), "fast");
	assert_true(storm_rate(storm) == 1.0);
	end(&weather);
}

/* Of a flood each has another address. */
static void syn_acks_sent_again_count_by_our_port(void **state)
{
	struct weather weather;
	const struct storm *storm;

	(void)state;
	begin(&weather);
	facts(&weather.trial,
	      "1s synack sk=b1 num_retrans=1 timeouts=1 state=NEW_SYN_RECV flags=request,tuple "
	      "local=10.0.0.2:443 remote=10.0.0.8:5000 netns=7\n"
	      "2s synack sk=b2 num_retrans=1 timeouts=1 state=NEW_SYN_RECV flags=request,tuple "
	      "local=10.0.0.2:443 remote=10.0.0.9:5001 netns=7\n");
	storm = only_storm(&weather);
	assert_int_equal(storm->count, 2);
	assert_int_equal(storm->key.place.port, 443);
	assert_int_equal(storm->ends[1].count, 1);
	end(&weather);
}

static void nothing_is_lost_when_there_are_too_many(void **state)
{
	const uint64_t all = STORMS_MAX + 500;
	struct weather weather;
	const struct storm *storm;
	uint64_t count = 0;

	(void)state;
	begin(&weather);
	for (uint64_t i = 0; i < all; i++) {
		char line[128];

		snprintf(line, sizeof(line),
		         "4s rst_sent reason=%u flags=tuple local=10.0.0.2:%u remote=10.0.0.1:1 "
		         "netns=7",
		         (unsigned int)(i % 2 + 1), (unsigned int)i + 1);
		fact_line(&weather.trial, line);
	}
	assert_int_equal(storms_count(weather.storms), STORMS_MAX + 2);
	for (size_t i = 0; i < storms_count(weather.storms); i++)
		count += storms_at(weather.storms, i)->count;
	assert_int_equal(count, all);
	storm = storms_at(weather.storms, STORMS_MAX);
	assert_true(storm->key.elsewhere);
	assert_int_equal(storm->count, 250);
	assert_int_equal(storm->key.place.port, 0);
	end(&weather);
}

static void what_comes_at_once_is_counted(void **state)
{
	struct weather weather;

	(void)state;
	begin(&weather);
	facts(&weather.trial, LISTENS CLOSED("1", "ESTABLISHED", "9") RESET("3s", "1", "11"));
	facts(&weather.trial, CLOSED("2", "ESTABLISHED", "9") RESET("5s", "2", "11"));
	assert_int_equal(only_storm(&weather)->burst, 1);
	facts(&weather.trial, CLOSED("3", "ESTABLISHED", "9") RESET("6s", "3", "11"));
	assert_int_equal(only_storm(&weather)->burst, 2);
	facts(&weather.trial, CLOSED("4", "ESTABLISHED", "9") RESET("8s", "4", "11"));
	assert_int_equal(only_storm(&weather)->burst, 2);
	assert_int_equal(only_storm(&weather)->dying, 0);
	/* Its files are closed after that. */
	facts(&weather.trial, "9s exit pid=60 start=6\n");
	facts(&weather.trial, CLOSED("5", "ESTABLISHED", "9") RESET("9s", "5", "11"));
	assert_int_equal(only_storm(&weather)->count, 5);
	assert_int_equal(only_storm(&weather)->dying, 1);
	end(&weather);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resets_count_by_process_port_and_reason),
		cmocka_unit_test(a_fin_is_no_unread_data),
		cmocka_unit_test(one_before_the_end_was_not_by_close),
		cmocka_unit_test(what_nobody_wants_is_about_our_port),
		cmocka_unit_test(peers_beyond_the_first_ones_are_counted_only),
		cmocka_unit_test(a_refused_connect_is_no_reset),
		cmocka_unit_test(retransmits_count_by_kind_and_address),
		cmocka_unit_test(syn_acks_sent_again_count_by_our_port),
		cmocka_unit_test(what_comes_at_once_is_counted),
		cmocka_unit_test(nothing_is_lost_when_there_are_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
