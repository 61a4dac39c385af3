/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of the facts of a checkpoint (fact_table.h). Their kinds are rows of kind.c. */
#include "fact/kind_private.h"

/* One element of an array, with a key of its own. */
#define ELEMENT(type, member, i, word)                                                             \
	{                                                                                          \
		.key = word, .kind = TEXT_NUMBER,                                                  \
		.offset = offsetof(type, member) + (i) * sizeof(((type *)0)->member[0]),           \
		.size = sizeof(((type *)0)->member[0])                                             \
	}
#define RETRANSMITS(type)                                                                          \
	ELEMENT(type, retransmits, RETRANSMIT_SYN, "retransmits_syn"),                             \
		ELEMENT(type, retransmits, RETRANSMIT_SYNACK, "retransmits_synack"),               \
		ELEMENT(type, retransmits, RETRANSMIT_RTO, "retransmits_rto"),                     \
		ELEMENT(type, retransmits, RETRANSMIT_FAST, "retransmits_fast"),                   \
		ELEMENT(type, retransmits, RETRANSMIT_TLP, "retransmits_tlp"),                     \
		ELEMENT(type, retransmits, RETRANSMIT_SLOW_START, "retransmits_slow_start")
#define LOSSES(type, member)                                                                       \
	ELEMENT(type, member, LOSS_RING, #member "_ring"),                                         \
		ELEMENT(type, member, LOSS_RECURSION, #member "_recursion"),                       \
		ELEMENT(type, member, LOSS_TABLE, #member "_table"),                               \
		ELEMENT(type, member, LOSS_CHAIN, #member "_chain"),                               \
		ELEMENT(type, member, LOSS_WALK, #member "_walk"),                                 \
		ELEMENT(type, member, LOSS_OUTPUT, #member "_output"),                             \
		ELEMENT(type, member, LOSS_STACK, #member "_stack")
_Static_assert(RETRANSMIT_KIND_COUNT == RETRANSMIT_SLOW_START + 1, "a new kind needs a row");
_Static_assert(LOSS_WHERE_COUNT == LOSS_STACK + 1, "a new loss needs a row");

#define S struct fact_table
static const struct text_row table_rows[] = {
	NUMBER(S, began),      SIGNED(S, wall_offset),   BITS(S, flags, fact_table_flags),
	NUMBER(S, gen),        NUMBER(S, walk_netns),    NUMBER(S, holder_gen),
	NUMBER(S, walk_begin), NUMBER(S, hold_begin),    NUMBER(S, transitions),
	NUMBER(S, rsts_sent),  NUMBER(S, rsts_received), NUMBER(S, healed),
	RETRANSMITS(S),        LOSSES(S, lost),          LOSSES(S, unreported),
};
const struct text_keys fact_table_keys = KEYS(table_rows);
#undef S

#define S struct fact_table_task
static const struct text_row table_task_rows[] = {
	INDEX(S, index),      NUMBER(S, pid),
	NUMBER(S, start),     NUMBER(S, exited),
	NUMBER(S, described), NUMBER(S, uid),
	COMM(S, comm),        NUMBER(S, fds),
	NUMBER(S, fd_limit),  ARRAY(S, args, TEXT_BYTES),
};
const struct text_keys fact_table_task_keys = KEYS(table_task_rows);
#undef S

#define S struct fact_table_origin
static const struct text_row table_origin_rows[] = {
	INDEX(S, index), INDEX(S, task), NUMBER(S, tid),
	HEX(S, stack),   COMM(S, comm),  COMM(S, thread),
};
const struct text_keys fact_table_origin_keys = KEYS(table_origin_rows);
#undef S

/* The sample has the key "flags" too. */
#define S struct fact_table_row
static const struct text_row table_row_rows[] = {
	INDEX(S, index),
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
	HEX(S, token),
	ARRAY(S, steps, TEXT_STEPS),
};
const struct text_keys fact_table_row_keys = KEYS(table_row_rows);
#undef S

#define S struct fact_table_holder
static const struct text_row table_holder_rows[] = {
	INDEX(S, row),
	INDEX(S, task),
	SIGNED(S, fd),
	NUMBER(S, gen),
};
const struct text_keys fact_table_holder_keys = KEYS(table_holder_rows);
#undef S

static const struct text_row table_end_rows[] = {
	NUMBER(struct fact_table_end, facts),
};
const struct text_keys fact_table_end_keys = KEYS(table_end_rows);
