/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_ENRICH_STACKS_CHILD_H
#define TCPTRAIL_ENRICH_STACKS_CHILD_H

#include "dump.h"
#include "fact.h"

/* What it writes beside facts: rules of one address space. */
struct stacks_rules {
	struct fact h; /* type STACKS_RULES; the rest of it is not used */
	__u64 space;
	struct {
		__u64 ip;
		struct stack_rule rule;
	} list[];
};

#define STACKS_RULES 0xffff

/*
 * The child: reads a struct stack_dump a message from the socket, writes facts and
 * rules, the FACT_STACK last; returns when the other end is closed.
 */
void stacks_child(int socket);

#endif
