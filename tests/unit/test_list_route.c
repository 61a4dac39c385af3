/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes: what rtnetlink says, made by hand, and the lines of netstat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "list/route.h"

static char bytes[2048] __attribute__((aligned(8)));
extern const struct listing listing_route, listing_route6;

static struct list list;

static struct nlmsghdr *begin(uint8_t family, uint8_t prefix, uint8_t kind, const char *destination)
{
	struct nlmsghdr *message;
	struct rtmsg *header;
	uint8_t address[16];

	memset(bytes, 0, sizeof(bytes));
	message = mnl_nlmsg_put_header(bytes);
	message->nlmsg_type = RTM_NEWROUTE;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	*header = (struct rtmsg){.rtm_family = family,
	                         .rtm_dst_len = prefix,
	                         .rtm_type = kind,
	                         .rtm_table = RT_TABLE_MAIN,
	                         .rtm_protocol = RTPROT_BOOT};
	if (destination) {
		assert_int_equal(inet_pton(family, destination, address), 1);
		mnl_attr_put(message, RTA_DST, family == AF_INET ? 4 : 16, address);
	}
	return message;
}

static void put_address(struct nlmsghdr *message, uint16_t type, int family, const char *text)
{
	uint8_t address[16];

	assert_int_equal(inet_pton(family, text, address), 1);
	mnl_attr_put(message, type, family == AF_INET ? 4 : 16, address);
}

static int start(void **state)
{
	(void)state;
	list = (struct list){.listing = &listing_route};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	list_free(&list);
	return 0;
}

static struct list_route *at(size_t index)
{
	assert_true(index < list.count);
	return list_at(&list, index);
}

/* The line of a record in one of the forms. */
static const char *line(size_t index, unsigned int extend, bool wide)
{
	static char text[512];
	const struct list_request request = {.extend = extend};
	const struct field_context context = {
		.numeric_hosts = true, .numeric_ports = true, .wide = wide};
	struct list_route *route = at(index);
	struct buffer out = {0};

	if (!route->iface)
		route->iface = route->ifindex ? "eth0" : "";
	if (route->family == AF_INET)
		route4_text(&request, &context, route, &out);
	else
		route6_text(&request, &context, route, &out);
	assert_false(out.failed);
	assert_true(out.size < sizeof(text));
	memcpy(text, out.data, out.size);
	text[out.size] = '\0';
	buffer_free(&out);
	return text;
}

static void a_gateway_and_its_metrics(void **state)
{
	struct nlmsghdr *message = begin(AF_INET, 16, RTN_UNICAST, "10.1.0.0");
	struct nlattr *metrics;

	(void)state;
	put_address(message, RTA_GATEWAY, AF_INET, "192.168.1.9");
	mnl_attr_put_u32(message, RTA_OIF, 2);
	mnl_attr_put_u32(message, RTA_PRIORITY, 4294967295);
	metrics = mnl_attr_nest_start(message, RTA_METRICS);
	mnl_attr_put_u32(message, RTAX_ADVMSS, 1360);
	mnl_attr_put_u32(message, RTAX_WINDOW, 32768);
	mnl_attr_put_u32(message, RTAX_RTT, 960);
	mnl_attr_nest_end(message, metrics);
	assert_int_equal(route_take(&list, AF_INET, message), 0);
	assert_string_equal(line(0, 0, false),
	                    "10.1.0.0        192.168.1.9     255.255.0.0     UG     1400 32768    "
	                    "120 eth0\n");
	assert_string_equal(
		line(0, 1, false),
		"10.1.0.0        192.168.1.9     255.255.0.0     UG    4294967295 0        "
		"0 eth0\n");
	assert_string_equal(
		line(0, 2, false),
		"10.1.0.0        192.168.1.9     255.255.0.0     UG    4294967295 0        "
		"0 eth0     1400  32768  120\n");
}

