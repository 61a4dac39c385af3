/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash of entries. Each entry is on one list as well: pending queries of its kind, names of its
 * kind, or queries that were taken. Each kind has a budget of its own, so that no kind displaces
 * another. Queries never displace names: a name that was found is valid until the next
 * names_apply().
 */
#include "table/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum list_index {
	/* 1 .. NAME_KIND_COUNT - 1: pending queries of that kind; from here on names, likewise */
	LIST_NAMES = NAME_KIND_COUNT,
	LIST_TAKEN = 2 * NAME_KIND_COUNT,
	LIST_COUNT
};

#define QUERIES_MAX 65536
#define BYTES_MAX   (32U << 20) /* of the names of one kind */

static const struct budget {
	uint32_t most;
	/* The budget is used up: true: the new name is refused; false: the oldest is dropped. */
	bool keeps;
} budgets[NAME_KIND_COUNT] = {
	[NAME_NETNS] = {65536, true}, /* the next walk reports what is missing */
	[NAME_CGROUP] = {65536, false},
	[NAME_RST] = {1024, true}, /* reported once, at the beginning; the kernel has below 300 */
	[NAME_USER] = {65536, false},
	[NAME_PORT] = {65536, false},
	[NAME_HOST] = {65536, false},
	[NAME_META] = {64, true}, /* reported once */
	[NAME_FRAME] = {131072, false},
	[NAME_TASK] = {65536, false},
	[NAME_SETTING] = {65536, true}, /* the next walk reports what is missing */
	[NAME_INTERFACE] = {65536, false},
	[NAME_NETWORK] = {65536, false},
	[NAME_PROTOCOL] = {256, false},
	[NAME_COUNTER] = {4096, true}, /* Linux 7.2 has below 500 */
};

struct entry {
	struct name_key key;
	char *name; /* NULL: a query */
	unsigned int list;
	bool marked;
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
	uint32_t known[NAME_KIND_COUNT];
	uint64_t bytes[NAME_KIND_COUNT];
	uint32_t queries;       /* pending, or taken and not answered */
	struct hash_key secret; /* peers choose the addresses of hosts */
};

struct names *names_new(uint32_t capacity)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->capacity = capacity;
	names->secret = hash_key_new();
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
	memset(names->known, 0, sizeof(names->known));
	memset(names->bytes, 0, sizeof(names->bytes));
	names->entry_count = names->queries = 0;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	names_forget(names);
	free(names->buckets);
	free(names);
}

void names_save(const struct names *names, uint64_t time, const struct fact_sink *sink)
{
	union fact_name_buffer fact;

	for (unsigned int kind = 1; kind < NAME_KIND_COUNT; kind++) {
		const struct entry *entry = names->lists[LIST_NAMES + kind].first;

		for (; entry; entry = entry->after) {
			fact_name_make(&fact, time, entry->key.kind, entry->key.key, entry->name);
			fact_emit(sink, &fact.fact.h);
		}
	}
}

static uint64_t hash(const struct names *names, const struct name_key *key)
{
	const uint64_t words[3] = {key->kind, key->key[0], key->key[1]};

	return hash_keyed(&names->secret, words, sizeof(words));
}

static struct entry **bucket_of(const struct names *names, const struct name_key *key)
{
	return &names->buckets[hash(names, key) & (names->bucket_count - 1)];
}

static struct entry *lookup(const struct names *names, const struct name_key *key)
{
	for (struct entry *entry = *bucket_of(names, key); entry; entry = entry->chain)
		if (entry->key.kind == key->kind && entry->key.key[0] == key->key[0] &&
		    entry->key.key[1] == key->key[1])
			return entry;
	return NULL;
}

static void list_add(struct names *names, struct entry *entry, unsigned int index)
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

/* Keeps chains short. Without memory they only get longer. */
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

static struct entry *add(struct names *names, const struct name_key *key, unsigned int list)
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
	names->known[entry->key.kind]--;
	names->bytes[entry->key.kind] -= strlen(entry->name) + 1;
	free(entry->name);
	free(entry);
}

void names_drop(struct names *names, struct name_key key)
{
	struct entry *entry = lookup(names, &key);

	if (entry && entry->name)
		forget(names, entry);
}

