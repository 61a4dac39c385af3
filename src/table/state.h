/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP states by the kernel's numbers (include/net/tcp_states.h), spelled as
 * netstat spells them. Numbers are the same from 5.8 to 7.2.
 */
#ifndef TCPTRAIL_TABLE_STATE_H
#define TCPTRAIL_TABLE_STATE_H

#include <stdint.h>

#include "fact.h"

#define STATE_BIT(state) (1U << (state))

/* netstat's spelling; "UNKNOWN" when out of range. */
const char *state_name(unsigned int state);

/*
 * Reads one state name in any case: netstat's (CLOSE_WAIT), ss's (close-wait,
 * fin-wait-1, syn-recv, estab, listening, unconn, closed) and ss's groups
 * (all, connected, synchronized, bucket, big). Sets bits (STATE_BIT) and
 * returns 0, or -EINVAL with *bits untouched. SYN_RECV covers NEW_SYN_RECV.
 */
int state_parse(const char *word, uint32_t *bits);

#endif
