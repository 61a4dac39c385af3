/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kinds of lost facts, by how the table recovers. Compiled by both sides; no file format. */
#ifndef TCPTRAIL_LOST_H
#define TCPTRAIL_LOST_H

enum lost_kind {
	LOST_TRANSITION, /* or the end of a socket: a walk over sockets */
	LOST_CALL,       /* an accept or a connect: a walk over holders */
	LOST_EXIT,       /* of a process: a check of the known processes */
	LOST_OTHER,      /* not recoverable */
	LOST_KINDS
};

#endif
