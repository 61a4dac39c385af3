/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_SOURCE_TRACEFS_H
#define TCPTRAIL_SOURCE_TRACEFS_H

/*
 * Id of a classic tracepoint, for perf_event_open(2), or -errno. If tracefs is not mounted, reads
 * it through a detached mount (fsopen(2), 5.2), so that the mounts of the host stay as they are.
 */
int tracefs_event_id(const char *category, const char *name);

#endif
