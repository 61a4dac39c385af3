/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks of real programs that wait in accept(). The test takes their dumps with ptrace, in the
 * form of the BPF side. Needs root; mounts in namespaces of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "table/frame.h"
#include "enrich/stack_queue.h"

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition,         \
			        strerror(errno));                                                  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#define HOSTILE_MAX (32U << 20) /* bytes of a hostile file */

static char folder[PATH_MAX]; /* of the programs */

/* --- a program that waits in accept() --------------------------------------------------------- */

struct program {
	pid_t pid;
	int out;
};

typedef void prepare_fn(char *path);

/* Runs the program at path. prepare: called in the child before; may change the path. */
static struct program start(const char *path, prepare_fn *prepare)
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

static void end(const struct program *program)
{
	kill(program->pid, SIGKILL);
	waitpid(program->pid, NULL, 0);
	close(program->out);
}

static bool in_accept(pid_t pid)
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
static uint64_t start_of(pid_t pid)
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

static void read_registers(pid_t pid, struct stack_dump *dump)
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

static void take_dump(const struct program *program, struct stack_dump *dump)
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

static void on_fact(const struct fact *fact, void *arg)
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

static const char *name_of(const struct result *result, uint64_t ip)
{
	for (uint32_t i = 0; i < result->count; i++)
		if (result->names[i].ip == ip)
			return result->names[i].name;
	return NULL;
}

/* "accept<accept_one<site_a<main", without libc's functions above main. */
static char *short_text(const struct result *result, char text[1024])
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

static void on_rule(uint64_t space, uint64_t ip, const struct stack_rule *rule, void *arg)
{
	(void)space;
	(void)arg;
	must(rule_count < FACT_STACK_MAX);
	rules[rule_count].ip = ip;
	rules[rule_count++].rule = *rule;
}

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

static void answer_of(const struct program *program, struct result *result)
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

static void look(const struct program *program, struct result *result)
{
	answer_of(program, result);
	assert_int_equal(result->lost, 0);
	assert_int_equal(result->stack.fact.id, last_dump.dump.id);
	assert_int_equal(result->stack.fact.pid, program->pid);
	walk_by_rules(&last_dump.dump, &result->stack.fact);
}

static void path_of(const char *name, char path[PATH_MAX])
{
	must(snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX);
}

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

#define OWN_STACK "accept<accept_one<site_a<main"

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

/* --- files made to do harm -------------------------------------------------------------------- */

static bool is_read_by_us_only(const char *name)
{
	return !strncmp(name, ".debug", 6) || !strcmp(name, ".eh_frame") ||
	       !strcmp(name, ".eh_frame_hdr") || !strcmp(name, ".symtab") ||
	       !strcmp(name, ".strtab") || !strcmp(name, ".note.gnu.build-id");
}

static void spoil_bytes(unsigned char *bytes, size_t size, unsigned int one_in)
{
	for (size_t i = 0; i < size; i++)
		if (!(random() % one_in))
			bytes[i] = (unsigned char)random();
}

/* Leave what the program needs to run. */
static void spoil(unsigned char *file, int variant)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
	Elf64_Shdr *sections = (Elf64_Shdr *)(file + header->e_shoff);
	const char *names = (const char *)file + sections[header->e_shstrndx].sh_offset;

	for (int i = 1; i < header->e_shnum; i++)
		if (is_read_by_us_only(names + sections[i].sh_name))
			spoil_bytes(file + sections[i].sh_offset, sections[i].sh_size,
			            5 + 40 * (unsigned int)(variant % 3));
	if (variant & 1)
		spoil_bytes((unsigned char *)sections, header->e_shnum * sizeof(*sections), 30);
}

static void copes_with_hostile_files(void **state)
{
	char path[PATH_MAX], copy[] = "/tmp/stack_prog.XXXXXX";
	static unsigned char original[1 << 20], spoiled[1 << 20];
	struct program program;
	struct result result;
	size_t size;
	FILE *file;
	int fd;

	(void)state;
	path_of("pie", path);
	file = fopen(path, "r");
	must(file && (size = fread(original, 1, sizeof(original), file)) > 0);
	fclose(file);
	close(mkstemp(copy));
	srandom(1);
	for (int variant = 0; variant < 40; variant++) {
		memcpy(spoiled, original, size);
		spoil(spoiled, variant);
		must(!unlink(copy));
		fd = open(copy, O_WRONLY | O_CREAT | O_EXCL, 0700);
		must(fd >= 0 && write(fd, spoiled, size) == (ssize_t)size);
		close(fd);
		program = start(copy, NULL);
		answer_of(&program, &result);
		end(&program);
		/* The stack was read as far as possible, or it ended a reader and was counted. */
		assert_true(result.lost == 1 || result.stack.fact.count >= 1);
	}
	unlink(copy);
}

/* --- sections that take too much -------------------------------------------------------------- */

struct image_file {
	unsigned char *bytes;
	size_t size;
};

static struct image_file read_image(const char *name)
{
	struct image_file image = {malloc(HOSTILE_MAX), 0};
	char path[PATH_MAX];
	FILE *file;

	path_of(name, path);
	file = fopen(path, "r");
	must(image.bytes && file);
	image.size = fread(image.bytes, 1, HOSTILE_MAX, file);
	fclose(file);
	return image;
}

static Elf64_Shdr *find_section(const struct image_file *image, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)image->bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(image->bytes + header->e_shoff);
	const char *names = (const char *)image->bytes + sections[header->e_shstrndx].sh_offset;

	for (int i = 1; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return &sections[i];
	abort();
}

