/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of facts. A new kind has a row in kinds[], and the keys of its struct above them. Keys
 * are the names of struct members; only an address also takes its port.
 */
#include "fact/kind.h"

#include <string.h>

#include "fact/kind_private.h"

static const struct text_row head_rows[] = {
	HEX(struct fact, sk),
};

#define S struct fact_sample
static const struct text_row sample_rows[] = {
	NUMBER(S, cookie),
	WORD(S, state, fact_states),
	BITS(S, flags, fact_flags),
	/* Always printed: the parser derives a missing one from the form of the addresses. */
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
_Static_assert(sizeof(S) == 120, "a new member of the sample needs a row");
#undef S

static const struct text_row task_rows[] = {
	NUMBER(struct fact_task, pid),   NUMBER(struct fact_task, tid),
	NUMBER(struct fact_task, start), COMM(struct fact_task, comm),
	COMM(struct fact_task, thread),
};

static const struct text_row clock_rows[] = {
	SIGNED(struct fact_clock, wall),
};

static const struct text_row state_rows[] = {
	WORD(struct fact_state, old, fact_states),
	WORD(struct fact_state, new, fact_states),
	NUMBER(struct fact_state, parent),
	HEX(struct fact_state, stack),
};

static const struct text_row retransmit_rows[] = {
	NUMBER(struct fact_retransmit, ca_state),    NUMBER(struct fact_retransmit, pending),
	NUMBER(struct fact_retransmit, retransmits), NUMBER(struct fact_retransmit, mss),
	NUMBER(struct fact_retransmit, length),
};

/* The sample has the key "retrans" too. */
static const struct text_row synack_rows[] = {
	{"num_retrans", TEXT_NUMBER, offsetof(struct fact_synack, retrans), 1, 0, NULL, 0},
	NUMBER(struct fact_synack, timeouts),
};

static const struct text_row reset_rows[] = {
	NUMBER(struct fact_reset, reason),
	NUMBER(struct fact_reset, active),
};

static const struct text_row syscall_rows[] = {
	NUMBER(struct fact_syscall, cookie), SIGNED(struct fact_syscall, fd),
	SIGNED(struct fact_syscall, ret),    NUMBER(struct fact_syscall, inode),
	NUMBER(struct fact_syscall, netns),  NUMBER(struct fact_syscall, lport),
	HEX(struct fact_syscall, stack),
};

static const struct text_row walk_rows[] = {
	WORD(struct fact_walk, kind, fact_walk_kinds),
	NUMBER(struct fact_walk, netns),
	NUMBER(struct fact_walk, unseen),
};

static const struct text_row holder_rows[] = {
	NUMBER(struct fact_holder, cookie), NUMBER(struct fact_holder, pid),
	SIGNED(struct fact_holder, fd),     NUMBER(struct fact_holder, inode),
	NUMBER(struct fact_holder, netns),  NUMBER(struct fact_holder, start),
	COMM(struct fact_holder, comm),
};

static const struct text_row process_rows[] = {
	NUMBER(struct fact_process, pid),
	NUMBER(struct fact_process, start),
	NUMBER(struct fact_process, uid),
	COMM(struct fact_process, comm),
	ARRAY(struct fact_process, args, TEXT_BYTES),
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
	HEX(struct fact_mptcp, subflow),
	NUMBER(struct fact_mptcp, cookie),
	HEX(struct fact_mptcp, token),
};

static const struct text_row stack_rows[] = {
	HEX(struct fact_stack, id),
	NUMBER(struct fact_stack, space),
	NUMBER(struct fact_stack, pid),
	ARRAY(struct fact_stack, ips, TEXT_IPS),
};

static const struct text_row doing_rows[] = {
	NUMBER(struct fact_doing, pid),   NUMBER(struct fact_doing, start),
	NUMBER(struct fact_doing, index), NUMBER(struct fact_doing, threads),
	COMM(struct fact_doing, syscall), SIGNED(struct fact_doing, fd),
	NUMBER(struct fact_doing, fds),   NUMBER(struct fact_doing, fd_limit),
};

static const struct text_row loss_rows[] = {
	WORD(struct fact_loss, where, fact_losses),
	NUMBER(struct fact_loss, count),
};

static const struct text_row name_rows[] = {
	WORD(struct fact_name, kind, fact_name_kinds),
	ROW(struct fact_name, key, .kind = TEXT_KEY),
	ARRAY(struct fact_name, name, TEXT_BYTES),
};

static const struct text_row counter_rows[] = {
	NUMBER(struct fact_counter, netns),
	WORD(struct fact_counter, counter, fact_counters),
	NUMBER(struct fact_counter, value),
};

static const struct text_row counts_rows[] = {
	NUMBER(struct fact_counts, netns),
	NUMBER(struct fact_counts, ifindex),
	BITS(struct fact_counts, flags, fact_counts_flags),
	ARRAY(struct fact_counts, changes, TEXT_CHANGES),
};

/* clang-format off */
/* Parts of a fact: the head of each, its own members, those of kind_table.c, a task, a sample. */
#define ROWS(rows)   &(const struct text_keys)KEYS(rows)
#define HEAD         {ROWS(head_rows), 0}
#define OWN(rows)    {ROWS(rows), 0}
#define KEPT(keys)   {&(keys), 0}
#define TASK(type)   {ROWS(task_rows), offsetof(type, task)}
#define SAMPLE(type) {ROWS(sample_rows), offsetof(type, s)}

/* The array that the struct ends with: its member, the member that counts it, and its limit. */
#define TAIL(type, array, number, most, terminated)                                                \
	.tail = {                                                                                  \
		.offset = offsetof(type, array), .count = offsetof(type, number),                  \
		.element = sizeof(((type *)0)->array[0]), .max = most, .nul = terminated           \
	}

/* Its word in text, its struct, and the parts of the struct that have keys. */
#define KIND(word, type, ...)                                                                      \
	.name = word, .size = sizeof(type), .parts = { HEAD, ##__VA_ARGS__ }

static const struct fact_kind kinds[] = {
	[FACT_CLOCK] = {KIND("clock", struct fact_clock, OWN(clock_rows))},
	[FACT_STATE] = {KIND("state", struct fact_state,
		OWN(state_rows), TASK(struct fact_state), SAMPLE(struct fact_state))},
	[FACT_DESTROY] = {KIND("destroy", struct fact_destroy)},
	[FACT_RETRANSMIT] = {KIND("retransmit", struct fact_retransmit,
		OWN(retransmit_rows), SAMPLE(struct fact_retransmit))},
	[FACT_SYNACK] = {KIND("synack", struct fact_synack,
		OWN(synack_rows), SAMPLE(struct fact_synack))},
	[FACT_RST_SENT] = {KIND("rst_sent", struct fact_reset,
		OWN(reset_rows), TASK(struct fact_reset), SAMPLE(struct fact_reset))},
	[FACT_RST_RECEIVED] = {KIND("rst_received", struct fact_reset,
		OWN(reset_rows), TASK(struct fact_reset), SAMPLE(struct fact_reset))},
	[FACT_ACCEPT] = {KIND("accept", struct fact_syscall,
		OWN(syscall_rows), TASK(struct fact_syscall))},
	[FACT_CONNECT] = {KIND("connect", struct fact_syscall,
		OWN(syscall_rows), TASK(struct fact_syscall))},
	[FACT_WALK_BEGIN] = {KIND("walk_begin", struct fact_walk, OWN(walk_rows))},
	[FACT_SEEN] = {KIND("seen", struct fact_seen, SAMPLE(struct fact_seen))},
	[FACT_WALK_END] = {KIND("walk_end", struct fact_walk, OWN(walk_rows))},
	[FACT_HOLDER] = {KIND("holder", struct fact_holder, OWN(holder_rows))},
	[FACT_GONE] = {KIND("gone", struct fact_seen, SAMPLE(struct fact_seen))},
	[FACT_LOSS] = {KIND("loss", struct fact_loss, OWN(loss_rows))},
	[FACT_NAME] = {KIND("name", struct fact_name, OWN(name_rows)),
		TAIL(struct fact_name, name, size, FACT_NAME_MAX, true)},
	[FACT_TICK] = {KIND("tick", struct fact)},
	[FACT_PROCESS] = {KIND("process", struct fact_process, OWN(process_rows)),
		TAIL(struct fact_process, args, size, FACT_ARGS_MAX, false)},
	[FACT_EXIT] = {KIND("exit", struct fact_exit, OWN(exit_rows))},
	[FACT_STACK] = {KIND("stack", struct fact_stack, OWN(stack_rows)),
		TAIL(struct fact_stack, ips, count, FACT_STACK_MAX, false)},
	[FACT_DOING] = {KIND("doing", struct fact_doing, OWN(doing_rows))},
	[FACT_COUNTER] = {KIND("counter", struct fact_counter, OWN(counter_rows))},
	[FACT_TABLE] = {KIND("table", struct fact_table, KEPT(fact_table_keys))},
	[FACT_TABLE_TASK] = {KIND("table_task", struct fact_table_task, KEPT(fact_table_task_keys)),
		TAIL(struct fact_table_task, args, size, FACT_ARGS_MAX, false)},
	[FACT_TABLE_ORIGIN] = {KIND("table_origin", struct fact_table_origin,
		KEPT(fact_table_origin_keys))},
	[FACT_TABLE_ROW] = {KIND("table_row", struct fact_table_row,
		KEPT(fact_table_row_keys), SAMPLE(struct fact_table_row)),
		TAIL(struct fact_table_row, steps, count, FACT_STEPS_MAX, false)},
	[FACT_TABLE_HOLDER] = {KIND("table_holder", struct fact_table_holder,
		KEPT(fact_table_holder_keys))},
	[FACT_TABLE_END] = {KIND("table_end", struct fact_table_end, KEPT(fact_table_end_keys))},
	[FACT_NETNS_GONE] = {KIND("netns_gone", struct fact_netns, OWN(netns_rows))},
	[FACT_PARENT] = {KIND("parent", struct fact_parent, OWN(parent_rows))},
	[FACT_MPTCP] = {KIND("mptcp", struct fact_mptcp, OWN(mptcp_rows))},
	[FACT_LAST_DATA] = {KIND("last_data", struct fact_last_data, OWN(last_data_rows))},
	[FACT_COUNTS] = {KIND("counts", struct fact_counts, OWN(counts_rows)),
		TAIL(struct fact_counts, changes, count, FACT_COUNTS_MAX, false)},
};
/* clang-format on */
_Static_assert(COUNT(kinds) == FACT_TYPE_COUNT, "kinds[] needs a row for each enum fact_type");

const struct fact_kind *fact_kind(unsigned int type)
{
	return type < COUNT(kinds) && kinds[type].name ? &kinds[type] : NULL;
}

int fact_kind_find(const char *name, size_t size)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].name && strlen(kinds[i].name) == size &&
		    !memcmp(kinds[i].name, name, size))
			return (int)i;
	}
	return -1;
}

