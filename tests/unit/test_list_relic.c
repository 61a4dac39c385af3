/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines as the kernels that have these families print them, and lines that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "list/packet.h"
#include "list/relic.h"

static char line[512];

static bool parse(relic_parse_fn *fn, const char *text, struct list_relic *relic)
{
	memset(relic, 0, sizeof(*relic));
	strcpy(line, text);
	return fn(line, relic);
}

static void ax25(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(
		parse(ax25_parse,
	              "0000000012345678 ax0 OH7LZB-10 OH7RBE-1,OH7RBA-12*,OH7RBB 3 1 2 0 0 10 0 "
	              "2 250 300 0 20 0 10 4 7 256 12 34 4711",
	              &relic));
	assert_string_equal(relic.device, "ax0");
	assert_string_equal(relic.source_call, "OH7LZB-10");
	assert_string_equal(relic.dest_call, "OH7RBE-1");
	assert_string_equal(relic.digipeaters, "OH7RBA-12*,OH7RBB");
	assert_string_equal(relic.state, "ESTABLISHED");
	assert_int_equal(relic.vs, 1);
	assert_int_equal(relic.vr, 2);
	assert_true(relic.socket.has_queues);
	assert_int_equal(relic.socket.send_q, 12);
	assert_int_equal(relic.socket.recv_q, 34);
	assert_int_equal(relic.socket.inode, 4711);
	/* the kernel's own, without a socket */
	assert_true(parse(ax25_parse,
	                  "0 ??? OH7LZB* * 9 0 0 0 0 10 0 3 0 300 0 20 0 10 5 7 256 * * *",
	                  &relic));
	assert_string_equal(relic.state, "UNKNOWN");
	assert_string_equal(relic.source_call, "OH7LZB*");
	assert_null(relic.digipeaters);
	assert_false(relic.socket.has_queues);
	assert_int_equal(relic.socket.inode, 0);
	assert_false(parse(ax25_parse, "", &relic));
	assert_false(parse(ax25_parse, "0 ax0 A B 3 1 2 0", &relic));
	assert_false(
		parse(ax25_parse, "0 ax0 A B x 1 2 0 0 1 0 1 0 1 0 1 0 1 1 1 1 1 1 1", &relic));
	assert_false(
		parse(ax25_parse, "0 ax0 A B -1 1 2 0 0 1 0 1 0 1 0 1 0 1 1 1 1 1 1 1", &relic));
}

static void netrom(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(parse(netrom_parse,
	                  "OH7LZB-10 OH7RBE-11 OH7RBA-12 nr0  01/02 03/04  3   5   6   7   0/120  "
	                  "0/05   0/180   0/020  0/03   4    10    20 12345",
	                  &relic));
	assert_string_equal(relic.user_call, "OH7LZB-10");
	assert_string_equal(relic.dest_call, "OH7RBE-11");
	assert_string_equal(relic.source_call, "OH7RBA-12");
	assert_string_equal(relic.state, "ESTABLISHED");
	assert_int_equal(relic.vs, 5);
	assert_int_equal(relic.vr, 6);
	assert_int_equal(relic.va, 7);
	assert_int_equal(relic.socket.send_q, 10);
	assert_int_equal(relic.socket.recv_q, 20);
	assert_int_equal(relic.socket.inode, 12345);
	assert_false(
		parse(netrom_parse,
	              "user_addr dest_node src_node  dev    my  your  st  vs  vr  va    t1     t2 "
	              "    t4      idle   n2  wnd Snd-Q Rcv-Q inode",
	              &relic));
}

static void rose(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(
		parse(rose_parse,
	              "2080175999 F6ABC-1   2080175524 F6FBB-10  rose0 A0F 00002  4  1  2  3   0 "
	              "200 180 180   5   0/000    12    13 12349",
	              &relic));
	assert_string_equal(relic.dest_addr, "2080175999");
	assert_string_equal(relic.dest_call, "F6ABC-1");
	assert_string_equal(relic.source_addr, "2080175524");
	assert_string_equal(relic.source_call, "F6FBB-10");
	assert_int_equal(relic.lci, 0xa0f);
	assert_int_equal(relic.neighbour, 2);
	assert_string_equal(relic.state, "RESET SENT");
	assert_int_equal(relic.socket.send_q, 12);
	assert_int_equal(relic.socket.inode, 12349);
	assert_false(
		parse(rose_parse,
	              "dest_addr  dest_call src_addr   src_call  dev   lci neigh st vs vr va   t  "
	              "t1  t2  t3  hb    idle Snd-Q Rcv-Q inode",
	              &relic));
}

static void x25(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(
		parse(x25_parse,
	              "123456789012345 543210987654321 x25tap12 FFF  1  7  6  5   0   3 200 180 "
	              "180     5     6 12353",
	              &relic));
	assert_string_equal(relic.dest_addr, "123456789012345");
	assert_string_equal(relic.source_addr, "543210987654321");
	assert_string_equal(relic.device, "x25tap12");
	assert_int_equal(relic.lci, 4095);
	assert_string_equal(relic.state, "SABM_SENT");
	assert_int_equal(relic.socket.recv_q, 6);
	assert_false(parse(x25_parse,
	                   "dest_addr  src_addr   dev   lci st vs vr va   t  t1  t2  t3  hb  Snd-Q "
	                   "Rcv-Q inode",
	                   &relic));
}

