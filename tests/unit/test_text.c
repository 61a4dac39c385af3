/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fact/kind.h"
#include "fact/text.h"
#include "fact/words.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

union any {
	struct fact fact;
	struct fact_clock clock;
	struct fact_state state;
	struct fact_retransmit retransmit;
	struct fact_synack synack;
	struct fact_reset reset;
	struct fact_syscall syscall;
	struct fact_walk walk;
	struct fact_seen seen;
	struct fact_holder holder;
	struct fact_loss loss;
	struct fact_name name;
	struct fact_process process;
	struct fact_exit exit;
	struct fact_netns netns;
	struct fact_mptcp mptcp;
	struct fact_stack stack;
	struct fact_doing doing;
	struct fact_counter counter;
	struct fact_counts counts;
	struct fact_table table;
	struct fact_table_task table_task;
	struct fact_table_origin table_origin;
	struct fact_table_row table_row;
	struct fact_table_end table_end;
	char bytes[FACT_MAX_SIZE];
};

static uint64_t seed = 1;

static uint64_t random64(void)
{
	seed ^= seed << 13; /* xorshift64 */
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Random bytes with runs of zeros among them, so that keys are left out too. */
static void randomise(void *at, size_t size)
{
	unsigned int zeros = random64() % 4;

	for (size_t i = 0; i < size; i++)
		((char *)at)[i] = random64() % 4 < zeros ? 0 : (char)random64();
}

#define ZERO(member) memset(&(member), 0, sizeof(member))

static void fix_comm(char comm[FACT_COMM_LEN])
{
	comm[FACT_COMM_LEN - 1] = '\0';
}

static void fix_task(struct fact_task *task)
{
	fix_comm(task->comm);
	fix_comm(task->thread);
}

/* Half of the samples are ordinary; the others have any family and any bytes. */
static void fix_sample(struct fact_sample *s)
{
	ZERO(s->pad);
	if (random64() % 2)
		return;
	s->family = random64() % 2 ? AF_INET : AF_INET6;
	if (s->family == AF_INET) {
		memset(s->laddr + 4, 0, 12);
		memset(s->raddr + 4, 0, 12);
	}
	s->state %= 13;
	s->timer %= 5;
}

/* A fact of the type with random content: every byte but padding is touched. */
static void make_fact(union any *any, uint16_t type)
{
	size_t size = fact_size(type), name_size = random64() % (FACT_NAME_MAX + 1);
	size_t args_size = random64() % (FACT_ARGS_MAX + 1);
	size_t frames = random64() % (FACT_STACK_MAX + 1);
	size_t steps = random64() % (FACT_STEPS_MAX + 1);
	size_t changes = random64() % (FACT_COUNTS_MAX + 1);

	assert_true(size >= sizeof(struct fact));
	memset(any, 0, sizeof(*any));
	if (type == FACT_NAME)
		size = (size + name_size + 1 + 7) & ~7UL;
	else if (type == FACT_PROCESS)
		size = (size + args_size + 7) & ~7UL;
	else if (type == FACT_TABLE_TASK)
		size = (size + args_size + 7) & ~7UL;
	else if (type == FACT_TABLE_ROW)
		size += steps * sizeof(struct fact_step);
	else if (type == FACT_STACK)
		size += frames * 8;
	else if (type == FACT_COUNTS)
		size += changes * 8;
	randomise(any, size);
	any->fact.type = type;
	any->fact.len = (uint16_t)size;
	any->fact.pad = 0;
	switch ((enum fact_type)type) {
	case FACT_STATE:
		ZERO(any->state.pad);
		fix_task(&any->state.task);
		fix_sample(&any->state.s);
		break;
	case FACT_RETRANSMIT:
		ZERO(any->retransmit.pad);
		fix_sample(&any->retransmit.s);
		break;
	case FACT_SYNACK:
		ZERO(any->synack.pad);
		fix_sample(&any->synack.s);
		break;
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		fix_task(&any->reset.task);
		fix_sample(&any->reset.s);
		break;
	case FACT_ACCEPT:
	case FACT_CONNECT:
		ZERO(any->syscall.pad);
		fix_task(&any->syscall.task);
		break;
	case FACT_SEEN:
	case FACT_GONE:
		fix_sample(&any->seen.s);
		break;
	case FACT_HOLDER:
		fix_comm(any->holder.comm);
		break;
	case FACT_LOSS:
		any->loss.pad = 0;
		break;
	case FACT_NAME:
		any->name.size = (uint32_t)name_size;
		if (random64() % 2)
			any->name.kind %= NAME_KIND_COUNT;
		memset(any->name.name + name_size, 0, size - sizeof(any->name) - name_size);
		break;
	case FACT_PROCESS:
		any->process.size = (uint32_t)args_size;
		any->process.pad = 0;
		fix_comm(any->process.comm);
		memset(any->process.args + args_size, 0, size - sizeof(any->process) - args_size);
		break;
	case FACT_EXIT:
		any->exit.pad = 0;
		break;
	case FACT_NETNS_GONE:
		any->netns.pad = 0;
		break;
	case FACT_MPTCP:
		any->mptcp.pad = 0;
		break;
	case FACT_STACK:
		any->stack.count = (uint32_t)frames;
		break;
	case FACT_COUNTS:
		any->counts.count = (uint32_t)changes;
		break;
	case FACT_DOING:
		any->doing.syscall[sizeof(any->doing.syscall) - 1] = '\0';
		break;
	case FACT_WALK_BEGIN:
	case FACT_WALK_END:
		any->walk.pad = 0;
		break;
	case FACT_TABLE:
		memset(any->table.retransmits + 6, 0, 2 * sizeof(any->table.retransmits[0]));
		any->table.lost[0] = any->table.unreported[0] = 0;
		for (int i = LOSS_WHERE_COUNT; i < FACT_TABLE_LOSSES; i++)
			any->table.lost[i] = any->table.unreported[i] = 0;
		ZERO(any->table.spare);
		break;
	case FACT_TABLE_TASK:
		any->table_task.size = (uint32_t)args_size;
		any->table_task.pad = 0;
		fix_comm(any->table_task.comm);
		memset(any->table_task.args + args_size, 0,
		       size - sizeof(any->table_task) - args_size);
		break;
	case FACT_TABLE_ORIGIN:
		any->table_origin.pad = 0;
		fix_comm(any->table_origin.comm);
		fix_comm(any->table_origin.thread);
		break;
	case FACT_TABLE_ROW:
		memset(any->table_row.retransmits + 6, 0,
		       2 * sizeof(any->table_row.retransmits[0]));
		ZERO(any->table_row.pad);
		fix_sample(&any->table_row.s);
		any->table_row.count = (uint32_t)steps;
		for (size_t i = 0; i < steps; i++) {
			ZERO(any->table_row.steps[i].pad);
			if (random64() % 2)
				any->table_row.steps[i].kind %= (STEP_RST_RECEIVED + 1);
		}
		break;
	case FACT_TABLE_END:
		any->table_end.pad = 0;
		break;
	default: /* without padding */
		break;
	}
}

/* Its line, without the newline; caller frees. */
static char *print(const struct fact *fact)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	assert_non_null(out);
	assert_int_equal(fact_text_print(out, fact), 0);
	assert_int_equal(fclose(out), 0);
	assert_true(size > 0 && line[size - 1] == '\n');
	line[size - 1] = '\0';
	assert_null(strchr(line, '\n')); /* one fact, one line */
	return line;
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint16_t type = 1; type < FACT_TYPE_COUNT; type++) {
		for (int i = 0; i < 500; i++) {
			union any fact, back;
			struct diag diag = {""};
			char *line;

			make_fact(&fact, type);
			line = print(&fact.fact);
			memset(&back, 0xaa, sizeof(back));
			if (fact_text_parse(line, &back.fact, &diag) != 1)
				fail_msg("%s: %s", line, diag.text);
			if (memcmp(&back, &fact, fact.fact.len))
				fail_msg("%s: other bytes", line);
			free(line);
		}
	}
}

