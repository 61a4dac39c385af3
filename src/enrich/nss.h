/* SPDX-License-Identifier: BSD-2-Clause */
/* One lookup through NSS. NSS modules may stall it for any time. */
#ifndef TCPTRAIL_ENRICH_NSS_H
#define TCPTRAIL_ENRICH_NSS_H

#include "fact/name.h"

#define NSS_KINDS                                                                                  \
	(1U << NAME_HOST | 1U << NAME_PORT | 1U << NAME_USER | 1U << NAME_NETWORK |                \
	 1U << NAME_PROTOCOL)

/* Looks up the name of one of NSS_KINDS; "": it has none. */
void nss_lookup(const struct name_key *key, char name[FACT_NAME_MAX + 1]);

#endif
