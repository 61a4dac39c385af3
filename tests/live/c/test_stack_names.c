/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and frames of stacks: of each kind of program, debug information and mount namespace. */
#include "stack_dump.h"

#include <sys/mount.h>
#include <sys/stat.h>

/* --- unwinding with rules --------------------------------------------------------------------- */

static const struct stack_rule *rule_of(uint64_t ip)
{
	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].ip == ip)
			return &rules[i].rule;
	return NULL;
}

static uint64_t word_at(const struct stack_dump *dump, uint64_t address)
{
	uint64_t word;

	must(address - dump->sp <= dump->size - sizeof(word));
	memcpy(&word, dump->bytes + (address - dump->sp), sizeof(word));
	return word;
}

#ifdef __x86_64__
#define FP_REG 6
#else
#define FP_REG 29
#endif

/*
 * Unwinds with rules as the kernel side does: the frames must be those of call frame information.
 */
static void walk_by_rules(const struct stack_dump *dump, const struct fact_stack *stack)
{
	uint64_t ip = dump->pc, sp = dump->sp, fp = dump->regs[FP_REG], frame_end;

	for (uint32_t i = 0; i < stack->count; i++) {
		const struct stack_rule *rule = rule_of(ip);

		assert_int_equal(ip, stack->ips[i]);
		assert_non_null(rule);
		if (rule->flags & RULE_LAST) {
			assert_int_equal(i, stack->count - 1);
			return;
		}
		frame_end = (rule->flags & RULE_BY_FP ? fp : sp) + (uint64_t)(int64_t)rule->cfa;
		ip = rule->flags & RULE_LINK
		             ? dump->regs[30]
		             : word_at(dump, frame_end + (uint64_t)(int64_t)rule->ra);
		if (rule->flags & RULE_SAVED)
			fp = word_at(dump, frame_end + (uint64_t)(int64_t)rule->fp);
		sp = frame_end;
	}
	fail_msg("no frame is the last");
}

static void look(const struct program *program, struct result *result)
{
	answer_of(program, result);
	assert_int_equal(result->lost, 0);
	assert_int_equal(result->stack.fact.id, last_dump.dump.id);
	assert_int_equal(result->stack.fact.pid, program->pid);
	walk_by_rules(&last_dump.dump, &result->stack.fact);
}

/* --- names of frames -------------------------------------------------------------------------- */

static char *source_of(const struct result *result, const char *function, char text[1024])
{
	struct frame frame;

	text[0] = '\0';
	for (uint32_t i = 0; i < result->count; i++) {
		frame_parse(result->names[i].name, &frame);
		if (frame.function.length == (int)strlen(function) &&
		    !memcmp(frame.function.text, function, strlen(function)))
			snprintf(text, 1024, "%.*s", frame.source.length, frame.source.text);
	}
	return text;
}

static void expect(const char *name, prepare_fn *prepare, const char *stack)
{
	struct result result;
	struct program program;
	char path[PATH_MAX], text[1024];

	path_of(name, path);
	program = start(path, prepare);
	look(&program, &result);
	end(&program);
	assert_string_equal(short_text(&result, text), stack);
	assert_non_null(strstr(source_of(&result, "site_a", text), "/stack_prog.c:"));
}

static void names_functions(void **state)
{
	(void)state;
	expect("pie", NULL, OWN_STACK);
	expect("nopie", NULL, OWN_STACK);
	expect("library", NULL, "accept<library_inner<library_accept<accept_one<site_a<main");
}

static void prints_numbers_without_symbols(void **state)
{
	struct program program;
	struct result result;
	char path[PATH_MAX], text[1024];
	int count = 0;

	(void)state;
	path_of("stripped", path);
	program = start(path, NULL);
	look(&program, &result);
	end(&program);
	short_text(&result, text);
	/* accept_one, site_a, main: unwound although they have no names */
	assert_memory_equal(text, "accept<stripped+0x", 18);
	for (const char *at = text; (at = strstr(at, "<stripped+0x")); at++)
		count++;
	assert_int_equal(count, 4); /* and _start */
}

static void bind_mount(const char *from, const char *to)
{
	must(!mount(from, to, NULL, MS_BIND, NULL));
}

static void own_mounts(void)
{
	must(!unshare(CLONE_NEWNS));
	must(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* Its debug file is in /usr/lib/debug of its mount namespace only. */
static void with_build_id_file(char *path)
{
	char id[64] = "", command[PATH_MAX * 2], target[PATH_MAX];
	FILE *file;

	own_mounts();
	mkdir("/usr/lib/debug", 0755);
	must(!mount("none", "/usr/lib/debug", "tmpfs", 0, NULL));
	snprintf(command, sizeof(command), "readelf -n %s | sed -n 's/.*Build ID: //p'", path);
	file = popen(command, "r");
	must(file && fscanf(file, "%63s", id) == 1);
	pclose(file);
	snprintf(command, sizeof(command),
	         "mkdir -p /usr/lib/debug/.build-id/%.2s && cp %s.debug "
	         "/usr/lib/debug/.build-id/%.2s/%s.debug",
	         id, path, id, id + 2);
	must(!system(command));
	snprintf(target, sizeof(target), "%s", path);
}

static void finds_debug_information(void **state)
{
	(void)state;
	expect("debuglink", NULL, OWN_STACK);
	expect("buildid", with_build_id_file, OWN_STACK);
}

/* The path exists in its mount namespace only. */
static void elsewhere(char *path)
{
	own_mounts();
	must(!mount("none", "/mnt", "tmpfs", 0, NULL));
	must(!mkdir("/mnt/only", 0755) && !mkdir("/mnt/only/here", 0755));
	bind_mount(folder, "/mnt/only/here");
	snprintf(path, PATH_MAX, "/mnt/only/here/library");
}

static void reads_other_mount_namespaces(void **state)
{
	(void)state;
	expect("library", elsewhere, "accept<library_inner<library_accept<accept_one<site_a<main");
}

static void reads_deleted_binaries(void **state)
{
	char path[PATH_MAX], copy[] = "/tmp/stack_prog.XXXXXX", command[PATH_MAX * 2], text[1024];
	struct program program;
	struct result result;

	(void)state;
	path_of("pie", path);
	close(mkstemp(copy));
	snprintf(command, sizeof(command), "cp %s %s && chmod 755 %s", path, copy, copy);
	must(!system(command));
	program = start(copy, NULL);
	must(!unlink(copy));
	look(&program, &result);
	end(&program);
	assert_string_equal(short_text(&result, text), OWN_STACK);
}

/* The process ended before it was read. */
static void keeps_innermost_frame_of_ended_process(void **state)
{
	struct result result = {0};
	struct program program;
	struct stack_queue *stacks;
	char path[PATH_MAX];
	union dump dump;

	(void)state;
	path_of("pie", path);
	program = start(path, NULL);
	take_dump(&program, &dump.dump);
	end(&program);
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	assert_true(stack_queue_take(stacks, &dump.dump));
	stack_queue_wait(stacks, 90000, on_fact, &result);
	stack_queue_close(stacks);
	assert_int_equal(result.lost, 0);
	assert_int_equal(result.stack.fact.count, 1);
	assert_int_equal(result.stack.fact.ips[0], dump.dump.pc);
	assert_string_equal(name_of(&result, dump.dump.pc), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_functions),
		cmocka_unit_test(prints_numbers_without_symbols),
		cmocka_unit_test(finds_debug_information),
		cmocka_unit_test(reads_other_mount_namespaces),
		cmocka_unit_test(reads_deleted_binaries),
		cmocka_unit_test(keeps_innermost_frame_of_ended_process),
	};

	find_programs();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
