/* SPDX-License-Identifier: BSD-2-Clause */
#include "select/pick.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "field/endpoint.h"

static int parse_cookie(const char *text, struct pick *pick)
{
	pick->kind = PICK_COOKIE;
	if (strncmp(text, "sk:", 3))
		return parse_number(text, 1, UINT64_MAX, &pick->cookie);
	return parse_hex(text + 3, UINT64_MAX, &pick->cookie) || !pick->cookie ? -EINVAL : 0;
}

static int parse_fd(const char *text, struct pick *pick)
{
	const char *colon = strchr(text, ':');
	uint64_t pid, fd;
	char word[16];

	if (!colon || (size_t)(colon - text) >= sizeof(word))
		return -EINVAL;
	snprintf(word, sizeof(word), "%.*s", (int)(colon - text), text);
	if (parse_number(word, 1, UINT32_MAX, &pid) || parse_number(colon + 1, 0, INT_MAX, &fd))
		return -EINVAL;
	pick->kind = PICK_FD;
	pick->pid = (uint32_t)pid;
	pick->fd = (int)fd;
	return 0;
}

/* One end of a connection. */
struct end {
	uint8_t addr[16];
	uint16_t port;
	char zone[16];
};

/*
 * Reads "10.0.0.1:80", "[::1]:80", "::1:80" (as netstat prints it), "[fe80::1%eth0]:80" and
 * "[fe80::1]%eth0:80" (as ss prints it). The last colon is before the port: no name of an interface
 * has a colon.
 */
static int parse_end(const char *text, size_t size, struct end *end)
{
	const char *colon = memrchr(text, ':', size);
	char word[80], *to = word;
	uint64_t number;
	uint8_t bits;

	if (!colon || size >= sizeof(word))
		return -EINVAL;
	snprintf(word, sizeof(word), "%.*s", (int)(size - (size_t)(colon + 1 - text)), colon + 1);
	if (parse_number(word, 1, UINT16_MAX, &number))
		return -EINVAL;
	end->port = (uint16_t)number;
	if ((*text == '[') != !!memchr(text, ']', (size_t)(colon - text)))
		return -EINVAL;
	for (const char *at = text; at < colon; at++)
		if (*at != '[' && *at != ']')
			*to++ = *at;
	*to = '\0';
	if (strchr(word, '/'))
		return -EINVAL;
	return parse_zoned_cidr(word, end->addr, &bits, end->zone);
}

/* A name of an interface may have dashes, so this tries each dash as the separator. */
static int parse_tuple(const char *text, struct pick *pick)
{
	const char *dash = strchr(text, '-');
	struct end local, foreign;

	while (dash && (parse_end(text, (size_t)(dash - text), &local) ||
	                parse_end(dash + 1, strlen(dash + 1), &foreign)))
		dash = strchr(dash + 1, '-');
	if (!dash)
		return -EINVAL;
	*pick = (struct pick){.kind = PICK_TUPLE, .lport = local.port, .fport = foreign.port};
	memcpy(pick->local, local.addr, sizeof(pick->local));
	memcpy(pick->foreign, foreign.addr, sizeof(pick->foreign));
	memcpy(pick->local_zone, local.zone, sizeof(pick->local_zone));
	memcpy(pick->foreign_zone, foreign.zone, sizeof(pick->foreign_zone));
	return 0;
}

int pick_parse(const char *text, struct pick *pick, struct diag *diag)
{
	struct pick result = {0};

	if (!parse_cookie(text, &result) || !parse_fd(text, &result) ||
	    !parse_tuple(text, &result)) {
		*pick = result;
		return 0;
	}
	return diag_fail(diag, -EINVAL,
	                 "\"%.80s\" is not understood: expected PID:FD (4242:7), a cookie (4101, "
	                 "sk:1005) or LOCAL-REMOTE (10.0.0.1:80-10.0.0.2:5000)",
	                 text);
}

static bool holds_fd(const struct pick *pick, const struct table *table, const struct row *row)
{
	const struct holder *holder = table_holder(table, row->holders);

	for (; holder; holder = table_holder(table, holder->next))
		if (holder->fd == pick->fd && table_task(table, holder->task)->pid == pick->pid)
			return true;
	return false;
}

static bool has_ends(const struct pick *pick, const struct table *table, const struct row *row)
{
	uint8_t local[16], foreign[16];

	if (row->lport != pick->lport || row->rport != pick->fport)
		return false;
	if ((pick->local_zone[0] && !row_in_zone(table, row, pick->local_zone)) ||
	    (pick->foreign_zone[0] && !row_in_zone(table, row, pick->foreign_zone)))
		return false;
	address_map(row->family, row->laddr, local);
	address_map(row->family, row->raddr, foreign);
	return !memcmp(local, pick->local, sizeof(local)) &&
	       !memcmp(foreign, pick->foreign, sizeof(foreign));
}

bool pick_match(const struct pick *pick, const struct table *table, const struct row *row)
{
	switch (pick->kind) {
	case PICK_COOKIE:
		return row->cookie == pick->cookie;
	case PICK_FD:
		return holds_fd(pick, table, row);
	case PICK_TUPLE:
		return has_ends(pick, table, row);
	}
	return false;
}
