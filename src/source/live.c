/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, draining and closing. Loading is in load.c, walks in walk.c, the probes in probes.c. */
#include "source/live.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "fact/name.h"
#include "source/live_private.h"

#define RING_BYTES_DEFAULT (32U << 20) /* some 0.2 s of a storm of 20,000 connections a second */
#define RECORD_HEADER      BPF_RINGBUF_HDR_SZ

/*
 * Stops after one ring's worth: all that was there at the start is handed over
 * then, and kernels that write faster than we read cannot keep us here for ever.
 * Or where live_drain_stacks() was: records are whole multiples of 8 bytes.
 */
static int on_record(void *arg, void *data, size_t size)
{
	struct live *live = arg;
	const struct fact *fact = data;

	if (size >= sizeof(*fact) && fact->len <= size)
		fact_emit(&live->sink, fact);
	live->drained += (size + RECORD_HEADER + 7) & ~7ULL;
	return live->drained < live->ring_bytes && live->begun + live->drained < live->until
	               ? 0
	               : -ECANCELED;
}

/* Page 0 of a ring begins with the consumer's position, page 1 with the producer's. */
static const uint64_t *map_position(const struct live *live, unsigned int page)
{
	long size = sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED,
	                bpf_map__fd(live->skeleton->maps.facts), (off_t)(page * size));

	/* cppcheck-suppress memleak ; unmap_position() ends it */
	return at == MAP_FAILED ? NULL : at;
}

static void unmap_position(const uint64_t *position)
{
	if (position)
		munmap((void *)position, (size_t)sysconf(_SC_PAGESIZE));
}

static int open_ring(struct live *live, struct diag *diag)
{
	live->ring =
		ring_buffer__new(bpf_map__fd(live->skeleton->maps.facts), on_record, live, NULL);
	if (!live->ring)
		return diag_fail(diag, -errno, "the ring buffer cannot be mapped: %s",
		                 strerror(errno));
	live->read = map_position(live, 0);
	live->written = map_position(live, 1);
	if (!live->read || !live->written)
		return diag_fail(diag, -errno, "the ring buffer's positions cannot be mapped: %s",
		                 strerror(errno));
	return 0;
}

void live_forget_stack(struct live *live, uint64_t id)
{
	if (live->stacks)
		bpf_map_delete_elem(bpf_map__fd(live->skeleton->maps.stacks_seen), &id);
}

/* fn had no room: forgotten, so that the next socket of that stack brings another dump. */
static int on_dump(void *arg, void *data, size_t size)
{
	struct live *live = arg;
	const struct stack_dump *dump = data;

	if (size < sizeof(*dump) || dump->size > size - sizeof(*dump))
		return 0;
	if (live->on_stack(dump, live->on_stack_arg))
		return 0;
	live->stacks_refused++;
	live_forget_stack(live, dump->id);
	return 0;
}

static int open_dumps(struct live *live, struct diag *diag)
{
	if (!live->stacks)
		return 0;
	live->dumps =
		ring_buffer__new(bpf_map__fd(live->skeleton->maps.dumps), on_dump, live, NULL);
	return live->dumps ? 0
	                   : diag_fail(diag, -errno, "the ring of stacks cannot be mapped: %s",
	                               strerror(errno));
}

static int open_all(struct live *live, const struct live_config *config, struct diag *diag)
{
	int err = live_load(live, config, diag);

	if (err)
		return err;
	err = open_ring(live, diag);
	err = err ? err : open_dumps(live, diag);
	err = err ? err : probes_attach(&live->probes, live->skeleton->obj, diag);
	if (err)
		return err;
	live->skeleton->bss->show_all = !live_can_walk(live);
	return 0;
}

int live_open(struct live **result, const struct live_config *config, const struct fact_sink *sink,
              struct diag *diag)
{
	struct live *live = calloc(1, sizeof(*live));
	int err;

	if (!live)
		return diag_fail(diag, -ENOMEM, "out of memory");
	live->sink = *sink;
	live->until = UINT64_MAX;
	live->stacks = config->stacks;
	live->walker = config->walker;
	live->ring_bytes = config->ring_bytes ? config->ring_bytes : RING_BYTES_DEFAULT;
	err = open_all(live, config, diag);
	if (err) {
		live_close(live);
		return err;
	}
	*result = live;
	return 0;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	probes_detach(&live->probes);
	ring_buffer__free(live->ring);
	ring_buffer__free(live->dumps);
	unmap_position(live->read);
	unmap_position(live->written);
	tcptrail_bpf__destroy(live->skeleton);
	btf__free(live->btf);
	free(live);
}