static void dead_ends(void **state)
{
	static const struct {
		uint8_t kind, prefix;
		const char *line;
	} cases[] = {
		{RTN_UNREACHABLE, 16,
	         "10.2.0.0        -               255.255.0.0     !         - -          - -\n"},
		{RTN_PROHIBIT, 32,
	         "10.2.0.0        -               255.255.255.255 !H        - -          - -\n"},
		{RTN_BLACKHOLE, 16,
	         "10.2.0.0        -               255.255.0.0     !         - -          - "
	         "blackhole\n"},
		{RTN_THROW, 16,
	         "10.2.0.0        -               255.255.0.0     !         - -          - "
	         "throw\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nlmsghdr *message =
			begin(AF_INET, cases[i].prefix, cases[i].kind, "10.2.0.0");

		assert_int_equal(route_take(&list, AF_INET, message), 0);
		assert_string_equal(line(i, 0, false), cases[i].line);
	}
	assert_string_equal(
		line(0, 2, false),
		"10.2.0.0        -               255.255.0.0     !     0      -        0 "
		"-        -     -      -\n");
}

/* An IPv6 gateway is wider than its column: the cut shows, and -W does not cut. */
static void gateway_of_the_other_family(void **state)
{
	struct nlmsghdr *message = begin(AF_INET, 0, RTN_UNICAST, NULL);
	struct {
		uint16_t family;
		uint8_t address[16];
	} via = {.family = AF_INET6};

	(void)state;
	inet_pton(AF_INET6, "2001:db8:1:2:3::99", via.address);
	mnl_attr_put(message, RTA_VIA, sizeof(via), &via);
	mnl_attr_put_u32(message, RTA_OIF, 2);
	assert_int_equal(route_take(&list, AF_INET, message), 0);
	assert_string_equal(line(0, 0, false),
	                    "0.0.0.0         2001:db8:1:2:3+ 0.0.0.0         UG        0 "
	                    "0          0 eth0\n");
	assert_string_equal(line(0, 0, true),
	                    "0.0.0.0         2001:db8:1:2:3::99 0.0.0.0         UG        0 "
	                    "0          0 eth0\n");
}

static void put_hop(struct nlmsghdr *message, const char *gateway, uint8_t weight, uint16_t size)
{
	struct rtnexthop *hop = mnl_nlmsg_get_payload_tail(message);

	*hop = (struct rtnexthop){.rtnh_hops = weight - 1, .rtnh_ifindex = 2};
	message->nlmsg_len += sizeof(*hop);
	put_address(message, RTA_GATEWAY, AF_INET, gateway);
	hop->rtnh_len = size;
}

static void every_next_hop_is_a_row(void **state)
{
	struct nlmsghdr *message = begin(AF_INET, 16, RTN_UNICAST, "10.6.0.0");
	struct nlattr *hops = mnl_attr_nest_start(message, RTA_MULTIPATH);

	(void)state;
	put_hop(message, "192.168.1.10", 2, 16);
	put_hop(message, "192.168.1.11", 1, 16);
	mnl_attr_nest_end(message, hops);
	assert_int_equal(route_take(&list, AF_INET, message), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(at(0)->weight, 2);
	assert_int_equal(at(1)->hop, 2);
	assert_int_equal(at(1)->hops, 2);
	assert_string_equal(line(1, 0, false),
	                    "10.6.0.0        192.168.1.11    255.255.0.0     UG        0 "
	                    "0          0 eth0\n");
}

static void hops_whose_lengths_lie(void **state)
{
	static const uint16_t lengths[] = {0, 4, 7, 13, 64, 65535};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct nlmsghdr *message = begin(AF_INET, 16, RTN_UNICAST, "10.6.0.0");
		struct nlattr *hops = mnl_attr_nest_start(message, RTA_MULTIPATH);

		put_hop(message, "192.168.1.10", 2, lengths[i]);
		mnl_attr_nest_end(message, hops);
		assert_int_equal(route_take(&list, AF_INET, message), -EBADMSG);
	}
}

static void messages_that_are_no_route(void **state)
{
	struct nlmsghdr *message = begin(AF_INET, 33, RTN_UNICAST, "10.6.0.0");

	(void)state;
	assert_int_equal(route_take(&list, AF_INET, message), 0); /* such a prefix cannot be */
	message = begin(AF_INET, 24, RTN_UNICAST, "10.6.0.0");
	assert_int_equal(route_take(&list, AF_INET6, message), 0); /* another family */
	message->nlmsg_type = RTM_NEWLINK;
	assert_int_equal(route_take(&list, AF_INET, message), 0);
	message = begin(AF_INET, 24, RTN_UNICAST, NULL);
	message->nlmsg_len = MNL_NLMSG_HDRLEN + 4;
	assert_int_equal(route_take(&list, AF_INET, message), -EBADMSG);
	assert_int_equal(list.count, 0);
}

static void next_hop_objects(void **state)
{
	struct route_nexthops nexthops = {0};
	const struct nexthop_grp group[] = {{.id = 1}, {.id = 2, .weight = 9}};
	struct nlmsghdr *message;
	struct nhmsg *header;

	(void)state;
	for (uint32_t id = 1; id <= 3; id++) {
		memset(bytes, 0, sizeof(bytes));
		message = mnl_nlmsg_put_header(bytes);
		message->nlmsg_type = RTM_NEWNEXTHOP;
		header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
		header->nh_family = id == 3 ? AF_UNSPEC : AF_INET;
		mnl_attr_put_u32(message, NHA_ID, id);
		if (id == 3)
			mnl_attr_put(message, NHA_GROUP, sizeof(group), group);
		else
			put_address(message, NHA_GATEWAY, AF_INET,
			            id == 1 ? "10.0.0.1" : "10.0.0.2");
		mnl_attr_put_u32(message, NHA_OIF, 2);
		assert_int_equal(route_take_nexthop(&nexthops, message), 0);
	}
	for (uint32_t id = 1; id <= 4; id++) {
		message = begin(AF_INET, 16, RTN_UNICAST, "10.9.0.0");
		mnl_attr_put_u32(message, RTA_NH_ID, id);
		assert_int_equal(route_take(&list, AF_INET, message), 0);
	}
	assert_int_equal(route_resolve(&list, 0, &nexthops), 0);
	assert_int_equal(list.count, 5);
	assert_string_equal(line(0, 0, false),
	                    "10.9.0.0        10.0.0.1        255.255.0.0     UG        0 "
	                    "0          0 eth0\n");
	assert_int_equal(at(2)->hops, 2);
	assert_int_equal(at(4)->hop, 2);
	assert_int_equal(at(4)->weight, 10);
	assert_int_equal(at(3)->gateway_family, 0); /* no such object */
	route_nexthops_free(&nexthops);
}

static void ipv6_and_what_its_file_adds(void **state)
{
	char file[] =
		"20010db8000100000000000000000000 30 00000000000000000000000000000000 00 "
		"fe800000000000000000000000000001 00000400 00000007 00000000 00450003     eth0\n"
		"20010db8 30\n"
		"zz010db8000100000000000000000000 30 00000000000000000000000000000000 00 "
		"fe800000000000000000000000000001 00000400 00000009 00000000 00450003     eth0\n"
		"20010db8000100000000000000000000 30 00000000000000000000000000000000 00 "
		"fe800000000000000000000000000001 00000400 00000008 00000000 00000003     eth0\n";
	struct nlmsghdr *message;

	(void)state;
	list.listing = &listing_route6;
	for (int i = 0; i < 3; i++) {
		message = begin(AF_INET6, 48, RTN_UNICAST, "2001:db8:1::");
		put_address(message, RTA_GATEWAY, AF_INET6, "fe80::1");
		mnl_attr_put_u32(message, RTA_OIF, 2);
		mnl_attr_put_u32(message, RTA_PRIORITY, 1024);
		assert_int_equal(route_take(&list, AF_INET6, message), 0);
		at((size_t)i)->iface = "eth0";
	}
	assert_int_equal(route_add_proc6(&list, file), 0);
	assert_int_equal(at(0)->ref + at(1)->ref, 15); /* each line once */
	assert_int_equal(at(2)->ref, 0);
	at(0)->ref = 7;
	at(0)->flags |= ROUTE_EXPIRES | ROUTE_ADDRCONF | ROUTE_DEFAULT;
	assert_string_equal(line(0, 0, false),
	                    "2001:db8:1::/48                fe80::1                    UGDAe 1024 "
	                    "7      0 eth0\n");
}

static void names_of_tables(void **state)
{
	char text[] =
		"# comment\n254\tmain\n 0x64 hex # more\nno number\n7\n4294967296 large\n-1 minus\n"
		"100 x y\n";
	static const struct route_table_line expected[] = {{254, "main"}, {100, "hex"}, {100, "x"}};
	struct route_table_line got;
	char *rest = text;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(route_next_table(&rest, &got));
		assert_int_equal(got.number, expected[i].number);
		assert_string_equal(got.name, expected[i].name);
	}
	assert_false(route_next_table(&rest, &got));
}

