/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works as libdwfl's unwinder: call frame information of .eh_frame, then of .debug_frame, else
 * frame pointers. Rules with an expression, and frames that a signal has interrupted, are left to
 * libdwfl.
 */
#include "enrich/unwind_rule.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

#ifdef __x86_64__
#define SP_REG 7
#define FP_REG 6
#else
#define SP_REG 31
#define FP_REG 29
#endif

/* On x86-64 and arm64: the caller's frame pointer, and the return address above it. */
static const struct stack_rule by_frame_pointer = {
	.cfa = 16,
	.ra = -8,
	.fp = -16,
	.flags = RULE_BY_FP | RULE_SAVED,
};

/* Where the caller's value of a register is. */
enum place { PLACE_SAME, PLACE_SAVED, PLACE_UNDEFINED, PLACE_OTHER };

static enum place find_register(Dwarf_Frame *frame, int number, int16_t *offset)
{
	Dwarf_Op room[3], *ops;
	size_t count;

	if (dwarf_frame_register(frame, number, room, &ops, &count))
		return PLACE_OTHER;
	if (!count)
		return ops ? PLACE_UNDEFINED : PLACE_SAME;
	if (ops[0].atom != DW_OP_call_frame_cfa || count > 2)
		return PLACE_OTHER;
	*offset = 0;
	if (count == 1)
		return PLACE_SAVED;
	*offset = (int16_t)ops[1].number;
	return ops[1].atom == DW_OP_plus_uconst && *offset == (int64_t)ops[1].number ? PLACE_SAVED
	                                                                             : PLACE_OTHER;
}

static bool find_end(Dwarf_Frame *frame, struct stack_rule *rule)
{
	Dwarf_Op *ops;
	size_t count;
	int64_t offset;

	if (dwarf_frame_cfa(frame, &ops, &count) || count != 1 || ops[0].atom != DW_OP_bregx)
		return false;
	offset = (int64_t)ops[0].number2;
	rule->cfa = (int32_t)offset;
	if (ops[0].number == FP_REG)
		rule->flags |= RULE_BY_FP;
	return rule->cfa == offset && (ops[0].number == FP_REG || ops[0].number == SP_REG);
}

static bool rule_of(Dwarf_Frame *frame, bool exact, struct stack_rule *rule)
{
	bool signal = false;
	int ra = dwarf_frame_info(frame, NULL, NULL, &signal);

	*rule = (struct stack_rule){0};
	if (ra < 0 || signal)
		return false;
	switch (find_register(frame, ra, &rule->ra)) {
	case PLACE_UNDEFINED:
		rule->flags = RULE_LAST;
		return true;
	case PLACE_SAME: /* only in the innermost frame: the others have called since */
		if (!exact || ra >= SP_REG)
			return false;
		rule->flags = RULE_LINK;
		break;
	case PLACE_SAVED:
		break;
	case PLACE_OTHER:
		return false;
	}
	switch (find_register(frame, FP_REG, &rule->fp)) {
	case PLACE_SAME:
	case PLACE_UNDEFINED: /* no caller needs it any more */
		break;
	case PLACE_SAVED:
		rule->flags |= RULE_SAVED;
		break;
	case PLACE_OTHER:
		return false;
	}
	return find_end(frame, rule);
}

static Dwarf_Frame *find_frame(Dwfl_Module *mod, uint64_t pc)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_Addr bias;
	Dwarf_CFI *cfi = dwfl_module_eh_cfi(mod, &bias);

	if (cfi && !dwarf_cfi_addrframe(cfi, pc - bias, &frame))
		return frame;
	cfi = dwfl_module_dwarf_cfi(mod, &bias);
	if (cfi && !dwarf_cfi_addrframe(cfi, pc - bias, &frame))
		return frame;
	return NULL;
}

bool unwind_rule_find(Dwfl *dwfl, uint64_t ip, bool exact, struct stack_rule *rule)
{
	uint64_t pc = exact ? ip : ip - 1;
	Dwfl_Module *mod = dwfl_addrmodule(dwfl, pc);
	Dwarf_Frame *frame = mod ? find_frame(mod, pc) : NULL;
	bool found;

	if (!frame) {
		*rule = by_frame_pointer;
		return true;
	}
	found = rule_of(frame, exact, rule);
	free(frame);
	return found;
}
