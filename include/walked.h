/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The buffer of facts that walk_sockets fills between two reads of its iterator. */
#ifndef TCPTRAIL_WALKED_H
#define TCPTRAIL_WALKED_H

/* Bytes of whole facts, a multiple of 8: room for more than 2,000 sockets. */
#define WALKED_BYTES (512 * 1024)

#endif