static void tables_that_are_asked_for(void **state)
{
	struct diag diag = {""};
	uint32_t number = 1;

	(void)state;
	assert_int_equal(route_table_number(&list, "all", &number, &diag), 0);
	assert_int_equal(number, ROUTE_TABLE_ALL);
	assert_int_equal(route_table_number(&list, "4294967295", &number, &diag), 0);
	assert_int_equal(number, 4294967295);
	assert_int_equal(route_table_number(&list, "local", &number, &diag), 0);
	assert_int_equal(number, 255);
	assert_int_equal(route_table_number(&list, "no such table", &number, &diag), -EINVAL);
	assert_string_equal(diag.text,
	                    "--table: unknown routing table \"no such table\"; expected a "
	                    "number from 1, all, or a name of /etc/iproute2/rt_tables");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_gateway_and_its_metrics),
		TEST(dead_ends),
		TEST(gateway_of_the_other_family),
		TEST(every_next_hop_is_a_row),
		TEST(hops_whose_lengths_lie),
		TEST(messages_that_are_no_route),
		TEST(next_hop_objects),
		TEST(ipv6_and_what_its_file_adds),
		TEST(names_of_tables),
		TEST(tables_that_are_asked_for),
	};

	return cmocka_run_group_tests_name("list route", tests, NULL, NULL);
}
