/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash of entries, each on one list as well: a wish not taken yet (by kind),
 * a wish taken, a name that may be forgotten (hosts, ports), a name to keep.
 * Wishes never push out names, so a name found stays valid until the next
 * names_apply.
 */
#include "core/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/endpoint.h"
#include "fact/name.h"

enum list_index {
	/* 1 .. NAME_KIND_COUNT - 1: wishes of that kind */
	LIST_ASKED = NAME_KIND_COUNT,
	LIST_FORGETTABLE,
	LIST_KEPT,
	LIST_COUNT
};

struct entry {
	struct name_key key;
	char *name; /* NULL: a wish */
	enum list_index list;
	struct entry *before, *after; /* in list, oldest first */
	struct entry *chain;          /* in bucket */
};

struct list {
	struct entry *first, *last;
};

struct names {
	struct list lists[LIST_COUNT];
	struct entry **buckets;
	uint32_t bucket_count; /* power of two */
	uint32_t entry_count;
	uint32_t capacity;
	uint32_t known, wished; /* each at most capacity */
};

/* Big-endian, so that a key reads the same on every machine. */
static uint64_t load64(const uint8_t *bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

struct name_key name_key_number(enum fact_name_kind kind, uint64_t number)
{
	return (struct name_key){.kind = kind, .key = {number, 0}};
}

struct name_key name_key_task(uint32_t pid, uint64_t start)
{
	return (struct name_key){.kind = NAME_TASK, .key = {pid, start}};
}

struct name_key name_key_interface(uint32_t netns, uint32_t ifindex)
{
	return (struct name_key){.kind = NAME_INTERFACE, .key = {ifindex, netns}};
}

struct name_key name_key_host(int family, const uint8_t addr[16])
{
	uint8_t mapped[16];

	endpoint_map((uint8_t)family, addr, mapped);
	return (struct name_key){.kind = NAME_HOST, .key = {load64(mapped), load64(mapped + 8)}};
}

struct names *names_new(uint32_t capacity)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->capacity = capacity;
	names->bucket_count = 64;
	names->buckets = calloc(names->bucket_count, sizeof(*names->buckets));
	if (!names->buckets) {
		free(names);
		return NULL;
	}
	return names;
}

void names_forget(struct names *names)
{
	for (uint32_t i = 0; i < names->bucket_count; i++) {
		struct entry *entry = names->buckets[i];

		names->buckets[i] = NULL;
		while (entry) {
			struct entry *chain = entry->chain;

			free(entry->name);
			free(entry);
			entry = chain;
		}
	}
	memset(names->lists, 0, sizeof(names->lists));
	names->entry_count = names->known = names->wished = 0;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	names_forget(names);
	free(names->buckets);
	free(names);
}

void names_tell(const struct names *names, uint64_t time, const struct fact_sink *sink)
{
	union fact_name_buffer fact;

	for (enum list_index list = LIST_FORGETTABLE; list <= LIST_KEPT; list++) {
		const struct entry *entry = names->lists[list].first;

		for (; entry; entry = entry->after) {
			fact_name_make(&fact, time, entry->key.kind, entry->key.key, entry->name);
			fact_emit(sink, &fact.fact.h);
		}
	}
}

static uint32_t hash(const struct name_key *key)
{
	uint64_t mix = key->key[0] * 0x9e3779b97f4a7c15ULL ^ key->key[1] ^ key->kind;

	mix = (mix ^ mix >> 32) * 0xd6e8feb86659fd93ULL;
	mix = (mix ^ mix >> 32) * 0xd6e8feb86659fd93ULL;
	return (uint32_t)(mix ^ mix >> 32);
}

static struct entry **bucket_of(const struct names *names, const struct name_key *key)
{
	return &names->buckets[hash(key) & (names->bucket_count - 1)];
}

static struct entry *lookup(const struct names *names, const struct name_key *key)
{
	for (struct entry *entry = *bucket_of(names, key); entry; entry = entry->chain)
		if (entry->key.kind == key->kind && entry->key.key[0] == key->key[0] &&
		    entry->key.key[1] == key->key[1])
			return entry;
	return NULL;
}

static void list_add(struct names *names, struct entry *entry, enum list_index index)
{
	struct list *list = &names->lists[index];

	entry->list = index;
	entry->before = list->last;
	entry->after = NULL;
	*(list->last ? &list->last->after : &list->first) = entry;
	list->last = entry;
}

