/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include "list/unix.h"

#define HEADINGS "Num       RefCount Protocol Flags    Type St Inode Path\n"

static char text[4096];

static struct unix_lines lines_of(const char *content)
{
	strcpy(text, content);
	return (struct unix_lines){.at = text, .end = text + strlen(text)};
}

static void expect_line(struct unix_lines *lines, uint32_t inode, const char *path)
{
	struct unix_line line;

	assert_true(unix_lines_next(lines, &line));
	assert_int_equal(line.inode, inode);
	if (path)
		assert_string_equal(line.path, path);
	else
		assert_null(line.path);
}

static void expect_end(struct unix_lines *lines)
{
	struct unix_line line;

	assert_false(unix_lines_next(lines, &line));
	assert_false(unix_lines_next(lines, &line));
}

static void all_numbers_of_a_line(void **state)
{
	struct unix_lines lines = lines_of(
		HEADINGS "00000000b3be1dab: 00000102 00000000 00010000 0001 01 122586718 /tmp/a\n"
			 "c0ffee00: 00000003 00000001 00000000 0005 03     7\n");
	struct unix_line line;

	(void)state;
	assert_true(unix_lines_next(&lines, &line));
	assert_int_equal(line.references, 0x102);
	assert_int_equal(line.protocol, 0);
	assert_int_equal(line.flags, UNIX_ACCEPTCON);
	assert_int_equal(line.type, SOCK_STREAM);
	assert_int_equal(line.state, UNIX_UNCONNECTED);
	assert_int_equal(line.inode, 122586718);
	assert_string_equal(line.path, "/tmp/a");
	assert_true(unix_lines_next(&lines, &line)); /* a 32-bit kernel */
	assert_int_equal(line.protocol, 1);
	assert_int_equal(line.type, SOCK_SEQPACKET);
	assert_int_equal(line.state, UNIX_CONNECTED);
	assert_int_equal(line.inode, 7);
	assert_null(line.path);
	expect_end(&lines);
}

#define SOCKET(inode) "0000000059e379b1: 00000003 00000000 00000000 0001 03 " inode

static void names_are_whole(void **state)
{
	struct unix_lines lines = lines_of(HEADINGS SOCKET("10001") " /tmp/a  b \n" SOCKET("10002") "  \n" SOCKET(
		"10003") " new\nline\n\nend\n" SOCKET("10004") "\n" SOCKET("10005") " @a@"
	                                                                            "\x01\xff"
	                                                                            "\n" SOCKET(
											    "  "
											    "  "
											    "0") " "
	                                                                                         "l"
	                                                                                         "a"
	                                                                                         "s"
	                                                                                         "t"
	                                                                                         ","
	                                                                                         " "
	                                                                                         "c"
	                                                                                         "u"
	                                                                                         "t");

	(void)state;
	expect_line(&lines, 10001, "/tmp/a  b ");
	expect_line(&lines, 10002, " ");
	expect_line(&lines, 10003, "new\nline\n\nend");
	expect_line(&lines, 10004, NULL);
	expect_line(&lines, 10005, "@a@\x01\xff");
	expect_line(&lines, 0, "last, cut");
	expect_end(&lines);
}

/* Names that are known, by inode. */
static const struct {
	uint32_t inode;
	struct unix_name name;
} known[] = {
	{10001, {"a\n" SOCKET("666") " /fake\0", 64}},
	{10002, {"\0a\n\0", 4}},
	{10003, {"/x\0", 3}},
};

static bool find(uint32_t inode, struct unix_name *name, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].inode == inode) {
			*name = known[i].name;
			if (!i)
				name->size = (uint16_t)strlen(name->bytes) + 1;
			return true;
		}
	}
	return false;
}

static const struct unix_name broken_name = {"a\n" SOCKET("666") " /fake",
                                             sizeof("a\n" SOCKET("666") " /fake")};

static size_t broken(const struct unix_name **names, void *arg)
{
	(void)arg;
	*names = &broken_name;
	return 1;
}

/* A name may contain what looks like a line of the kernel. */
static void a_known_name_ends_where_it_ends(void **state)
{
	static const char forged[] = "a\n" SOCKET("666") " /fake";
	struct unix_lines lines;

	(void)state;
	lines = lines_of(
		SOCKET("10001") " a\n" SOCKET("666") " /fake\n" SOCKET("10002") " @a\n@\n" SOCKET(
			"10003") " /y\n" SOCKET("    0") " a\n" SOCKET("666") " /fake\n");
	lines.find = find;
	lines.broken = broken;
	expect_line(&lines, 10001, forged);
	expect_line(&lines, 10002, "@a\n@");
	expect_line(&lines, 10003, "/y"); /* bound anew between the two looks */
	expect_line(&lines, 0, forged);
	expect_end(&lines);
}

