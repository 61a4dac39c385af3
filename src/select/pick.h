/* SPDX-License-Identifier: BSD-2-Clause */
/* Picks one socket by its cookie, by pid and fd, or by its addresses. */
#ifndef TCPTRAIL_SELECT_PICK_H
#define TCPTRAIL_SELECT_PICK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "table/table.h"

struct pick {
	enum { PICK_COOKIE, PICK_FD, PICK_TUPLE } kind;
	uint64_t cookie;
	uint32_t pid;
	int fd;
	uint8_t local[16], foreign[16];        /* IPv4 as ::ffff:0:0/96 */
	uint16_t lport, fport;                 /* host order */
	char local_zone[16], foreign_zone[16]; /* interfaces of link-local addresses; "": any */
};

/*
 * Reads "4101" or "sk:1005" (as ss -e prints it), "4242:7" (pid and fd), or both ends, the local
 * one first: "10.0.0.1:80-10.0.0.2:5000", "[::1]:80-[::1]:5000" or
 * "fe80::1%eth0:80-fe80::2%eth0:5000". 0, or -EINVAL with diag: the text and what is expected.
 */
int pick_parse(const char *text, struct pick *pick, struct diag *diag);

/* Does the pick name this row now? A pick by fd matches if the process has the socket open. */
bool pick_match(const struct pick *pick, const struct table *table, const struct row *row);

#endif
