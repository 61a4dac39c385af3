/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small kernel: sockets that go through valid lives at random, and the facts
 * that tracing it would give. Silent things stay silent: requests come and
 * expire, mini-sockets end or become TIME_WAIT. Addresses are handed out again
 * at once, as slab caches do.
 */
#ifndef TCPTRAIL_MODEL_H
#define TCPTRAIL_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "table/state.h"
#include "fact.h"

enum { MODEL_SOCKETS = 400, MODEL_NETNS = 3, MODEL_HOSTS = 4 };

enum model_kind { MODEL_FULL = 1, MODEL_MINI, MODEL_REQUEST };

struct model_socket {
	enum model_kind kind; /* 0: free slot */
	uint64_t sk, cookie;
	uint32_t netns, pid;
	uint16_t lport, rport;
	uint8_t host; /* of the peer */
	uint8_t state;
	bool dead, done, socket, passive, bound, listens;
	bool left_mini; /* the table knows it as its mini-socket from here on */
	bool nascent;   /* a clone that has told nothing of itself */
};

typedef void model_sink(const struct fact *fact, void *arg);

struct model {
	struct model_socket sockets[MODEL_SOCKETS];
	uint64_t free[MODEL_SOCKETS * 2]; /* addresses, last freed first */
	size_t free_count;
	uint64_t time, cookie, address;
	uint64_t random;
	uint64_t lost; /* facts that did not get through */
	uint16_t port;
	uint32_t loss; /* of 1000 facts */
	bool cookies;  /* false: a kernel before 5.12 */
	bool walking;
	model_sink *sink;
	void *arg;
};

static inline uint32_t model_random(struct model *m, uint32_t below)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (uint32_t)(m->random >> 20) % below;
}

static inline bool model_chance(struct model *m, uint32_t percent)
{
	return model_random(m, 100) < percent;
}

static inline void model_begin(struct model *m, uint64_t seed, model_sink *sink, void *arg)
{
	memset(m, 0, sizeof(*m));
	m->random = seed * 0x9e3779b97f4a7c15ULL + 1;
	m->time = 1000 * NS_PER_SEC;
	m->address = 0xffff888000001000ULL;
	m->cookies = true;
	m->port = 10000;
	m->sink = sink;
	m->arg = arg;
}

static inline uint64_t model_address(struct model *m)
{
	if (m->free_count)
		return m->free[--m->free_count];
	m->address += 0x900;
	return m->address;
}

static inline void model_pass(struct model *m, struct fact *fact, uint16_t type, uint16_t len,
                              uint64_t sk)
{
	fact->type = type;
	fact->len = len;
	fact->sk = sk;
	if (!fact->time)
		fact->time = m->time;
	m->sink(fact, m->arg);
}

/* An event of tracing: may be lost. */
static inline void model_event(struct model *m, struct fact *fact, uint16_t type, uint16_t len,
                               uint64_t sk)
{
	if (model_random(m, 1000) < m->loss)
		m->lost++;
	else
		model_pass(m, fact, type, len, sk);
}
#define MODEL_EVENT(m, fact, type, sk) model_event(m, &(fact)->h, type, sizeof(*(fact)), sk)
#define MODEL_PASS(m, fact, type, sk)  model_pass(m, &(fact)->h, type, sizeof(*(fact)), sk)

static inline void model_sample(const struct model *m, const struct model_socket *s,
                                struct fact_sample *sample)
{
	memset(sample, 0, sizeof(*sample));
	sample->family = AF_INET;
	sample->netns = s->netns;
	sample->cookie = m->cookies && s->kind != MODEL_REQUEST ? s->cookie : 0;
	sample->state = s->state;
	sample->lport = s->lport;
	sample->rport = s->rport;
	memcpy(sample->laddr, (uint8_t[4]){10, 0, 0, 1}, 4);
	if (s->listens)
		memset(sample->laddr, 0, 4);
	else
		memcpy(sample->raddr, (uint8_t[4]){10, 0, 1, s->host}, 4);
	sample->flags = SAMPLE_TUPLE;
	if (s->kind == MODEL_FULL)
		sample->flags |= SAMPLE_IDENT | (s->socket ? SAMPLE_SOCKET : 0) |
		                 (s->dead ? SAMPLE_DEAD : 0) | (s->done ? SAMPLE_DONE : 0);
	if (s->kind == MODEL_MINI)
		sample->flags |= SAMPLE_MINI | SAMPLE_TIMER;
	if (s->kind == MODEL_REQUEST)
		sample->flags |= SAMPLE_REQUEST;
	if (s->kind == MODEL_MINI)
		sample->timer_ms = 30000;
	sample->inode = s->socket ? s->pid + 5000 : 0;
}

/* --- transitions ----------------------------------------------------------------------------- */

/* extra: sample flags beside what the socket tells; pid: of the task, if it holds the lock. */
static inline void model_move(struct model *m, struct model_socket *s, enum tcp_state to,
                              uint16_t err, uint16_t extra, uint32_t pid)
{
	struct fact_state fact = {.old = s->state, .new = to};
	bool clone = s->state == STATE_LISTEN && to == STATE_SYN_RECV;

	model_sample(m, s, &fact.s);
	fact.s.err = err;
	fact.s.flags |= extra;
	if (pid) {
		fact.s.flags |= SAMPLE_OWNED;
		fact.task = (struct fact_task){.pid = pid, .tid = pid, .comm = "task"};
	}
	if (s->state == STATE_CLOSE && to == STATE_SYN_SENT && !s->bound)
		fact.s.lport = 0;
	if (clone) {
		fact.s.flags &= ~SAMPLE_TUPLE;
		fact.s.cookie = 0;
	}
	MODEL_EVENT(m, &fact, FACT_STATE, s->sk);
	s->state = to;
	s->nascent = clone;
}

static inline void model_destroy(struct model *m, struct model_socket *s)
{
	struct fact_destroy fact = {0};

	MODEL_EVENT(m, &fact, FACT_DESTROY, s->sk);
	m->free[m->free_count++] = s->sk;
	s->kind = 0;
}

#endif