static void what_is_no_line_is_passed_over(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"\n\n\n",
		HEADINGS,
		"0000000059e379b1: 00000003 00000000 00000000 0001 03",
		"0000000059e379b1: 00000003 00000000 00000000 0001 03 ",
		"0000000059e379b1: 00000003 00000000 00000000 0001 03     x",
		"0000000059e379b1: 00000003 00000000 00000000 0001 03 4294967296\n",
		"0000000059e379b1: 00000003 00000000 00000000 0001 03 12x\n",
		"0000000059e379b1: 0000003 00000000 00000000 0001 03 12\n",
		"0000000059e379b1:00000003 00000000 00000000 0001 03 12\n",
		"0000000059e379b11: 00000003 00000000 00000000 0001 03 12\n",
		": 00000003 00000000 00000000 0001 03 12\n",
		"0000000059e379b1: 00000003 00000000 00000000 0001",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct unix_lines lines = lines_of(bad[i]);

		expect_end(&lines);
	}
}

/* --- unix_diag -------------------------------------------------------------------------------- */

static char bytes[1024] __attribute__((aligned(8)));

static struct nlmsghdr *begin(uint8_t family)
{
	struct nlmsghdr *message;
	struct unix_diag_msg *header;

	memset(bytes, 0, sizeof(bytes));
	message = mnl_nlmsg_put_header(bytes);
	message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->udiag_family = family;
	header->udiag_ino = 4711;
	header->udiag_cookie[0] = 5;
	header->udiag_cookie[1] = 1;
	return message;
}

static void a_message_with_all(void **state)
{
	const struct unix_diag_rqlen queues = {3, 5};
	const uint32_t memory[SK_MEMINFO_VARS] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
	struct nlmsghdr *message = begin(AF_UNIX);
	struct unix_message parsed;

	(void)state;
	mnl_attr_put(message, UNIX_DIAG_NAME, 4, "\0a\nb");
	mnl_attr_put_u32(message, UNIX_DIAG_PEER, 4712);
	mnl_attr_put(message, UNIX_DIAG_RQLEN, sizeof(queues), &queues);
	mnl_attr_put(message, UNIX_DIAG_MEMINFO, sizeof(memory), memory);
	mnl_attr_put_u32(message, UNIX_DIAG_UID, 1000);
	mnl_attr_put_u32(message, 99, 1);
	assert_int_equal(unix_message(message, &parsed), 0);
	assert_int_equal(parsed.inode, 4711);
	assert_int_equal(parsed.cookie, 0x100000005);
	assert_true(parsed.has_peer && parsed.has_uid && parsed.has_queues && parsed.has_memory);
	assert_int_equal(parsed.peer, 4712);
	assert_int_equal(parsed.uid, 1000);
	assert_int_equal(parsed.recv_q, 3);
	assert_int_equal(parsed.send_q, 5);
	assert_int_equal(parsed.memory[SK_MEMINFO_DROPS], 9);
	assert_int_equal(parsed.name.size, 4);
	assert_memory_equal(parsed.name.bytes, "\0a\nb", 4);
}

static void a_message_with_little(void **state)
{
	struct nlmsghdr *message = begin(AF_UNIX);
	struct unix_message parsed;
	char name[UNIX_NAME_MAX + 1] = "/x";

	(void)state;
	mnl_attr_put(message, UNIX_DIAG_NAME, sizeof(name), name); /* longer than any */
	mnl_attr_put_u16(message, UNIX_DIAG_PEER, 4712);
	assert_int_equal(unix_message(message, &parsed), 0);
	assert_false(parsed.has_peer || parsed.has_uid || parsed.has_queues || parsed.has_memory);
	assert_null(parsed.name.bytes);
}

static void other_messages_are_refused(void **state)
{
	struct nlmsghdr *message = begin(AF_INET);
	struct unix_message parsed;

	(void)state;
	assert_int_equal(unix_message(message, &parsed), -EBADMSG);
	message = begin(AF_UNIX);
	message->nlmsg_len -= 4;
	assert_int_equal(unix_message(message, &parsed), -EBADMSG);
	message = begin(AF_UNIX);
	message->nlmsg_type = NLMSG_NOOP;
	assert_int_equal(unix_message(message, &parsed), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_numbers_of_a_line),
		cmocka_unit_test(names_are_whole),
		cmocka_unit_test(a_known_name_ends_where_it_ends),
		cmocka_unit_test(what_is_no_line_is_passed_over),
		cmocka_unit_test(a_message_with_all),
		cmocka_unit_test(a_message_with_little),
		cmocka_unit_test(other_messages_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