/* How it looks: golden tests are full of these lines. */
static void test_print(void **state)
{
	static const char *const lines[] = {
		"1 tick",
		"1000000 state sk=ffff888100000001 old=ESTABLISHED new=CLOSE_WAIT cookie=4097"
		" state=ESTABLISHED flags=done,socket,tuple family=inet local=127.0.0.1:80"
		" remote=127.0.0.1:5000",
		"5 seen cookie=7 state=NEW_SYN_RECV flags=mini,kernel family=inet6 local=[::1]:80"
		" remote=[fe80::2]:5000 netns=4026531840 timer=timewait timer_ms=60000 err=104",
		"6 accept sk=ff01 cookie=9 fd=-1 ret=-11 pid=3 tid=4 comm=\"a \\\"b\\\" "
		"\\303\\251\\012\"",
		"7 walk_begin kind=holders",
		"8 loss where=ring-buffer count=17",
		"9 name kind=netns key=4026531840 name=\"host\"",
		"9 name kind=host key=::ffff:10.0.0.1 name=\"db\"",
		"9 name kind=cgroup key=77 name=\"/system.slice/x\\\\x2dy.service\"",
		"9 name kind=frame key=4198690/77 name=\"main\"",
		"10 clock wall=-5",
		"10 process pid=3 start=5000 uid=33 comm=\"nginx\" args=\"nginx\\000-g\\000\"",
		"10 exit pid=3 start=5000",
		"10 stack id=ff01 space=77 pid=3 ips=401122,7f00deadbeef",
		"10 table began=3 flags=traced,holders_known gen=2 walk_netns=7 transitions=9"
		" retransmits_rto=1 lost_chain=4 unreported_chain=2",
		"10 table_task index=0 pid=42 start=7 described=1 comm=\"nginx\" "
		"args=\"nginx\\000\"",
		"10 table_origin index=0 task=0 tid=42 stack=ff01 comm=\"nginx\"",
		"10 table_row sk=ff02 index=3 row_flags=since_exact,indexed born=5 since=9 "
		"touched=9"
		" owner=1 owner_source=connect retransmits_syn=1 prior=CLOSE"
		" steps=5/state/2/1,7/retransmit/0/0,9/state/1/1 state=ESTABLISHED family=inet"
		" local=127.0.0.1:80 remote=127.0.0.1:5000 netns=7",
		"10 table_holder row=3 task=0 fd=5 gen=1",
		"10 table_end facts=5",
		"10 netns_gone netns=4026532001",
		"10 parent sk=ffff8880 cookie=4294967297 parent=81",
		"10 mptcp sk=ffff888000000001 subflow=ffff888000000002 cookie=7 token=96fd084",
		"10 last_data sk=ffff8880 cookie=4294967297 received_ms=81 sent_ms=2",
		"10 counter netns=7 counter=TcpExtListenOverflows value=12",
		"10 doing pid=3 start=5000 index=1 threads=11 syscall=\"accept4\" fd=3 fds=45 "
		"fd_limit=1024",
		"11 synack sk=1 num_retrans=2 timeouts=3 family=0 retrans=4",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		union any fact;
		struct diag diag = {""};
		char *line;

		if (fact_text_parse(lines[i], &fact.fact, &diag) != 1)
			fail_msg("%s: %s", lines[i], diag.text);
		line = print(&fact.fact);
		assert_string_equal(line, lines[i]);
		free(line);
	}
}

