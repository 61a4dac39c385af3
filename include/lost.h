/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lost facts by what brings back what they told. Compiled by both sides; no file format. */
#ifndef TCPTRAIL_LOST_H
#define TCPTRAIL_LOST_H

enum lost_kind {
	LOST_TRANSITION, /* a walk over sockets; of ends, too */
	LOST_CALL,       /* an accept or a connect: a walk over holders */
	LOST_EXIT,       /* of a process: a look at those that are known */
	LOST_OTHER,      /* nothing does */
	LOST_KINDS
};

#endif
