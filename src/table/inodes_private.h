/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows by inode of sockfs. */
#ifndef TCPTRAIL_TABLE_INODES_PRIVATE_H
#define TCPTRAIL_TABLE_INODES_PRIVATE_H

#include "table/parts_private.h"

/*
 * inodes_find() is for folding, inodes_find_for_source() for sources. A recording does not have
 * the searches of sources: they must not decide when the rows are sorted.
 */
struct row *inodes_find(struct table *t, uint32_t inode);
const struct row *inodes_find_for_source(struct table *t, uint32_t inode);
void inodes_forget(struct table *t);

#endif
