/* SPDX-License-Identifier: BSD-2-Clause */
/* A row's number, how it ends, and addresses that two interfaces have. */
#include "table_test.h"

struct ends {
	uint64_t ended[8], became[8], into[8];
	unsigned int ends, becomes;
};

static void hear(const struct change *change, void *arg)
{
	struct ends *ends = arg;

	if (change->kind == CHANGE_END)
		ends->ended[ends->ends++] = change->row->id;
	if (change->kind != CHANGE_BECAME)
		return;
	ends->became[ends->becomes] = change->row->id;
	ends->into[ends->becomes++] = change->into;
}

#define CONNECT(time)                                                                              \
	time " state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple pid=42 "              \
	     "comm=\"curl\"" CLIENT "\n"

static void a_row_keeps_its_number_when_it_connects_again(void **state)
{
	struct ends ends = {0};
	uint64_t id, born;
	TRIAL(10);

	facts(&trial, CONNECT("1s"));
	table_set_listener(trial.table, hear, &ends);
	id = only(&trial)->id;
	born = only(&trial)->born;
	facts(&trial, "2s state sk=a1 old=SYN_SENT new=CLOSE cookie=5 flags=tuple err=111" CLIENT
	              "\n" CONNECT("3s"));
	assert_int_equal(only(&trial)->id, id);
	assert_true(only(&trial)->born > born);
	assert_int_equal(ends.ends, 0);
	facts(&trial,
	      "4s state sk=a1 old=SYN_SENT new=CLOSE cookie=5 flags=tuple err=111" CLIENT "\n"
	      "5s destroy sk=a1\n");
	assert_int_equal(ends.ends, 1);
	assert_int_equal(ends.ended[0], id);
	/* The next one has another number, though the same place and address. */
	facts(&trial, CONNECT("6s"));
	assert_int_not_equal(only(&trial)->id, id);
	trial_end(&trial);
}

static void a_request_becomes_its_child(void **state)
{
	struct ends ends = {0};
	uint64_t id;
	TRIAL(10);

	facts(&trial,
	      "1s synack sk=c1 num_retrans=1 state=NEW_SYN_RECV flags=request,tuple" SERVER "\n");
	id = only(&trial)->id;
	table_set_listener(trial.table, hear, &ends);
	facts(&trial,
	      "5s state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "5s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n");
	assert_int_equal(ends.ends, 0);
	assert_int_equal(ends.becomes, 1);
	assert_int_equal(ends.became[0], id);
	assert_int_equal(ends.into[0], only(&trial)->id);
	assert_int_not_equal(only(&trial)->id, id);
	trial_end(&trial);
}

/* --- the interface is part of the address ------------------------------------------------------- */

#define ON(n) " ifindex=" n CLIENT "\n"

static void connections_of_two_interfaces_are_two(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple" ON(
			      "4") "1s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 "
	                           "flags=tuple" ON("5") "2s state sk=a1 old=FIN_WAIT2 new=CLOSE "
	                                                 "cookie=5 flags=tuple,dead,done" ON("4"));
	assert_int_equal(totals_of(&trial).rows, 2);
	assert_int_equal(totals_of(&trial).by_state[STATE_TIME_WAIT], 1);
	/* One that connects on the other interface does not replace that mini-socket. */
	facts(&trial, "3s state sk=a3 old=CLOSE new=SYN_SENT cookie=7 flags=tuple" ON("6"));
	assert_int_equal(totals_of(&trial).by_state[STATE_TIME_WAIT], 1);
	facts(&trial, "4s gone cookie=5 flags=mini,tuple" ON("5"));
	assert_int_equal(totals_of(&trial).by_state[STATE_TIME_WAIT], 1);
	facts(&trial, "4s gone cookie=5 flags=mini,tuple" ON("4"));
	assert_int_equal(totals_of(&trial).by_state[STATE_TIME_WAIT], 0);
	trial_end(&trial);
}

