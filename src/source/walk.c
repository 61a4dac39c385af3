/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks of the live kernel, by BPF iterators. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "source/live_private.h"

/* A read() gives 32 KiB at most (bpf_seq_read); a record may be cut at its end. */
#define BATCH_BYTES (64U << 10)

/* Hands over the whole facts in the first `size` bytes; returns how many bytes those are. */
static size_t emit_batch(struct live *live, size_t size)
{
	size_t done = 0;

	while (size - done >= sizeof(struct fact)) {
		const struct fact *fact = (const void *)(live->batch + done);

		if (fact->len < sizeof(*fact) || fact->len > size - done)
			break;
		fact_emit(&live->sink, fact);
		done += fact->len;
	}
	return done;
}

static int read_all(struct live *live, int fd)
{
	size_t held = 0, done;
	ssize_t got;
	int err;

	for (;;) {
		got = read(fd, live->batch + held, BATCH_BYTES - held);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue; /* EAGAIN: many objects were skipped, nothing written yet */
		if (got < 0)
			return -errno;
		if (!got)
			return held ? -EIO : 0;
		held += (size_t)got;
		/* Events before the samples that were taken after them. */
		err = live_drain_all(live);
		if (err)
			return err;
		done = emit_batch(live, held);
		held -= done;
		memmove(live->batch, live->batch + done, held);
	}
}

static int walk(struct live *live, const char *program, enum fact_walk_kind kind, uint32_t netns)
{
	struct bpf_link *link = probes_link(&live->probes, program);
	int fd, err;

	if (!link)
		return -ENOTSUP;
	if (!live->batch)
		live->batch = malloc(BATCH_BYTES);
	if (!live->batch)
		return -ENOMEM;
	err = live_drain(live);
	if (err)
		return err;
	fact_emit_walk(&live->sink, FACT_WALK_BEGIN, kind, netns);
	/* The namespace is bound here: that of current (bpf_iter_init_seq_net, 5.10..7.2). */
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		return -errno;
	err = read_all(live, fd);
	close(fd);
	if (!err)
		fact_emit_walk(&live->sink, FACT_WALK_END, kind, netns);
	return err;
}

int live_walk_sockets(struct live *live, uint32_t netns)
{
	return walk(live, "walk_sockets", WALK_SOCKETS, netns);
}

int live_walk_holders(struct live *live)
{
	return walk(live, "walk_holders", WALK_HOLDERS, 0);
}

bool live_tells_exits(const struct live *live)
{
	return probes_link(&live->probes, "on_exit") != NULL;
}

bool live_can_walk(const struct live *live)
{
	return probes_link(&live->probes, "walk_sockets") != NULL;
}
