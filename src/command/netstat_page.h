/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of a section: filtered, sorted, cut to --limit, and printed in the format asked for. */
#ifndef TCPTRAIL_COMMAND_NETSTAT_PAGE_H
#define TCPTRAIL_COMMAND_NETSTAT_PAGE_H

#include "command/netstat.h"

/* What all sections of a namespace share. */
struct netstat_page {
	const struct options *options;
	const struct netstat *netstat;
	const struct list_request *request;
	struct field_context context;
	unsigned int columns; /* of the terminal; 0: it is none */
	bool many_netns;      /* several namespaces are printed: rows say which one they are of */
	bool headings;        /* of one table: print them; the namespaces of a round share them */
	FILE *out;
};

/* Prints all lists. 0 or -errno. */
int netstat_page_print(struct netstat_page *page, const struct list *lists, size_t count);

#endif
