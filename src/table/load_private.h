/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the facts of a checkpoint. */
#ifndef TCPTRAIL_TABLE_LOAD_PRIVATE_H
#define TCPTRAIL_TABLE_LOAD_PRIVATE_H

#include "table/load.h"
#include "table/parts_private.h"

/* Does the fact belong to a checkpoint? Then it is taken: *err is 0, -EINVAL or -ENOMEM. */
bool load_take(struct table *t, const struct fact *fact, int *err);

#endif
