/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filters of listings. They go by fields, so a listing that has a field can be filtered by it: state,
 * local_port, foreign_port, local and foreign (addresses), pid, comm, cgroup, container. A record must
 * match every filter that is given; a filter that the listing has no field for matches nothing.
 */
#ifndef TCPTRAIL_LIST_FILTER_H
#define TCPTRAIL_LIST_FILTER_H

#include "list/list.h"
#include "select/query.h"

struct list_filter {
	const struct query *query; /* all but states and namespaces */
	struct query_list states;  /* as typed */
};

void list_filter_free(struct list_filter *filter);
/* Adds "LISTEN,connected". 0; -EINVAL or -ENOMEM with diag. */
int list_filter_add_states(struct list_filter *filter, const char *text, struct diag *diag);
bool list_filter_is_empty(const struct list_filter *filter);

/* May a record of the listing be in this state? */
bool list_filter_knows_state(const struct listing *listing, const char *word);
/* The option of a filter that the listing has no field for; NULL: it has all. */
const char *list_filter_lacks(const struct list_filter *filter, const struct listing *listing);

bool list_filter_match(const struct list_filter *filter, const struct listing *listing,
                       const struct field_context *context, const void *record);

/* Does the filter ask which processes have a socket open? */
bool list_filter_needs_holders(const struct list_filter *filter);

#endif
