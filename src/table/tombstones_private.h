/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of sockets that were destroyed while a walk runs. */
#ifndef TCPTRAIL_TABLE_TOMBSTONES_PRIVATE_H
#define TCPTRAIL_TABLE_TOMBSTONES_PRIVATE_H

#include "table/parts_private.h"

/* 0, or -1: no address, or no memory. */
int tombstones_add(struct tombstones *tombstones, uint64_t sk, uint64_t time);
/* When the socket at sk was destroyed; 0: it was not. */
uint64_t tombstones_time(const struct tombstones *tombstones, uint64_t sk);
void tombstones_clear(struct tombstones *tombstones);

#endif
