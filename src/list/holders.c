/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An index from the inode of a socket to its holders. A host has some hundred thousand fds, so they
 * are sorted by counting, and a look-up is one probe of a hash table.
 */
#include "list/holders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/map.h"
#include "base/numbers.h"
#include "mix.h"

struct held_fd {
	uint32_t inode;
	struct list_holder holder;
};

/* The holders of a socket are holders[first] up to the first one of the next socket. */
struct held_socket {
	uint32_t inode;
	uint32_t first;
	uint32_t processes;
};

struct process {
	uint64_t pid;
	struct list_process shown; /* its strings are in `strings` */
	char *strings;
};

/* A text of list_holders_label(). */
struct label {
	uint32_t pid, others;
	char *text;
};

struct list_holders {
	struct held_fd *fds; /* until the seal */
	size_t count, room;
	bool unordered; /* they did not come by pid and fd */
	struct numbers pids;
	struct map processes;
	struct map *labels; /* made when they are asked for */
	/* after the seal */
	struct list_holder *holders;
	struct held_socket *sockets; /* by inode, and one more at the end */
	size_t socket_count;
	uint32_t *slots; /* hash table: index in `sockets`, plus 1; 0: free */
	size_t mask;     /* number of slots, minus 1 */
};

struct list_holders *list_holders_new(void)
{
	struct list_holders *holders = calloc(1, sizeof(*holders));

	if (!holders)
		return NULL;
	holders->labels = calloc(1, sizeof(*holders->labels));
	if (!holders->labels) {
		free(holders);
		return NULL;
	}
	map_init(&holders->processes, sizeof(uint64_t), sizeof(struct process));
	map_init(holders->labels, sizeof(uint64_t), sizeof(struct label));
	return holders;
}

void list_holders_free(struct list_holders *holders)
{
	if (!holders)
		return;
	for (size_t i = 0; i < holders->processes.count; i++)
		free(((struct process *)map_at(&holders->processes, i))->strings);
	for (size_t i = 0; i < holders->labels->count; i++)
		free(((struct label *)map_at(holders->labels, i))->text);
	map_free(&holders->processes);
	map_free(holders->labels);
	free(holders->labels);
	numbers_free(&holders->pids);
	free(holders->fds);
	free(holders->holders);
	free(holders->sockets);
	free(holders->slots);
	free(holders);
}

static int compare_holders(const struct list_holder *a, const struct list_holder *b)
{
	return a->pid != b->pid ? (a->pid > b->pid) - (a->pid < b->pid)
	                        : (a->fd > b->fd) - (a->fd < b->fd);
}

int list_holders_add(struct list_holders *holders, uint32_t inode, uint32_t pid, int fd)
{
	const struct held_fd new = {inode, {pid, fd}};
	const struct held_fd *last = holders->count ? &holders->fds[holders->count - 1] : NULL;
	struct held_fd *fds;

	if ((!last || last->holder.pid != pid) && numbers_add(&holders->pids, pid) == NUMBERS_NONE)
		return -ENOMEM;
	if (last && compare_holders(&last->holder, &new.holder) > 0)
		holders->unordered = true;
	fds = array_reserve(holders->fds, &holders->room, holders->count + 1, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	holders->fds = fds;
	fds[holders->count++] = new;
	return 0;
}

size_t list_holders_pid_count(const struct list_holders *holders)
{
	return numbers_count(&holders->pids);
}

uint32_t list_holders_pid(const struct list_holders *holders, size_t index)
{
	return numbers_at(&holders->pids, index);
}

/* --- the seal --------------------------------------------------------------------------------- */

static int compare_fds(const void *a, const void *b)
{
	const struct held_fd *left = a, *right = b;

	return compare_holders(&left->holder, &right->holder);
}

#define DIGIT_BITS 11
#define DIGITS     (1U << DIGIT_BITS)

/* Copies the fds, sorted by one digit of the inode; those with equal digits keep their order. */
static void sort_digit(const struct held_fd *from, struct held_fd *to, size_t count,
                       unsigned int shift)
{
	size_t starts[DIGITS] = {0}, start = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i].inode >> shift & (DIGITS - 1)]++;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		size_t size = starts[digit];

		starts[digit] = start;
		start += size;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].inode >> shift & (DIGITS - 1)]++] = from[i];
}

/* By inode, pid and fd. Kernels report fds by pid and fd, so usually only the inode is left. */
static int sort_fds(struct list_holders *holders)
{
	struct held_fd *from = holders->fds, *to = calloc(holders->count + 1, sizeof(*to)), *swap;

	if (!to)
		return -ENOMEM;
	if (holders->unordered)
		qsort(from, holders->count, sizeof(*from), compare_fds);
	for (unsigned int shift = 0; shift < 32; shift += DIGIT_BITS) {
		sort_digit(from, to, holders->count, shift);
		swap = from;
		from = to;
		to = swap;
	}
	holders->fds = from;
	free(to);
	return 0;
}

