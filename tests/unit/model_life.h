/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to the sockets of model.h, at random and in valid order. */
#ifndef TCPTRAIL_MODEL_LIFE_H
#define TCPTRAIL_MODEL_LIFE_H

#include "model.h"

static inline struct model_socket *model_slot(struct model *m)
{
	for (int i = 0; i < MODEL_SOCKETS; i++)
		if (!m->sockets[i].kind)
			return &m->sockets[i];
	return NULL;
}

static inline bool model_same_tuple(const struct model_socket *a, const struct model_socket *b)
{
	return a->netns == b->netns && a->lport == b->lport && a->rport == b->rport &&
	       a->host == b->host;
}

/* A connection begins on the tuple: the mini-socket that is there goes without a word. */
static inline void model_replace_mini(struct model *m, const struct model_socket *by)
{
	for (int i = 0; i < MODEL_SOCKETS; i++) {
		struct model_socket *s = &m->sockets[i];

		if (s->kind == MODEL_MINI && s != by && model_same_tuple(s, by))
			s->kind = 0;
	}
}

static inline bool model_tuple_taken(const struct model *m, const struct model_socket *by)
{
	for (int i = 0; i < MODEL_SOCKETS; i++) {
		const struct model_socket *s = &m->sockets[i];

		if (s != by && (s->kind == MODEL_FULL || s->kind == MODEL_REQUEST) &&
		    s->state != STATE_CLOSE && model_same_tuple(s, by))
			return true;
	}
	return false;
}

/* Few peers and ports of a mini-socket now and then: tuples are used again. */
static inline void model_tuple(struct model *m, struct model_socket *s, bool passive)
{
	const struct model_socket *mini = &m->sockets[model_random(m, MODEL_SOCKETS)];

	do {
		s->host = (uint8_t)(1 + model_random(m, MODEL_HOSTS));
		s->rport = passive ? m->port++ : 443;
		s->lport = passive ? 80 : m->port++;
		if (mini->kind == MODEL_MINI && mini->passive == passive) {
			s->host = mini->host;
			s->rport = mini->rport;
			s->lport = mini->lport;
			s->netns = mini->netns;
			mini = s; /* the second time, take what is new */
		}
	} while (model_tuple_taken(m, s));
	model_replace_mini(m, s);
}

static inline void model_connect(struct model *m, struct model_socket *s)
{
	struct fact_syscall fact = {.cookie = m->cookies ? s->cookie : 0,
	                            .fd = 3,
	                            .ret = -115,
	                            .inode = s->pid + 5000,
	                            .netns = s->netns,
	                            .task = {.pid = s->pid, .tid = s->pid, .comm = "task"}};

	model_tuple(m, s, false);
	s->bound = model_chance(m, 20);
	s->passive = s->done = s->dead = s->listens = s->left_mini = false;
	model_move(m, s, STATE_SYN_SENT, 0, 0, s->pid);
	fact.lport = s->lport;
	if (model_chance(m, 50))
		MODEL_EVENT(m, &fact, FACT_CONNECT, s->sk);
}

static inline void model_retransmit(struct model *m, struct model_socket *s)
{
	struct fact_retransmit fact = {.ca_state = (uint8_t)model_random(m, 5)};

	model_sample(m, s, &fact.s);
	MODEL_EVENT(m, &fact, FACT_RETRANSMIT, s->sk);
}

static inline void model_reset(struct model *m, struct model_socket *s, bool sent)
{
	struct fact_reset fact = {.reason = sent ? 14 : 0};

	model_sample(m, s, &fact.s);
	MODEL_EVENT(m, &fact, sent ? FACT_RST_SENT : FACT_RST_RECEIVED, s->sk);
}

static inline void model_synack(struct model *m, struct model_socket *s)
{
	struct fact_synack fact = {.retrans = 1};

	model_sample(m, s, &fact.s);
	MODEL_EVENT(m, &fact, FACT_SYNACK, s->sk);
}