static void test_parse_fields(void **state)
{
	union any any;

	(void)state;
	assert_int_equal(fact_text_parse("  12 state  sk=0xff01 old=LISTEN\tnew=SYN_RECV parent=5"
	                                 " remote=10.1.2.3:4 flags=owned,bytes comm=\"x\\x41\\t\""
	                                 " # a comment = more\n",
	                                 &any.fact, NULL),
	                 1);
	assert_int_equal(any.fact.type, FACT_STATE);
	assert_int_equal(any.fact.len, sizeof(struct fact_state));
	assert_int_equal(any.fact.time, 12);
	assert_int_equal(any.fact.sk, 0xff01);
	assert_int_equal(any.state.old, 10);
	assert_int_equal(any.state.new, 3);
	assert_int_equal(any.state.parent, 5);
	assert_int_equal(any.state.s.flags, SAMPLE_OWNED | SAMPLE_BYTES);
	assert_int_equal(any.state.s.family, AF_INET); /* told by the address */
	assert_memory_equal(any.state.s.raddr, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(any.state.s.rport, 4);
	assert_int_equal(any.state.s.lport, 0);
	assert_string_equal(any.state.task.comm, "xA\t");
}

static void test_family_told_by_address(void **state)
{
	union any any;

	(void)state;
	assert_int_equal(fact_text_parse("1 seen local=[::]:80", &any.fact, NULL), 1);
	assert_int_equal(any.seen.s.family, AF_INET6);
	assert_int_equal(fact_text_parse("1 seen cookie=3", &any.fact, NULL), 1);
	assert_int_equal(any.seen.s.family, 0);
	assert_int_equal(fact_text_parse("1 seen family=0 local=[::]:80", &any.fact, NULL), 1);
	assert_int_equal(any.seen.s.family, 0);
}

static void test_empty_lines(void **state)
{
	static const char *const lines[] = {"", "\n", " \t\r\n", "#", "  # 1 tick\n"};
	union any any, before;

	(void)state;
	memset(&any, 0x55, sizeof(any));
	before = any;
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_int_equal(fact_text_parse(lines[i], &any.fact, NULL), 0);
	assert_memory_equal(&any, &before, sizeof(any));
}

/* Every message names the key and what it would have taken. */
/* Each kind has a row, whose word is its own; a message for an unknown word lists them all. */
static void test_kinds(void **state)
{
	union any any;
	struct diag diag = {""};
	char words[1024], expected[1100];

	(void)state;
	for (unsigned int type = 1; type < FACT_TYPE_COUNT; type++) {
		const struct fact_kind *kind = fact_kind(type);

		assert_non_null(kind);
		assert_int_equal(kind->size % 8, 0);
		assert_int_equal(fact_kind_find(kind->name, strlen(kind->name)), type);
	}
	assert_null(fact_kind(0));
	assert_null(fact_kind(FACT_TYPE_COUNT));
	assert_int_equal(fact_kind_find("tock", 4), -1);
	snprintf(expected, sizeof(expected), "type: unknown type \"tock\": expected one of %s",
	         fact_kind_list(words, sizeof(words)));
	assert_int_equal(fact_text_parse("1 tock", &any.fact, &diag), -EINVAL);
	assert_string_equal(diag.text, expected);
	assert_non_null(strstr(words, "clock, state, destroy, "));
}

static void test_errors(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"x tick", "time: invalid time \"x\": expected a number of ns"},
		{"1 tick cookie=5", "unknown key \"cookie\": expected of tick: sk"},
		{"1 loss count=3 count=4", "count: given twice"},
		{"1 loss count", "count: missing \"=\" and value"},
		{"1 loss count=",
	         "count: invalid value \"\": expected a number of 0..18446744073709551615"},
		{"1 loss count=-1",
	         "count: invalid value \"-1\": expected a number of 0..18446744073709551615"},
		{"1 loss sk=xyz", "sk: invalid value \"xyz\": expected a hexadecimal number"},
		{"1 loss sk=11112222333344445",
	         "sk: invalid value \"11112222333344445\": expected a hexadecimal number"},
		{"1 loss where=here",
	         "where: invalid value \"here\": expected one of ring-buffer, recursion, table, "
	         "chain, walk, output, stack or a number"},
		{"1 state old=256",
	         "old: invalid value \"256\": expected one of ESTABLISHED, SYN_SENT, SYN_RECV, "
	         "FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, "
	         "LISTEN, CLOSING, NEW_SYN_RECV or a number"},
		{"1 accept fd=2147483648",
	         "fd: invalid value \"2147483648\": expected a number of -2147483648..2147483647"},
		{"1 accept fd=--1",
	         "fd: invalid value \"--1\": expected a number of -2147483648..2147483647"},
		{"1 accept lport=65536",
	         "lport: invalid value \"65536\": expected a number of 0..65535"},
		{"1 seen flags=dead,undead",
	         "flags: invalid value \"dead,undead\": expected a comma list of owned, dead, "
	         "done, socket, mini, "
	         "request, no_linger2, acked, tuple, queues, point, timer, ident, bytes, idle, "
	         "kernel"},
		{"1 seen local=127.0.0.1",
	         "local: invalid value \"127.0.0.1\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=::1:80",
	         "local: invalid value \"::1:80\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=[::1:80",
	         "local: invalid value \"[::1:80\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=[x",
	         "local: invalid value \"[x\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=[:80",
	         "local: invalid value \"[:80\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=:80",
	         "local: invalid value \":80\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=1.2.3.4:65536",
	         "local: invalid value \"1.2.3.4:65536\": expected 127.0.0.1:80 or [::1]:80"},
		{"1 seen local=1.2.3.4:1 remote=[::1]:1",
	         "family: local and remote have different families"},
		{"1 seen family=inet6 local=1.2.3.4:1",
	         "family: expected inet for an IPv4 address"},
		{"1 holder comm=x",
	         "comm: invalid value \"x\": expected a string in double quotes, at most 15 bytes"},
		{"1 holder comm=\"sixteen bytes ab\"",
	         "comm: invalid value \"sixteen bytes ab\": expected a string in double quotes, at "
	         "most 15 bytes"},
		{"1 holder comm=\"x", "comm: missing closing quote"},
		{"1 holder comm=\"x\\",
	         "comm: invalid escape: expected \\ooo \\xHH \\n \\t \\\" \\\\"},
		{"1 holder comm=\"\\400\"",
	         "comm: invalid escape: expected \\ooo \\xHH \\n \\t \\\" \\\\"},
		{"1 holder comm=\"\\x4\"",
	         "comm: invalid escape: expected \\ooo \\xHH \\n \\t \\\" \\\\"},
		{"1 holder comm=\"x\"pid=3", "comm: missing blank after the value"},
		{"1 holder pid=\"3\"", "pid: unexpected quotes"},
		{"1 name key=10.0.0.1",
	         "key: invalid value \"10.0.0.1\": expected a number, two as 12/34, or an "
	         "address as ::ffff:10.0.0.1"},
		{"1 name key=1/x", "key: invalid value \"1/x\": expected a number, two as 12/34, "
	                           "or an address as ::ffff:10.0.0.1"},
		{"1 stack ips=1,,2", "ips: invalid value \"1,,2\": expected a comma list of at "
	                             "most 64 hexadecimal numbers"},
		{"1 table_row steps=5/state/8", "steps: invalid value \"5/state/8\": expected a "
	                                        "comma list of at most 48 steps as 1000/state/8/1"},
		{"1 table_row steps=5/sleep/8/1", "steps: invalid value \"5/sleep/8/1\": expected "
	                                          "a comma list of at most 48 steps as "
	                                          "1000/state/8/1"},
		{"1 table_row steps=5/state/8/256,", "steps: invalid value \"5/state/8/256,\": "
	                                             "expected a comma list of at most 48 steps as "
	                                             "1000/state/8/1"},
		{"1 doing syscall=\"twenty-four bytes, or so?\"",
	         "syscall: invalid value \"twenty-four bytes, or so?\": expected a string in "
	         "double quotes, at most "
	         "23 "
	         "bytes"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		union any any;
		struct diag diag = {""};

		assert_int_equal(fact_text_parse(cases[i].line, &any.fact, &diag), -EINVAL);
		assert_string_equal(diag.text, cases[i].message);
		assert_int_equal(fact_text_parse(cases[i].line, &any.fact, NULL), -EINVAL);
	}
}

