/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What walk_sockets gathers between two reads of its iterator, as it hands it to user space. */
#ifndef TCPTRAIL_WALKED_H
#define TCPTRAIL_WALKED_H

/* Bytes of whole facts; a multiple of 8. 2,000 sockets and more. */
#define WALKED_BYTES (512 * 1024)

#endif
