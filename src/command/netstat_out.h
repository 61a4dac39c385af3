/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the command netstat prints to, and the signals that end it. */
#ifndef TCPTRAIL_COMMAND_NETSTAT_OUT_H
#define TCPTRAIL_COMMAND_NETSTAT_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"

struct options;
struct outlet;

struct netstat_out {
	FILE *file;            /* stdout or --output */
	FILE *lines;           /* into file, whole lines at a time */
	struct outlet *outlet; /* with -c a stalled reader holds up nothing; NULL: no -c */
	FILE *out;             /* print here */
	int signals; /* fd, with -c: the run ends when it is readable; -1: signals end the process */
	unsigned int columns; /* of the terminal; 0: it is none */
	int err;              /* first error of the stream; 0: none */
};

/* Call it before threads start. 0 or -errno with diag; close it in any case. */
int netstat_out_open(struct netstat_out *out, const struct options *options, struct diag *diag);
/* Has a signal come? */
bool netstat_out_stopped(const struct netstat_out *out);
/* Waits so many ns, or until a signal. */
void netstat_out_wait(const struct netstat_out *out, uint64_t ns);
/* Keeps the error of a printer if it is one of the stream. Returns err. */
int netstat_out_note(struct netstat_out *out, int err);
/* Hands over what was printed. 0 or -errno. */
int netstat_out_flush(struct netstat_out *out);
/* 0 or the first error; -EINTR: the reader had stalled when a signal came. */
int netstat_out_close(struct netstat_out *out);

#endif
