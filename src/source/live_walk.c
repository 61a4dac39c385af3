/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks over the live kernel's sockets and fds by BPF iterators. */
#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "source/read_ahead.h"
#include "source/live_private.h"

/* -EIO: these are not whole facts. */
static int emit_chunk(struct live *live, const char *chunk, size_t size)
{
	const struct fact *fact;

	for (size_t done = 0; done < size; done += fact->len) {
		fact = (const void *)(chunk + done);
		if (size - done < sizeof(*fact) || fact->len < sizeof(*fact) ||
		    fact->len > size - done)
			return -EIO;
		fact_emit(&live->sink, fact);
	}
	return 0;
}

static int emit_all(struct live *live, struct read_ahead *ahead)
{
	const void *chunk;
	ssize_t got;
	int err;

	for (;;) {
		got = read_ahead_next(ahead, &chunk);
		if (got <= 0)
			return (int)got;
		/* Events come before samples taken later. */
		err = live_drain_all(live);
		err = err ? err : emit_chunk(live, chunk, (size_t)got);
		if (err)
			return err;
	}
}

static int read_all(struct live *live, int fd, const void *mapped)
{
	struct read_ahead *ahead;
	int err = read_ahead_open(&ahead, fd, mapped);

	if (err)
		return err;
	err = emit_all(live, ahead);
	read_ahead_close(ahead);
	return err;
}

/* mapped: see read_ahead_open() */
static int walk(struct live *live, const char *program, const void *mapped,
                enum fact_walk_kind kind, uint32_t netns)
{
	struct bpf_link *link = probes_link(&live->probes, program);
	int fd, err;

	if (!link)
		return -ENOTSUP;
	err = live_drain(live);
	if (err)
		return err;
	fact_emit_walk(&live->sink, FACT_WALK_BEGIN, kind, netns);
	/*
	 * The iterator takes the current thread's namespace here (bpf_iter_init_seq_net(),
	 * 5.10..7.2).
	 */
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		return -errno;
	err = read_all(live, fd, mapped);
	close(fd);
	if (!err)
		fact_emit_walk(&live->sink, FACT_WALK_END, kind, netns);
	return err;
}

int live_walk_sockets(struct live *live, uint32_t netns)
{
	struct tcptrail_bpf__bss *bss = live->skeleton->bss;

	bss->walked_count = 0; /* an earlier walk may have failed half-way */
	return walk(live, "walk_sockets", bss->walked, WALK_SOCKETS, netns);
}

int live_walk_holders(struct live *live)
{
	return walk(live, "walk_holders", NULL, WALK_HOLDERS, 0);
}

bool live_reports_exits(const struct live *live)
{
	return probes_link(&live->probes, "on_exit") != NULL;
}

bool live_can_walk(const struct live *live)
{
	return probes_link(&live->probes, "walk_sockets") != NULL;
}