static inline void model_fail(struct model *m, struct model_socket *s, uint16_t err)
{
	if (err != 110)
		model_reset(m, s, false);
	model_move(m, s, STATE_CLOSE, err, 0, 0);
	if (s->dead)
		model_destroy(m, s);
}

/* close(): the fd goes with the event. */
static inline void model_close(struct model *m, struct model_socket *s, enum tcp_state to)
{
	model_move(m, s, to, 0, 0, s->pid);
	s->dead = model_chance(m, 70); /* else it was shutdown() */
	s->socket = s->socket && !s->dead;
}

/* The full socket goes to CLOSE and leaves a mini-socket in that state. */
static inline void model_leave_mini(struct model *m, struct model_socket *s, enum tcp_state state)
{
	struct model_socket *mini = model_slot(m);
	struct model_socket copy = *s;

	model_move(m, s, STATE_CLOSE, 0, SAMPLE_ACKED, 0);
	if (mini) {
		*mini = copy;
		mini->kind = MODEL_MINI;
		mini->state = (uint8_t)state;
		mini->sk = 0;
		mini->socket = false;
	}
	s->left_mini = true;
	if (s->dead)
		model_destroy(m, s);
}

static inline void model_accept(struct model *m, struct model_socket *s)
{
	struct fact_syscall fact = {.cookie = m->cookies ? s->cookie : 0,
	                            .fd = 7,
	                            .ret = 7,
	                            .netns = s->netns,
	                            .lport = s->lport,
	                            .inode = s->pid + 5000,
	                            .task = {.pid = s->pid, .tid = s->pid, .comm = "task"}};

	s->socket = true;
	MODEL_EVENT(m, &fact, FACT_ACCEPT, s->sk);
}

static inline void model_clone(struct model *m, struct model_socket *s)
{
	s->kind = MODEL_FULL;
	s->sk = model_address(m);
	s->state = STATE_LISTEN;
	s->passive = true;
	model_move(m, s, STATE_SYN_RECV, 0, 0, 0);
}

static inline void model_new(struct model *m)
{
	struct model_socket *s = model_slot(m);

	if (!s)
		return;
	*s = (struct model_socket){.netns = 7 + model_random(m, MODEL_NETNS),
	                           .cookie = ++m->cookie,
	                           .pid = 100 + model_random(m, 40),
	                           .kind = MODEL_FULL,
	                           .state = STATE_CLOSE};
	if (model_chance(m, 50)) {
		s->sk = model_address(m);
		s->socket = true;
		model_connect(m, s);
	} else if (model_chance(m, 10)) {
		s->sk = model_address(m);
		s->socket = true;
		s->lport = (uint16_t)(80 + model_random(m, 3));
		s->listens = true;
		model_move(m, s, STATE_LISTEN, 0, 0, s->pid);
	} else if (model_chance(m, 50)) {
		model_tuple(m, s, true);
		model_clone(m, s);
	} else {
		model_tuple(m, s, true);
		s->kind = MODEL_REQUEST;
		s->sk = model_address(m);
		s->state = STATE_NEW_SYN_RECV;
		if (model_chance(m, 70))
			model_synack(m, s);
	}
}

static inline void model_advance_mini(struct model *m, struct model_socket *s)
{
	struct fact_seen fact = {0};

	if (s->state == STATE_FIN_WAIT2 && model_chance(m, 50)) {
		s->state = STATE_TIME_WAIT;
		return;
	}
	if (model_chance(m, 60))
		return;
	model_sample(m, s, &fact.s);
	if (model_chance(m, 50))
		MODEL_PASS(m, &fact, FACT_GONE, 0);
	s->kind = 0;
}

static inline void model_advance_request(struct model *m, struct model_socket *s)
{
	uint32_t dice = model_random(m, 100);
	uint64_t address = s->sk;

	if (dice < 30) {
		model_synack(m, s);
		return;
	}
	if (dice < 80)
		model_clone(m, s);
	else
		s->kind = 0;
	m->free[m->free_count++] = address;
}