/* Symbols are kept per owner of a binary. */
static void forge_build_id(struct image_file *image, size_t number)
{
	Elf64_Shdr *section = find_section(image, ".note.gnu.build-id");

	image->bytes[section->sh_offset + section->sh_size - 1] ^= (unsigned char)(number + 1);
}

static void claim_huge_sections(struct image_file *image)
{
	static const char *const names[] = {".debug_line", ".debug_info", ".debug_abbrev",
	                                    ".symtab", ".strtab"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		find_section(image, names[i])->sh_size = 1ULL << 44;
}

/* Makes the section a compressed one: its bytes, then as many bytes of one value. */
static void inflate_section(struct image_file *image, const char *name, uint64_t size, int value)
{
	static unsigned char more[1 << 20];
	Elf64_Shdr *section = find_section(image, name);
	Elf64_Chdr header = {.ch_type = ELFCOMPRESS_ZLIB, .ch_size = size, .ch_addralign = 1};
	z_stream z = {.next_in = image->bytes + section->sh_offset,
	              .avail_in = (uInt)section->sh_size};
	unsigned char *at = image->bytes + image->size;

	memcpy(at, &header, sizeof(header));
	memset(more, value, sizeof(more));
	must(deflateInit(&z, 1) == Z_OK);
	z.next_out = at + sizeof(header);
	z.avail_out = (uInt)(HOSTILE_MAX - image->size - sizeof(header));
	while (z.total_in < size) {
		if (!z.avail_in) {
			z.next_in = more;
			z.avail_in = (uInt)(size - z.total_in < sizeof(more) ? size - z.total_in
			                                                     : sizeof(more));
		}
		must(deflate(&z, Z_NO_FLUSH) == Z_OK);
	}
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	section->sh_flags |= SHF_COMPRESSED;
	section->sh_offset = image->size;
	section->sh_size = sizeof(header) + z.total_out;
	image->size += section->sh_size;
	deflateEnd(&z);
}

static void bomb_symbols(struct image_file *image)
{
	inflate_section(image, ".strtab", 3ULL << 30, 'a');
}

static void bomb_debug_information(struct image_file *image)
{
	inflate_section(image, ".debug_info", 1ULL << 30, 0);
	inflate_section(image, ".debug_abbrev", 1ULL << 30, 1);
}

/* The line number program adds lines (DW_LNS_copy) up to its end. */
static void bomb_lines(struct image_file *image)
{
	Elf64_Shdr *section = find_section(image, ".debug_line");
	uint32_t size = 256U << 20, length = size - sizeof(length);

	memcpy(image->bytes + section->sh_offset, &length, sizeof(length));
	inflate_section(image, ".debug_line", size, 1);
}

static void take_and_wait(struct stack_queue *stacks, const struct program *program,
                          struct result *result)
{
	uint64_t lost = result->lost;

	memset(result, 0, sizeof(*result));
	result->lost = lost;
	rule_count = 0;
	take_dump(program, &last_dump.dump);
	assert_true(stack_queue_take(stacks, &last_dump.dump));
	assert_int_equal(stack_queue_wait(stacks, 600000, on_fact, result), 0);
}

/*
 * A program that takes too much memory or time is read in part, or loses its own stack; the next
 * program is read as usual.
 */
static void bounds_what_hostile_files_take(void **state)
{
	static void (*const spoils[])(struct image_file *) = {claim_huge_sections, bomb_symbols,
	                                                      bomb_debug_information, bomb_lines};
	struct result result = {.lost = 0};
	struct stack_queue *stacks;
	char text[1024], path[PATH_MAX];

	(void)state;
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	for (size_t i = 0; i < sizeof(spoils) / sizeof(*spoils); i++) {
		struct image_file image = read_image("pie");
		char copy[] = "/tmp/stack_prog.XXXXXX";
		int fd = mkstemp(copy);
		struct program program;
		uint64_t lost;

		forge_build_id(&image, i);
		spoils[i](&image);
		must(fd >= 0 && write(fd, image.bytes, image.size) == (ssize_t)image.size);
		must(!fchmod(fd, 0700));
		close(fd);
		free(image.bytes);
		program = start(copy, NULL);
		unlink(copy);
		take_and_wait(stacks, &program, &result);
		end(&program);
		assert_in_range(result.lost, 0, i + 1);
		lost = result.lost;
		path_of("pie", path);
		program = start(path, NULL);
		take_and_wait(stacks, &program, &result);
		end(&program);
		assert_int_equal(result.lost, lost);
		assert_string_equal(short_text(&result, text), OWN_STACK);
	}
	stack_queue_close(stacks);
}

/* The process ended before it was read. */
static void knows_the_innermost_of_the_dead(void **state)
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
static void replaces_one_that_hangs(void **state)
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
static void refuses_what_there_is_no_room_for(void **state)
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
		cmocka_unit_test(copes_with_hostile_files),
		cmocka_unit_test(bounds_what_hostile_files_take),
		cmocka_unit_test(reads_in_a_sandbox),
		cmocka_unit_test(survives_a_crash),
		cmocka_unit_test(replaces_one_that_hangs),
		cmocka_unit_test(refuses_what_there_is_no_room_for),
		cmocka_unit_test(names_functions),
		cmocka_unit_test(prints_numbers_without_symbols),
		cmocka_unit_test(finds_debug_information),
		cmocka_unit_test(reads_other_mount_namespaces),
		cmocka_unit_test(reads_deleted_binaries),
		cmocka_unit_test(knows_the_innermost_of_the_dead),
	};
	char own[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	must(length > 0);
	own[length] = '\0';
	snprintf(folder, sizeof(folder), "%s/../progs", dirname(own));
	must(realpath(folder, own));
	snprintf(folder, sizeof(folder), "%s", own);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
