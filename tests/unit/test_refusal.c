/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/source/refusal.c */
/* What libbpf 1.0 to 1.7 print when the kernel refuses a program, and what is made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "source/refusal.h"

static struct refusal hear(const char *const *warnings)
{
	struct refusal refusal = {0};

	while (*warnings)
		refusal_add_warning(&refusal, *warnings++);
	return refusal;
}

#define HEAR(...) hear((const char *const[]){__VA_ARGS__, NULL})
#define LOG(text)                                                                                  \
	"libbpf: prog 'on_synack': -- BEGIN PROG LOAD LOG --\n" text                               \
	"processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 "    \
	"mark_read 0\n-- END PROG LOAD LOG --\n"
#define FAILED "libbpf: prog 'on_synack': BPF program load failed: Permission denied\n"
#define ENDS                                                                                       \
	"libbpf: prog 'on_synack': failed to load: -13\n",                                         \
		"libbpf: failed to load object 'tcptrail_bpf'\n",                                  \
		"libbpf: failed to load BPF skeleton 'tcptrail_bpf': -13\n"

static void names_the_program_and_the_error(void **state)
{
	struct refusal refusal = HEAR(FAILED,
	                              LOG("func#0 @0\n0: R1=ctx(off=0,imm=0) R10=fp0\n"
	                                  "; int on_synack(void *ctx) @ retransmit.bpf.c:3\n"
	                                  "0: (bf) r0 = r9\nR9 !read_ok\n"),
	                              ENDS);

	(void)state;
	assert_string_equal(refusal.program, "on_synack");
	assert_string_equal(refusal.why, "R9 !read_ok");
}

static void tells_an_error_from_the_way_to_it(void **state)
{
	static const char *const logs[][2] = {
		{LOG("0: (79) r0 = *(u64 *)(r10 +0)\ninvalid read from stack R10 off=0 size=8\n"),
	         "invalid read from stack R10 off=0 size=8"},
		{LOG("infinite loop detected at insn 5\ncur state: R0=1 R10=fp0\nold state: "
	             "R0=1\n"),
	         "infinite loop detected at insn 5"},
		{LOG("from 3 to 5: R0_w=1 R10=fp0\n5: (95) exit\nUnreleased reference id=2 "
	             "alloc_insn=1\n"),
	         "Unreleased reference id=2 alloc_insn=1"},
		{LOG("BPF_EXIT instruction in main prog would lead to reference leak\n"),
	         "BPF_EXIT instruction in main prog would lead to reference leak"},
		{LOG("R1 type=scalar expected=fp\nR2_w=3\n\n"), "R1 type=scalar expected=fp"},
		{LOG("0: <invalid CO-RE relocation>\nfailed to resolve CO-RE relocation <byte_off> "
	             "[9] "
	             "struct sock.nothing (0:3 @ offset 8)\n"),
	         "failed to resolve CO-RE relocation <byte_off> [9] struct sock.nothing (0:3 @ "
	         "offset "
	         "8)"},
		{LOG("BPF program is too large. Processed 1000001 insn\nverification time 9 usec\n"
	             "stack depth 8+0\n"),
	         "BPF program is too large. Processed 1000001 insn"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct refusal refusal = HEAR(FAILED, logs[i][0], ENDS);

		assert_string_equal(refusal.program, "on_synack");
		assert_string_equal(refusal.why, logs[i][1]);
	}
}

/* Before 6.8 global functions came first, since then they come after the program's own code. */
static void tells_a_global_function_from_the_program(void **state)
{
	static const char *const logs[][2] = {
		{LOG("Validating stack_id() func#1...\n12: R10=fp0\n12: (79) r0 = *(u64 *)(r10 "
	             "+0)\ninvalid read from stack R10 off=0 size=8\n"),
	         "stack_id"},
		{LOG("0: R1=ctx(off=0,imm=0) R10=fp0\n9: (95) exit\nValidating stack_word() "
	             "func#1...\n"
	             "Func#1 ('stack_word') is safe for any args that match its prototype\n"
	             "Validating stack_id() func#2...\nR9 !read_ok\n"),
	         "stack_id"},
		{LOG("Validating stack_id() func#1...\n12: (95) exit\nFunc#1 is safe for any args "
	             "that match its prototype\n0: (bf) r0 = r9\nR9 !read_ok\n"),
	         ""},
		{LOG("Func#1 ('stack_id') is global and assumed valid.\nR9 !read_ok\n"), ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct refusal refusal = HEAR(FAILED, logs[i][0], ENDS);

		assert_string_equal(refusal.program, "on_synack");
		assert_string_equal(refusal.function, logs[i][1]);
	}
	assert_string_equal(
		HEAR(FAILED, logs[0][0], ENDS, "libbpf: prog 'on_exit': failed to load: -13\n")
			.function,
		"");
}

/* From libbpf 1.5 on errors have names. A log is not always there, or has no error. */
static void without_an_error_in_a_log_it_is_what_libbpf_says(void **state)
{
	struct refusal refusal =
		HEAR("libbpf: prog 'on_exit': BPF program load failed: -E2BIG\n",
	             "libbpf: prog 'on_exit': -- BEGIN PROG LOAD LOG --\n0: (95) exit\n"
	             "-- END PROG LOAD LOG --\n",
	             "libbpf: prog 'on_exit': failed to load: -E2BIG\n",
	             "libbpf: failed to load object 'tcptrail_bpf'\n");

	(void)state;
	assert_string_equal(refusal.program, "on_exit");
	assert_string_equal(refusal.why, "BPF program load failed: -E2BIG");
}

static void what_fails_before_the_verifier_has_a_name_too(void **state)
{
	struct refusal refusal =
		HEAR("libbpf: prog 'on_destroy': failed to find kernel BTF type ID of 'x': -3\n",
	             "libbpf: prog 'on_destroy': failed to prepare load attributes: -3\n",
	             "libbpf: prog 'on_destroy': failed to load: -3\n");

	(void)state;
	assert_string_equal(refusal.program, "on_destroy");
	assert_string_equal(refusal.why, "failed to find kernel BTF type ID of 'x': -3");
}

static void advice_and_maps_name_no_program(void **state)
{
	struct refusal refusal =
		HEAR("libbpf: prog 'on_exit': has no SEC() that I know\n",
	             "libbpf: map 'facts': failed to create: Invalid argument(-22)\n",
	             "libbpf: failed to load object 'tcptrail_bpf'\n",
	             "libbpf: failed to load BPF skeleton 'tcptrail_bpf': -22\n");

	(void)state;
	assert_string_equal(refusal.program, "");
	assert_string_equal(refusal.last, "map 'facts': failed to create: Invalid argument(-22)");
}

static void what_is_too_long_is_cut(void **state)
{
	char warning[1024] = "libbpf: prog '";
	struct refusal refusal = {0};

	(void)state;
	memset(warning + strlen(warning), 'n', 500);
	strcat(warning, "': failed to load: -13\n");
	refusal_add_warning(&refusal, warning);
	assert_int_equal(strlen(refusal.program), sizeof(refusal.program) - 1);
	assert_int_equal(strlen(refusal.last), sizeof(refusal.last) - 1);
	strcpy(warning, "prog 'a': failed to ");
	memset(warning + strlen(warning), 'x', 500);
	refusal_add_warning(&refusal, warning);
	assert_string_equal(refusal.program, "a");
	assert_int_equal(strlen(refusal.why), sizeof(refusal.why) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_program_and_the_error),
		cmocka_unit_test(tells_an_error_from_the_way_to_it),
		cmocka_unit_test(tells_a_global_function_from_the_program),
		cmocka_unit_test(without_an_error_in_a_log_it_is_what_libbpf_says),
		cmocka_unit_test(what_fails_before_the_verifier_has_a_name_too),
		cmocka_unit_test(advice_and_maps_name_no_program),
		cmocka_unit_test(what_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
