/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a command is: one const row. A command is a file in src/command and a line in its list.
 * The command line is read by the first part of the row, the session runs by the second.
 */
#ifndef TCPTRAIL_CLI_COMMAND_H
#define TCPTRAIL_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "field/field.h"

struct change;
struct diag;
struct fact;
struct options;
struct session;
struct when;

/* Where a command gets its facts from: a set. */
enum command_source {
	SOURCE_NONE = 0,      /* it takes no facts: only end() is called, to print */
	SOURCE_LIVE = 1,      /* the kernel */
	SOURCE_RECORDING = 2, /* what --from names */
};

/* Words about one option, as this command sees it. */
struct command_option {
	const char *name; /* the long one; NULL ends a list */
	const char *text;
};

struct command_example {
	const char *line, *what;
};

/* What stands on the command line beside the command's word and the options. */
struct command_operands {
	size_t least, most;
	const char *missing; /* what is expected if there are fewer */
	/* Is this word, which begins with "-", an operand? NULL: it never is. */
	bool (*is_operand)(const char *word);
	/* words: least to most of them. 0 or -errno with diag. */
	int (*read)(struct options *options, const char *const words[], size_t count,
	            struct diag *diag);
};

/*
 * A command that reads its line by its own rules. The line then begins with the command's word, or the
 * program is called by one of its names.
 */
struct command_grammar {
	const char *const *programs; /* names of the program; NULL ends the list */
	/*
	 * argv[0] is the word or the program's name. Fills in options, and options->own with what only
	 * this command understands. It may set options->command, for example to refuse the line with
	 * messages and an exit code of its own. 0; -errno with diag.
	 */
	int (*read)(int argc, char **argv, struct options *options, struct diag *diag);
	void (*free)(void *own);
};

#define NEEDS_WHENS 2 /* instants at most */

/* The columns that --columns and --sort choose from. */
struct command_columns {
	const struct field *fields;
	size_t count;
};

/*
 * What a command needs with these options. command_needs() fills in what most of them need; the
 * row's needs() changes that.
 */
struct needs {
	/* Live. */
	bool trace;       /* events; otherwise the kernel is only walked */
	bool stacks;      /* user stacks of events */
	bool wait_stacks; /* at the end, wait for stacks that are not read yet */
	bool holders;     /* which processes have a socket open */
	bool host;        /* counters and settings of network namespaces */
	bool counts;      /* all counters of protocols and interfaces; of a recording: only these */
	uint64_t walk_interval; /* ns between walks; 0: the feed's default */
	uint32_t ring_bytes;    /* 0: the feed's default */
	bool ages;              /* ages must be known, so BPF must work */
	bool detached; /* it prints while it traces: a stalled reader must not hold up the loop */

	/* A recording. */
	bool instant;            /* only the table of one instant counts, not the way to it */
	uint64_t watch_before;   /* ns of changes that it takes before --at */
	bool watch_end;          /* without a time, it takes these ns at the end of the recording */
	const struct when *when; /* end() is called at each of these instants; NULL: once */
	size_t when_count;

	/* Both. */
	bool facts;   /* fact() is called, and change() is not */
	bool sockets; /* it shows or judges the sockets that exist: missing ones are reported */
	bool verdict; /* no answer is better than one from incomplete facts */
};

struct command {
	/* --- the command line --- */
	/* "snapshot"; "--help": an option leads to it; NULL: it runs without a word. */
	const char *word;
	const char *usage; /* behind "tcptrail "; NULL: not in help */
	const char *summary;
	struct command_example examples[4]; /* as many as have a line */
	const char *takes;                  /* names of options, separated by spaces */
	const struct command_option *helps; /* help that differs from the option's own */
	const struct command_option *lacks; /* why it takes no such option */
	struct command_operands operands;
	bool ignores_errors; /* of the rest of the command line */
	const struct command_grammar
		*grammar;        /* NULL: tcptrail's; then `takes` and operands count */
	const char *exit_status; /* in help; NULL: as that of all commands */
	/* NULL: the columns are those of sockets. */
	struct command_columns (*columns)(const struct options *options);
	/* Checks what only this command can, and fills in its defaults. May be NULL. */
	int (*check)(struct options *options, struct diag *diag);
	void (*more_help)(FILE *out); /* in front of the examples; may be NULL */

	/* --- the session; what is NULL is not called --- */
	uint32_t sources; /* set of enum command_source */
	bool asks_kernel; /* SOURCE_NONE: it looks at the kernel by itself, with privileges */
	bool own_output;  /* the session opens no output */
	void (*needs)(const struct options *options, struct needs *needs);
	/*
	 * In this order. All return 0 or -errno; the first two with diag. A command keeps its own
	 * state in session->state.
	 * open:   with the user's own rights, before the kernel is touched; -EINVAL is a usage error
	 * start:  live: all is attached and privileges are given up; threads may start
	 * begin:  the table stands, nothing is reported yet. 1: there is nothing to wait for
	 * turn:   live: once a turn of the loop. 1: done
	 * end:    it is over, or the instant asked for is reached
	 * close:  frees the state, which is NULL if open failed. Not 0: what it wrote is incomplete
	 */
	int (*open)(struct session *session, struct diag *diag);
	int (*start)(struct session *session, struct diag *diag);
	int (*begin)(struct session *session);
	void (*change)(const struct change *change, struct session *session);
	void (*fact)(const struct fact *fact, struct session *session);
	int (*restarted)(struct session *session); /* a recording: all sockets so far are gone */
	int (*turn)(struct session *session);
	void (*hangup)(struct session *session); /* live: SIGHUP, which ends other commands */
	int (*end)(struct session *session);
	int (*close)(struct session *session);
};

/* "snapshot", "--help", "no command": the name in messages. */
const char *command_name(const struct command *command);
/* All that the command needs with these options. */
void command_needs(const struct command *command, const struct options *options,
                   struct needs *needs);
struct command_columns command_columns(const struct command *command,
                                       const struct options *options);

#endif
