/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process that opens files for the process that reads stacks. It has the capabilities for that,
 * but reads nothing of other users except what the kernel writes in /proc. It is a process of its
 * own because open() may hang for as long as the owner of a file system wants (FUSE): then it can
 * be killed.
 */
#ifndef TCPTRAIL_ENRICH_OPENER_H
#define TCPTRAIL_ENRICH_OPENER_H

/* Serves requests (enrich/opener_client.h) until the other end is closed. */
void opener_serve(int socket);

#endif
