// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Most of what Debian and others build has no frame pointers, so a stack cannot be
 * walked here. Registers and the innermost part of it are copied for user space to
 * unwind, and what stands in the copy names it: every word that a call would
 * return to. Two ways into a function differ in one of them, while what else is on
 * a stack is different each time. Words that earlier calls have left where nothing
 * has been written since count, too: one way may have several ids.
 */
#include "stack.h"
#include "task.h"
#include "dump.h"

#define WORDS        128 /* looked at by one call of stack_words() */
#define CHUNK        (WORDS * 8)
#define CHUNKS       (STACK_BYTES / CHUNK)
#define PIECE        512
#define CHECKS_MAX   512 /* of 1024 words; beyond, they count unchecked */
#define USER_END     (1ULL << 52)
#define MIX          0x9e3779b97f4a7c15ULL
#define THREAD_BYTES 16384 /* without KASAN, with pages of 4 KiB: THREAD_SIZE, 5.8..5.14 */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} dumps SEC(".maps");

/* Ids whose dump was sent. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u64);
} stacks_seen SEC(".maps");

struct scratch {
	volatile __u64 owner; /* which thread is at work; 0: none */
	__u64 hash;
	__u32 checks;
	__u32 pad;
	union {
		struct stack_dump dump;
		__u8 room[sizeof(struct stack_dump) + STACK_BYTES];
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

__u64 stacks_lost = 0;
const volatile bool want_stacks = false;
const volatile bool has_task_pt_regs = false;

static __always_inline struct scratch *scratch_of_cpu(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&scratches, &key);
}

/* --- registers ------------------------------------------------------------------------------ */

static __always_inline void *user_registers(struct task_struct *task)
{
	if (has_task_pt_regs)
		return (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	/* They are on top of the kernel stack (task_pt_regs(), arch/.../asm/processor.h). */
	return BPF_CORE_READ(task, stack) + THREAD_BYTES - bpf_core_type_size(struct pt_regs);
}

#if defined(__TARGET_ARCH_x86)

#define USER_CS 0x33 /* of 64-bit code, arch/x86/include/asm/segment.h */

static __always_inline bool read_registers(struct stack_dump *dump, struct task_struct *task)
{
	struct pt_regs *at = user_registers(task), regs;

	if (bpf_probe_read_kernel(&regs, sizeof(regs), at) || (__u16)regs.cs != USER_CS)
		return false;
	dump->regs[0] = regs.ax;
	dump->regs[1] = regs.dx;
	dump->regs[2] = regs.cx;
	dump->regs[3] = regs.bx;
	dump->regs[4] = regs.si;
	dump->regs[5] = regs.di;
	dump->regs[6] = regs.bp;
	dump->regs[7] = regs.sp;
	dump->regs[8] = regs.r8;
	dump->regs[9] = regs.r9;
	dump->regs[10] = regs.r10;
	dump->regs[11] = regs.r11;
	dump->regs[12] = regs.r12;
	dump->regs[13] = regs.r13;
	dump->regs[14] = regs.r14;
	dump->regs[15] = regs.r15;
	dump->regs[16] = regs.ip;
	dump->pc = regs.ip;
	dump->sp = regs.sp;
	return true;
}

/* Behind a call: E8 and an offset of 32 bits, or FF /2 in any of its lengths. */
static __always_inline bool behind_call(__u64 address)
{
	__u64 code;
	bool near, indirect;

	if (bpf_probe_read_user(&code, sizeof(code), (void *)(address - sizeof(code))))
		return false;
#define BYTE(back)     ((code >> (64 - 8 * (back))) & 0xff)
#define INDIRECT(back) ((BYTE(back) == 0xff) & ((BYTE((back)-1) & 0x38) == 0x10))
	near = BYTE(5) == 0xe8;
	indirect = INDIRECT(2) | INDIRECT(3) | INDIRECT(4) | INDIRECT(6) | INDIRECT(7);
	return near | indirect;
}

#elif defined(__TARGET_ARCH_arm64)

#define PSR_MODE32_BIT 0x10
#define PSR_MODE_MASK  0xf

/* struct user_pt_regs, the ABI's: x0..x30, sp, pc, pstate; struct pt_regs begins with it. */
struct arm64_registers {
	__u64 regs[31], sp, pc, pstate;
};

static __always_inline bool read_registers(struct stack_dump *dump, struct task_struct *task)
{
	struct arm64_registers *at = user_registers(task);
	__u64 pstate = 0;

	if (bpf_probe_read_kernel(dump->regs, sizeof(dump->regs), at) ||
	    bpf_probe_read_kernel(&dump->pc, sizeof(dump->pc), &at->pc) ||
	    bpf_probe_read_kernel(&pstate, sizeof(pstate), &at->pstate) ||
	    pstate & (PSR_MODE32_BIT | PSR_MODE_MASK))
		return false;
	dump->sp = dump->regs[31];
	return true;
}

/* Behind BL, BLR or one of BLRAA's kind. */
static __always_inline bool behind_call(__u64 address)
{
	__u32 code;

	address &= (1ULL << 48) - 1; /* without its signature */
	if (bpf_probe_read_user(&code, sizeof(code), (void *)(address - sizeof(code))))
		return false;
	return ((code >> 26) == 0x25) | ((code & 0xfffffc1f) == 0xd63f0000) |
	       ((code & 0xfefff800) == 0xd63f0800);
}

#endif

/* --- what names a stack --------------------------------------------------------------------- */

static __always_inline __u64 mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * MIX;
	return hash ^ hash >> 32;
}

