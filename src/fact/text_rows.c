/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys are the names of struct members; only an address takes its port along. */
#include "fact/text_rows.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROW(type, member, ...)                                                                     \
	{                                                                                          \
		.key = #member, .offset = offsetof(type, member),                                  \
		.size = sizeof(((type *)0)->member), __VA_ARGS__                                   \
	}
#define NUMBER(type, member)      ROW(type, member, .kind = TEXT_NUMBER)
#define SIGNED(type, member)      ROW(type, member, .kind = TEXT_SIGNED)
#define WORD(type, member, table) ROW(type, member, .kind = TEXT_WORD, .words = &(table))

static const struct text_row header_rows[] = {
	ROW(struct fact, sk, .kind = TEXT_HEX),
};

#define S struct fact_sample
static const struct text_row sample_rows[] = {
	NUMBER(S, cookie),
	WORD(S, state, fact_states),
	ROW(S, flags, .kind = TEXT_BITS, .words = &fact_flags),
	/* Always there, for a missing one is told from the form of the addresses. */
	ROW(S, family, .kind = TEXT_WORD, .words = &fact_families, .always = 1),
	{"local", TEXT_ENDPOINT, offsetof(S, laddr), 16, offsetof(S, lport), NULL, 0},
	{"remote", TEXT_ENDPOINT, offsetof(S, raddr), 16, offsetof(S, rport), NULL, 0},
	NUMBER(S, netns),
	NUMBER(S, ifindex),
	NUMBER(S, uid),
	NUMBER(S, inode),
	NUMBER(S, cgroup),
	NUMBER(S, rqueue),
	NUMBER(S, wqueue),
	WORD(S, timer, fact_timers),
	NUMBER(S, timer_ms),
	NUMBER(S, idle_ms),
	NUMBER(S, iss),
	NUMBER(S, irs),
	NUMBER(S, retrans),
	NUMBER(S, probes),
	NUMBER(S, err),
	NUMBER(S, bytes_acked),
	NUMBER(S, bytes_received),
};
_Static_assert(sizeof(S) == 120, "a new member of the sample wants a row");
#undef S

static const struct text_row task_rows[] = {
	NUMBER(struct fact_task, pid),
	NUMBER(struct fact_task, tid),
	NUMBER(struct fact_task, start),
	ROW(struct fact_task, comm, .kind = TEXT_COMM),
	ROW(struct fact_task, thread, .kind = TEXT_COMM),
};

static const struct text_row clock_rows[] = {
	SIGNED(struct fact_clock, wall),
};

static const struct text_row state_rows[] = {
	WORD(struct fact_state, old, fact_states),
	WORD(struct fact_state, new, fact_states),
	NUMBER(struct fact_state, parent),
	ROW(struct fact_state, stack, .kind = TEXT_HEX),
};

static const struct text_row retransmit_rows[] = {
	NUMBER(struct fact_retransmit, ca_state),
	NUMBER(struct fact_retransmit, pending),
	NUMBER(struct fact_retransmit, retransmits),
};

/* "retrans" would be a second one beside the sample's. */
static const struct text_row synack_rows[] = {
	{"num_retrans", TEXT_NUMBER, offsetof(struct fact_synack, retrans), 1, 0, NULL, 0},
	NUMBER(struct fact_synack, timeouts),
};

static const struct text_row reset_rows[] = {
	NUMBER(struct fact_reset, reason),
	NUMBER(struct fact_reset, active),
};

static const struct text_row syscall_rows[] = {
	NUMBER(struct fact_syscall, cookie),
	SIGNED(struct fact_syscall, fd),
	SIGNED(struct fact_syscall, ret),
	NUMBER(struct fact_syscall, inode),
	NUMBER(struct fact_syscall, netns),
	NUMBER(struct fact_syscall, lport),
	ROW(struct fact_syscall, stack, .kind = TEXT_HEX),
};

static const struct text_row walk_rows[] = {
	WORD(struct fact_walk, kind, fact_walk_kinds),
	NUMBER(struct fact_walk, netns),
	NUMBER(struct fact_walk, unseen),
};

static const struct text_row holder_rows[] = {
	NUMBER(struct fact_holder, cookie),
	NUMBER(struct fact_holder, pid),
	SIGNED(struct fact_holder, fd),
	NUMBER(struct fact_holder, inode),
	NUMBER(struct fact_holder, netns),
	NUMBER(struct fact_holder, start),
	ROW(struct fact_holder, comm, .kind = TEXT_COMM),
};

static const struct text_row process_rows[] = {
	NUMBER(struct fact_process, pid),
	NUMBER(struct fact_process, start),
	NUMBER(struct fact_process, uid),
	ROW(struct fact_process, comm, .kind = TEXT_COMM),
	{"args", TEXT_BYTES, offsetof(struct fact_process, args), 0, 0, NULL, 0},
};

static const struct text_row exit_rows[] = {
	NUMBER(struct fact_exit, pid),
	NUMBER(struct fact_exit, start),
};

static const struct text_row stack_rows[] = {
	ROW(struct fact_stack, id, .kind = TEXT_HEX),
	NUMBER(struct fact_stack, space),
	NUMBER(struct fact_stack, pid),
	{"ips", TEXT_IPS, offsetof(struct fact_stack, ips), 0, 0, NULL, 0},
};

