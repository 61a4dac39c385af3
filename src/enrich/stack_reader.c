/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/stack_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/unwind_rule.h"
#include "enrich/sandbox.h"
#include "enrich/symbol.h"
#include "enrich/unwind.h"
#include "fact/name.h"
#include "dump.h"

#define UNNAMED  256 /* frames whose names are looked up again; the oldest are given up */
#define RETRY_NS NS_PER_SEC

/* What one dump may take; and after how much of both another reader starts. */
#define CPU_SECONDS 15
#define CPU_MUCH_NS (600 * NS_PER_SEC)
#define MEMORY_MUCH (1ULL << 30)

/* A frame without a name. A JIT compiler may write its name later. */
struct unnamed {
	uint64_t ip, space; /* ip 0: unused */
	uint32_t pid;
};

struct reader {
	int socket, memory; /* memory: /proc/self/statm */
	uint64_t pages;     /* of its memory at the start */
	const struct crash_list *crashes;
	struct images *images;
	struct symbols *symbols;
	struct unnamed unnamed[UNNAMED];
	unsigned int next_unnamed;
	uint64_t retried; /* when names of unnamed frames were looked up last */
};

union dump_buffer {
	struct stack_dump dump;
	char bytes[sizeof(struct stack_dump) + STACK_BYTES];
};

static bool send_fact(const struct reader *reader, const struct fact *fact)
{
	return send(reader->socket, fact, fact->len, MSG_NOSIGNAL) == fact->len;
}

static void remember_unnamed(struct reader *reader, const struct image *image, uint64_t ip)
{
	for (int i = 0; i < UNNAMED; i++)
		if (reader->unnamed[i].ip == ip && reader->unnamed[i].space == image->space)
			return;
	reader->unnamed[reader->next_unnamed++ % UNNAMED] =
		(struct unnamed){.ip = ip, .space = image->space, .pid = image->pid};
}

/* Sends the name with each stack: the parent may have forgotten it. */
static bool send_name(struct reader *reader, struct image *image, uint64_t space, uint64_t ip,
                      bool exact)
{
	uint64_t key[2] = {ip, space};
	union fact_name_buffer fact;
	char name[FRAME_NAME_SIZE];

	if (!symbol_name(reader->symbols, image, ip, exact, name) && image && !name[0])
		remember_unnamed(reader, image, ip);
	fact_name_make(&fact, clock_boot(), NAME_FRAME, key, name);
	return send_fact(reader, &fact.fact.h);
}

static bool name_again(struct reader *reader, struct unnamed *unnamed)
{
	struct image *image = image_find(reader->images, unnamed->pid, unnamed->space);
	uint64_t key[2] = {unnamed->ip, unnamed->space};
	union fact_name_buffer fact;
	char name[FRAME_NAME_SIZE];

	if (!image) {
		unnamed->ip = 0;
		return true;
	}
	symbol_name(reader->symbols, image, unnamed->ip, false, name);
	if (!name[0])
		return true;
	unnamed->ip = 0;
	fact_name_make(&fact, clock_boot(), NAME_FRAME, key, name);
	return send_fact(reader, &fact.fact.h);
}

/*
 * Now and then looks for names that a JIT compiler has written since, as the JVM does on request.
 */
static bool name_unnamed(struct reader *reader)
{
	uint64_t now = clock_boot();

	if (now - reader->retried < RETRY_NS)
		return true;
	reader->retried = now;
	for (int i = 0; i < UNNAMED; i++)
		if (reader->unnamed[i].ip && !name_again(reader, &reader->unnamed[i]))
			return false;
	return true;
}

static bool send_stack(struct reader *reader, const struct stack_dump *dump,
                       const struct unwound *unwound)
{
	union {
		struct fact_stack fact;
		char bytes[sizeof(struct fact_stack) + sizeof(unwound->ips)];
	} stack;
	size_t size = unwound->count * sizeof(unwound->ips[0]);

	memset(&stack.fact, 0, sizeof(stack.fact));
	stack.fact.h.type = FACT_STACK;
	stack.fact.h.len = (uint16_t)(sizeof(stack.fact) + size);
	stack.fact.h.time = clock_boot();
	stack.fact.id = dump->id;
	stack.fact.space = dump->space;
	stack.fact.pid = dump->pid;
	stack.fact.count = unwound->count;
	memcpy(stack.fact.ips, unwound->ips, size);
	return send_fact(reader, &stack.fact.h);
}

