/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces: what rtnetlink says, made by hand, and the lines of netstat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "list/interface.h"

extern const struct listing listing_interface;

static char bytes[4096] __attribute__((aligned(8)));
static struct list list;

static int start(void **state)
{
	(void)state;
	list = (struct list){.listing = &listing_interface};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	list_free(&list);
	return 0;
}

static struct list_interface *at(size_t index)
{
	assert_true(index < list.count);
	return list_at(&list, index);
}

static struct nlmsghdr *begin_link(int ifindex, const char *name, uint16_t type, uint32_t flags)
{
	struct nlmsghdr *message;
	struct ifinfomsg *header;

	memset(bytes, 0, sizeof(bytes));
	message = mnl_nlmsg_put_header(bytes);
	message->nlmsg_type = RTM_NEWLINK;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	*header = (struct ifinfomsg){.ifi_index = ifindex, .ifi_type = type, .ifi_flags = flags};
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	mnl_attr_put_u32(message, IFLA_MTU, 1500);
	mnl_attr_put_u32(message, IFLA_TXQLEN, 1000);
	return message;
}

static void add_link(int ifindex, const char *name, uint16_t type, uint32_t flags)
{
	struct nlmsghdr *message = begin_link(ifindex, name, type, flags);
	struct rtnl_link_stats64 stats = {.rx_packets = 5000000000, .rx_bytes = 1048577};

	mnl_attr_put(message, IFLA_STATS64, sizeof(stats), &stats);
	assert_int_equal(interface_take(&list, message), 0);
}

static int add_address(uint32_t ifindex, int family, const char *text, uint8_t prefix,
                       const char *label)
{
	struct nlmsghdr *message;
	struct ifaddrmsg *header;
	uint8_t address[16];

	memset(bytes, 0, sizeof(bytes));
	message = mnl_nlmsg_put_header(bytes);
	message->nlmsg_type = RTM_NEWADDR;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	*header = (struct ifaddrmsg){
		.ifa_family = (uint8_t)family, .ifa_prefixlen = prefix, .ifa_index = ifindex};
	assert_int_equal(inet_pton(family, text, address), 1);
	mnl_attr_put(message, IFA_ADDRESS, family == AF_INET ? 4 : 16, address);
	if (family == AF_INET)
		mnl_attr_put(message, IFA_LOCAL, 4, address);
	if (label)
		mnl_attr_put_strz(message, IFA_LABEL, label);
	return interface_take_address(&list, 2, message);
}

static const char *text_of(size_t index, bool paragraph)
{
	static char text[2048];
	const struct field_context context = {.numeric_hosts = true};
	struct buffer out = {0};

	if (paragraph)
		interface_paragraph(at(index), &out);
	else
		interface_line(&context, at(index), &out);
	assert_true(!out.failed && out.size < sizeof(text));
	memcpy(text, out.data, out.size);
	text[out.size] = '\0';
	buffer_free(&out);
	return text;
}

/* As the kernel sums for /proc/net/dev: each counter has a value of its own. */
static void sums_of_proc_net_dev(void **state)
{
	const struct rtnl_link_stats64 stats = {
		.rx_packets = 1,
		.tx_packets = 2,
		.rx_bytes = 4,
		.tx_bytes = 8,
		.rx_errors = 16,
		.tx_errors = 32,
		.rx_dropped = 64,
		.tx_dropped = 128,
		.multicast = 256,
		.collisions = 512,
		.rx_length_errors = 1024,
		.rx_over_errors = 2048,
		.rx_crc_errors = 4096,
		.rx_frame_errors = 8192,
		.rx_fifo_errors = 16384,
		.rx_missed_errors = 32768,
		.tx_aborted_errors = 65536,
		.tx_carrier_errors = 131072,
		.tx_fifo_errors = 262144,
		.tx_heartbeat_errors = 524288,
		.tx_window_errors = 1048576,
		.rx_compressed = 2097152,
		.tx_compressed = 4194304,
	};
	uint64_t counts[INTERFACE_COUNTS];

	(void)state;
	interface_sum(&stats, counts);
	assert_int_equal(counts[RX_DROPS], 64 + 32768);
	assert_int_equal(counts[RX_FRAME], 1024 + 2048 + 4096 + 8192);
	assert_int_equal(counts[RX_OVERRUNS], 16384);
	assert_int_equal(counts[TX_CARRIER], 65536 + 131072 + 524288 + 1048576);
	assert_int_equal(counts[TX_OVERRUNS], 262144);
	assert_int_equal(counts[TX_DROPS], 128);
	assert_int_equal(counts[RX_COMPRESSED], 2097152);
}

static void a_line_and_a_paragraph(void **state)
{
	(void)state;
	add_link(2, "eth0", ARPHRD_ETHER, IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST);
	assert_string_equal(text_of(0, false),
	                    "eth0             1500 5000000000      0      0 0             0 "
	                    "     0      0      0 BMRU\n");
	assert_string_equal(
		text_of(0, true),
		"eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
		"        ether   txqueuelen 1000  (Ethernet)\n"
		"        RX packets 5000000000  bytes 1048577 (1.0 MiB)\n"
		"        RX errors 0  dropped 0  overruns 0  frame 0\n"
		"        TX packets 0  bytes 0 (0.0 B)\n"
		"        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n");
}