static bool is_same(const struct held_fd *a, const struct held_fd *b)
{
	return a->inode == b->inode && !compare_holders(&a->holder, &b->holder);
}

/* Fills holders[] and sockets[], which have room for all. */
static void collect_sockets(struct list_holders *holders)
{
	struct held_socket *sockets = holders->sockets;
	size_t used = 0, count = 0;

	for (size_t i = 0; i < holders->count; i++) {
		const struct held_fd *fd = &holders->fds[i], *last = i ? fd - 1 : NULL;

		if (last && is_same(last, fd))
			continue;
		if (!last || last->inode != fd->inode)
			sockets[count++] = (struct held_socket){fd->inode, (uint32_t)used, 1};
		else if (last->holder.pid != fd->holder.pid)
			sockets[count - 1].processes++;
		holders->holders[used++] = fd->holder;
	}
	sockets[count] = (struct held_socket){.first = (uint32_t)used};
	holders->socket_count = count;
}

static uint32_t *find_slot(const struct list_holders *holders, uint32_t inode)
{
	size_t at = hash_mix(0, inode) & holders->mask;

	while (holders->slots[at] && holders->sockets[holders->slots[at] - 1].inode != inode)
		at = (at + 1) & holders->mask;
	return &holders->slots[at];
}

static int index_sockets(struct list_holders *holders)
{
	size_t slots = 16;

	while (slots < 2 * holders->socket_count)
		slots *= 2;
	holders->slots = calloc(slots, sizeof(*holders->slots));
	if (!holders->slots)
		return -ENOMEM;
	holders->mask = slots - 1;
	for (size_t i = 0; i < holders->socket_count; i++)
		*find_slot(holders, holders->sockets[i].inode) = (uint32_t)i + 1;
	return 0;
}

int list_holders_seal(struct list_holders *holders)
{
	int err = sort_fds(holders);

	if (err)
		return err;
	holders->holders = calloc(holders->count + 1, sizeof(*holders->holders));
	holders->sockets = calloc(holders->count + 1, sizeof(*holders->sockets));
	if (!holders->holders || !holders->sockets)
		return -ENOMEM;
	collect_sockets(holders);
	free(holders->fds);
	holders->fds = NULL;
	holders->count = holders->room = 0;
	return index_sockets(holders);
}

bool list_holders_find(const struct list_holders *holders, uint32_t inode, struct list_held *held)
{
	const struct held_socket *socket;
	uint32_t slot;

	if (!holders || !holders->slots || !inode)
		return false;
	slot = *find_slot(holders, inode);
	if (!slot)
		return false;
	socket = &holders->sockets[slot - 1];
	held->holders = &holders->holders[socket->first];
	held->count = socket[1].first - socket->first;
	held->processes = socket->processes;
	return true;
}

/* --- processes -------------------------------------------------------------------------------- */

/* Copies a string into a block of strings. */
static const char *store(char **at, const char *text)
{
	char *copy = *at;
	size_t size = strlen(text) + 1;

	*at += size;
	return memcpy(copy, text, size);
}

int list_holders_add_process(struct list_holders *holders, const struct list_process *shown)
{
	char *strings = malloc(strlen(shown->comm) + strlen(shown->program) +
	                       strlen(shown->cgroup) + 3),
	     *at = strings;
	uint64_t pid = shown->pid;
	struct process *process = strings ? map_get(&holders->processes, &pid) : NULL;

	if (!process) {
		free(strings);
		return -ENOMEM;
	}
	free(process->strings);
	process->strings = strings;
	process->shown = (struct list_process){
		.pid = shown->pid,
		.comm = store(&at, shown->comm),
		.program = store(&at, shown->program),
		.cgroup = store(&at, shown->cgroup),
	};
	return 0;
}

const struct list_process *list_holders_process(const struct list_holders *holders, uint32_t pid)
{
	uint64_t key = pid;
	const struct process *process = holders ? map_find(&holders->processes, &key) : NULL;

	return process ? &process->shown : NULL;
}

const char *list_holders_label(const struct list_holders *holders, const struct list_held *held)
{
	const uint32_t key[2] = {held->holders[0].pid, (uint32_t)(held->processes - 1)};
	const struct list_process *process = list_holders_process(holders, key[0]);
	const char *program = process ? process->program : "-";
	struct label *label = map_get(holders->labels, key);

	if (!label)
		return NULL;
	if (!label->text &&
	    asprintf(&label->text, key[1] ? "%u/%s+%u" : "%u/%s", key[0], program, key[1]) < 0)
		label->text = NULL;
	return label->text;
}

const char *list_program(const char *args, const char *comm)
{
	const char *slash = args[0] == '/' ? strrchr(args, '/') : NULL;

	if (slash)
		args = slash + 1;
	return args[0] ? args : comm;
}
