/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process that opens files for the one that reads stacks. It has the capabilities that this
 * takes, and reads of others' files only what the kernel writes, /proc. It is a process because
 * opening may hang for as long as whoever has made the file system likes (FUSE): it can be
 * killed then.
 */
#ifndef TCPTRAIL_ENRICH_OPENER_H
#define TCPTRAIL_ENRICH_OPENER_H

/* Serves requests (enrich/opener_client.h) until the other end is closed. */
void opener_serve(int socket);

#endif