static void list_remove(struct names *names, struct entry *entry)
{
	struct list *list = &names->lists[entry->list];

	*(entry->before ? &entry->before->after : &list->first) = entry->after;
	*(entry->after ? &entry->after->before : &list->last) = entry->before;
}

/* Keeps chains short; on no memory they only get longer. */
static void grow(struct names *names)
{
	struct entry **old = names->buckets;
	uint32_t old_count = names->bucket_count;
	struct entry **buckets = calloc((size_t)old_count * 2, sizeof(*buckets));

	if (!buckets)
		return;
	names->buckets = buckets;
	names->bucket_count = old_count * 2;
	for (uint32_t i = 0; i < old_count; i++) {
		struct entry *entry = old[i];

		while (entry) {
			struct entry *chain = entry->chain;
			struct entry **bucket = bucket_of(names, &entry->key);

			entry->chain = *bucket;
			*bucket = entry;
			entry = chain;
		}
	}
	free(old);
}

static struct entry *add(struct names *names, const struct name_key *key, enum list_index list)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct entry **bucket;

	if (!entry)
		return NULL;
	if (names->entry_count >= names->bucket_count && names->bucket_count < 1U << 30)
		grow(names);
	bucket = bucket_of(names, key);
	entry->key = *key;
	entry->chain = *bucket;
	*bucket = entry;
	list_add(names, entry, list);
	names->entry_count++;
	return entry;
}

static void forget(struct names *names, struct entry *entry)
{
	struct entry **link = bucket_of(names, &entry->key);

	while (*link != entry)
		link = &(*link)->chain;
	*link = entry->chain;
	list_remove(names, entry);
	names->entry_count--;
	names->known--;
	free(entry->name);
	free(entry);
}

void names_drop(struct names *names, struct name_key key)
{
	struct entry *entry = lookup(names, &key);

	if (entry && entry->name)
		forget(names, entry);
}

/* Makes room for one more name of that list. false: it is not worth any of the others. */
static bool make_room(struct names *names, enum list_index list)
{
	struct entry *victim = names->lists[LIST_FORGETTABLE].first;

	if (names->known < names->capacity)
		return true;
	if (!victim && list == LIST_KEPT)
		victim = names->lists[LIST_KEPT].first;
	if (!victim)
		return false;
	forget(names, victim);
	return true;
}

static int learn(struct names *names, const struct name_key *key, char *name)
{
	bool forgettable = key->kind == NAME_HOST || key->kind == NAME_PORT;
	enum list_index list = forgettable ? LIST_FORGETTABLE : LIST_KEPT;
	struct entry *entry = lookup(names, key);

	if (entry && entry->name) {
		free(entry->name);
		entry->name = name;
		return 0;
	}
	if (!make_room(names, list)) {
		free(name);
		return 0;
	}
	if (entry) {
		list_remove(names, entry);
		list_add(names, entry, list);
		names->wished--;
	} else {
		entry = add(names, key, list);
	}
	if (!entry) {
		free(name);
		return -ENOMEM;
	}
	entry->name = name;
	names->known++;
	return 0;
}

int names_apply(struct names *names, const struct fact_name *fact)
{
	struct name_key key = {.kind = fact->kind, .key = {fact->key[0], fact->key[1]}};
	char *name;

	if (fact->h.len < sizeof(*fact) || fact->size > FACT_NAME_MAX ||
	    fact->size > fact->h.len - sizeof(*fact))
		return -EINVAL;
	if (key.kind == 0 || key.kind >= NAME_KIND_COUNT)
		return 0; /* of a newer recorder */
	name = strndup(fact->name, fact->size);
	if (!name)
		return -ENOMEM;
	return learn(names, &key, name);
}

const char *names_find(const struct names *names, struct name_key key)
{
	const struct entry *entry = lookup(names, &key);

	return entry ? entry->name : NULL;
}

const char *names_want(struct names *names, struct name_key key)
{
	const struct entry *entry = lookup(names, &key);

	if (entry)
		return entry->name;
	if (key.kind == 0 || key.kind >= NAME_KIND_COUNT || names->wished >= names->capacity)
		return NULL;
	if (add(names, &key, key.kind))
		names->wished++;
	return NULL;
}

bool names_next_wanted(struct names *names, uint32_t kinds, struct name_key *key)
{
	for (uint32_t kind = 1; kind < NAME_KIND_COUNT; kind++) {
		struct entry *entry = names->lists[kind].first;

		if (!(kinds & 1U << kind) || !entry)
			continue;
		*key = entry->key;
		list_remove(names, entry);
		list_add(names, entry, LIST_ASKED);
		return true;
	}
	return false;
}
