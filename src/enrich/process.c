/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "dump.h"

#define PROCESSES_KEPT 64

struct processes {
	struct process list[PROCESSES_KEPT];
	uint64_t uses;
};

struct processes *processes_new(void)
{
	return calloc(1, sizeof(struct processes));
}

static void forget(struct process *process)
{
	dwfl_end(process->dwfl);
	free(process->modules);
	maps_free(&process->maps);
	perfmap_free(&process->jit);
	*process = (struct process){0};
}

void processes_free(struct processes *processes)
{
	for (size_t i = 0; processes && i < PROCESSES_KEPT; i++)
		forget(&processes->list[i]);
	free(processes);
}

/* Is it the process that the dump is of, and not another with its pid? */
static bool started_at(uint32_t pid, uint64_t start)
{
	char path[32], text[1024] = "", *at;
	uint64_t ticks = 0, tick = NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	at = strrchr(text, ')'); /* the command may hold anything */
	if (!at || sscanf(at + 1,
	                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
	                  "%*d %*d %" SCNu64,
	                  &ticks) != 1)
		return false;
	return ticks == start / tick;
}

/* Its pid in its own namespace, and its user. */
static bool read_status(struct process *process)
{
	char path[32], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", process->pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	process->ns_pid = process->pid;
	while (getline(&line, &room, file) >= 0) {
		char *last = strrchr(line, '\t');

		if (!strncmp(line, "NSpid:", 6) && last)
			process->ns_pid = (uint32_t)strtoul(last + 1, NULL, 10);
		else if (!strncmp(line, "Uid:", 4))
			process->uid = (uid_t)strtoul(line + 4, NULL, 10);
	}
	free(line);
	fclose(file);
	return true;
}

static bool has_code(const struct maps *maps, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		if (maps->list[i].executable)
			return true;
	return false;
}

static void report_module(struct process *process, size_t first, size_t last)
{
	const struct mapping *mapping = &process->maps.list[first];
	struct module *module = &process->modules[process->module_count];
	void **userdata;
	Dwfl_Module *mod;

	*module = (struct module){
		.pid = process->pid,
		.start = mapping->start,
		.end = mapping->end,
		.path = mapping->path,
		.inode = mapping->inode,
	};
	mod = dwfl_report_module(process->dwfl, mapping->path, mapping->start,
	                         process->maps.list[last].end);
	if (!mod)
		return;
	dwfl_module_info(mod, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	*userdata = module;
	process->module_count++;
}

static bool report_modules(struct process *process)
{
	size_t first = 0, last;

	process->dwfl = dwfl_begin(&module_callbacks);
	process->modules = calloc(process->maps.count, sizeof(*process->modules));
	if (!process->dwfl || !process->modules)
		return false;
	dwfl_report_begin(process->dwfl);
	for (; maps_next_file(&process->maps, &first, &last); first = last + 1)
		if (has_code(&process->maps, first, last))
			report_module(process, first, last);
	return !dwfl_report_end(process->dwfl, NULL, NULL);
}

static bool look_at(struct process *process, const struct stack_dump *dump)
{
	process->space = dump->space;
	process->start = dump->start;
	process->pid = dump->pid;
	if (!started_at(dump->pid, dump->start) || !read_status(process) ||
	    maps_read(&process->maps, dump->pid) || !report_modules(process))
		return false;
	/* It may end soon. */
	perfmap_read(&process->jit, process->pid, process->ns_pid, process->uid);
	return true;
}

struct process *process_find(struct processes *processes, uint32_t pid, uint64_t space)
{
	for (size_t i = 0; i < PROCESSES_KEPT; i++) {
		struct process *process = &processes->list[i];

		if (process->pid == pid && process->space == space)
			return process;
	}
	return NULL;
}

static struct process *least_used(struct processes *processes)
{
	struct process *least = &processes->list[0];

	for (size_t i = 1; i < PROCESSES_KEPT; i++)
		if (processes->list[i].used < least->used)
			least = &processes->list[i];
	return least;
}

struct process *process_get(struct processes *processes, const struct stack_dump *dump, bool fresh)
{
	struct process *process = process_find(processes, dump->pid, dump->space);

	if (process && fresh && started_at(dump->pid, dump->start))
		forget(process); /* one that is gone is known as it was */
	else if (!process)
		process = least_used(processes);
	if (!process->pid || process->space != dump->space || process->pid != dump->pid) {
		forget(process);
		if (!look_at(process, dump)) {
			forget(process);
			return NULL;
		}
	}
	process->used = ++processes->uses;
	return process;
}
