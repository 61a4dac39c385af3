/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two processes that read stacks. The reader parses files that others wrote, and is a
 * sandbox (enrich/sandbox.h); it gets them opened by the opener (enrich/opener.h).
 *
 *     tcptrail  --dumps-->  reader  --which file-->  opener
 *               <--facts--          <--its fd------
 */
#ifndef TCPTRAIL_ENRICH_STACK_READER_H
#define TCPTRAIL_ENRICH_STACK_READER_H

#include <sys/types.h>

#include "dump.h"
#include "enrich/crash_list.h"
#include "fact.h"

/* What the reader writes beside facts; of the header only type and len are used. */
enum reader_message {
	READER_RULES = 0xfff0, /* struct reader_rules */
	READER_PROGRAM =
		0xfff1, /* struct reader_program: what the dump is of that it begins with */
	READER_REFUSED = 0xfff2, /* struct fact: the program is set aside, no stack comes */
	READER_RENEW = 0xfff3,   /* struct fact: it has used up much, and ends */
};

/* Rules of one address space. */
struct reader_rules {
	struct fact h;
	__u64 space;
	struct {
		__u64 ip;
		struct stack_rule rule;
	} list[];
};

struct reader_program {
	struct fact h;
	struct program_key program;
};

/* Tries in a process of its own whether the sandbox can be set up here. 0, or -errno: why not. */
int stack_reader_check(void);

/*
 * Starts both. The opener is our child, and the reader its child; each ends when the other
 * does. 0 or -errno.
 */
int stack_reader_start(const struct crash_list *crashes, pid_t *opener, int *socket);

/*
 * The reader: reads a struct stack_dump a message from the socket, writes facts and
 * messages, the FACT_STACK last; returns when the other end is closed. memory: an fd of
 * its /proc/self/statm.
 */
void stack_reader_run(int socket, int memory, int opener, const struct crash_list *crashes);

#endif
