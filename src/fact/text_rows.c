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
	NUMBER(S, mptcp),
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
	NUMBER(struct fact_retransmit, ca_state),    NUMBER(struct fact_retransmit, pending),
	NUMBER(struct fact_retransmit, retransmits), NUMBER(struct fact_retransmit, mss),
	NUMBER(struct fact_retransmit, length),
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

static const struct text_row netns_rows[] = {
	NUMBER(struct fact_netns, netns),
};

static const struct text_row parent_rows[] = {
	NUMBER(struct fact_parent, cookie),
	NUMBER(struct fact_parent, parent),
};

static const struct text_row last_data_rows[] = {
	NUMBER(struct fact_last_data, cookie),
	NUMBER(struct fact_last_data, received_ms),
	NUMBER(struct fact_last_data, sent_ms),
};

static const struct text_row mptcp_rows[] = {
	ROW(struct fact_mptcp, subflow, .kind = TEXT_HEX),
	NUMBER(struct fact_mptcp, cookie),
	ROW(struct fact_mptcp, token, .kind = TEXT_HEX),
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

/* One of an array: its key says which. */
#define ELEMENT(type, member, i, word)                                                             \
	{                                                                                          \
		.key = word, .kind = TEXT_NUMBER,                                                  \
		.offset = offsetof(type, member) + (i) * sizeof(((type *)0)->member[0]),           \
		.size = sizeof(((type *)0)->member[0])                                             \
	}
/* By enum retransmit_kind of table/row.h. */
#define RETRANSMITS(type)                                                                          \
	ELEMENT(type, retransmits, 0, "retransmits_syn"),                                          \
		ELEMENT(type, retransmits, 1, "retransmits_synack"),                               \
		ELEMENT(type, retransmits, 2, "retransmits_rto"),                                  \
		ELEMENT(type, retransmits, 3, "retransmits_fast"),                                 \
		ELEMENT(type, retransmits, 4, "retransmits_tlp"),                                  \
		ELEMENT(type, retransmits, 5, "retransmits_slow_start")
#define LOSSES(type, member)                                                                       \
	ELEMENT(type, member, LOSS_RING, #member "_ring"),                                         \
		ELEMENT(type, member, LOSS_RECURSION, #member "_recursion"),                       \
		ELEMENT(type, member, LOSS_TABLE, #member "_table"),                               \
		ELEMENT(type, member, LOSS_CHAIN, #member "_chain"),                               \
		ELEMENT(type, member, LOSS_WALK, #member "_walk"),                                 \
		ELEMENT(type, member, LOSS_OUTPUT, #member "_output"),                             \
		ELEMENT(type, member, LOSS_STACK, #member "_stack")
_Static_assert(LOSS_WHERE_COUNT == LOSS_STACK + 1, "a new loss wants a row");

#define S struct fact_table
static const struct text_row table_rows[] = {
	NUMBER(S, began),
	SIGNED(S, wall_offset),
	ROW(S, flags, .kind = TEXT_BITS, .words = &fact_table_flags),
	NUMBER(S, gen),
	NUMBER(S, walk_netns),
	NUMBER(S, holder_gen),
	NUMBER(S, walk_begin),
	NUMBER(S, hold_begin),
	NUMBER(S, transitions),
	NUMBER(S, rsts_sent),
	NUMBER(S, rsts_received),
	NUMBER(S, healed),
	RETRANSMITS(S),
	LOSSES(S, lost),
	LOSSES(S, untold),
};
#undef S

#define S struct fact_table_task
static const struct text_row table_task_rows[] = {
	ROW(S, index, .kind = TEXT_NUMBER, .always = 1),
	NUMBER(S, pid),
	NUMBER(S, start),
	NUMBER(S, exited),
	NUMBER(S, told),
	NUMBER(S, uid),
	ROW(S, comm, .kind = TEXT_COMM),
	NUMBER(S, fds),
	NUMBER(S, fd_limit),
	{"args", TEXT_BYTES, offsetof(S, args), 0, 0, NULL, 0},
};
#undef S

#define S struct fact_table_origin
static const struct text_row table_origin_rows[] = {
	ROW(S, index, .kind = TEXT_NUMBER, .always = 1),
	ROW(S, task, .kind = TEXT_NUMBER, .always = 1),
	NUMBER(S, tid),
	ROW(S, stack, .kind = TEXT_HEX),
	ROW(S, comm, .kind = TEXT_COMM),
	ROW(S, thread, .kind = TEXT_COMM),
};
#undef S

/* "flags" are the sample's. */
#define S struct fact_table_row
static const struct text_row table_row_rows[] = {
	ROW(S, index, .kind = TEXT_NUMBER, .always = 1),
	{"row_flags", TEXT_BITS, offsetof(S, flags), 4, 0, &fact_row_flags, 0},
	NUMBER(S, born),
	NUMBER(S, since),
	NUMBER(S, touched),
	NUMBER(S, changed),
	NUMBER(S, deadline),
	NUMBER(S, parent),
	NUMBER(S, owner),
	WORD(S, owner_source, fact_owner_sources),
	NUMBER(S, gen_seen),
	RETRANSMITS(S),
	NUMBER(S, rsts_sent),
	NUMBER(S, rsts_received),
	NUMBER(S, rst_sent_reason),
	WORD(S, closer, fact_closers),
	WORD(S, prior, fact_states),
	NUMBER(S, unread_ms),
	NUMBER(S, answered),
	NUMBER(S, received),
	NUMBER(S, sent),
	NUMBER(S, steps_dropped),
	NUMBER(S, subflow_of),
	ROW(S, token, .kind = TEXT_HEX),
	{"steps", TEXT_STEPS, offsetof(S, steps), 0, 0, NULL, 0},
};
#undef S

#define S struct fact_table_holder
static const struct text_row table_holder_rows[] = {
	ROW(S, row, .kind = TEXT_NUMBER, .always = 1),
	ROW(S, task, .kind = TEXT_NUMBER, .always = 1),
	SIGNED(S, fd),
	NUMBER(S, gen),
};
#undef S

static const struct text_row table_end_rows[] = {
	NUMBER(struct fact_table_end, facts),
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
	[FACT_TABLE] = TYPE("table", struct fact_table, OWN(table_rows)),
	[FACT_TABLE_TASK] = TYPE("table_task", struct fact_table_task, OWN(table_task_rows)),
	[FACT_TABLE_ORIGIN] = TYPE("table_origin", struct fact_table_origin,
				   OWN(table_origin_rows)),
	[FACT_TABLE_ROW] = TYPE("table_row", struct fact_table_row, OWN(table_row_rows),
				SAMPLE(struct fact_table_row)),
	[FACT_TABLE_HOLDER] = TYPE("table_holder", struct fact_table_holder,
				   OWN(table_holder_rows)),
	[FACT_TABLE_END] = TYPE("table_end", struct fact_table_end, OWN(table_end_rows)),
	[FACT_NETNS_GONE] = TYPE("netns_gone", struct fact_netns, OWN(netns_rows)),
	[FACT_PARENT] = TYPE("parent", struct fact_parent, OWN(parent_rows)),
	[FACT_MPTCP] = TYPE("mptcp", struct fact_mptcp, OWN(mptcp_rows)),
	[FACT_LAST_DATA] = TYPE("last_data", struct fact_last_data, OWN(last_data_rows)),
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