int live_fd(const struct live *live)
{
	return ring_buffer__epoll_fd(live->ring);
}

static void emit_loss(struct live *live, enum fact_loss_where where, uint64_t count)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = where,
		.count = count,
	};

	fact_emit(&live->sink, &loss.h);
}

/* Runs that were skipped since the program interrupted itself: counted since 5.12. */
static uint64_t program_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_program__fd(program) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return 0;
	return info.recursion_misses;
}

/* Skipped runs that nobody made good, by what they would have told. */
static void recursion_misses(const struct live *live, uint64_t told_twice,
                             uint64_t misses[LOST_KINDS])
{
	const struct tcptrail_bpf *skeleton = live->skeleton;
	uint64_t state = program_misses(skeleton->progs.on_state); /* before those made good */
	uint64_t told = __atomic_load_n(&skeleton->bss->nested_told, __ATOMIC_RELAXED);

	told = told > told_twice ? told - told_twice : 0;
	misses[LOST_TRANSITION] =
		(state > told ? state - told : 0) + program_misses(skeleton->progs.on_destroy);
	misses[LOST_CALL] = program_misses(skeleton->progs.on_accept) +
	                    program_misses(skeleton->progs.on_accept4) +
	                    program_misses(skeleton->progs.on_connect);
	misses[LOST_EXIT] = program_misses(skeleton->progs.on_exit);
	misses[LOST_OTHER] = program_misses(skeleton->progs.on_retransmit) +
	                     program_misses(skeleton->progs.on_synack) +
	                     program_misses(skeleton->progs.on_send_reset) +
	                     program_misses(skeleton->progs.on_receive_reset);
}

/* Takes over the newer counts: by how much they have grown in all. */
static uint64_t growth(uint64_t known[LOST_KINDS], const uint64_t now[LOST_KINDS])
{
	uint64_t more = 0;

	for (int i = 0; i < LOST_KINDS; i++) {
		if (now[i] <= known[i])
			continue; /* told runs ahead of state for an instant */
		more += now[i] - known[i];
		known[i] = now[i];
	}
	return more;
}

static void report_ring_losses(struct live *live)
{
	uint64_t now[LOST_KINDS], more;

	for (int i = 0; i < LOST_KINDS; i++)
		now[i] = __atomic_load_n(&live->skeleton->bss->facts_lost[i], __ATOMIC_RELAXED);
	more = growth(live->lost, now);
	if (more)
		emit_loss(live, LOSS_RING, more);
}

void live_report_losses(struct live *live, uint64_t told_twice)
{
	uint64_t now[LOST_KINDS], more;

	report_ring_losses(live);
	recursion_misses(live, told_twice, now);
	more = growth(live->misses, now);
	if (more)
		emit_loss(live, LOSS_RECURSION, more);
}

uint64_t live_lost(const struct live *live, enum lost_kind kind)
{
	return live->lost[kind] + live->misses[kind];
}

int live_drain(struct live *live)
{
	int got = 0;

	live->drained = 0;
	live->begun = __atomic_load_n(live->read, __ATOMIC_RELAXED);
	if (live->begun < live->until)
		got = ring_buffer__consume(live->ring);
	live->until = UINT64_MAX;
	if (got < 0 && got != -ECANCELED)
		return got;
	report_ring_losses(live);
	return 0;
}

int live_stacks_fd(const struct live *live)
{
	return live->dumps ? ring_buffer__epoll_fd(live->dumps) : -1;
}

bool live_is_filling(const struct live *live)
{
	return __atomic_load_n(live->written, __ATOMIC_ACQUIRE) -
	               __atomic_load_n(live->read, __ATOMIC_RELAXED) >
	       live->ring_bytes / 16;
}

int live_drain_stacks(struct live *live, live_stack_fn *fn, void *arg)
{
	uint64_t lost;
	int got;

	if (!live->dumps)
		return 0;
	live->until = __atomic_load_n(live->written, __ATOMIC_ACQUIRE);
	live->on_stack = fn;
	live->on_stack_arg = arg;
	got = ring_buffer__consume(live->dumps);
	lost = __atomic_load_n(&live->skeleton->bss->stacks_lost, __ATOMIC_RELAXED) +
	       live->stacks_refused;
	if (lost != live->stacks_lost)
		emit_loss(live, LOSS_STACK, lost - live->stacks_lost);
	live->stacks_lost = lost;
	return got < 0 ? got : 0;
}

