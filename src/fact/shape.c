/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/shape.h"

#include <string.h>

#define TAIL(type, array, number, most, terminated)                                                \
	{                                                                                          \
		.offset = offsetof(type, array), .count = offsetof(type, number),                  \
		.element = sizeof(((type *)0)->array[0]), .max = most, .nul = terminated           \
	}

static const struct {
	uint16_t size;
	struct fact_tail tail;
} shapes[] = {
	[FACT_CLOCK] = {sizeof(struct fact_clock), {0}},
	[FACT_STATE] = {sizeof(struct fact_state), {0}},
	[FACT_DESTROY] = {sizeof(struct fact_destroy), {0}},
	[FACT_RETRANSMIT] = {sizeof(struct fact_retransmit), {0}},
	[FACT_SYNACK] = {sizeof(struct fact_synack), {0}},
	[FACT_RST_SENT] = {sizeof(struct fact_reset), {0}},
	[FACT_RST_RECEIVED] = {sizeof(struct fact_reset), {0}},
	[FACT_ACCEPT] = {sizeof(struct fact_syscall), {0}},
	[FACT_CONNECT] = {sizeof(struct fact_syscall), {0}},
	[FACT_WALK_BEGIN] = {sizeof(struct fact_walk), {0}},
	[FACT_SEEN] = {sizeof(struct fact_seen), {0}},
	[FACT_WALK_END] = {sizeof(struct fact_walk), {0}},
	[FACT_HOLDER] = {sizeof(struct fact_holder), {0}},
	[FACT_GONE] = {sizeof(struct fact_seen), {0}},
	[FACT_LOSS] = {sizeof(struct fact_loss), {0}},
	[FACT_NAME] = {sizeof(struct fact_name),
                       TAIL(struct fact_name, name, size, FACT_NAME_MAX, true)},
	[FACT_TICK] = {sizeof(struct fact), {0}},
	[FACT_PROCESS] = {sizeof(struct fact_process),
                          TAIL(struct fact_process, args, size, FACT_ARGS_MAX, false)},
	[FACT_EXIT] = {sizeof(struct fact_exit), {0}},
	[FACT_STACK] = {sizeof(struct fact_stack),
                        TAIL(struct fact_stack, ips, count, FACT_STACK_MAX, false)},
	[FACT_DOING] = {sizeof(struct fact_doing), {0}},
	[FACT_COUNTER] = {sizeof(struct fact_counter), {0}},
	[FACT_TABLE] = {sizeof(struct fact_table), {0}},
	[FACT_TABLE_TASK] = {sizeof(struct fact_table_task),
                             TAIL(struct fact_table_task, args, size, FACT_ARGS_MAX, false)},
	[FACT_TABLE_ORIGIN] = {sizeof(struct fact_table_origin), {0}},
	[FACT_TABLE_ROW] = {sizeof(struct fact_table_row),
                            TAIL(struct fact_table_row, steps, count, FACT_STEPS_MAX, false)},
	[FACT_TABLE_HOLDER] = {sizeof(struct fact_table_holder), {0}},
	[FACT_TABLE_END] = {sizeof(struct fact_table_end), {0}},
	[FACT_NETNS_GONE] = {sizeof(struct fact_netns), {0}},
	[FACT_PARENT] = {sizeof(struct fact_parent), {0}},
	[FACT_MPTCP] = {sizeof(struct fact_mptcp), {0}},
	[FACT_LAST_DATA] = {sizeof(struct fact_last_data), {0}},
};
_Static_assert(sizeof(shapes) / sizeof(shapes[0]) == FACT_TYPE_COUNT, "a shape for each type");

uint16_t fact_size(unsigned int type)
{
	return type < FACT_TYPE_COUNT ? shapes[type].size : 0;
}

const struct fact_tail *fact_tail(unsigned int type)
{
	return &shapes[type < FACT_TYPE_COUNT ? type : 0].tail;
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
