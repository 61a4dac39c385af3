/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table has counted since it began. */
#ifndef TCPTRAIL_TABLE_TOTALS_H
#define TCPTRAIL_TABLE_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"
#include "table/row.h"

struct totals {
	uint32_t rows, rows_max;
	uint32_t by_state[STATE_COUNT]; /* without subflows: their MPTCP sockets are counted */
	uint32_t subflows;
	uint64_t transitions; /* seen */
	uint64_t retransmits[RETRANSMIT_KIND_COUNT];
	uint64_t rsts_sent, rsts_received;
	uint64_t lost[LOSS_WHERE_COUNT]; /* by enum fact_loss_where; index 0 is not used */
	bool lost_uncounted;             /* some loss came without a number */
	uint64_t healed;                 /* rows that a walk had to correct */
	bool holders_known;              /* a WALK_HOLDERS has completed */
};

#endif