const char *fact_kind_list(char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].name)
			used = words_append(buf, size, used, kinds[i].name);
	}
	return buf;
}

const char *fact_key_list(const struct fact_kind *kind, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t p = 0; p < FACT_PARTS && kind->parts[p].keys; p++) {
		for (size_t r = 0; r < kind->parts[p].keys->count; r++)
			used = words_append(buf, size, used, kind->parts[p].keys->rows[r].key);
	}
	return buf;
}

uint16_t fact_size(unsigned int type)
{
	return type < COUNT(kinds) ? kinds[type].size : 0;
}

const struct fact_tail *fact_tail(unsigned int type)
{
	return &kinds[type < COUNT(kinds) ? type : 0].tail;
}

uint32_t fact_tail_count(const struct fact *fact, const struct fact_tail *tail)
{
	uint32_t count;

	memcpy(&count, (const char *)fact + tail->count, sizeof(count));
	return count;
}

bool fact_is_whole(const struct fact *fact)
{
	const struct fact_tail *tail = fact_tail(fact->type);
	uint32_t count;

	if (fact->len < fact_size(fact->type))
		return false;
	if (!tail->element)
		return true;
	count = fact_tail_count(fact, tail);
	return count <= tail->max &&
	       count * tail->element + tail->nul <= fact->len - (uint32_t)tail->offset;
}

uint16_t fact_length(unsigned int type, uint32_t count)
{
	const struct fact_tail *tail = fact_tail(type);

	return (uint16_t)((fact_size(type) + count * tail->element + tail->nul + 7) & ~7U);
}
