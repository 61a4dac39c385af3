/* SPDX-License-Identifier: BSD-2-Clause */
/* What `info` reports about a recording. */
#ifndef TCPTRAIL_RECORD_INFO_H
#define TCPTRAIL_RECORD_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One run of a recorder. Times are ns since 1970, 0: not known. */
struct recording_session {
	int64_t began, ended; /* ended: its newest fact */
	uint64_t files;
};

struct recording_info {
	const char *path;
	uint32_t version; /* of the format */
	/* Of the newest session that has it; NULL or "": not known. Not owned. */
	const char *host, *kernel, *machine, *tcptrail;
	const struct recording_session *sessions; /* the oldest first; not owned */
	size_t session_count;
	int64_t first, last; /* wall clock of the oldest and the newest fact, as above */
	uint64_t files;
	uint64_t bytes; /* of the files */
	uint64_t raw;   /* bytes of the facts, before compression */
	uint64_t facts, transitions, checkpoints;
	uint64_t damaged;    /* bytes that were skipped */
	bool lost_known;     /* all facts were read, so the members below are valid */
	uint64_t lost;       /* facts that the recording lacks */
	bool lost_uncounted; /* and an unknown number more */
};

#endif