static void labels_are_rows_of_their_own(void **state)
{
	(void)state;
	add_link(2, "eth0", ARPHRD_ETHER, IFF_UP | IFF_BROADCAST);
	add_link(3, "lo", ARPHRD_LOOPBACK, IFF_UP | IFF_LOOPBACK);
	assert_int_equal(add_address(2, AF_INET, "10.0.0.1", 24, "eth0"), 0);
	assert_int_equal(add_address(2, AF_INET, "10.0.0.2", 24, "eth0:1"), 0);
	assert_int_equal(add_address(2, AF_INET, "10.0.0.3", 24, "eth0:1"), 0);
	assert_int_equal(add_address(9, AF_INET, "10.0.0.4", 24, "gone"), 0);
	assert_int_equal(add_address(3, AF_INET6, "::1", 128, NULL), 0);
	assert_int_equal(list.count, 3);
	interface_sort(&list);
	assert_string_equal(text_of(1, false),
	                    "eth0:1           1500      - no statistics available - "
	                    "                       BU\n");
	assert_string_equal(at(1)->label_of, "eth0");
	assert_non_null(at(0)->addresses->next->next); /* the interface has all of them */
	assert_non_null(at(1)->addresses->next);
	assert_string_equal(text_of(1, true),
	                    "eth0:1: flags=3<UP,BROADCAST>  mtu 1500\n"
	                    "        inet 10.0.0.2  netmask 255.255.255.0  broadcast 0.0.0.0\n"
	                    "        inet 10.0.0.3  netmask 255.255.255.0  broadcast 0.0.0.0\n"
	                    "        ether   txqueuelen 1000  (Ethernet)\n\n");
	assert_non_null(strstr(text_of(2, true),
	                       "        inet6 ::1  prefixlen 128  scopeid 0x10<host>\n"
	                       "        loop  txqueuelen 1000  (Local Loopback)\n"));
}

static void types_that_netstat_does_not_have(void **state)
{
	struct nlmsghdr *message = begin_link(2, "gre6", ARPHRD_IP6GRE, 0x8000 | IFF_NOARP);
	uint8_t address[40];

	(void)state;
	memset(address, 0xab, sizeof(address));
	mnl_attr_put(message, IFLA_ADDRESS, 16, address);
	assert_int_equal(interface_take(&list, message), 0);
	assert_string_equal(text_of(0, true),
	                    "gre6: flags=32896<NOARP,DYNAMIC>  mtu 1500\n"
	                    "        unspec AB-AB-AB-AB-AB-AB-AB-AB-AB-AB-AB-AB-AB-AB-AB-AB  "
	                    "txqueuelen 1000  (UNSPEC)\n\n");
	assert_string_equal(interface_type_name(ARPHRD_IP6GRE), "gre6");
	assert_null(interface_type_name(31337));
	mnl_attr_put(message, IFLA_ADDRESS, 40, address); /* the first counts */
	message = begin_link(2, "x", 31337, 0);
	mnl_attr_put(message, IFLA_ADDRESS, 40, address); /* longer than any */
	assert_int_equal(interface_take(&list, message), 0);
	assert_int_equal(at(1)->hardware_size, INTERFACE_HARDWARE_MOST);
}

static void other_names_and_kinds(void **state)
{
	struct nlmsghdr *message = begin_link(2, "v0\x1b[2J", ARPHRD_ETHER, IFF_UP);
	struct nlattr *nest = mnl_attr_nest_start(message, IFLA_PROP_LIST);

	(void)state;
	mnl_attr_put_strz(message, IFLA_ALT_IFNAME, "first-other-name-that-is-longer-than-15");
	mnl_attr_put_strz(message, IFLA_ALT_IFNAME, "second");
	mnl_attr_nest_end(message, nest);
	nest = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	mnl_attr_nest_end(message, nest);
	assert_int_equal(interface_take(&list, message), 0);
	assert_string_equal(at(0)->kind, "veth");
	assert_string_equal(at(0)->altnames->name, "first-other-name-that-is-longer-than-15");
	assert_string_equal(at(0)->altnames->next->name, "second");
	assert_null(at(0)->altnames->next->next);
	assert_non_null(strstr(text_of(0, false), "v0\\x1b[2J"));
}

static void numbers_in_names_are_numbers(void **state)
{
	static const char *const sorted[] = {"br0",    "eth0", "eth0.1", "eth0.10",
	                                     "eth0:1", "eth1", "eth007", "eth10",
	                                     "lo",     "tun2", "tun10",  "tun18446744073709551616",
	                                     "tunx"};
	size_t count = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			int order = interface_compare_names(sorted[i], sorted[k]);

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
}

static void damaged_messages(void **state)
{
	struct nlmsghdr *message = begin_link(2, "eth0", ARPHRD_ETHER, 0);

	(void)state;
	message->nlmsg_len = MNL_NLMSG_HDRLEN + 8;
	assert_int_equal(interface_take(&list, message), -EBADMSG);
	message = begin_link(-1, "eth0", ARPHRD_ETHER, 0);
	assert_int_equal(interface_take(&list, message), 0);
	assert_int_equal(list.count, 0);
	add_link(2, "a", ARPHRD_ETHER, IFF_UP);
	add_link(3, "b", ARPHRD_ETHER, IFF_UP);
	assert_int_equal(add_address(2, AF_INET, "10.0.0.1", 33, "a"), 0); /* no such prefix */
	assert_null(at(0)->addresses);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sums_of_proc_net_dev),
		TEST(a_line_and_a_paragraph),
		TEST(labels_are_rows_of_their_own),
		TEST(types_that_netstat_does_not_have),
		TEST(other_names_and_kinds),
		TEST(numbers_in_names_are_numbers),
		TEST(damaged_messages),
	};

	return cmocka_run_group_tests_name("list interface", tests, NULL, NULL);
}
