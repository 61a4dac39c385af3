/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/fds.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <unistd.h>

#include "fd_record.h"
#include "fds.skel.h"
#include "source/read_ahead.h"

/* The caller has another source, so the reasons for a failure are of no use. */
static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int report(const void *chunk, size_t size, fds_fn *fn, void *arg)
{
	const struct fd_record *record = chunk;
	int err = size % sizeof(*record) ? -EIO : 0;

	for (size_t i = 0; !err && i < size / sizeof(*record); i++)
		err = fn(record[i].pid, record[i].fd, record[i].inode, arg);
	return err;
}

static int read_all(int iterator, fds_fn *fn, void *arg)
{
	struct read_ahead *ahead;
	const void *chunk;
	ssize_t got = read_ahead_open(&ahead, iterator, NULL);

	if (got)
		return (int)got;
	while ((got = read_ahead_next(ahead, &chunk)) > 0) {
		int err = report(chunk, (size_t)got, fn, arg);

		if (err) {
			got = err;
			break;
		}
	}
	read_ahead_close(ahead);
	return (int)got;
}

static int walk(struct fds_bpf *skeleton, fds_fn *fn, void *arg)
{
	struct bpf_link *link;
	int iterator, err = fds_bpf__load(skeleton);

	if (err)
		return err;
	link = bpf_program__attach_iter(skeleton->progs.walk_fds, NULL);
	if (!link)
		return -errno;
	iterator = bpf_iter_create(bpf_link__fd(link));
	err = iterator < 0 ? -errno : read_all(iterator, fn, arg);
	if (iterator >= 0)
		close(iterator);
	bpf_link__destroy(link);
	return err;
}

int fds_walk(fds_fn *fn, void *arg)
{
	libbpf_print_fn_t print = libbpf_set_print(print_nothing);
	struct fds_bpf *skeleton = fds_bpf__open();
	int err = skeleton ? walk(skeleton, fn, arg) : -errno;

	fds_bpf__destroy(skeleton);
	libbpf_set_print(print);
	return err;
}
