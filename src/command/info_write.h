/* SPDX-License-Identifier: BSD-2-Clause */
/* What a recording is and holds: folds the end of each session, and prints what is known there. */
#ifndef TCPTRAIL_COMMAND_INFO_WRITE_H
#define TCPTRAIL_COMMAND_INFO_WRITE_H

#include "cli/cli.h"
#include "record/reader.h"

/* 0, or -errno with diag; -EPIPE: the reader of out has left. */
int info_write(const struct options *options, struct reader *reader, FILE *out, struct diag *diag);

#endif
