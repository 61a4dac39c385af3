/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes whose stacks were asked for: what is mapped in them, kept for the next stack. */
#ifndef TCPTRAIL_ENRICH_PROCESS_H
#define TCPTRAIL_ENRICH_PROCESS_H

#include "enrich/module.h"
#include "enrich/perfmap.h"

struct stack_dump;

struct process {
	uint64_t space, start; /* as in the dump; 0: free slot */
	uint32_t pid, ns_pid;
	uid_t uid;
	struct maps maps;
	struct module *modules;
	size_t module_count;
	Dwfl *dwfl;
	struct perfmap jit;
	bool attached;                 /* dwfl knows how to unwind */
	const struct stack_dump *dump; /* being unwound */
	uint64_t used;                 /* when, counted in dumps */
};

struct processes;

struct processes *processes_new(void); /* NULL: no memory */
void processes_free(struct processes *processes);

/*
 * The process of a dump; fresh: what is mapped is read anew in any case. NULL: it
 * is gone, or cannot be looked at.
 */
struct process *process_get(struct processes *processes, const struct stack_dump *dump, bool fresh);

/* One that is kept; NULL: it is not. */
struct process *process_find(struct processes *processes, uint32_t pid, uint64_t space);

#endif