void names_mark(struct names *names, struct name_key key)
{
	struct entry *entry = lookup(names, &key);

	if (entry && entry->name) /* no recording has the queries: they must not decide */
		entry->marked = true;
}

void names_sweep(struct names *names, enum fact_name_kind kind)
{
	struct entry *entry = names->lists[LIST_NAMES + kind].first, *after;

	for (; entry; entry = after) {
		after = entry->after;
		if (!entry->marked)
			forget(names, entry);
		else
			entry->marked = false;
	}
}

uint32_t names_count(const struct names *names, enum fact_name_kind kind)
{
	return names->known[kind];
}

/* Is there room for so many more names of the kind, and bytes? */
static bool has_room(const struct names *names, uint32_t kind, uint32_t more, size_t bytes)
{
	uint32_t most = budgets[kind].most;

	if (most > names->capacity)
		most = names->capacity;
	return names->known[kind] + more <= most && names->bytes[kind] + bytes <= BYTES_MAX;
}

/* Makes room by dropping the oldest names. false: the kind refuses new names. */
static bool make_room(struct names *names, uint32_t kind, uint32_t more, size_t bytes)
{
	while (!has_room(names, kind, more, bytes)) {
		struct entry *oldest = names->lists[LIST_NAMES + kind].first;

		if (!oldest || budgets[kind].keeps)
			return false;
		forget(names, oldest);
	}
	return true;
}

static void set_name(struct names *names, struct entry *entry, char *name)
{
	uint64_t *bytes = &names->bytes[entry->key.kind];

	*bytes -= entry->name ? strlen(entry->name) + 1 : 0;
	*bytes += strlen(name) + 1;
	free(entry->name);
	entry->name = name;
}

/* Takes the name over, unless it fails. */
static int learn(struct names *names, const struct name_key *key, char *name)
{
	struct entry *entry = lookup(names, key);
	unsigned int list = LIST_NAMES + key->kind;

	if (entry && entry->name) {
		set_name(names, entry, name);
		make_room(names, key->kind, 0, 0);
		return 0;
	}
	if (!make_room(names, key->kind, 1, strlen(name) + 1)) {
		free(name);
		return 0;
	}
	if (entry) {
		list_remove(names, entry);
		list_add(names, entry, list);
		names->queries--;
	} else {
		entry = add(names, key, list);
	}
	if (!entry)
		return -ENOMEM;
	set_name(names, entry, name);
	names->known[key->kind]++;
	return 0;
}

int names_apply(struct names *names, const struct fact_name *fact)
{
	struct name_key key = {.kind = fact->kind, .key = {fact->key[0], fact->key[1]}};
	char *name;
	int err;

	if (fact->h.len < sizeof(*fact) || fact->size > FACT_NAME_MAX ||
	    fact->size > fact->h.len - sizeof(*fact))
		return -EINVAL;
	if (key.kind == 0 || key.kind >= NAME_KIND_COUNT)
		return 0; /* a kind of a newer version */
	name = strndup(fact->name, fact->size);
	if (!name)
		return -ENOMEM;
	err = learn(names, &key, name);
	if (err)
		free(name);
	return err;
}

const char *names_find(const struct names *names, struct name_key key)
{
	const struct entry *entry = lookup(names, &key);

	return entry ? entry->name : NULL;
}

const char *names_query(struct names *names, struct name_key key)
{
	const struct entry *entry = lookup(names, &key);

	if (entry)
		return entry->name;
	if (key.kind == 0 || key.kind >= NAME_KIND_COUNT || names->queries >= QUERIES_MAX ||
	    names->queries >= names->capacity)
		return NULL;
	if (add(names, &key, key.kind))
		names->queries++;
	return NULL;
}

bool names_next_query(struct names *names, uint32_t kinds, struct name_key *key)
{
	for (uint32_t kind = 1; kind < NAME_KIND_COUNT; kind++) {
		struct entry *entry = names->lists[kind].first;

		if (!(kinds & 1U << kind) || !entry)
			continue;
		*key = entry->key;
		list_remove(names, entry);
		list_add(names, entry, LIST_TAKEN);
		return true;
	}
	return false;
}
