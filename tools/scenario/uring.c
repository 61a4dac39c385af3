/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets by io_uring: no process calls accept() or connect(), and a direct descriptor is no fd. */
#include "endpoint.h"
#include "util.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING_ENTRIES 1 /* one operation at a time */

struct ring {
	int fd;
	unsigned char *sq, *cq;
	struct io_uring_params params;
	struct io_uring_sqe *sqe;
};

static void *ring_map(const struct ring *r, size_t size, off_t what)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, what);

	if (at == MAP_FAILED)
		die_errno("cannot map an io_uring");
	return at;
}

static struct ring ring_open(void)
{
	struct ring r = {0};
	const struct io_uring_params *p = &r.params;

	r.fd = (int)syscall(SYS_io_uring_setup, RING_ENTRIES, &r.params);
	if (r.fd < 0)
		skip("no io_uring here: %s", strerror(errno));
	sock_keep(r.fd);
	r.sq = ring_map(&r, p->sq_off.array + p->sq_entries * sizeof(unsigned int),
	                IORING_OFF_SQ_RING);
	r.cq = ring_map(&r, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
	                IORING_OFF_CQ_RING);
	r.sqe = ring_map(&r, p->sq_entries * sizeof(*r.sqe), IORING_OFF_SQES);
	return r;
}

static _Atomic unsigned int *ring_word(unsigned char *ring, unsigned int offset)
{
	return (void *)(ring + offset);
}

/* Runs one operation. Its result, or -errno. */
static int ring_do(struct ring *r, const struct io_uring_sqe *sqe)
{
	const struct io_sqring_offsets *sq = &r->params.sq_off;
	const struct io_cqring_offsets *cq = &r->params.cq_off;
	const struct io_uring_cqe *cqes = (void *)(r->cq + cq->cqes);
	unsigned int head;
	int result;

	r->sqe[0] = *sqe;
	((unsigned int *)(void *)(r->sq + sq->array))[0] = 0; /* one entry: the index is always 0 */
	atomic_fetch_add(ring_word(r->sq, sq->tail), 1);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		die_errno("cannot enter an io_uring");
	head = atomic_load(ring_word(r->cq, cq->head));
	if (head == atomic_load(ring_word(r->cq, cq->tail)))
		die("io_uring returned no completion");
	result = cqes[head & (r->params.cq_entries - 1)].res;
	atomic_fetch_add(ring_word(r->cq, cq->head), 1);
	return result;
}

static void ring_expect(int result, const char *what)
{
	if (result >= 0)
		return;
	if (result == -EINVAL || result == -EOPNOTSUPP)
		skip("no %s by io_uring here: %s", what, strerror(-result));
	errno = -result;
	die_errno("cannot %s by io_uring", what);
}

static int uring_connect(struct ring *r, const union address *server)
{
	int fd = sock_new(server->any.sa_family);
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_CONNECT,
		.fd = fd,
		.addr = (uintptr_t)&server->any,
		.off = address_len(server),
	};

	ring_expect(ring_do(r, &sqe), "connect");
	return fd;
}

/* Returns the new fd; with direct > 0 it is direct descriptor direct - 1 of the ring. */
static int uring_accept(struct ring *r, int listener, unsigned int direct)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_ACCEPT,
		.fd = listener,
		.accept_flags = direct ? 0 : SOCK_CLOEXEC,
		.file_index = direct,
	};
	int result = ring_do(r, &sqe);

	ring_expect(result, direct ? "direct accept" : "accept");
	return direct ? -1 : sock_keep(result);
}

static void uring_reserve(const struct ring *r, long count)
{
	int slots[64];

	if (count > (long)ARRAY_SIZE(slots))
		die("there are %zu direct descriptors at most", ARRAY_SIZE(slots));
	memset(slots, -1, sizeof(slots));
	if (syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_FILES, slots, count))
		skip("no direct descriptors here: %s", strerror(errno));
}

static void uring_stand(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));
	struct ring ring = ring_open();

	endpoint_say(&l, "listener");
	if (o->fixed)
		uring_reserve(&ring, o->count);
	for (long i = 0; i < o->count; i++) {
		struct endpoint a = endpoint_of("active", uring_connect(&ring, &l.local));
		int fd = uring_accept(&ring, l.fd, o->fixed ? i + 1 : 0);
		struct endpoint p =
			fd < 0 ? endpoint_across("passive", &a) : endpoint_of("passive", fd);

		endpoint_say(&a, "peer");
		endpoint_say_more(&p, "subject", "made_by=%d", getpid());
	}
}

static const struct scenario rows[] = {
	{"uring", "count fixed ipv6 mapped port", "connected and accepted through io_uring",
         uring_stand, false, 0},
};

const struct scenario_group uring_group = {rows, ARRAY_SIZE(rows)};
