/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_FACT_NAME_H
#define TCPTRAIL_FACT_NAME_H

#include <stdint.h>

#include "fact.h"

/* Room for every FACT_NAME. */
union fact_name_buffer {
	struct fact_name fact;
	char bytes[sizeof(struct fact_name) + FACT_NAME_MAX + 8];
};

/* Makes a FACT_NAME; time in ns of CLOCK_BOOTTIME. Cuts a name to FACT_NAME_MAX bytes. */
void fact_name_make(union fact_name_buffer *buffer, uint64_t time, enum fact_name_kind kind,
                    const uint64_t key[2], const char *name);

#endif
