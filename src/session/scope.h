/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can what is asked for be told from here? Where processes or namespaces cannot be seen, sockets
 * that a filter leaves out may be those that it asks for: then there is no answer.
 */
#ifndef TCPTRAIL_SESSION_SCOPE_H
#define TCPTRAIL_SESSION_SCOPE_H

#include "cli/cli.h"
#include "feed/feed.h"

/* Does the feed see sockets of our own network namespace only, or may it? */
bool scope_is_one_netns(const struct feed *feed);

/* Of the live kernel, after the first walk: all filters. 0 or -EPERM with diag. */
int scope_check_filters(const struct options *options, const struct feed *feed,
                        const struct table *table, struct diag *diag);

/* Rules would judge without sockets that may be those asked for. 0 or -ENODATA with diag. */
int scope_check_rows(const struct options *options, const struct table *table, struct diag *diag);

/*
 * Processes that --pid names and that there are not: said on stderr. 0; or -ESRCH with diag, if
 * there is none of them and a verdict on nothing would be given.
 */
int scope_check_pids(const struct options *options, const struct table *table, struct diag *diag);

#endif
