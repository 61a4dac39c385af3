/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_ENRICH_STACKS_CHILD_H
#define TCPTRAIL_ENRICH_STACKS_CHILD_H

/*
 * The child: reads a struct stack_dump a message from the socket, writes facts, the
 * FACT_STACK last; returns when the other end is closed.
 */
void stacks_child(int socket);

#endif
