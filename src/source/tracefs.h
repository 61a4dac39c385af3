/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_SOURCE_TRACEFS_H
#define TCPTRAIL_SOURCE_TRACEFS_H

/*
 * Id of a classic tracepoint, for perf_event_open(2), or -errno. Where tracefs
 * is mounted nowhere, a detached mount of our own is read (fsopen(2), 5.2): the
 * host's mounts stay as they are.
 */
int tracefs_event_id(const char *category, const char *name);

#endif
