/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes of AX.25, NET/ROM, ROSE, IPX, AppleTalk and X.25: lines as the kernel writes them, and others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "list/route_relic.h"

extern const struct listing listing_ax25_route, listing_rose_route;

static struct list list;

static int start(void **state)
{
	(void)state;
	list = (struct list){.listing = &listing_ax25_route};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	list_free(&list);
	return 0;
}

static struct list_relic_route *at(size_t index)
{
	assert_true(index < list.count);
	return list_at(&list, index);
}

static void ax25(void **state)
{
	char text[] = "callsign  dev  mode digipeaters\n"
		      "SM0ABC-1  ax0  vc SM0DEF-2 SM0GHI\n"
		      "default   ax1  *\n"
		      "SM0ABC-2\n";

	(void)state;
	assert_int_equal(relic_route_ax25(&list, text), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(at(0)->digipeaters, "SM0DEF-2 SM0GHI");
	assert_string_equal(at(0)->mode, "vc");
	assert_string_equal(at(1)->destination, "default");
	assert_null(at(1)->mode);
	assert_null(at(1)->digipeaters);
}

/* "w" says which of the three is used. */
static void netrom(void **state)
{
	char nodes[] = "callsign  mnemonic w n qual obs neigh qual obs neigh qual obs neigh\n"
		       "SM0ABC-1  TEST     1 2  192   6 00002   10   5 00001\n"
		       "SM0ABC-2  TEST2    2 2  192   6 00002   10   5 00001\n"
		       "SM0ABC-3  GONE     1 1  100   6 00009\n"
		       "SM0ABC-4  NONE     0 0\n"
		       "SM0ABC-5  LIES     3 1  100   6 00002\n"
		       "SM0ABC-6  LIES     1 1  x   6 y\n";
	char neighbours[] = "addr  callsign  dev  qual lock count failed digipeaters\n"
			    "00001 SM0NEI-1  ax0   192  0     1      0\n"
			    "00002 SM0NEI-2  longax1  192  0     1      0\n";

	(void)state;
	assert_int_equal(relic_route_netrom(&list, nodes, neighbours), 0);
	assert_int_equal(list.count, 6);
	assert_string_equal(at(0)->neighbour, "SM0NEI-2");
	assert_int_equal(at(0)->quality, 192);
	assert_string_equal(at(1)->iface, "ax0");
	assert_int_equal(at(1)->quality, 10);
	assert_null(at(2)->neighbour);
	for (size_t i = 3; i < 6; i++)
		assert_false(at(i)->has_quality || at(i)->has_number);
}

static void rose(void **state)
{
	char nodes[] = "address    mask n neigh neigh neigh\n"
		       "2080123456 0010 2 00001 00002\n"
		       "2080000001 0004 0\n"
		       "2080000002 0004 1 00007\n"
		       "2080000003\n";
	char neighbours[] = "addr  callsign  dev  count use mode restart  t0  tf digipeaters\n"
			    "00001 SM0NEI-1  ax0      1   2  DTE     yes   0   0\n"
			    "00002 SM0NEI-2  ax1      1   2  DCE      no   0   0 SM0DIG\n";
	const struct list_request request = {.all = false};
	const struct field_context context = {.numeric_hosts = true};
	struct buffer out = {0};

	(void)state;
	list.listing = &listing_rose_route;
	assert_int_equal(relic_route_rose(&list, nodes, neighbours), 0);
	assert_int_equal(list.count, 3);
	for (size_t i = 0; i < 3; i++)
		listing_rose_route.text(&request, &context, at(i), &out);
	buffer_add(&out, "", 1);
	assert_string_equal(out.data,
	                    "2080123456   00001  SM0NEI-1     ax0  00002  SM0NEI-2     ax1  \n"
	                    "2080000001   \n"
	                    "2080000002   00007  \n");
	buffer_free(&out);
}

static void ipx_ddp_x25(void **state)
{
	char ipx[] = "Network    Router_Net   Router_Node\n"
		     "00000001   Directly     Connected\n"
		     "00000002   00000003     000000000004\n"
		     "00000002\n";
	char ddp[] = "Target        Router  Flags Dev\n"
		     "Default     0000:00  1     lo\n"
		     "0001:02     0003:04  5     eth0\n"
		     "0001:02     0003:04  x     eth0\n";
	char x25[] = "Address          Digits  Device\n"
		     "1234             4       x25tap0\n"
		     "                 0       x25tap1\n"
		     "12345678901234567890123456789012345678901234567890 99 x25tap2\n"
		     "1234\n";

	(void)state;
	assert_int_equal(relic_route_ipx(&list, ipx), 0);
	assert_int_equal(relic_route_ddp(&list, ddp), 0);
	assert_int_equal(relic_route_x25(&list, x25), 0);
	assert_int_equal(list.count, 7);
	assert_string_equal(at(0)->router_net, "Directly");
	assert_string_equal(at(1)->router_node, "000000000004");
	assert_string_equal(at(2)->flags, "U");
	assert_string_equal(at(3)->flags, "UH");
	assert_string_equal(at(4)->destination, "1234/4");
	assert_string_equal(at(5)->destination, "*");
	assert_string_equal(at(5)->iface, "x25tap1");
	assert_string_equal(at(6)->destination, "1234567890123456789012345678901234567890/99");
}

static void empty_files(void **state)
{
	char nothing[] = "", neighbours[] = "", heading[] = "callsign  dev  mode digipeaters\n";

	(void)state;
	assert_int_equal(relic_route_ax25(&list, nothing), 0);
	assert_int_equal(relic_route_ax25(&list, heading), 0);
	assert_int_equal(relic_route_netrom(&list, nothing, neighbours), 0);
	assert_int_equal(relic_route_rose(&list, nothing, neighbours), 0);
	assert_int_equal(list.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ax25), TEST(netrom), TEST(rose), TEST(ipx_ddp_x25), TEST(empty_files),
	};

	return cmocka_run_group_tests_name("list route relic", tests, NULL, NULL);
}
