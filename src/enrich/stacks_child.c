/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/stacks_child.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "enrich/rule.h"
#include "enrich/symbol.h"
#include "enrich/unwind.h"
#include "fact/name.h"
#include "dump.h"

#define TOLD 65536 /* frames that the parent has been told of; a power of two */

struct child {
	int socket;
	struct processes *processes;
	struct symbols *symbols;
	uint64_t (*told)[2]; /* (ip, space) by hash; a later one takes an earlier one's slot */
};

union dump_buffer {
	struct stack_dump dump;
	char bytes[sizeof(struct stack_dump) + STACK_BYTES];
};

static bool tell(const struct child *child, const struct fact *fact)
{
	return send(child->socket, fact, fact->len, MSG_NOSIGNAL) == fact->len;
}

static uint64_t *told_slot(const struct child *child, uint64_t ip, uint64_t space)
{
	uint64_t hash = (ip ^ space * 0xd6e8feb86659fd93ULL) * 0x9e3779b97f4a7c15ULL;

	return child->told[hash >> 32 & (TOLD - 1)];
}

static bool tell_name(struct child *child, struct process *process, uint64_t space, uint64_t ip,
                      bool exact)
{
	uint64_t *told = told_slot(child, ip, space), key[2] = {ip, space};
	union fact_name_buffer fact;
	char name[FRAME_NAME_SIZE];

	if (told[0] == ip && told[1] == space)
		return true;
	if (symbol_name(child->symbols, process, ip, exact, name)) {
		told[0] = ip;
		told[1] = space;
	}
	fact_name_make(&fact, clock_boot(), NAME_FRAME, key, name);
	return tell(child, &fact.fact.h);
}

static bool tell_stack(struct child *child, const struct stack_dump *dump,
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
	return tell(child, &stack.fact.h);
}

/* Each time: the kernel side may have forgotten some. */
static bool tell_rules(const struct child *child, struct process *process,
                       const struct unwound *unwound)
{
	union {
		struct stacks_rules rules;
		char bytes[sizeof(struct stacks_rules) +
		           FACT_STACK_MAX * sizeof(((struct stacks_rules *)0)->list[0])];
	} message;
	struct stacks_rules *rules = &message.rules;
	uint32_t count = 0;

	memset(rules, 0, sizeof(*rules));
	rules->h.type = STACKS_RULES;
	rules->space = process->space;
	for (uint32_t i = 0; i < unwound->count; i++) {
		rules->list[count].ip = unwound->ips[i];
		if (rule_find(process->dwfl, unwound->ips[i], unwound->exact[i],
		              &rules->list[count].rule))
			count++;
	}
	rules->h.len = (uint16_t)(sizeof(*rules) + count * sizeof(rules->list[0]));
	return tell(child, &rules->h);
}

static bool answer(struct child *child, const struct stack_dump *dump)
{
	struct process *process = process_get(child->processes, dump, false);
	struct unwound unwound;

	unwind(process, dump, &unwound);
	if (process &&
	    unwound.unmapped) { /* a library loaded since, or new room for a JIT's code */
		process = process_get(child->processes, dump, true);
		unwind(process, dump, &unwound);
	}
	for (uint32_t i = 0; i < unwound.count; i++)
		if (!tell_name(child, process, dump->space, unwound.ips[i], unwound.exact[i]))
			return false;
	if (process && !tell_rules(child, process, &unwound))
		return false;
	return tell_stack(child, dump, &unwound);
}

void stacks_child(int socket)
{
	struct child child = {
		.socket = socket,
		.processes = processes_new(),
		.symbols = symbols_new(),
		.told = calloc(TOLD, sizeof(*child.told)),
	};
	union dump_buffer buffer;
	ssize_t got;

	if (!child.processes || !child.symbols || !child.told)
		return;
	elf_version(EV_CURRENT);
	while ((got = recv(socket, &buffer, sizeof(buffer), 0)) >= (ssize_t)sizeof(buffer.dump))
		if (!answer(&child, &buffer.dump))
			break;
	/* What it has allocated ends with the process. */
}
