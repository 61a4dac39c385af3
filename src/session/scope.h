/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can the question be answered from here? Where processes or namespaces cannot be seen, a filter may
 * leave out the very sockets that it asks for. Then there is no answer.
 */
#ifndef TCPTRAIL_SESSION_SCOPE_H
#define TCPTRAIL_SESSION_SCOPE_H

#include "cli/cli.h"
#include "feed/feed.h"

/* May the feed see only sockets of our own network namespace? */
bool scope_is_one_netns(const struct feed *feed);

/* Live, after the first walk: checks all filters. 0 or -EPERM with diag. */
int scope_check_filters(const struct options *options, const struct feed *feed,
                        const struct table *table, struct diag *diag);

/* Would rules miss sockets that may be those asked for? 0 or -ENODATA with diag. */
int scope_check_rows(const struct options *options, const struct table *table, struct diag *diag);

/*
 * Prints a notice for each process that --pid names and that does not exist. 0; or -ESRCH with diag,
 * if none of them exists and the command gives a verdict, which would be about nothing.
 */
int scope_check_pids(const struct options *options, bool verdict, const struct table *table,
                     struct diag *diag);

#endif