static void ipx(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(
		parse(ipx_parse,
	              "12345678:0451  87654321:0102030405FF:0453  000000FF  00000010  01     1000",
	              &relic));
	assert_string_equal(relic.local, "12345678:0451");
	assert_string_equal(relic.foreign, "87654321:0102030405FF:0453");
	assert_string_equal(relic.state, "ESTAB");
	assert_int_equal(relic.socket.send_q, 255);
	assert_int_equal(relic.socket.recv_q, 16);
	assert_int_equal(relic.socket.uid, 1000);
	assert_true(
		parse(ipx_parse,
	              "00000000:4003  Not_Connected               00000000  00000000  07     000",
	              &relic));
	assert_string_equal(relic.local, ":4003");
	assert_null(relic.foreign);
	assert_string_equal(relic.state, "");
	assert_false(
		parse(ipx_parse,
	              "Local_Address  Remote_Address              Tx_Queue  Rx_Queue  State  Uid",
	              &relic));
}

static void ddp(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(
		parse(ddp_parse, "02   FF00:34:80  FF01:12:04  00000002:00000010 01 1000", &relic));
	assert_string_equal(relic.local, "FF00:34:80");
	assert_string_equal(relic.foreign, "FF01:12:04");
	assert_string_equal(relic.state, "ESTAB");
	assert_int_equal(relic.socket.send_q, 2);
	assert_int_equal(relic.socket.recv_q, 16);
	assert_int_equal(relic.socket.uid, 1000);
	assert_true(
		parse(ddp_parse, "02   FF00:34:80  0000:00:00  00000000:00000000 07 0", &relic));
	assert_null(relic.foreign);
	assert_string_equal(relic.state, "");
	assert_false(
		parse(ddp_parse, "Type Local_addr  Remote_addr Tx_queue Rx_queue St UID", &relic));
	assert_false(parse(ddp_parse, "02   FF00:34:80  0000:00:00  00000000 07 0", &relic));
}

static void bluetooth(void **state)
{
	struct list_relic relic;

	(void)state;
	assert_true(
		parse(l2cap_parse,
	              "00:11:22:33:44:55 (1) aa:bb:cc:dd:ee:ff (2) 1 25 0x0040 0x0041 672 895 2 0",
	              &relic));
	assert_string_equal(relic.source_addr, "00:11:22:33:44:55");
	assert_string_equal(relic.dest_addr, "aa:bb:cc:dd:ee:ff");
	assert_string_equal(relic.state, "CONNECTED");
	assert_int_equal(relic.psm, 25);
	assert_int_equal(relic.scid, 0x40);
	assert_int_equal(relic.dcid, 0x41);
	assert_int_equal(relic.imtu, 672);
	assert_int_equal(relic.omtu, 895);
	assert_string_equal(relic.security, "MEDIUM");
	/* before 3.15 */
	assert_true(parse(l2cap_parse,
	                  "00:00:00:00:00:00 00:00:00:00:00:00 4 1 0x0000 0x0000 672 0 9", &relic));
	assert_string_equal(relic.source_addr, "*");
	assert_string_equal(relic.state, "LISTEN");
	assert_string_equal(relic.security, "UNKNOWN");
	assert_false(parse(l2cap_parse, "00:00:00:00:00:00 00:00:00:00:00:00 4 1", &relic));
	assert_false(parse(l2cap_parse, "", &relic));
	assert_true(parse(rfcomm_parse, "00:11:22:33:44:55 aa:bb:cc:dd:ee:ff 9 3", &relic));
	assert_string_equal(relic.state, "CLOSED");
	assert_int_equal(relic.channel, 3);
	assert_false(parse(rfcomm_parse, "00:11:22:33:44:55 aa:bb:cc:dd:ee:ff 9", &relic));
	assert_false(parse(rfcomm_parse, "00:11:22:33:44:55 x 9 3", &relic));
}

static void packet(void **state)
{
	struct list_packet found = {.type = 0};

	(void)state;
	strcpy(line, "00000000c3892b3f 3      3    88f7   2     1 213      1000   125328134");
	assert_true(packet_parse(line, &found));
	assert_int_equal(found.references, 3);
	assert_int_equal(found.type, 3);
	assert_int_equal(found.ether_type, 0x88f7);
	assert_int_equal(found.ifindex, 2);
	assert_true(found.running);
	assert_int_equal(found.socket.recv_q, 213);
	assert_int_equal(found.socket.uid, 1000);
	assert_int_equal(found.socket.inode, 125328134);
	strcpy(line, "sk               RefCnt Type Proto  Iface R Rmem   User   Inode");
	assert_false(packet_parse(line, &found));
	strcpy(line, "00000000c3892b3f 3      3    88f7f   2     1 213      1000   125328134");
	assert_false(packet_parse(line, &found));
}

static void netlink(void **state)
{
	struct list_netlink found = {.port = 0};

	(void)state;
	strcpy(line, "0000000056f0a734 15  -1234      80000011 1        2        1     2        7  "
	             "      99");
	assert_true(netlink_parse(line, &found));
	assert_int_equal(found.protocol, 15);
	assert_int_equal(found.port, 4294966062);
	assert_int_equal(found.groups, 0x80000011);
	assert_true(found.dumping);
	assert_int_equal(found.socket.recv_q, 1);
	assert_int_equal(found.socket.send_q, 2);
	assert_int_equal(found.socket.drops, 7);
	assert_int_equal(found.socket.inode, 99);
	strcpy(line, "sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode");
	assert_false(netlink_parse(line, &found));
	strcpy(line, "0 15 - 80000011 1 2 1 2 7 99");
	assert_false(netlink_parse(line, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ax25),      cmocka_unit_test(netrom), cmocka_unit_test(rose),
		cmocka_unit_test(x25),       cmocka_unit_test(ipx),    cmocka_unit_test(ddp),
		cmocka_unit_test(bluetooth), cmocka_unit_test(packet), cmocka_unit_test(netlink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
