/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: read once into a const struct options. */
#ifndef TCPTRAIL_CLI_CLI_H
#define TCPTRAIL_CLI_CLI_H

#include <stdio.h>

#include "base/when.h"
#include "cli/command.h"
#include "count/threshold.h"
#include "select/pick.h"
#include "select/query.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_BAD = 1, /* the answer is bad: trail knows no such socket, --fail-if is met */
	EXIT_USAGE = 2,
	EXIT_CANNOT = 3,  /* cannot run here */
	EXIT_LOST = 4,    /* ran, but facts or output were lost */
	EXIT_STOPPED = 5, /* an error stopped it */
};

enum output_format {
	OUTPUT_TEXT,
#define FORMAT(upper, lower, help) OUTPUT_##upper,
#include "field/formats.h"
#undef FORMAT
	OUTPUT_COUNT
};

#define CLI_OPTIONS_MOST 160

struct options {
	const struct command *command;
	const struct command *const *commands; /* all of them, NULL ends the list */
	const struct command *about;           /* --help: the command that it explains */
	const struct command_grammar *grammar; /* of the command that was typed; NULL: tcptrail's */
	void *own;                             /* what its read() made */
	bool given[CLI_OPTIONS_MOST];          /* rows of cli_options that were typed */
	struct query query;

	/* netstat's */
	bool all, listening, programs, extend, timers, wide;
	bool numeric_hosts, numeric_ports, numeric_users;
	bool continuous;
	uint64_t interval; /* ns between snapshots or reports with -c */
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
	char *socket;     /* trail: as typed */
	struct pick pick; /* trail: the socket */
	bool follow;      /* trail: until its end */
	uint64_t old;     /* ns; why: reports what is in its state for so long; 0: the default */
	uint64_t watch;   /* ns; why: to watch before it reports, record: then stop; 0: never */
	const char *btf;  /* --btf FILE; NULL: the kernel's own */
	const char *from; /* --from FILE|DIR; NULL: the live kernel */
	struct when at, since, until; /* of --from; at without the others */
	struct when instants[2];      /* diff: before and after; the second may be WHEN_NONE */
	const char *target;           /* record, info: FILE|DIR */
	uint64_t max_size;            /* record: bytes of DIR; 0: the default */
	uint64_t max_age;             /* record: ns; 0: of any age */
	const char *output;           /* --output FILE; NULL: stdout */
	uint32_t ring_bytes;          /* power of two; 0: default */
	uint32_t max_sockets;         /* of the table; 0: default */
};

/*
 * Reads argv, which must outlive the options. commands: NULL ends the list; the one without a word
 * must be there. 0: options is filled, the caller frees it with options_free(); otherwise -EINVAL
 * or -ENOMEM with diag.
 */
int cli_parse(int argc, char **argv, const struct command *const commands[],
              struct options *options, struct diag *diag);
void options_free(struct options *options);

/* Was the option with this long name typed? */
bool options_given(const struct options *options, const char *name);

/* --- for grammars of commands: tcptrail's own options by their long names --- */

struct cli_described {
	const char *argument, *help; /* argument NULL: it takes none */
	bool optional;               /* the argument */
};
void cli_describe(const char *name, struct cli_described *described);
/* Reads one option as if it were typed. 0 or -errno with diag. */
int cli_apply(struct options *options, const char *name, const char *argument, struct diag *diag);
/* Do the options fit each other and the columns? 0, or -EINVAL with diag. */
int cli_check(const struct options *options, struct diag *diag);
/* The command with this word, or NULL. */
const struct command *cli_find_command(const struct command *const commands[], const char *word);

/* Does the command look at the live kernel, which takes privileges? */
bool cli_asks_kernel(const struct options *options);

/* Writes the help of options->about. */
void cli_help(FILE *out, const struct options *options);
/* Writes what `--columns help` asks for: the columns of options->about. */
void cli_help_columns(FILE *out, const struct options *options);

/* Prints the words of text from column indent on; the cursor is at column `at`. */
void cli_print_wrapped(FILE *out, int at, int indent, const char *text);

/* For checks of commands: fills diag and returns -EINVAL. */
int cli_no_effect(const char *option, const char *why, struct diag *diag);

/* For operands of commands: reads states into options->query. 0 or -errno with diag. */
int cli_read_states(struct options *options, const char *const words[], size_t count,
                    struct diag *diag);
/* ... and FILE or DIR into options->target. */
int cli_read_target(struct options *options, const char *const words[], size_t count,
                    struct diag *diag);

#endif