/* A function of its own is verified once, not once for each round of a loop. */
__noinline int stack_word(__u64 word, __u64 sp, __u32 size)
{
	/* Too small, of the kernel, or the stack itself, where no code is. */
	if (word - 4096 >= USER_END || word - sp < size)
		return 0;
	return behind_call(word);
}

__noinline int stack_words(__u32 chunk)
{
	struct scratch *scratch;
	__u32 size;

	if (!want_stacks || chunk >= CHUNKS)
		return 0;
	scratch = scratch_of_cpu();
	if (!scratch)
		return 0;
	size = scratch->dump.size;
	for (int i = 0; i < WORDS; i++) {
		__u32 at = chunk * CHUNK + i * 8;
		__u64 word;

		if (at + 8 > size)
			break;
		word = *(__u64 *)&scratch->room[sizeof(struct stack_dump) + at];
		if (stack_word(word, scratch->dump.sp, size))
			scratch->hash = mix(scratch->hash, word);
	}
	return 0;
}

static __always_inline __u32 read_stack(__u8 *to, __u64 from)
{
	__u32 size = 0, rest;

	if (!bpf_probe_read_user(to, STACK_BYTES, (void *)from))
		return STACK_BYTES;
	/* Near its end: as far as it goes, which is to the end of a page. */
	for (int i = 0; i < STACK_BYTES / PIECE; i++) {
		if (bpf_probe_read_user(to + i * PIECE, PIECE, (void *)(from + i * PIECE))) {
			rest = -from & (PIECE - 1);
			if (!bpf_probe_read_user(to + i * PIECE, rest, (void *)(from + i * PIECE)))
				size += rest;
			break;
		}
		size += PIECE;
	}
	return size;
}

static __always_inline void lost(void)
{
	__sync_fetch_and_add(&stacks_lost, 1);
}

static __always_inline bool dump_take(struct scratch *scratch, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct stack_dump *dump = &scratch->dump;
	__u64 id = bpf_get_current_pid_tgid();

	if (!read_registers(dump, task))
		return false;
	dump->space = task_space(task);
	dump->start = task_start(leader);
	dump->pid = id >> 32;
	dump->tid = (__u32)id;
	dump->pad = 0;
	dump->size = read_stack(&scratch->room[sizeof(*dump)], dump->sp);
	scratch->hash = mix(mix(MIX, dump->space), dump->pc);
	for (int i = 0; i < CHUNKS; i++)
		stack_words(i);
	dump->id = scratch->hash ? scratch->hash : 1;
	return true;
}

/* The id of what is in the scratch, which is sent unless that was done before. */
static __always_inline __u64 dump_send(struct scratch *scratch)
{
	__u64 id = scratch->dump.id, now;
	__u32 size = scratch->dump.size;

	if (bpf_map_lookup_elem(&stacks_seen, &id))
		return id;
	if (size > STACK_BYTES)
		return 0;
	if (bpf_ringbuf_output(&dumps, &scratch->dump, sizeof(scratch->dump) + size,
	                       BPF_RB_FORCE_WAKEUP)) {
		lost(); /* the next socket of this way tries again */
		return 0;
	}
	now = bpf_ktime_get_boot_ns();
	bpf_map_update_elem(&stacks_seen, &id, &now, BPF_ANY);
	return id;
}

/*
 * A thread can be preempted in here (7.1 and later), and another one take the
 * scratch: who finds that he is not its owner any more has lost.
 */
__noinline __u64 stack_id(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 self = bpf_get_current_pid_tgid(), id = 0;
	struct scratch *scratch;
	bool taken;

	if (!want_stacks || BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return 0;
	scratch = scratch_of_cpu();
	if (!scratch)
		return 0;
	if (scratch->owner) {
		lost();
		return 0;
	}
	scratch->owner = self;
	taken = dump_take(scratch, task);
	if (scratch->owner != self) {
		lost();
		return 0;
	}
	if (taken)
		id = dump_send(scratch);
	scratch->owner = 0;
	return id;
}
