/* SPDX-License-Identifier: BSD-2-Clause */
/* What a recording is and holds, as `info` tells it. Filled by whoever reads it. */
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
	/* Of the newest session that tells; NULL or "": not known. Not owned. */
	const char *host, *kernel, *machine, *tcptrail;
	const struct recording_session *sessions; /* the oldest first; not owned */
	size_t session_count;
	int64_t first, last; /* wall clock of the oldest and the newest fact, as above */
	uint64_t files;
	uint64_t bytes; /* of the files */
	uint64_t raw;   /* bytes of the facts, before compression */
	uint64_t facts, transitions, checkpoints;
	uint64_t damaged;    /* bytes that were skipped */
	bool lost_known;     /* have all facts been looked at? If not, what follows means nothing */
	uint64_t lost;       /* facts that did not come into it */
	bool lost_uncounted; /* and some whose number is not known */
};

#endif
