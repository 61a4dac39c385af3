/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that reads stacks: its sandbox, its end, and the queue of dumps before it. */
#include "stack_dump.h"

static void count_stacks(const struct fact *fact, void *arg)
{
	struct result *result = arg;

	if (fact->type == FACT_STACK)
		result->count++;
	else
		assert_int_equal(fact->type, FACT_NAME);
}

static pid_t only_child_of(pid_t parent)
{
	char path[64];
	pid_t pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	file = fopen(path, "r");
	if (file && fscanf(file, "%d", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

/* The value of the line of /proc/PID/FILE that begins with the key. */
static void read_line(pid_t pid, const char *name, const char *key, char value[256])
{
	char path[64], line[256];
	FILE *file;

	value[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			snprintf(value, 256, "%s", line + strlen(key));
	if (file)
		fclose(file);
	value[strcspn(value, "\n")] = '\0';
}

/* Waits until a reader is in its sandbox; a new reader starts after a delay. */
static pid_t find_reader(void)
{
	char seccomp[256];

	for (;;) {
		pid_t opener = only_child_of(getpid()), reader = opener ? only_child_of(opener) : 0;

		read_line(reader, "status", "Seccomp:\t", seccomp);
		if (reader && !strcmp(seccomp, "2"))
			return reader;
		usleep(1000);
	}
}

static void expect_line(pid_t pid, const char *name, const char *key, const char *wanted)
{
	char value[256];

	read_line(pid, name, key, value);
	assert_string_equal(value, wanted);
}

/* Both limits; the soft one is at most the hard one. */
static void expect_limit(pid_t reader, const char *key, uint64_t most)
{
	unsigned long long soft, hard;
	char value[256];

	read_line(reader, "limits", key, value);
	assert_int_equal(sscanf(value, "%llu %llu", &soft, &hard), 2);
	assert_true(hard <= most && soft <= hard);
}

static void reads_in_a_sandbox(void **state)
{
	struct stack_queue *stacks;
	pid_t reader;

	(void)state;
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	reader = find_reader();
	expect_line(reader, "status", "CapInh:\t", "0000000000000000");
	expect_line(reader, "status", "CapPrm:\t", "0000000000000000");
	expect_line(reader, "status", "CapEff:\t", "0000000000000000");
	expect_line(reader, "status", "CapAmb:\t", "0000000000000000");
	expect_line(reader, "status", "NoNewPrivs:\t", "1");
	expect_line(reader, "oom_score_adj", "", "1000");
	expect_limit(reader, "Max address space", 1ULL << 40);
	expect_limit(reader, "Max cpu time", 24 * 3600);
	expect_limit(reader, "Max open files", 4096);
	expect_limit(reader, "Max core file size", 0);
	stack_queue_close(stacks);
}

static void wait_for_all(struct stack_queue *stacks, struct result *result)
{
	while (stack_queue_wait(stacks, 1000, on_fact, result))
		;
}

/*
 * Other users make what the reader reads, so it may crash or be killed. That costs the stack that
 * it was reading; another reader reads the others.
 */
static void survives_a_crash(void **state)
{
	struct result result = {0};
	struct stack_queue *stacks;
	union dump dump = {0};
	pid_t reader;

	(void)state;
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	for (uint64_t death = 1; death <= 5; death++) {
		reader = find_reader();
		must(!kill(reader, SIGSTOP));
		dump.dump.id = 2 * death;
		assert_true(stack_queue_take(stacks, &dump.dump));
		dump.dump.id = 2 * death + 1;
		assert_true(stack_queue_take(stacks, &dump.dump));
		must(!kill(reader, SIGKILL));
		wait_for_all(stacks, &result);
		assert_int_equal(result.lost, death);
		assert_int_equal(result.stack.fact.id, dump.dump.id);
		assert_int_not_equal(find_reader(), reader);
	}
	/* The end of the opener costs no more. */
	must(!kill(only_child_of(getpid()), SIGKILL));
	dump.dump.id = 100;
	assert_true(stack_queue_take(stacks, &dump.dump));
	wait_for_all(stacks, &result);
	assert_in_range(result.lost, 5, 6);
	dump.dump.id = 101;
	assert_true(stack_queue_take(stacks, &dump.dump));
	wait_for_all(stacks, &result);
	assert_int_equal(result.stack.fact.id, 101);
	stack_queue_close(stacks);
}

/* The reader is stopped and never answers. */
static void replaces_reader_that_hangs(void **state)
{
	struct result result = {0};
	struct stack_queue *stacks;
	union dump dump = {0};

	(void)state;
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	must(!kill(find_reader(), SIGSTOP));
	dump.dump.id = 1;
	assert_true(stack_queue_take(stacks, &dump.dump));
	dump.dump.id = 2;
	assert_true(stack_queue_take(stacks, &dump.dump));
	wait_for_all(stacks, &result);
	assert_int_equal(result.lost, 1);
	assert_int_equal(result.stack.fact.id, 2);
	stack_queue_close(stacks);
}

/* Dumps beyond the room of the queue are refused at once. */
static void refuses_dumps_without_room(void **state)
{
	struct result result = {0};
	struct stack_queue *stacks;
	union dump dump = {0};
	uint64_t taken = 0;
	pid_t child;

	(void)state;
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	child = find_reader();
	must(!kill(child, SIGSTOP));
	dump.dump.size = STACK_BYTES;
	while (taken < 100000 && stack_queue_take(stacks, &dump.dump))
		taken++;
	assert_in_range(taken, 10, 10000);
	must(!kill(child, SIGCONT));
	stack_queue_wait(stacks, 90000, count_stacks, &result);
	assert_int_equal(result.lost, 0);
	assert_int_equal(result.count, taken);
	stack_queue_close(stacks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_a_sandbox),
		cmocka_unit_test(survives_a_crash),
		cmocka_unit_test(replaces_reader_that_hangs),
		cmocka_unit_test(refuses_dumps_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
