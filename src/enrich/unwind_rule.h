/* SPDX-License-Identifier: BSD-2-Clause */
/* How to find the caller of a frame, as a rule that the kernel side understands. */
#ifndef TCPTRAIL_ENRICH_UNWIND_RULE_H
#define TCPTRAIL_ENRICH_UNWIND_RULE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "dump.h"

/*
 * Finds the rule of the frame at ip. exact: this instruction is executing; otherwise a call returns
 * to it. false: the kernel side cannot express the rule.
 */
bool unwind_rule_find(Dwfl *dwfl, uint64_t ip, bool exact, struct stack_rule *rule);

#endif
