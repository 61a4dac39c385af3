/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User stacks by id, shared by the origins of sockets and counted; so are their frames, whose
 * names go with them. A program that connects again and again has no socket in between: the latest
 * stacks without an origin are kept for a while.
 *
 * An origin may be known before its stack: then the stack has an entry without frames.
 */
#include "table/stacks_private.h"

#include <stdlib.h>
#include <string.h>

#include "table/emit_private.h"
#include "table/pending_private.h"

/* --- frames --------------------------------------------------------------------------------- */

static uint32_t *frame_link(void *element)
{
	return &((struct stack_frame *)element)->next;
}

static uint64_t hash_frame(const struct hash_key *secret, uint64_t ip, uint64_t space)
{
	const uint64_t key[] = {ip, space};

	return hash_keyed(secret, key, sizeof(key));
}

static uint64_t frame_hash(const struct hash_key *secret, const void *element)
{
	const struct stack_frame *frame = element;

	return hash_frame(secret, frame->ip, frame->space);
}

static struct chains frames_by_place(struct table *t)
{
	return (struct chains){&t->frame_index, &t->frames, frame_link,
	                       frame_hash,      &t->secret, NULL};
}

static uint32_t find_frame(const struct table *t, uint64_t ip, uint64_t space)
{
	uint32_t at = chain_first(&t->frame_index, hash_frame(&t->secret, ip, space));

	while (at != ROW_NONE) {
		const struct stack_frame *frame = pool_at(&t->frames, at);

		if (frame->ip == ip && frame->space == space)
			break;
		at = frame->next;
	}
	return at;
}

/* Without memory for it the name of the frame stays as long as there is room for names. */
static void ref_frame(struct table *t, uint64_t ip, uint64_t space)
{
	const struct chains chains = frames_by_place(t);
	uint32_t at = find_frame(t, ip, space);
	struct stack_frame *frame;

	if (at == ROW_NONE) {
		at = pool_take(&t->frames);
		if (at == POOL_NONE)
			return;
		frame = pool_at(&t->frames, at);
		frame->ip = ip;
		frame->space = space;
		if (chain_add(&chains, at)) {
			pool_put(&t->frames, at);
			return;
		}
	}
	((struct stack_frame *)pool_at(&t->frames, at))->refs++;
}

static void unref_frame(struct table *t, uint64_t ip, uint64_t space)
{
	const struct chains chains = frames_by_place(t);
	uint32_t at = find_frame(t, ip, space);
	struct stack_frame *frame = at == ROW_NONE ? NULL : pool_at(&t->frames, at);

	if (!frame || --frame->refs)
		return;
	names_drop(t->names, (struct name_key){NAME_FRAME, {ip, space}});
	chain_remove(&chains, at);
	pool_put(&t->frames, at);
}

/* --- stacks --------------------------------------------------------------------------------- */

static uint32_t *stack_link(void *element)
{
	return &((struct stack *)element)->next;
}

static uint64_t stack_hash(const struct hash_key *secret, const void *element)
{
	return hash_keyed(secret, &((const struct stack *)element)->id, sizeof(uint64_t));
}

static struct chains stacks_by_id(struct table *t)
{
	return (struct chains){&t->stack_index, &t->stacks, stack_link,
	                       stack_hash,      &t->secret, NULL};
}

static struct stack *stack_at(const struct table *t, uint32_t at)
{
	return at == ROW_NONE ? NULL : pool_at(&t->stacks, at);
}

static uint32_t index_of(const struct table *t, uint64_t id)
{
	uint32_t at = chain_first(&t->stack_index, hash_keyed(&t->secret, &id, sizeof(id)));

	while (at != ROW_NONE && stack_at(t, at)->id != id)
		at = stack_at(t, at)->next;
	return at;
}

const struct stack *stack_find(const struct table *t, uint64_t id)
{
	const struct stack *stack = stack_at(t, index_of(t, id));

	return stack && stack->ips ? stack : NULL;
}

static uint32_t add_stack(struct table *t, uint64_t id)
{
	const struct chains chains = stacks_by_id(t);
	uint32_t at = pool_take(&t->stacks);

	if (at == POOL_NONE)
		return ROW_NONE;
	stack_at(t, at)->id = id;
	if (!chain_add(&chains, at))
		return at;
	pool_put(&t->stacks, at);
	return ROW_NONE;
}

static void idle_remove(struct table *t, uint32_t at)
{
	const struct stack *stack = stack_at(t, at);

	*(stack->before == ROW_NONE ? &t->idle_first : &stack_at(t, stack->before)->after) =
		stack->after;
	*(stack->after == ROW_NONE ? &t->idle_last : &stack_at(t, stack->after)->before) =
		stack->before;
	t->idle_count--;
}

