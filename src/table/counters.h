/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters and settings of network namespaces, for rules to compare sockets with. */
#ifndef TCPTRAIL_TABLE_COUNTERS_H
#define TCPTRAIL_TABLE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "fact/counter.h"
#include "fact/setting.h"

struct table;

/* The text of a setting in the namespace; NULL: not known. */
const char *table_setting(const struct table *table, uint32_t netns, enum setting setting);
/* The first number in it; false: not known. */
bool table_setting_number(const struct table *table, uint32_t netns, enum setting setting,
                          uint64_t *number);

/* First and last port that connect() chooses (ip_local_port_range); false: not known. */
bool table_local_ports(const struct table *table, uint32_t netns, uint32_t *low, uint32_t *high);

/* A counter's newest value, and its growth since its first one. false: not known. */
bool table_counter(const struct table *table, uint32_t netns, enum counter counter, uint64_t *now,
                   uint64_t *grown);

#endif
