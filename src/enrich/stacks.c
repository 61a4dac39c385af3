/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the child, keeps count of what it owes, and replaces it when it fails. */
#include "enrich/stacks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/stacks_child.h"
#include "fact/text.h"

_Static_assert(sizeof(struct stacks_rules) +
                               FACT_STACK_MAX * sizeof(((struct stacks_rules *)0)->list[0]) <=
                       FACT_MAX_SIZE,
               "rules of a stack fit where facts do");

#define QUEUE_BYTES (16U << 20)       /* of dumps that wait for the child */
#define MEMORY_MAX  (4ULL << 30)      /* more than a child that reads debug information needs */
#define STALL_NS    (20 * NS_PER_SEC) /* for one dump; the largest binaries take seconds */
#define RESTART_NS  NS_PER_SEC
#define FDS_TRIED   4096

/* The socket alone takes few: net.core.wmem_max bounds it, where CAP_NET_ADMIN is missing. */
struct waiting {
	struct waiting *next;
	struct stack_dump dump;
};

struct stacks {
	struct waiting *first, *last;
	size_t waiting_bytes;
	stacks_rule_fn *on_rule;
	void *on_rule_arg;
	int socket;
	pid_t child;    /* 0: none at the moment */
	uint64_t owed;  /* dumps taken that the child has not answered */
	uint64_t lost;  /* dumps that a child failed to answer, not told yet */
	uint64_t since; /* the child owes something, and has said nothing since */
	uint64_t started;
};

/* Memory it has from us counts, too. */
static void limit_memory(void)
{
	struct rlimit limit = {.rlim_cur = MEMORY_MAX, .rlim_max = MEMORY_MAX};
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file) {
		if (fscanf(file, "%lu", &pages) == 1)
			limit.rlim_cur = limit.rlim_max =
				MEMORY_MAX + pages * (unsigned long)sysconf(_SC_PAGESIZE);
		fclose(file);
	}
	setrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = limit.rlim_max = 0; /* it has other users' memory in it */
	setrlimit(RLIMIT_CORE, &limit);
}

/* As fd 3. The parent's other fds would keep programs attached and pipes open. */
static void keep_only(int socket)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3; fd++)
		dup2(nothing, fd);
	if (dup2(socket, 3) != 3)
		_exit(1);
	if (!syscall(SYS_close_range, 4, ~0U, 0))
		return;
	for (int fd = 4; fd < FDS_TRIED; fd++) /* before 5.9 */
		close(fd);
}

static void run_child(int socket, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	prctl(PR_SET_NAME, "tcptrail-stacks");
	signal(SIGINT, SIG_IGN); /* of the terminal: the parent ends us when it has all */
	signal(SIGTERM, SIG_IGN);
	keep_only(socket);
	limit_memory();
	stacks_child(3);
	_exit(0);
}

static int start(struct stacks *stacks)
{
	pid_t parent = getpid(), child;
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	child = fork();
	if (!child)
		run_child(ends[1], parent);
	err = child < 0 ? -errno : 0;
	close(ends[1]);
	if (err) {
		close(ends[0]);
		return err;
	}
	stacks->socket = ends[0];
	stacks->child = child;
	stacks->started = stacks->since = clock_boot();
	return 0;
}

static size_t dump_size(const struct stack_dump *dump)
{
	return sizeof(*dump) + dump->size;
}

static void drop_first(struct stacks *stacks)
{
	struct waiting *first = stacks->first;

	stacks->first = first->next;
	stacks->waiting_bytes -= dump_size(&first->dump);
	free(first);
}

static void stop(struct stacks *stacks)
{
	while (stacks->first)
		drop_first(stacks);
	if (!stacks->child)
		return;
	close(stacks->socket);
	kill(stacks->child, SIGKILL);
	waitpid(stacks->child, NULL, 0);
	stacks->child = 0;
	stacks->socket = -1;
	stacks->lost += stacks->owed;
	stacks->owed = 0;
}

int stacks_open(struct stacks **result, stacks_rule_fn *on_rule, void *arg)
{
	struct stacks *stacks = calloc(1, sizeof(*stacks));
	int err;

	if (!stacks)
		return -ENOMEM;
	stacks->socket = -1;
	stacks->on_rule = on_rule;
	stacks->on_rule_arg = arg;
	err = start(stacks);
	if (err) {
		free(stacks);
		return err;
	}
	*result = stacks;
	return 0;
}

