/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes have a socket of any family open: by the inode of the socket (sockfs). */
#ifndef TCPTRAIL_LIST_HOLDERS_H
#define TCPTRAIL_LIST_HOLDERS_H

#include <stddef.h>
#include <stdint.h>

struct buffer;
struct value;

struct list_holder {
	uint32_t pid;
	int32_t fd;
};

struct list_process {
	uint32_t pid;
	const char *comm; /* command name */
	const char *
		program; /* argv[0], its basename if it begins with "/", as netstat shows it; or comm */
	const char *cgroup; /* path; "": not known */
	const char *container;
};

struct list_holders;

struct list_holders *list_holders_new(void);
void list_holders_free(struct list_holders *holders);
/* 0 or -ENOMEM. comm, program, cgroup: copied. */
int list_holders_add(struct list_holders *holders, uint32_t inode, uint32_t pid, int fd);
int list_holders_add_process(struct list_holders *holders, const struct list_process *process);
/* Sorts; call it once after all were added and before the first lookup. */
void list_holders_seal(struct list_holders *holders);

/* The holders of a socket, by pid and fd. *count 0: none is known. */
const struct list_holder *list_holders_find(const struct list_holders *holders, uint32_t inode,
                                            size_t *count);
/* NULL: not known. */
const struct list_process *list_holders_process(const struct list_holders *holders, uint32_t pid);

#endif
