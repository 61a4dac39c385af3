/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of sock_diag in a network namespace of the test. */
#ifndef TCPTRAIL_TESTS_SOCKDIAG_TEST_H
#define TCPTRAIL_TESTS_SOCKDIAG_TEST_H

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "source/sockdiag.h"
#include "tcp.h"

#define SAMPLES_MAX  8192
#define NEW_SYN_RECV 12

struct taken {
	size_t count;
	struct fact_sample samples[SAMPLES_MAX];
	uint16_t types[SAMPLES_MAX];
	uint64_t first, last;
	struct fact_walk begin, end;
};

static struct taken taken;
static uint32_t netns;

static inline void take(const struct fact *fact, void *arg)
{
	struct taken *to = arg;

	assert_true(fact->time >= to->last);
	assert_int_equal(fact->sk, 0);
	to->last = fact->time;
	if (!to->first)
		to->first = fact->time;
	if (fact->type == FACT_WALK_BEGIN) {
		assert_int_equal(to->count, 0);
		to->begin = *(const struct fact_walk *)fact;
	} else if (fact->type == FACT_WALK_END) {
		to->end = *(const struct fact_walk *)fact;
	} else {
		assert_int_equal(fact->len, sizeof(struct fact_seen));
		assert_true(to->count < SAMPLES_MAX);
		to->types[to->count] = fact->type;
		to->samples[to->count++] = ((const struct fact_seen *)fact)->s;
	}
}

static const struct fact_sink sink = {take, &taken};

static inline struct sockdiag *open_here(void)
{
	struct sockdiag *sockdiag = NULL;
	struct diag diag = {0};
	int err = sockdiag_open(&sockdiag, netns, &diag);

	if (err)
		fail_msg("%s", diag.text);
	return sockdiag;
}

static inline void walk(void)
{
	struct sockdiag *sockdiag = open_here();
	struct diag diag = {0};

	memset(&taken, 0, sizeof(taken));
	if (sockdiag_walk(sockdiag, &sink, &diag))
		fail_msg("%s", diag.text);
	sockdiag_close(sockdiag);
}

static inline const struct fact_sample *find(uint16_t lport, uint16_t rport)
{
	for (size_t i = 0; i < taken.count; i++)
		if (taken.samples[i].lport == lport && taken.samples[i].rport == rport)
			return &taken.samples[i];
	fail_msg("no socket with ports %u %u", lport, rport);
	return NULL;
}

/* ACKs may be delayed, so walk again until the state is there. */
static inline const struct fact_sample *walk_until(uint16_t lport, uint16_t rport, int tcp_state)
{
	const struct fact_sample *sample = NULL;

	for (int i = 0; i < 90000; i++) { /* more than any host needs */
		walk();
		sample = find(lport, rport);
		if (sample->state == tcp_state)
			break;
		usleep(1000);
	}
	assert_int_equal(sample->state, tcp_state);
	return sample;
}

static inline const struct fact_sample *find_fd(int fd)
{
	struct stat stat;

	must(!fstat(fd, &stat));
	for (size_t i = 0; i < taken.count; i++)
		if (taken.samples[i].inode == stat.st_ino)
			return &taken.samples[i];
	fail_msg("no socket with inode %lu", (unsigned long)stat.st_ino);
	return NULL;
}

static inline void assert_flags(const struct fact_sample *sample, unsigned int on, unsigned int off)
{
	if ((sample->flags & on) != on || sample->flags & off)
		fail_msg("%u->%u: flags are %#x, not +%#x -%#x", sample->lport, sample->rport,
		         sample->flags, on, off);
}

static inline int set_up(void **state)
{
	struct rlimit files = {8192, 8192};
	struct stat own;

	(void)state;
	must(!setrlimit(RLIMIT_NOFILE, &files));
	must(!unshare(CLONE_NEWNET));
	loopback_up();
	must(!stat("/proc/self/ns/net", &own));
	netns = own.st_ino;
	return 0;
}

#endif
