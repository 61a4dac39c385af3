/* SPDX-License-Identifier: BSD-2-Clause */
/* One socket as people name it: by cookie, by a process's fd, or by its addresses. */
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
	char local_zone[16], foreign_zone[16]; /* interfaces of link-local ones; "": any */
};

/*
 * Reads "4101" or "sk:1005" (as ss -e prints it), "4242:7" (pid and fd),
 * "10.0.0.1:80-10.0.0.2:5000", "[::1]:80-[::1]:5000" or "fe80::1%eth0:80-fe80::2%eth0:5000" (local
 * end first). 0, or
 * -EINVAL with diag naming what was wrong and what is accepted.
 */
int pick_parse(const char *text, struct pick *pick, struct diag *diag);

/* Is it this row, as it is now? By fd: of a process that has it open. */
bool pick_match(const struct pick *pick, const struct table *table, const struct row *row);

#endif
