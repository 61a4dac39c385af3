/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses lines of /proc/PID/mountinfo and the links below /proc/PID/ns and /proc/PID/fd. */
#ifndef TCPTRAIL_ENRICH_MOUNT_TEXT_H
#define TCPTRAIL_ENRICH_MOUNT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* One mount; the pointers point into the line. */
struct mount_line {
	char *root;  /* which part of the filesystem is mounted */
	char *point; /* mount point */
	char *type;  /* of the filesystem */
};

/* Parses a line, with or without its newline, and modifies it. false: it has another form. */
bool mount_parse_line(char *line, struct mount_line *mount);

/* Inode of the network namespace that is mounted there; 0: none is. */
uint32_t mount_netns(const struct mount_line *mount);

/*
 * The inode in a symbolic link of /proc such as "net:[4026531833]" or "socket:[4242]", where kind
 * is "net" or "socket"; 0: the text has another form.
 */
uint32_t link_inode(const char *text, const char *kind);

#endif
