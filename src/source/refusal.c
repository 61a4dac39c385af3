/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/refusal.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LOG_BEGIN "-- BEGIN PROG LOAD LOG --"
#define LOG_END   "-- END PROG LOAD LOG --"

static bool begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* "R1=ctx(off=0)" and "R1_w=3" show what a register holds. "R9 !read_ok" is an error. */
static bool is_register(const char *line)
{
	size_t digits = line[0] == 'R' ? strspn(line + 1, "0123456789") : 0;

	return digits && (line[1 + digits] == '=' || line[1 + digits] == '_');
}

/* "12: (79) r0 = ..." */
static bool is_instruction(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	return digits && line[digits] == ':';
}

/* Lines of the verifier's log that are no errors (kernel/bpf/log.c). */
static bool is_narration(const char *line)
{
	static const char *const prefixes[] = {
		";",
		"processed ",
		"verification time ",
		"stack depth ",
		"from ",
		"func#",
		"Func#",
		"cur state:",
		"old state:",
		"mark_precise",
		"last_idx ",
		"regs=",
		"parent ",
		" frame",
		"frame",
		"Validating ",
		LOG_END,
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (begins(line, prefixes[i]))
			return true;
	return !line[0] || is_instruction(line) || is_register(line);
}

static void copy_line(char *to, size_t size, const char *line)
{
	size_t length = strcspn(line, "\n");

	snprintf(to, size, "%.*s", (int)(length < size ? length : size), line);
}

/*
 * The verifier checks global functions one by one, on some kernels after the program's own code
 * (6.8), on others before. It prints "Validating NAME() func#1...", then "Func#1 is safe for any
 * args that match its prototype" or "Func#1 ('NAME') is safe ..." (do_check_subprogs(),
 * kernel/bpf/verifier.c).
 */
static void follow_function(struct refusal *refusal, const char *line)
{
	if (begins(line, "Func#"))
		refusal->function[0] = '\0';
	else
		sscanf(line, "Validating %63[^(]()", refusal->function);
}

/* Keeps the last line that is an error. */
static void read_log(struct refusal *refusal, const char *log)
{
	char line[256];

	for (; *log; log += strcspn(log, "\n"), log += *log == '\n') {
		copy_line(line, sizeof(line), log);
		follow_function(refusal, line);
		if (!is_narration(line))
			snprintf(refusal->why, sizeof(refusal->why), "%.*s",
			         (int)sizeof(refusal->why) - 1, line);
	}
}

/*
 * Handles "prog 'NAME': BPF program load failed: ..." and "prog 'NAME': failed to ...", which end a
 * load, and the log, which comes between them. Other warnings of a program are advice.
 */
static void read_program_warning(struct refusal *refusal, const char *warning)
{
	char name[sizeof(refusal->program)];
	const char *text;
	bool log;

	if (sscanf(warning, "prog '%63[^']'", name) != 1)
		return;
	text = strstr(warning, "': ");
	if (!text)
		return;
	text += strlen("': ");
	log = begins(text, LOG_BEGIN);
	if (!log && !begins(text, "BPF program load failed") && !begins(text, "failed to "))
		return;
	if (strcmp(name, refusal->program)) {
		snprintf(refusal->program, sizeof(refusal->program), "%s", name);
		refusal->why[0] = refusal->function[0] = '\0';
	}
	if (log)
		read_log(refusal, text + strlen(LOG_BEGIN));
	else if (!refusal->why[0])
		copy_line(refusal->why, sizeof(refusal->why), text);
}

void refusal_add_warning(struct refusal *refusal, const char *warning)
{
	if (begins(warning, "libbpf: "))
		warning += strlen("libbpf: ");
	read_program_warning(refusal, warning);
	/* "failed to load object" and "... BPF skeleton" add nothing to an earlier warning. */
	if (!begins(warning, "failed to load ") || !refusal->last[0])
		copy_line(refusal->last, sizeof(refusal->last), warning);
}