/* Sends the rules with each stack: the kernel side may have forgotten some. */
static bool send_rules(const struct reader *reader, struct image *image,
                       const struct unwound *unwound)
{
	union {
		struct reader_rules rules;
		char bytes[sizeof(struct reader_rules) +
		           FACT_STACK_MAX * sizeof(((struct reader_rules *)0)->list[0])];
	} message;
	struct reader_rules *rules = &message.rules;
	uint32_t count = 0;

	memset(&message, 0, sizeof(message)); /* some rules leave members unset */
	rules->h.type = READER_RULES;
	rules->space = image->space;
	for (uint32_t i = 0; i < unwound->count; i++) {
		rules->list[count].ip = unwound->ips[i];
		if (unwind_rule_find(image->dwfl, unwound->ips[i], unwound->exact[i],
		                     &rules->list[count].rule))
			count++;
	}
	rules->h.len = (uint16_t)(sizeof(*rules) + count * sizeof(rules->list[0]));
	return send_fact(reader, &rules->h);
}

static bool send_message(const struct reader *reader, enum reader_message type)
{
	const struct fact message = {.type = (uint16_t)type, .len = sizeof(message)};

	return send_fact(reader, &message);
}

static bool send_program(const struct reader *reader, const struct program_key *program)
{
	const struct reader_program message = {
		.h = {.type = READER_PROGRAM, .len = sizeof(message)},
		.program = *program,
	};

	return send_fact(reader, &message.h);
}

static bool answer(struct reader *reader, const struct stack_dump *dump)
{
	struct image *image = image_get(reader->images, dump, false);
	struct unwound unwound = {.count = 0};

	if (image && crash_list_blocks(reader->crashes, &image->program, clock_boot()))
		return send_message(reader, READER_REFUSED);
	if (image && !send_program(reader, &image->program))
		return false;
	unwind(image, dump, &unwound);
	if (image &&
	    unwound.unmapped) { /* a library was loaded, or a JIT compiler has mapped memory */
		image = image_get(reader->images, dump, true);
		unwind(image, dump, &unwound);
	}
	for (uint32_t i = 0; i < unwound.count; i++)
		if (!send_name(reader, image, dump->space, unwound.ips[i], unwound.exact[i]))
			return false;
	if (image && !send_rules(reader, image, &unwound))
		return false;
	return send_stack(reader, dump, &unwound);
}

static uint64_t memory_pages(const struct reader *reader)
{
	char text[32] = "";

	return pread(reader->memory, text, sizeof(text) - 1, 0) > 0 ? strtoull(text, NULL, 10) : 0;
}

/*
 * Has the reader used so much that it could fail at the next stacks? Forgetting what is kept does
 * not give memory back, and its CPU time is limited for its whole life.
 */
static bool has_used_much(const struct reader *reader)
{
	uint64_t pages = memory_pages(reader) - reader->pages;

	return clock_ns(CLOCK_PROCESS_CPUTIME_ID) > CPU_MUCH_NS ||
	       (int64_t)pages > (int64_t)(MEMORY_MUCH / (uint64_t)sysconf(_SC_PAGESIZE));
}

/* false: the other end is closed, or another reader must start. */
static bool serve(struct reader *reader)
{
	union dump_buffer buffer;
	ssize_t got;

	sandbox_limit_cpu(0);
	if (has_used_much(reader)) {
		send_message(reader, READER_RENEW);
		return false;
	}
	got = recv(reader->socket, &buffer, sizeof(buffer), 0);
	sandbox_limit_cpu(CPU_SECONDS);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return name_unnamed(reader);
	if (got < (ssize_t)sizeof(buffer.dump))
		return false;
	return answer(reader, &buffer.dump) && name_unnamed(reader);
}

void stack_reader_run(int socket, int memory, int opener, const struct crash_list *crashes)
{
	const struct timeval idle = {.tv_sec = RETRY_NS / NS_PER_SEC};
	struct reader *reader = calloc(1, sizeof(*reader));
	bool ready;

	if (!reader)
		return;
	reader->socket = socket;
	reader->memory = memory;
	reader->crashes = crashes;
	reader->images = images_new(opener);
	reader->symbols = symbols_new();
	reader->pages = memory_pages(reader);
	ready = reader->images && reader->symbols;
	elf_version(EV_CURRENT);
	setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle));
	while (ready && serve(reader))
		;
	free(reader); /* the kernel frees the rest when the process ends */
}
