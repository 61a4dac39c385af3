/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of /proc/PID/mountinfo and the links below /proc/PID/ns say. */
#ifndef TCPTRAIL_ENRICH_MOUNT_TEXT_H
#define TCPTRAIL_ENRICH_MOUNT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Of one mount; pointers into the line. */
struct mount_line {
	char *root;  /* what of the filesystem is mounted */
	char *point; /* where */
	char *type;  /* of the filesystem */
};

/* Reads a line, with its newline or without. The line is written to. false: it is none. */
bool mount_parse_line(char *line, struct mount_line *mount);

/* Inode of the network namespace that is mounted there, or 0. */
uint32_t mount_netns(const struct mount_line *mount);

/*
 * The inode in a symbolic link of /proc such as "net:[4026531833]" or "socket:[4242]", where kind
 * is "net" or "socket"; 0: the text has another form.
 */
uint32_t link_inode(const char *text, const char *kind);

#endif
