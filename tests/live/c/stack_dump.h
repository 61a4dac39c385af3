/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stack dumps of real programs that wait in accept(), and what becomes of them. The dumps are taken
 * with ptrace, in the form of the BPF side. Needs root. Any failure aborts the test program.
 */
#ifndef TCPTRAIL_TESTS_STACK_DUMP_H
#define TCPTRAIL_TESTS_STACK_DUMP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enrich/stack_queue.h"
#include "fact/frame.h"

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition,         \
			        strerror(errno));                                                  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static char folder[PATH_MAX]; /* of the programs */

/* --- a program that waits in accept() --------------------------------------------------------- */

struct program {
	pid_t pid;
	int out;
};

typedef void prepare_fn(char *path);

/* Runs the program at path. prepare: called in the child before; may change the path. */
static inline struct program start(const char *path, prepare_fn *prepare)
{
	struct program program;
	char line[8] = "", own[PATH_MAX];
	int ends[2];

	snprintf(own, sizeof(own), "%s", path);
	must(!pipe(ends));
	program.pid = fork();
	must(program.pid >= 0);
	if (!program.pid) {
		must(dup2(ends[1], 1) == 1);
		close(ends[0]);
		close(ends[1]);
		if (prepare)
			prepare(own);
		execl(own, own, "hold", NULL);
		perror(own);
		_exit(1);
	}
	close(ends[1]);
	program.out = ends[0];
	must(read(program.out, line, 6) == 6 && !strcmp(line, "ready\n"));
	return program;
}

static inline void end(const struct program *program)
{
	kill(program->pid, SIGKILL);
	waitpid(program->pid, NULL, 0);
	close(program->out);
}

static inline bool in_accept(pid_t pid)
{
	char path[40], text[64] = "";
	long number = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	fd = open(path, O_RDONLY);
	must(fd >= 0);
	if (read(fd, text, sizeof(text) - 1) > 0)
		sscanf(text, "%ld ", &number);
	close(fd);
	return number == SYS_accept;
}

/* The start time of the process, as precise as ticks are. */
static inline uint64_t start_of(pid_t pid)
{
	unsigned long long ticks = 0;
	char path[40], text[512] = "", *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	must(file && fread(text, 1, sizeof(text) - 1, file));
	fclose(file);
	at = strrchr(text, ')');
	for (int i = 0; i < 20; i++)
		at = strchr(at + 1, ' ');
	ticks = strtoull(at, NULL, 10);
	return ticks * (1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK));
}

union dump {
	struct stack_dump dump;
	char bytes[sizeof(struct stack_dump) + STACK_BYTES];
};

static union dump last_dump;

static inline void read_registers(pid_t pid, struct stack_dump *dump)
{
	struct user_regs_struct regs;
	struct iovec iov = {&regs, sizeof(regs)};

	must(!ptrace(PTRACE_GETREGSET, pid, (void *)1 /* NT_PRSTATUS */, &iov));
#ifdef __x86_64__
	const uint64_t dwarf[] = {regs.rax, regs.rdx, regs.rcx, regs.rbx, regs.rsi, regs.rdi,
	                          regs.rbp, regs.rsp, regs.r8,  regs.r9,  regs.r10, regs.r11,
	                          regs.r12, regs.r13, regs.r14, regs.r15, regs.rip};
	dump->pc = regs.rip;
	dump->sp = regs.rsp;
	memcpy(dump->regs, dwarf, sizeof(dwarf));
#else
	dump->pc = regs.pc;
	dump->sp = regs.sp;
	memcpy(dump->regs, regs.regs, sizeof(regs.regs));
	dump->regs[31] = regs.sp;
#endif
}

