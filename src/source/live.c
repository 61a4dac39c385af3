/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens, drains and closes the live source. See live_load.c, live_walk.c, live_peek.c, live_loss.c
 * and probes.c for the rest.
 */
#include "source/live.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "source/live_private.h"

#define RING_BYTES_DEFAULT (32U << 20) /* about 0.2 s of a storm of 20,000 connections a second */
#define RECORD_HEADER      BPF_RINGBUF_HDR_SZ

/*
 * Stops after as many bytes as the ring has: by then all facts that were there at the start are
 * handed over, and a kernel that writes faster than we read cannot keep us here. Stops earlier at
 * the position that live_drain_stacks() noted. Records are multiples of 8 bytes.
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
		return diag_fail(diag, -errno, "cannot map the ring buffer: %s", strerror(errno));
	live->read = map_position(live, 0);
	live->written = map_position(live, 1);
	if (!live->read || !live->written)
		return diag_fail(diag, -errno, "cannot map the positions of the ring buffer: %s",
		                 strerror(errno));
	return 0;
}

void live_forget_stack(struct live *live, uint64_t id)
{
	if (live->stacks)
		bpf_map_delete_elem(bpf_map__fd(live->skeleton->maps.stacks_seen), &id);
}

/*
 * If on_stack has no room, forget the stack, so that the next socket with this stack brings another
 * dump.
 */
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
	                   : diag_fail(diag, -errno, "cannot map the ring buffer of stacks: %s",
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
	live_report_ring_losses(live);
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
		live_emit_loss(live, LOSS_STACK, lost - live->stacks_lost);
	live->stacks_lost = lost;
	return got < 0 ? got : 0;
}

void live_add_unwind_rule(struct live *live, uint64_t space, uint64_t ip,
                          const struct stack_rule *rule)
{
	uint64_t key = stack_rule_key(space, ip);

	/* Without the rule the next unwinding only takes longer. */
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

	/* A BPF program does not sleep: it soon submits what it has reserved. */
	while (!err && __atomic_load_n(live->read, __ATOMIC_RELAXED) < target) {
		sched_yield();
		err = live_drain(live);
	}
	return err;
}

const struct live_probe *live_probe(const struct live *live, size_t index)
{
	return index < PROBE_COUNT && live->probes.state[index].name[0] ? &live->probes.state[index]
	                                                                : NULL;
}