static void idle_add(struct table *t, uint32_t at)
{
	struct stack *stack = stack_at(t, at);

	stack->before = t->idle_last;
	stack->after = ROW_NONE;
	*(t->idle_last == ROW_NONE ? &t->idle_first : &stack_at(t, t->idle_last)->after) = at;
	t->idle_last = at;
	t->idle_count++;
}

/* Drops a stack that no origin has and that is not in the list of idle stacks. */
static void drop(struct table *t, uint32_t at)
{
	const struct chains chains = stacks_by_id(t);
	struct stack *stack = stack_at(t, at);

	for (uint32_t i = 0; stack->ips && i < stack->count; i++)
		unref_frame(t, stack->ips[i], stack->space);
	if (stack->ips) {
		pending_stack(t, stack->id);
		t->stacks_known--;
	}
	free(stack->ips);
	chain_remove(&chains, at);
	pool_put(&t->stacks, at);
}

static void drop_oldest(struct table *t)
{
	uint32_t at = t->idle_first;

	idle_remove(t, at);
	drop(t, at);
}

void stacks_trim(struct table *t)
{
	while (t->idle_count > STACKS_IDLE)
		drop_oldest(t);
}

void stack_ref(struct table *t, uint64_t id)
{
	uint32_t at = id ? index_of(t, id) : ROW_NONE;
	struct stack *stack;

	if (id && at == ROW_NONE)
		at = add_stack(t, id);
	stack = stack_at(t, at);
	if (stack && !stack->refs++ && stack->ips)
		idle_remove(t, at);
}

void stack_unref(struct table *t, uint64_t id)
{
	uint32_t at = id ? index_of(t, id) : ROW_NONE;
	struct stack *stack = stack_at(t, at);

	if (!stack || !stack->refs || --stack->refs)
		return;
	if (!stack->ips) {
		drop(t, at);
		return;
	}
	idle_add(t, at);
	stacks_trim(t);
}

static bool take_frames(struct stack *stack, const struct fact_stack *fact)
{
	uint64_t *ips = malloc(fact->count * sizeof(*ips));

	if (!ips)
		return false;
	memcpy(ips, fact->ips, fact->count * sizeof(*ips));
	stack->ips = ips;
	stack->count = fact->count;
	stack->space = fact->space;
	return true;
}

/* The entry for the frames; ROW_NONE: there is no room. */
static uint32_t place_of(struct table *t, const struct fact_stack *fact)
{
	uint32_t at;

	while (t->stacks_known >= STACKS_MAX && t->idle_count)
		drop_oldest(t);
	if (t->stacks_known >= STACKS_MAX)
		return ROW_NONE;
	at = index_of(t, fact->id);
	return at == ROW_NONE ? add_stack(t, fact->id) : at;
}

/* The source takes the stack for known: it must report it again. */
static void lose(struct table *t, uint64_t id)
{
	loss_count(t, LOSS_STACK, 1);
	pending_stack(t, id);
}

void fold_stack(struct table *t, const struct fact_stack *fact)
{
	struct stack *stack;
	uint32_t at;

	if (!fact->id || !fact->count || stack_find(t, fact->id))
		return;
	at = place_of(t, fact);
	stack = stack_at(t, at);
	if (!stack || !take_frames(stack, fact)) {
		if (stack && !stack->refs)
			drop(t, at);
		lose(t, fact->id);
		return;
	}
	t->stacks_known++;
	for (uint32_t i = 0; i < stack->count; i++)
		ref_frame(t, stack->ips[i], stack->space);
	if (!stack->refs)
		idle_add(t, at);
	if (t->load.state != LOAD_FILLS) /* the origins of a checkpoint come after its stacks */
		stacks_trim(t);
}

void stacks_free(struct table *t)
{
	for (uint32_t i = 0; i < t->stacks.used; i++)
		free(stack_at(t, i)->ips);
	pool_free(&t->stacks);
	pool_free(&t->frames);
	free(t->stack_index.buckets);
	free(t->frame_index.buckets);
}

/* --- the order of a checkpoint -------------------------------------------------------------- */

/*
 * The stacks of origins by the index of the origin, then idle stacks, the first to be dropped
 * first.
 */
void stacks_each(const struct table *t, void (*fn)(const struct stack *stack, void *arg), void *arg)
{
	for (uint32_t i = 0; i < t->origins.used; i++) {
		const struct origin *origin = pool_at(&t->origins, i);
		struct stack *stack = origin->refs ? stack_at(t, index_of(t, origin->stack)) : NULL;

		if (!stack || !stack->ips || stack->saved)
			continue;
		stack->saved = true;
		fn(stack, arg);
	}
	for (uint32_t at = t->idle_first; at != ROW_NONE; at = stack_at(t, at)->after)
		fn(stack_at(t, at), arg);
	for (uint32_t i = 0; i < t->stacks.used; i++)
		if (stack_at(t, i)->saved)
			stack_at(t, i)->saved = false;
}
