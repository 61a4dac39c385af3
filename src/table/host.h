/* SPDX-License-Identifier: BSD-2-Clause */
/* What a network namespace's kernel counts and how it is set: what rules compare sockets with. */
#ifndef TCPTRAIL_TABLE_HOST_H
#define TCPTRAIL_TABLE_HOST_H

#include "fact/counter.h"
#include "fact/setting.h"
#include "table/table.h"

/* Its text in the namespace; NULL: not known. */
const char *table_setting(const struct table *table, uint32_t netns, enum setting setting);
/* Its first number; false: not known. */
bool table_setting_number(const struct table *table, uint32_t netns, enum setting setting,
                          uint64_t *number);

/* First and last port that connect() takes by itself (ip_local_port_range); false: not known. */
bool table_local_ports(const struct table *table, uint32_t netns, uint32_t *low, uint32_t *high);

/* A counter's newest value, and by how much it has grown since it was first told. false: not known. */
bool table_counter(const struct table *table, uint32_t netns, enum counter counter, uint64_t *now,
                   uint64_t *grown);

#endif
