/* SPDX-License-Identifier: BSD-2-Clause */
/* How a frame's caller is found, in the few words that the kernel side understands. */
#ifndef TCPTRAIL_ENRICH_UNWIND_RULE_H
#define TCPTRAIL_ENRICH_UNWIND_RULE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "dump.h"

/*
 * The rule of the frame at ip; exact: the ip itself is at work, else a call returns
 * there. false: it takes more to tell.
 */
bool unwind_rule_find(Dwfl *dwfl, uint64_t ip, bool exact, struct stack_rule *rule);

#endif
