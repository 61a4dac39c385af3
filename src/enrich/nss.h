/* SPDX-License-Identifier: BSD-2-Clause */
/* One look-up through NSS. May stall for as long as its modules please. */
#ifndef TCPTRAIL_ENRICH_NSS_H
#define TCPTRAIL_ENRICH_NSS_H

#include "table/names.h"

#define NSS_KINDS (1U << NAME_HOST | 1U << NAME_PORT | 1U << NAME_USER)

/* Name of a host, port or user; "" if it has none. */
void nss_lookup(const struct name_key *key, char name[FACT_NAME_MAX + 1]);

#endif
