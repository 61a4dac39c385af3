/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads single things of the live kernel: one socket, one accept queue, names of RST reasons. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "fact/name.h"
#include "source/live_private.h"

int live_name_reasons(struct live *live)
{
	const size_t prefix = strlen("SK_RST_REASON_");
	const struct btf_type *type;
	union fact_name_buffer name;
	const struct btf_enum *e;
	int id = btf__find_by_name_kind(live->btf, "sk_rst_reason", BTF_KIND_ENUM);

	if (id < 0)
		return 0; /* before 6.10 RSTs carry no reason */
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

/*
 * A request socket has no cookie. One that only a SYN cookie stood for is freed at once, and its
 * memory keeps ports and namespace, but has other bytes for the addresses (6.18).
 */
static bool is_other(const struct fact_sample *expected, const struct fact_sample *peeked)
{
	return expected->flags & SAMPLE_REQUEST &&
	       (expected->family != peeked->family || expected->lport != peeked->lport ||
	        expected->rport != peeked->rport ||
	        memcmp(expected->laddr, peeked->laddr, sizeof(expected->laddr)) != 0 ||
	        memcmp(expected->raddr, peeked->raddr, sizeof(expected->raddr)) != 0);
}

int live_peek(struct live *live, uint64_t sk, const struct fact_sample *expected, bool report)
{
	uint64_t args[3] = {sk, expected->cookie, expected->netns};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = sizeof(args));
	int fd = bpf_program__fd(live->skeleton->progs.peek_socket);
	int err = fd < 0 ? -ENOTSUP : bpf_prog_test_run_opts(fd, &options);

	if (!err && options.retval && is_other(expected, &live->skeleton->bss->peeked.s))
		return 0;
	if (err || !options.retval || !report)
		return err ? err : (int)options.retval;
	/* Events come before the sample that may show their outcome. */
	err = live_drain_all(live);
	if (err)
		return err;
	fact_emit(&live->sink, &live->skeleton->bss->peeked.h);
	if (live->skeleton->bss->peeked_last.h.type)
		fact_emit(&live->sink, &live->skeleton->bss->peeked_last.h);
	return (int)options.retval;
}

/* A bound: connections may join the queue while it is read. */
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

	/* The socket's own events come before its parent. */
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
