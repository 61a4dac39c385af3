/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the command netstat share. Its line has netstat's own grammar:
 *
 *   netstat_options.c   the table of options, and its help
 *   netstat_line.c      the reader of argv
 *   netstat_choice.c    which sections appear
 *   netstat_print.c     reads and prints the sections of a namespace
 *   netstat_rows.c      the rows of a section: filtered, sorted
 *   netstat_page.c      ... in netstat's layout
 *   netstat_table.c     ... as columns, CSV and JSON
 *   netstat_out.c       where text goes, signals, and what ends a run
 *   netstat_names.c     names, which never stall the run
 *   netstat.c           the command
 *   netstat_recorded.c  the command with --from
 */
#ifndef TCPTRAIL_COMMAND_NETSTAT_H
#define TCPTRAIL_COMMAND_NETSTAT_H

#include "cli/cli.h"
#include "list/filter.h"
#include "list/list.h"

/* Exit codes of net-tools where tcptrail has others. */
enum {
	NETSTAT_FAILED = 1, /* something that was named does not exist here */
	NETSTAT_USAGE = 3,
};

/* What was typed. */
struct netstat {
	struct list_request request;              /* what does not differ by namespace and round */
	unsigned int modes;                       /* how many of -i -M -r -s were typed */
	enum list_mode mode;                      /* the one; LIST_SOCKETS: none */
	bool groups;                              /* -g */
	uint32_t typed;                           /* protocols, as request.protocols */
	bool inet, inet6;                         /* -4, -6 */
	bool context, help, version;              /* -Z, -h, -V */
	enum list_family families[LIST_FAMILIES]; /* in the order in which they were typed */
	size_t family_count;
	struct list_filter filter; /* its query: that of the options, while they are read */
	bool needs_holders;        /* which processes have sockets open is printed, or asked for */
	const struct field *columns; /* of all sections that appear, each key once */
	size_t column_count;

	bool usage;         /* print the usage behind the refusal */
	struct diag reason; /* why the line was refused; "": it was not */
	int code;           /* then the exit code */
};

/* A row of the table of options. */
struct netstat_option;
struct netstat_reader;
typedef int netstat_set_fn(struct netstat_reader *reader, const struct netstat_option *option,
                           const char *argument, struct diag *diag);

enum netstat_group {
	NETSTAT_MODE,
	NETSTAT_SOCKETS,
	NETSTAT_FAMILY,
	NETSTAT_DISPLAY,
	NETSTAT_OURS,
	NETSTAT_GROUPS
};

struct netstat_option {
	char letter;      /* 0: none */
	const char *name; /* NULL: only the letter */
	const char *argument;
	bool optional; /* the argument */
	enum netstat_group group;
	netstat_set_fn *set; /* 0; or -EINVAL or -ENOMEM with diag */
	size_t value;     /* what it sets: an enum, a set of bits, or an offset in struct netstat */
	const char *help; /* NULL: not in help */
};

struct netstat_reader {
	struct options *options;
	struct netstat *netstat;
};

extern const struct netstat_option netstat_options[];
extern const size_t netstat_options_count;
extern const struct command_grammar netstat_grammar;

/* netstat_line.c: reads argv by the table. 0 or -ENOMEM; a refusal is netstat->reason. */
int netstat_read_line(struct netstat_reader *reader, int argc, char **argv, struct diag *diag);
/* Keeps the first refusal. Returns -EINVAL. */
int netstat_refuse(struct netstat *netstat, int code, bool usage, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* netstat_choice.c: all is read. Decides what appears. 0 or -ENOMEM; a refusal is netstat->reason. */
int netstat_choose(struct netstat_reader *reader, struct diag *diag);
/* Does the listing appear? */
bool netstat_appears(const struct netstat *netstat, const struct listing *listing);
/* "AF IPX": a protocol as netstat's messages name it. */
const char *netstat_protocol_name(enum list_protocol protocol);

void netstat_help(FILE *out);
/* netstat's refusal and the usage, as it prints them. */
void netstat_print_refusal(const struct netstat *netstat, FILE *err);

/* The command's other rows: to refuse a line, and to read a recording. */
extern const struct command netstat_refused, netstat_recorded;
/* The columns of their rows. */
struct command_columns netstat_columns(const struct options *options);

#endif