static inline void model_advance_established(struct model *m, struct model_socket *s)
{
	uint32_t dice = model_random(m, 100);

	if (s->passive && !s->socket && dice < 50)
		model_accept(m, s);
	else if (dice < 20)
		model_retransmit(m, s);
	else if (dice < 50 && s->socket)
		model_close(m, s, STATE_FIN_WAIT1);
	else if (dice < 85) {
		s->done = true;
		model_move(m, s, STATE_CLOSE_WAIT, 0, 0, 0);
	} else if (dice < 95) {
		model_fail(m, s, dice < 93 ? 104 : 110);
	} else {
		model_move(m, s, STATE_CLOSE, 0, 0, s->socket ? s->pid : 0);
		model_reset(m, s, true);
	}
}

static inline void model_advance_fin_wait2(struct model *m, struct model_socket *s)
{
	uint32_t dice = model_random(m, 100);

	if (dice < 60) {
		s->done = true;
		model_leave_mini(m, s, STATE_TIME_WAIT);
	} else if (dice < 90) {
		s->dead = true;
		s->socket = false;
		model_leave_mini(m, s, STATE_FIN_WAIT2);
	} else {
		model_fail(m, s, 104);
	}
}

static inline void model_advance_full(struct model *m, struct model_socket *s)
{
	uint32_t dice = model_random(m, 100);

	switch ((enum tcp_state)s->state) {
	case STATE_CLOSE:
		if (dice < 70)
			model_destroy(m, s);
		else if (dice < 85 && s->socket)
			model_connect(m, s);
		break;
	case STATE_LISTEN:
		if (dice < 5)
			model_move(m, s, STATE_CLOSE, 0, 0, s->pid);
		break;
	case STATE_SYN_SENT:
		if (dice < 20)
			model_retransmit(m, s);
		else if (dice < 80)
			model_move(m, s, dice < 75 ? STATE_ESTABLISHED : STATE_SYN_RECV, 0, 0, 0);
		else
			model_fail(m, s, 111);
		break;
	case STATE_SYN_RECV:
		if (dice < 90)
			model_move(m, s, STATE_ESTABLISHED, 0, 0, 0);
		else
			model_move(m, s, STATE_CLOSE, 104, 0, 0);
		break;
	case STATE_ESTABLISHED:
		model_advance_established(m, s);
		break;
	case STATE_FIN_WAIT1:
		s->done = dice < 30;
		if (dice < 90)
			model_move(m, s, s->done ? STATE_CLOSING : STATE_FIN_WAIT2, 0, 0, 0);
		else
			model_fail(m, s, 110);
		break;
	case STATE_FIN_WAIT2:
		model_advance_fin_wait2(m, s);
		break;
	case STATE_CLOSING:
		if (dice < 90)
			model_leave_mini(m, s, STATE_TIME_WAIT);
		else
			model_fail(m, s, 104);
		break;
	case STATE_CLOSE_WAIT:
		if (s->passive && !s->socket)
			model_accept(m, s);
		else if (dice < 90)
			model_close(m, s, STATE_LAST_ACK);
		else
			model_fail(m, s, 32);
		break;
	case STATE_LAST_ACK:
		model_move(m, s, STATE_CLOSE, 0, 0, 0);
		break;
	case STATE_UNKNOWN:
	case STATE_TIME_WAIT:
	case STATE_NEW_SYN_RECV:
	case STATE_COUNT:
		break;
	}
}

/* One thing happens. */
static inline void model_step(struct model *m)
{
	struct model_socket *s = &m->sockets[model_random(m, MODEL_SOCKETS)];

	m->time += 1 + model_random(m, 2 * NS_PER_MS);
	switch (s->kind) {
	case MODEL_FULL:
		model_advance_full(m, s);
		break;
	case MODEL_MINI:
		model_advance_mini(m, s);
		break;
	case MODEL_REQUEST:
		model_advance_request(m, s);
		break;
	default:
		model_new(m);
	}
}

#endif