static const struct text_row doing_rows[] = {
	NUMBER(struct fact_doing, pid),
	NUMBER(struct fact_doing, start),
	NUMBER(struct fact_doing, index),
	NUMBER(struct fact_doing, threads),
	{"syscall", TEXT_COMM, offsetof(struct fact_doing, syscall),
         sizeof(((struct fact_doing *)0)->syscall), 0, NULL, 0},
	SIGNED(struct fact_doing, fd),
	NUMBER(struct fact_doing, fds),
	NUMBER(struct fact_doing, fd_limit),
};

static const struct text_row loss_rows[] = {
	WORD(struct fact_loss, where, fact_losses),
	NUMBER(struct fact_loss, count),
};

static const struct text_row name_rows[] = {
	WORD(struct fact_name, kind, fact_name_kinds),
	ROW(struct fact_name, key, .kind = TEXT_KEY),
	{"name", TEXT_BYTES, offsetof(struct fact_name, name), 0, 0, NULL, 0},
};

static const struct text_row counter_rows[] = {
	NUMBER(struct fact_counter, netns),
	WORD(struct fact_counter, counter, fact_counters),
	NUMBER(struct fact_counter, value),
};

#define HEADER                                                                                     \
	{                                                                                          \
		header_rows, COUNT(header_rows), 0                                                 \
	}
#define OWN(rows)                                                                                  \
	{                                                                                          \
		rows, COUNT(rows), 0                                                               \
	}
#define TASK(type)                                                                                 \
	{                                                                                          \
		task_rows, COUNT(task_rows), offsetof(type, task)                                  \
	}
#define SAMPLE(type)                                                                               \
	{                                                                                          \
		sample_rows, COUNT(sample_rows), offsetof(type, s)                                 \
	}
#define TYPE(name, type, ...)                                                                      \
	{                                                                                          \
		name, sizeof(type),                                                                \
		{                                                                                  \
			HEADER, ##__VA_ARGS__                                                      \
		}                                                                                  \
	}

/* clang-format off */
static const struct text_type types[] = {
	[FACT_CLOCK] = TYPE("clock", struct fact_clock, OWN(clock_rows)),
	[FACT_STATE] = TYPE("state", struct fact_state, OWN(state_rows),
			    TASK(struct fact_state), SAMPLE(struct fact_state)),
	[FACT_DESTROY] = TYPE("destroy", struct fact_destroy),
	[FACT_RETRANSMIT] = TYPE("retransmit", struct fact_retransmit, OWN(retransmit_rows),
				 SAMPLE(struct fact_retransmit)),
	[FACT_SYNACK] = TYPE("synack", struct fact_synack, OWN(synack_rows),
			     SAMPLE(struct fact_synack)),
	[FACT_RST_SENT] = TYPE("rst_sent", struct fact_reset, OWN(reset_rows),
			       TASK(struct fact_reset), SAMPLE(struct fact_reset)),
	[FACT_RST_RECEIVED] = TYPE("rst_received", struct fact_reset, OWN(reset_rows),
				   TASK(struct fact_reset), SAMPLE(struct fact_reset)),
	[FACT_ACCEPT] = TYPE("accept", struct fact_syscall, OWN(syscall_rows),
			     TASK(struct fact_syscall)),
	[FACT_CONNECT] = TYPE("connect", struct fact_syscall, OWN(syscall_rows),
			      TASK(struct fact_syscall)),
	[FACT_WALK_BEGIN] = TYPE("walk_begin", struct fact_walk, OWN(walk_rows)),
	[FACT_SEEN] = TYPE("seen", struct fact_seen, SAMPLE(struct fact_seen)),
	[FACT_WALK_END] = TYPE("walk_end", struct fact_walk, OWN(walk_rows)),
	[FACT_HOLDER] = TYPE("holder", struct fact_holder, OWN(holder_rows)),
	[FACT_GONE] = TYPE("gone", struct fact_seen, SAMPLE(struct fact_seen)),
	[FACT_LOSS] = TYPE("loss", struct fact_loss, OWN(loss_rows)),
	[FACT_NAME] = TYPE("name", struct fact_name, OWN(name_rows)),
	[FACT_TICK] = TYPE("tick", struct fact),
	[FACT_PROCESS] = TYPE("process", struct fact_process, OWN(process_rows)),
	[FACT_EXIT] = TYPE("exit", struct fact_exit, OWN(exit_rows)),
	[FACT_STACK] = TYPE("stack", struct fact_stack, OWN(stack_rows)),
	[FACT_DOING] = TYPE("doing", struct fact_doing, OWN(doing_rows)),
	[FACT_COUNTER] = TYPE("counter", struct fact_counter, OWN(counter_rows)),
};
/* clang-format on */
_Static_assert(COUNT(types) == FACT_TYPE_COUNT, "types follow enum fact_type");

const struct text_type *text_type(unsigned int type)
{
	return type < COUNT(types) && types[type].name ? &types[type] : NULL;
}

int text_type_find(const char *name, size_t size)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		if (types[i].name && strlen(types[i].name) == size &&
		    !memcmp(types[i].name, name, size))
			return (int)i;
	}
	return -1;
}

/* Appends a word to a list; used counts on past size, like snprintf. */
static size_t append(char *buf, size_t size, size_t used, const char *word)
{
	if (used >= size)
		return used;
	return used + (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "", word);
}

const char *text_type_list(char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < COUNT(types); i++) {
		if (types[i].name)
			used = append(buf, size, used, types[i].name);
	}
	return buf;
}

const char *text_key_list(const struct text_type *type, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t p = 0; p < TEXT_PARTS; p++) {
		for (size_t r = 0; r < type->parts[p].count; r++)
			used = append(buf, size, used, type->parts[p].rows[r].key);
	}
	return buf;
}
