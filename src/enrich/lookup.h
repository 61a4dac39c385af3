/* SPDX-License-Identifier: BSD-2-Clause */
/* One look-up through NSS. May stall for as long as its modules please. */
#ifndef TCPTRAIL_ENRICH_LOOKUP_H
#define TCPTRAIL_ENRICH_LOOKUP_H

#include "fact/name.h"

#define LOOKUP_KINDS (1U << NAME_HOST | 1U << NAME_PORT | 1U << NAME_USER)

/* Name of a host, port or user; "" if it has none. */
void lookup_name(const struct name_key *key, char name[FACT_NAME_MAX + 1]);

#endif