static void test_name_too_long(void **state)
{
	union any any;
	struct diag diag = {""};
	char line[2 * FACT_MAX_SIZE];
	int at = snprintf(line, sizeof(line), "1 name name=\"");

	(void)state;
	memset(line + at, 'a', FACT_NAME_MAX);
	strcpy(line + at + FACT_NAME_MAX, "\"");
	assert_int_equal(fact_text_parse(line, &any.fact, &diag), 1);
	assert_int_equal(any.name.size, FACT_NAME_MAX);
	assert_int_equal(any.name.name[FACT_NAME_MAX], 0);
	strcpy(line + at + FACT_NAME_MAX, "a\"");
	assert_int_equal(fact_text_parse(line, &any.fact, &diag), -EINVAL);
	assert_non_null(strstr(diag.text, "at most 1024 bytes"));
	memset(line + at, 'a', FACT_MAX_SIZE);
	strcpy(line + at + FACT_MAX_SIZE, "\"");
	assert_int_equal(fact_text_parse(line, &any.fact, &diag), -EINVAL);
	assert_string_equal(diag.text, "name: string longer than 2047 bytes");
}

static void test_print_refuses(void **state)
{
	struct fact_loss shorter = {.h = {.type = FACT_LOSS, .len = sizeof(struct fact)}};
	struct fact_name name = {.h = {.type = FACT_NAME, .len = sizeof(name)}, .size = 8};
	struct fact strange = {.type = 999, .len = sizeof(strange), .time = 5};
	union any any;
	char *line, *full;

	(void)state;
	full = line = NULL;
	FILE *out = open_memstream(&full, &(size_t){0});

	assert_int_equal(fact_text_print(out, &shorter.h), -EINVAL);
	assert_int_equal(fact_text_print(out, &name.h), -EINVAL);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(full, ""); /* nothing half-done */
	free(full);

	line = print(&strange); /* a comment, skipped by who reads it */
	assert_string_equal(line, "# 5 a fact of unknown type 999");
	assert_int_equal(fact_text_parse(line, &any.fact, NULL), 0);
	free(line);
}

static void test_print_reports_full_disk(void **state)
{
	struct fact tick = {.type = FACT_TICK, .len = sizeof(tick)};
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	setbuf(out, NULL);
	assert_int_equal(fact_text_print(out, &tick), -ENOSPC);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_parse_fields),
		cmocka_unit_test(test_family_told_by_address),
		cmocka_unit_test(test_empty_lines),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_name_too_long),
		cmocka_unit_test(test_print_refuses),
		cmocka_unit_test(test_print_reports_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
