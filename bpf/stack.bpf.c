// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Debian and others build most programs without frame pointers, so walking a stack needs call frame
 * information. User space has it, and stores a rule for each return address that it has seen. With
 * the rules this code walks the stack, and its id is a hash of the return addresses: each call path
 * has its own id.
 *
 * Where a rule is missing, the id also hashes every word on the rest of the stack that looks like a
 * return address. Two call paths differ in at least one of them, and other words are different each
 * time. But stale return addresses of earlier calls count too, so one call path may have several
 * ids.
 *
 * For a new id, the registers and the innermost part of the stack are copied for user space to
 * unwind.
 */
#include "stack.h"
#include "task.h"
#include "dump.h"

#define WORDS      128 /* in one call of stack_words() */
#define CHUNK      (WORDS * 8)
#define CHUNKS     (STACK_BYTES / CHUNK)
#define PIECE      512
#define USER_END   (1ULL << 52)
#define FRAMES_MAX FACT_STACK_MAX

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

/* By stack_rule_key(). */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct stack_rule);
} stack_rules SEC(".maps");

/* The state of a walk. */
struct scratch {
	volatile __u64 owner; /* the thread that uses it; 0: none */
	__u64 hash;
	__u64 ip, sp, fp;
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

#if defined(__TARGET_ARCH_x86)

#define FP_REG   6
#define LINK_REG 0    /* no such register */
#define USER_CS  0x33 /* of 64-bit code, arch/x86/include/asm/segment.h */

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

/* Is the address after a call instruction: E8 and 32 bits of offset, or FF /2 of any length? */
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

#define FP_REG         29
#define LINK_REG       30
#define PSR_MODE32_BIT 0x10
#define PSR_MODE_MASK  0xf

/* struct user_pt_regs of the ABI: x0..x30, sp, pc, pstate; struct pt_regs begins with it. */
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

/* Is the address after BL, BLR or a BLRAA variant? */
static __always_inline bool behind_call(__u64 address)
{
	__u32 code;

	address &= (1ULL << 48) - 1; /* without the pointer authentication code */
	if (bpf_probe_read_user(&code, sizeof(code), (void *)(address - sizeof(code))))
		return false;
	return ((code >> 26) == 0x25) | ((code & 0xfffffc1f) == 0xd63f0000) |
	       ((code & 0xfefff800) == 0xd63f0800);
}

#endif

/* --- the id of a stack ---------------------------------------------------------------------- */

enum step {
	STEP_DONE,
	STEP_ON,
	STEP_UNKNOWN, /* no rule */
};

static __always_inline bool read_word(__u64 *word, __u64 address)
{
	return !bpf_probe_read_user(word, sizeof(*word), (void *)address);
}

/*
 * Goes to the frame of the caller. It reads only the part of the stack that is copied for user
 * space, so that the id covers exactly the frames that user space can unwind.
 */
static __always_inline enum step walk_step(struct scratch *scratch)
{
	__u64 key = stack_rule_key(scratch->dump.space, scratch->ip), end;
	struct stack_rule *rule = bpf_map_lookup_elem(&stack_rules, &key);

	if (!rule)
		return STEP_UNKNOWN;
	end = (rule->flags & RULE_BY_FP ? scratch->fp : scratch->sp) + (__s64)rule->cfa;
	if (rule->flags & RULE_LAST || end < scratch->sp || end - scratch->dump.sp > STACK_BYTES)
		return STEP_DONE;
	if (rule->flags & RULE_LINK)
		scratch->ip = scratch->dump.regs[LINK_REG];
	else if (!read_word(&scratch->ip, end + (__s64)rule->ra))
		return STEP_DONE;
	if (rule->flags & RULE_SAVED && !read_word(&scratch->fp, end + (__s64)rule->fp))
		return STEP_DONE;
	scratch->sp = end;
	scratch->hash = hash_mix(scratch->hash, scratch->ip);
	return STEP_ON;
}

/* 1: there was a rule for each frame. */
__noinline int stack_walk(void)
{
	struct scratch *scratch;
	enum step step;

	if (!want_stacks)
		return 0;
	scratch = scratch_of_cpu();
	if (!scratch)
		return 0;
	for (int i = 0; i < FRAMES_MAX; i++) {
		step = walk_step(scratch);
		if (step != STEP_ON)
			return step == STEP_DONE;
	}
	return 1;
}

/* The verifier checks a separate function once, not once for each iteration of a loop. */
__noinline int stack_word(__u64 word)
{
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
		/* No code address: too small, in the kernel, in walked frames, or in the stack. */
		if (word - 4096 >= USER_END || word - scratch->dump.sp < size ||
		    scratch->dump.sp + at < scratch->sp)
			continue;
		if (stack_word(word))
			scratch->hash = hash_mix(scratch->hash, word);
	}
	return 0;
}

static __always_inline __u32 read_stack(__u8 *to, __u64 from)
{
	__u32 size = 0, rest;

	if (!bpf_probe_read_user(to, STACK_BYTES, (void *)from))
		return STACK_BYTES;
	/* Near the end of the stack: read up to its end, which is the end of a page. */
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

static __always_inline void copy_stack(struct scratch *scratch)
{
	scratch->dump.size = read_stack(&scratch->room[sizeof(scratch->dump)], scratch->dump.sp);
}

static __always_inline bool begin(struct scratch *scratch, struct task_struct *task)
{
	struct stack_dump *dump = &scratch->dump;
	__u64 id = bpf_get_current_pid_tgid();

	if (!read_registers(dump, task))
		return false;
	dump->space = task_space(task);
	dump->start = task_start(BPF_CORE_READ(task, group_leader));
	dump->pid = id >> 32;
	dump->tid = (__u32)id;
	dump->size = dump->pad = 0;
	scratch->ip = dump->pc;
	scratch->sp = dump->sp;
	scratch->fp = dump->regs[FP_REG];
	scratch->hash = stack_rule_key(dump->space, dump->pc);
	return true;
}

static __always_inline void name(struct scratch *scratch)
{
	if (!stack_walk()) {
		copy_stack(scratch);
		for (int i = 0; i < CHUNKS; i++)
			stack_words(i);
	}
	scratch->dump.id = scratch->hash ? scratch->hash : 1;
}

/* Sends the stack in scratch, if its id is new. Returns the id. */
static __always_inline __u64 dump_send(struct scratch *scratch)
{
	__u64 id = scratch->dump.id, now;
	__u32 size;

	if (bpf_map_lookup_elem(&stacks_seen, &id))
		return id;
	if (!scratch->dump.size)
		copy_stack(scratch);
	size = scratch->dump.size;
	if (size > STACK_BYTES)
		return 0;
	if (bpf_ringbuf_output(&dumps, &scratch->dump, sizeof(scratch->dump) + size,
	                       BPF_RB_FORCE_WAKEUP)) {
		lost(); /* the next socket of this call path tries again */
		return 0;
	}
	now = bpf_ktime_get_boot_ns();
	bpf_map_update_elem(&stacks_seen, &id, &now, BPF_ANY);
	return id;
}

/*
 * Since 7.1 a thread can be preempted in here, and another thread may take the scratch. The thread
 * that no longer owns the scratch must drop its result.
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
	taken = begin(scratch, task);
	if (taken)
		name(scratch);
	if (scratch->owner != self) {
		lost();
		return 0;
	}
	if (taken)
		id = dump_send(scratch);
	scratch->owner = 0;
	return id;
}