/* sock_diag tells no address: what it finds on two interfaces is two, walk by walk. */
static void without_an_address_they_are_two_as_well(void **state)
{
	TRIAL(10);

	for (int i = 0; i < 2; i++)
		facts(&trial,
		      "10s walk_begin kind=sockets netns=7\n"
		      "10s seen state=ESTABLISHED flags=tuple" ON(
			      "4") "10s seen state=ESTABLISHED flags=tuple" ON("5") "11s walk_end "
		                                                                    "kind=sockets "
		                                                                    "netns=7\n");
	assert_int_equal(totals_of(&trial).rows, 2);
	assert_int_equal(totals_of(&trial).by_state[STATE_ESTABLISHED], 2);
	trial_end(&trial);
}

/* An RST for no socket has no interface: it is of the only connection with these ends, or none. */
static void a_reset_for_no_socket_is_of_the_only_one(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=tuple err=104" ON(
			      "4") "2s rst_sent reason=1 flags=tuple state=CLOSE" CLIENT "\n");
	assert_int_equal(only(&trial)->rsts_sent, 1);
	facts(&trial, "3s state sk=a2 old=ESTABLISHED new=CLOSE cookie=6 flags=tuple err=104" ON(
			      "5") "4s rst_sent reason=1 flags=tuple state=CLOSE" CLIENT "\n");
	assert_int_equal(row_by_cookie(&trial, 5)->rsts_sent, 1);
	assert_int_equal(row_by_cookie(&trial, 6)->rsts_sent, 0);
	trial_end(&trial);
}

static void a_queue_is_that_of_the_listener_on_the_interface(void **state)
{
	const struct row *row;
	TRIAL(10);

	facts(&trial,
	      "1s seen sk=b1 cookie=1 state=LISTEN flags=tuple,socket ifindex=4" LISTENER "\n"
	      "1s seen sk=b2 cookie=2 state=LISTEN flags=tuple,socket ifindex=5" LISTENER "\n"
	      "1s seen sk=b3 cookie=3 state=LISTEN flags=tuple,socket" LISTENER "\n"
	      "1s seen sk=b4 cookie=4 state=ESTABLISHED flags=tuple ifindex=5" SERVER "\n");
	row = row_by_cookie(&trial, 4);
	assert_int_equal(table_find_listener(trial.table, row)->cookie, 2);
	/* Of an interface without a listener of its own: that of all of them. */
	facts(&trial, "1s seen sk=b5 cookie=6 state=ESTABLISHED flags=tuple ifindex=9" SERVER "\n");
	row = row_by_cookie(&trial, 6);
	assert_int_equal(table_find_listener(trial.table, row)->cookie, 3);
	trial_end(&trial);
}

/* Ends of one connection; or of two in networks that use the same addresses. */
static void a_peer_is_on_the_same_interface_or_proven(void **state)
{
	TRIAL(10);

	facts(&trial, "1s seen sk=a1 cookie=1 state=ESTABLISHED flags=tuple ifindex=4" CLIENT "\n"
	              "1s seen sk=b1 cookie=2 state=ESTABLISHED flags=tuple ifindex=5" SERVER "\n");
	assert_null(table_find_peer(trial.table, row_by_cookie(&trial, 1)));
	facts(&trial, "1s seen sk=b2 cookie=3 state=ESTABLISHED flags=tuple ifindex=4" SERVER "\n");
	assert_int_equal(table_find_peer(trial.table, row_by_cookie(&trial, 1))->cookie, 3);
	assert_null(table_find_peer(trial.table, row_by_cookie(&trial, 2)));
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_keeps_its_number_when_it_connects_again),
		cmocka_unit_test(a_request_becomes_its_child),
		cmocka_unit_test(connections_of_two_interfaces_are_two),
		cmocka_unit_test(without_an_address_they_are_two_as_well),
		cmocka_unit_test(a_reset_for_no_socket_is_of_the_only_one),
		cmocka_unit_test(a_queue_is_that_of_the_listener_on_the_interface),
		cmocka_unit_test(a_peer_is_on_the_same_interface_or_proven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
