/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two processes that read stacks. The reader parses files of other users in a sandbox
 * (enrich/sandbox.h); the opener (enrich/opener.h) opens these files for it.
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

/* What the reader sends besides facts; only type and len of the header are used. */
enum reader_message {
	READER_RULES = 0xfff0,   /* struct reader_rules */
	READER_PROGRAM = 0xfff1, /* struct reader_program: the program of the dump that it begins */
	READER_REFUSED = 0xfff2, /* struct fact: the program is blocked, no stack comes */
	READER_RENEW = 0xfff3,   /* struct fact: it has used much memory or time, and ends */
};

/* Unwind rules of one address space. */
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

/* Tries in a child process whether the sandbox can be set up here. 0, or -errno: why not. */
int stack_reader_check(void);

/*
 * Starts both processes. The opener is our child, the reader is its child; each ends when the other
 * does. 0 or -errno.
 */
int stack_reader_start(const struct crash_list *crashes, pid_t *opener, int *socket);

/*
 * Runs the reader: receives a struct stack_dump in each message of the socket, and sends facts and
 * messages, the FACT_STACK last. Returns when the other end is closed. memory: an fd of its
 * /proc/self/statm.
 */
void stack_reader_run(int socket, int memory, int opener, const struct crash_list *crashes);

#endif
