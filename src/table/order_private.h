/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the hidden order of the table a function of what a checkpoint has. */
#ifndef TCPTRAIL_TABLE_ORDER_PRIVATE_H
#define TCPTRAIL_TABLE_ORDER_PRIVATE_H

#include "table/parts_private.h"

void table_order(struct table *t);

#endif
