/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that print a section: netstat_rows.c, netstat_page.c (its layout), netstat_table.c. */
#ifndef TCPTRAIL_COMMAND_NETSTAT_PAGE_PRIVATE_H
#define TCPTRAIL_COMMAND_NETSTAT_PAGE_PRIVATE_H

#include "command/netstat_page.h"

struct page_row {
	const struct list *list;
	size_t place; /* of the list among those of the section */
	const void *record;
};

struct page_rows {
	struct page_row *rows;
	size_t count;
};

/* The rows to print, filtered, sorted and cut to --limit. The caller frees rows->rows. 0 or -ENOMEM. */
int page_collect(const struct netstat_page *page, const struct list *lists, size_t count,
                 struct page_rows *rows);

/* All lists as one table of text or CSV; a list as objects of JSON. 0 or -errno. */
int page_print_table(struct netstat_page *page, const struct list *lists, size_t count);
int page_print_objects(struct netstat_page *page, const struct list *list);

#endif
