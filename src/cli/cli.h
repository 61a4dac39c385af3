/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: read once into a const struct options. */
#ifndef TCPTRAIL_CLI_CLI_H
#define TCPTRAIL_CLI_CLI_H

#include <stdio.h>

#include "base/when.h"
#include "select/pick.h"
#include "select/query.h"
#include "count/threshold.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_BAD = 1, /* the answer is bad: trail knows no such socket, --fail-if is met */
	EXIT_USAGE = 2,
	EXIT_CANNOT = 3,  /* cannot run here */
	EXIT_LOST = 4,    /* ran, but facts or output were lost */
	EXIT_STOPPED = 5, /* an error stopped it */
};

enum command {
	COMMAND_WATCH, /* no word: snapshot, stream, final snapshot and totals */
	COMMAND_SNAPSHOT,
	COMMAND_EVENTS,
	COMMAND_TRAIL,
	COMMAND_WHY,
	COMMAND_RECORD,
	COMMAND_DIFF,
	COMMAND_INFO,
	COMMAND_EXPLAIN, /* query.states: of what */
	COMMAND_PROBES,  /* --probes */
	COMMAND_HELP,    /* --help [of the command named] */
	COMMAND_VERSION,
	COMMAND_COUNT
};

enum output_format { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_FACTS };

struct options {
	enum command command;
	enum command help_about; /* COMMAND_HELP */
	struct query query;

	/* netstat's */
	bool all, listening, programs, extend, timers, wide;
	bool numeric_hosts, numeric_ports, numeric_users;
	bool continuous;
	uint64_t interval; /* ns between snapshots or judgements with -c */
	bool verbose;

	/* ours */
	enum output_format format;
	char *columns;    /* --columns as typed, checked, or "help"; NULL: default */
	const char *sort; /* --sort as typed, checked; NULL: none */
	uint64_t limit;   /* 0: none */
	bool no_header;
	bool stacks; /* capture user stacks */
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	bool utc;
	struct threshold *fail_ifs; /* any of them: --fail-if */
	size_t fail_if_count;
	struct pick pick; /* trail: which socket */
	bool follow;      /* trail: until its end */
	bool watch_typed; /* --for was given */
	uint64_t old;     /* ns; why: names what is in its state for so long; 0: the default */
	uint64_t watch;   /* ns; why: to watch before it judges, record: then stop, 0: never */
	const char *btf;  /* --btf FILE; NULL: the kernel's own */
	const char *from; /* --from FILE|DIR; NULL: the live kernel */
	struct when at, since, until; /* of --from; at without the others */
	struct when instants[2];      /* diff: before and after; the second may be WHEN_NONE */
	const char *target;           /* record, info: FILE|DIR */
	uint64_t max_size;            /* record: bytes of DIR */
	uint64_t max_age;             /* record: ns; 0: of any age */
	const char *output;           /* --output FILE; NULL: stdout */
	uint32_t ring_bytes;          /* power of two; 0: default */
	uint32_t max_sockets;         /* of the table; 0: default */
};

/*
 * Reads argv. 0: options filled (caller frees with options_free); else -EINVAL
 * with diag: what was wrong and what is accepted.
 */
int cli_parse(int argc, char **argv, struct options *options, struct diag *diag);
void options_free(struct options *options);

/* Is it the kernel that tells what they ask for, which takes privileges? */
bool cli_about_kernel(const struct options *options);

/* Writes the help text for a command, made from the option table. */
void cli_help(FILE *out, enum command command);
/* Writes what `--columns help` asks for: the keys of the command, with what they tell. */
void cli_help_columns(FILE *out, enum command command);

#endif