static inline void take_dump(const struct program *program, struct stack_dump *dump)
{
	struct iovec to, from;
	ssize_t got;

	while (!in_accept(program->pid))
		sched_yield();
	must(!ptrace(PTRACE_SEIZE, program->pid, 0, 0));
	must(!ptrace(PTRACE_INTERRUPT, program->pid, 0, 0));
	must(waitpid(program->pid, NULL, 0) == program->pid);
	memset(dump, 0, sizeof(*dump));
	read_registers(program->pid, dump);
	to = (struct iovec){dump->bytes, STACK_BYTES};
	from = (struct iovec){(void *)(uintptr_t)dump->sp, STACK_BYTES};
	/* Near the top of the stack there is less; copy whole pages. */
	got = process_vm_readv(program->pid, &to, 1, &from, 1, 0);
	must(got > 0);
	must(!ptrace(PTRACE_DETACH, program->pid, 0, 0));
	dump->size = (uint32_t)got;
	dump->pid = dump->tid = (uint32_t)program->pid;
	dump->start = start_of(program->pid);
	dump->space = dump->start + 1;
	dump->id = dump->start + dump->pid;
}

/* --- what becomes of it ----------------------------------------------------------------------- */

struct result {
	union {
		struct fact_stack fact;
		char bytes[sizeof(struct fact_stack) + FACT_STACK_MAX * 8];
	} stack;
	struct {
		uint64_t ip;
		char name[FRAME_NAME_SIZE];
	} names[FACT_STACK_MAX];
	uint32_t count;
	uint64_t lost;
};

static inline void on_fact(const struct fact *fact, void *arg)
{
	const struct fact_name *name = (const struct fact_name *)fact;
	struct result *result = arg;

	if (fact->type == FACT_STACK) {
		memcpy(result->stack.bytes, fact, fact->len);
	} else if (fact->type == FACT_LOSS) {
		result->lost += ((const struct fact_loss *)fact)->count;
	} else {
		assert_int_equal(fact->type, FACT_NAME);
		assert_int_equal(name->kind, NAME_FRAME);
		assert_true(result->count < FACT_STACK_MAX);
		result->names[result->count].ip = name->key[0];
		memcpy(result->names[result->count++].name, name->name, name->size + 1);
	}
}

static inline const char *name_of(const struct result *result, uint64_t ip)
{
	for (uint32_t i = 0; i < result->count; i++)
		if (result->names[i].ip == ip)
			return result->names[i].name;
	return NULL;
}

/* "accept<accept_one<site_a<main", without libc's functions above main. */
static inline char *short_text(const struct result *result, char text[1024])
{
	struct buffer out = {0};

	for (uint32_t i = 0; i < result->stack.fact.count; i++) {
		struct frame frame;
		size_t begin = out.size;

		frame_parse(name_of(result, result->stack.fact.ips[i]), &frame);
		frame_text_short(&out, result->stack.fact.ips[i], &frame);
		if (out.size - begin == 4 && !memcmp(out.data + begin, "main", 4))
			break;
		buffer_text(&out, "<");
	}
	snprintf(text, 1024, "%.*s", (int)out.size, out.data ? out.data : "");
	buffer_free(&out);
	return text;
}

/* --- rules ------------------------------------------------------------------------------------ */

static struct {
	uint64_t ip;
	struct stack_rule rule;
} rules[FACT_STACK_MAX];
static size_t rule_count;

static inline void on_rule(uint64_t space, uint64_t ip, const struct stack_rule *rule, void *arg)
{
	(void)space;
	(void)arg;
	must(rule_count < FACT_STACK_MAX);
	rules[rule_count].ip = ip;
	rules[rule_count++].rule = *rule;
}

static inline void answer_of(const struct program *program, struct result *result)
{
	struct stack_queue *stacks;

	memset(result, 0, sizeof(*result));
	rule_count = 0;
	take_dump(program, &last_dump.dump);
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	assert_true(stack_queue_take(stacks, &last_dump.dump));
	stack_queue_wait(stacks, 90000, on_fact, result);
	stack_queue_close(stacks);
}

static inline void path_of(const char *name, char path[PATH_MAX])
{
	must(snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX);
}

#define OWN_STACK "accept<accept_one<site_a<main"

/* Finds the folder of the programs, beside that of the test. */
static inline void find_programs(void)
{
	char own[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	must(length > 0);
	own[length] = '\0';
	snprintf(folder, sizeof(folder), "%s/../progs", dirname(own));
	must(realpath(folder, own));
	snprintf(folder, sizeof(folder), "%s", own);
}

#endif