void stacks_close(struct stacks *stacks)
{
	if (!stacks)
		return;
	stop(stacks);
	free(stacks);
}

int stacks_fd(const struct stacks *stacks)
{
	return stacks->socket;
}

static bool send_dump(const struct stacks *stacks, const struct stack_dump *dump)
{
	size_t size = dump_size(dump);

	return send(stacks->socket, dump, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static void send_waiting(struct stacks *stacks)
{
	while (stacks->first && send_dump(stacks, &stacks->first->dump))
		drop_first(stacks);
}

static bool put_waiting(struct stacks *stacks, const struct stack_dump *dump)
{
	size_t size = dump_size(dump);
	struct waiting *waiting = NULL;

	if (stacks->waiting_bytes + size <= QUEUE_BYTES)
		waiting = malloc(offsetof(struct waiting, dump) + size);
	if (!waiting)
		return false;
	waiting->next = NULL;
	memcpy(&waiting->dump, dump, size);
	*(stacks->first ? &stacks->last->next : &stacks->first) = waiting;
	stacks->last = waiting;
	stacks->waiting_bytes += size;
	return true;
}

bool stacks_take(struct stacks *stacks, const struct stack_dump *dump)
{
	uint64_t now = clock_boot();

	/* One that fails at once, again and again, must not cost more than it tells. */
	if (!stacks->child && (now - stacks->started < RESTART_NS || start(stacks)))
		return false;
	send_waiting(stacks);
	if ((stacks->first || !send_dump(stacks, dump)) && !put_waiting(stacks, dump))
		return false;
	if (!stacks->owed++)
		stacks->since = now;
	return true;
}

static void tell_lost(struct stacks *stacks, stacks_fn *fn, void *arg)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_STACK,
		.count = stacks->lost,
	};

	stacks->lost = 0;
	fn(&loss.h, arg);
}

static void hand_over_rules(const struct stacks *stacks, const struct stacks_rules *rules)
{
	size_t count = (rules->h.len - sizeof(*rules)) / sizeof(rules->list[0]);

	for (size_t i = 0; i < count; i++)
		stacks->on_rule(rules->space, rules->list[i].ip, &rules->list[i].rule,
		                stacks->on_rule_arg);
}

/* false: it says what it was not asked. */
static bool hand_over(struct stacks *stacks, const struct fact *fact, size_t size, stacks_fn *fn,
                      void *arg)
{
	if (size < sizeof(*fact) || fact->len != size)
		return false;
	switch (fact->type) {
	case STACKS_RULES:
		if (size < sizeof(struct stacks_rules))
			return false;
		hand_over_rules(stacks, (const struct stacks_rules *)fact);
		return true;
	case FACT_STACK:
		stacks->owed -= stacks->owed > 0;
		fn(fact, arg);
		return true;
	case FACT_NAME:
		fn(fact, arg);
		return true;
	}
	return false;
}

void stacks_collect(struct stacks *stacks, stacks_fn *fn, void *arg)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	const struct fact *fact = (const struct fact *)bytes;
	ssize_t got = 0;
	bool failed;

	while (stacks->child &&
	       (got = recv(stacks->socket, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		stacks->since = clock_boot();
		if (!hand_over(stacks, fact, (size_t)got, fn, arg))
			break;
	}
	failed = got >= 0 || (errno != EAGAIN && errno != EINTR) ||
	         (stacks->owed && clock_boot() - stacks->since > STALL_NS);
	if (failed)
		stop(stacks);
	else
		send_waiting(stacks);
	if (stacks->lost)
		tell_lost(stacks, fn, arg);
}

uint64_t stacks_wait(struct stacks *stacks, unsigned int timeout_ms, stacks_fn *fn, void *arg)
{
	uint64_t end = clock_boot() + timeout_ms * NS_PER_MS;

	stacks_collect(stacks, fn, arg);
	for (uint64_t now = clock_boot(); stacks->owed && now < end; now = clock_boot()) {
		struct pollfd fd = {
			.fd = stacks->socket,
			.events = (short)(POLLIN | (stacks->first ? POLLOUT : 0)),
		};

		/* Rounded up, lest the last millisecond spins. */
		poll(&fd, 1, (int)((end - now + NS_PER_MS - 1) / NS_PER_MS));
		stacks_collect(stacks, fn, arg);
	}
	return stacks->owed;
}