void live_teach_stack(struct live *live, uint64_t space, uint64_t ip, const struct stack_rule *rule)
{
	uint64_t key = stack_rule_key(space, ip);

	/* One that cannot be kept costs time the next time, no more. */
	if (live->dumps)
		bpf_map_update_elem(bpf_map__fd(live->skeleton->maps.stack_rules), &key, rule,
		                    BPF_ANY);
}

int live_drain_all(struct live *live)
{
	uint64_t target = __atomic_load_n(live->written, __ATOMIC_ACQUIRE);
	int err;

	live->until = UINT64_MAX;
	err = live_drain(live);

	/* A BPF program does not sleep: what it has reserved it submits soon. */
	while (!err && __atomic_load_n(live->read, __ATOMIC_RELAXED) < target) {
		sched_yield();
		err = live_drain(live);
	}
	return err;
}

int live_name_reasons(struct live *live)
{
	const size_t prefix = strlen("SK_RST_REASON_");
	const struct btf_type *type;
	union fact_name_buffer name;
	const struct btf_enum *e;
	int id = btf__find_by_name_kind(live->btf, "sk_rst_reason", BTF_KIND_ENUM);

	if (id < 0)
		return 0; /* before 6.10: RSTs carry no reason */
	type = btf__type_by_id(live->btf, (__u32)id);
	e = btf_enum(type);
	for (unsigned int i = 0; i < btf_vlen(type); i++) {
		const char *text = btf__name_by_offset(live->btf, e[i].name_off);
		uint64_t key[2] = {(uint64_t)e[i].val, 0};

		if (strlen(text) <= prefix)
			continue;
		fact_name_make(&name, clock_boot(), NAME_RST, key, text + prefix);
		fact_emit(&live->sink, &name.fact.h);
	}
	return 0;
}

int live_peek(struct live *live, uint64_t sk, uint64_t cookie, uint32_t netns, bool tell)
{
	uint64_t args[3] = {sk, cookie, netns};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = sizeof(args));
	int fd = bpf_program__fd(live->skeleton->progs.peek_socket);
	int err = fd < 0 ? -ENOTSUP : bpf_prog_test_run_opts(fd, &options);

	if (err || !options.retval || !tell)
		return err ? err : (int)options.retval;
	/* Events before the sample that may show their outcome. */
	err = live_drain_all(live);
	if (err)
		return err;
	fact_emit(&live->sink, &live->skeleton->bss->peeked.h);
	if (live->skeleton->bss->peeked_last.h.type)
		fact_emit(&live->sink, &live->skeleton->bss->peeked_last.h);
	return (int)options.retval;
}

/* Those that come meanwhile are not waited for. */
#define QUEUE_PARTS 1024

static int peek_queue_part(struct live *live, const uint64_t args[3])
{
	const struct queue_part *part = &live->skeleton->bss->queue_part;
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = 3 * sizeof(*args));
	struct fact_parent fact = {
		.h = {.type = FACT_PARENT, .len = sizeof(fact), .time = clock_boot()},
		.parent = args[1],
	};
	int fd = bpf_program__fd(live->skeleton->progs.peek_queue);
	int err = fd < 0 ? -ENOTSUP : bpf_prog_test_run_opts(fd, &options);

	/* Who came is told before whose it is. */
	err = err ? err : live_drain_all(live);
	for (uint64_t i = 0; !err && i < part->count && i < QUEUE_PART; i++) {
		fact.h.sk = part->children[i].sk;
		fact.cookie = part->children[i].cookie;
		fact_emit(&live->sink, &fact.h);
	}
	return err;
}

int live_peek_queue(struct live *live, uint64_t sk, uint64_t cookie)
{
	uint64_t args[3] = {sk, cookie, 0};
	int err = 0;

	for (int i = 0; !err && i < QUEUE_PARTS && (!i || args[2]); i++) {
		err = peek_queue_part(live, args);
		args[2] = live->skeleton->bss->queue_part.next;
	}
	return err;
}

const struct live_probe *live_probe(const struct live *live, size_t index)
{
	return index < PROBE_COUNT && live->probes.state[index].name[0] ? &live->probes.state[index]
	                                                                : NULL;
}
