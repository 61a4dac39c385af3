/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libdwfl asks for registers and memory of the thread. The answers come from the dump, because the
 * thread itself runs on. For a module without call frame information, and in code of no module (of
 * a JIT compiler), libdwfl follows frame pointers (ebl_unwind(), elfutils 0.163 and later), then
 * uses call frame information again.
 */
#include "enrich/unwind.h"

#include <string.h>

#include "dump.h"

#ifdef __x86_64__
#define REGS 17 /* the last one is the pc */
#else
#define REGS 32
#endif
_Static_assert(REGS <= STACK_REGS, "the dump has all registers");

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread)
{
	struct image *image = arg;

	(void)dwfl;
	if (*thread)
		return 0;
	*thread = image;
	return (pid_t)image->dump->tid;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread)
{
	(void)dwfl;
	(void)tid;
	*thread = arg;
	return true;
}

static bool memory_read(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result, void *arg)
{
	const struct stack_dump *dump = ((struct image *)arg)->dump;
	uint64_t offset = address - dump->sp;

	(void)dwfl;
	if (dump->size < sizeof(*result) || offset > dump->size - sizeof(*result))
		return false;
	memcpy(result, dump->bytes + offset, sizeof(*result));
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct stack_dump *dump = ((struct image *)arg)->dump;
	Dwarf_Word regs[REGS];

	memcpy(regs, dump->regs, sizeof(regs));
	dwfl_thread_state_register_pc(thread, dump->pc);
	return dwfl_thread_state_registers(thread, 0, REGS, regs);
}

static const Dwfl_Thread_Callbacks callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = memory_read,
	.set_initial_registers = set_registers,
};

struct walk {
	const struct image *image;
	struct unwound *unwound;
};

static int on_frame(Dwfl_Frame *frame, void *arg)
{
	const struct walk *walk = arg;
	struct unwound *unwound = walk->unwound;
	const struct mapping *mapping;
	Dwarf_Addr pc;
	bool exact;

	if (!dwfl_frame_pc(frame, &pc, &exact))
		return DWARF_CB_ABORT;
	mapping = maps_find(&walk->image->maps, exact ? pc : pc - 1);
	if (!mapping || !mapping->executable) {
		unwound->unmapped = pc != 0; /* 0 is the end of a stack without an end marker */
		return DWARF_CB_ABORT;
	}
	unwound->ips[unwound->count] = pc;
	unwound->exact[unwound->count++] = exact;
	return unwound->count < FACT_STACK_MAX ? DWARF_CB_OK : DWARF_CB_ABORT;
}

void unwind(struct image *image, const struct stack_dump *dump, struct unwound *unwound)
{
	struct walk walk = {image, unwound};

	memset(unwound, 0, sizeof(*unwound));
	if (image) {
		image->dump = dump;
		if (!image->attached)
			image->attached = dwfl_attach_state(image->dwfl, NULL, (pid_t)image->pid,
			                                    &callbacks, image);
		if (image->attached)
			dwfl_getthread_frames(image->dwfl, (pid_t)dump->tid, on_frame, &walk);
		image->dump = NULL;
	}
	if (unwound->count)
		return;
	unwound->ips[0] = dump->pc;
	unwound->exact[0] = true;
	unwound->count = 1;
}
