/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "field/endpoint.h"
#include "table/counters.h"

/* Storms without a place: reasons and acts of sent RSTs, received RSTs, kinds of retransmits. */
#define ELSEWHERE_MAX (256 * 4 + 1 + RETRANSMIT_KIND_COUNT)
#define ROOM          (STORMS_MAX + ELSEWHERE_MAX)
#define SLOTS         16384 /* a power of two, more than twice ROOM */
_Static_assert(SLOTS > 2 * ROOM, "open addressing needs free slots");

struct storms {
	const struct table *table;
	struct hash_key secret; /* peers choose addresses, so the hash needs a secret */
	size_t count;
	uint16_t slots[SLOTS]; /* index + 1; 0: free */
	struct storm items[ROOM];
};
_Static_assert(ROOM < UINT16_MAX, "slots number them");

struct storms *storms_new(const struct table *table)
{
	struct storms *storms = calloc(1, sizeof(*storms));

	if (!storms)
		return NULL;
	storms->table = table;
	storms->secret = hash_key_new();
	return storms;
}

void storms_free(struct storms *storms)
{
	free(storms);
}

/* --- by key --------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct storm_key) % 8 == 0, "hashed by words");

static uint16_t *find_slot(struct storms *storms, const struct storm_key *key)
{
	size_t slot = hash_keyed(&storms->secret, key, sizeof(*key)) & (SLOTS - 1);

	while (storms->slots[slot] &&
	       memcmp(&storms->items[storms->slots[slot] - 1].key, key, sizeof(*key)))
		slot = (slot + 1) & (SLOTS - 1);
	return &storms->slots[slot];
}

static void forget_place(struct storm_key *key)
{
	memset(&key->place, 0, sizeof(key->place));
	key->elsewhere = 1;
}

static struct storm *get(struct storms *storms, struct storm_key *key)
{
	uint16_t *slot = find_slot(storms, key);

	if (!*slot && storms->count >= STORMS_MAX) {
		forget_place(key);
		slot = find_slot(storms, key);
	}
	if (!*slot) {
		storms->items[storms->count].key = *key;
		*slot = (uint16_t)++storms->count;
	}
	return &storms->items[*slot - 1];
}

/* --- what happened -------------------------------------------------------------------------- */

/* Bytes that no process has read. The kernel counts a received FIN as one byte (rcv_nxt). */
static uint32_t unread_of(const struct row *row)
{
	uint8_t before = row->state == STATE_CLOSE ? row->prior : row->state;
	bool fin =
		before == STATE_CLOSE_WAIT || before == STATE_LAST_ACK || before == STATE_CLOSING;

	if (!(row->flags & ROW_QUEUES) || row_is_listener(row))
		return 0;
	return row->rqueue > fin ? row->rqueue - fin : 0;
}

/* The kernel counts a SYN or SYN+ACK as an acknowledged byte (tcp_ack(), net/ipv4/tcp_input.c). */
static bool has_sent_nothing(const struct row *row)
{
	return row->flags & ROW_BYTES && row->bytes_acked <= 1 && !row->wqueue;
}

/* Bytes sent and not acknowledged, without the FIN. */
static uint32_t unacked_of(const struct row *row, uint8_t before)
{
	bool fin = before == STATE_FIN_WAIT1 || before == STATE_CLOSING || before == STATE_LAST_ACK;

	return row->wqueue > fin ? row->wqueue - fin : 0;
}

/* Did the server answer: has it sent data, or has the client received data? */
static bool is_answered(const struct table *table, const struct row *row)
{
	bool sent = row->bytes_acked > 1, received = row->bytes_received > 0;

	if (!(row->flags & ROW_BYTES))
		return false;
	return sent == received || (row_is_passive(table, row) ? sent : received);
}

/* Did the client send nothing? A prober connects and resets after the greeting of a server. */
static bool has_asked_nothing(const struct table *table, const struct row *row, uint8_t before)
{
	bool fin =
		before == STATE_CLOSE_WAIT || before == STATE_LAST_ACK || before == STATE_CLOSING;

	return row->flags & ROW_BYTES && row->flags & ROW_QUEUES && row->bytes_received <= fin &&
	       row->bytes_acked + row->wqueue < ENDING_CURT && row_is_passive(table, row);
}

static bool loses_nothing(const struct table *table, const struct change *change)
{
	const struct row *row = change->row;
	uint8_t before = row->state == STATE_CLOSE ? row->prior : row->state;

	if (change->kind == CHANGE_RETRANSMIT || !row->sk || row_is_listener(row))
		return false;
	if (change->kind == CHANGE_RST_RECEIVED && has_asked_nothing(table, row, before))
		return true;
	if (before == STATE_LAST_ACK || before == STATE_CLOSING || before == STATE_TIME_WAIT)
		return !unacked_of(row, before);
	return row->flags & ROW_QUEUES && !unread_of(row) && !unacked_of(row, before) &&
	       is_answered(table, row);
}

/* tcp_close() and tcp_disconnect() set CLOSE before they send the RST, tcp_abort() after. */
static enum storm_act act_of(const struct change *change)
{
	if (change->kind != CHANGE_RST_SENT || !change->actor.pid)
		return STORM_ACT_NONE;
	if (change->row->state != STATE_CLOSE)
		return STORM_ACT_KILLED;
	return unread_of(change->row) ? STORM_ACT_UNREAD : STORM_ACT_CLOSED;
}

/* May connect() choose this port? */
static bool is_ephemeral(const struct table *table, uint32_t netns, uint16_t port)
{
	uint32_t low, high;

	if (!table_local_ports(table, netns, &low, &high)) {
		low = 32768; /* inet_init_net(), net/ipv4/af_inet.c */
		high = 60999;
	}
	return port >= low && port <= high;
}

/*
 * A segment that no socket takes has no process and no direction. Its place is the local port,
 * unless the ports look like a connection that this host made.
 */
static void place_no_socket(const struct table *table, const struct row *row,
                            struct group_key *place)
{
	if (is_ephemeral(table, row->netns, row->lport) &&
	    !is_ephemeral(table, row->netns, row->rport))
		return;
	place->passive = 1;
	place->port = row->lport;
	memset(place->addr, 0, sizeof(place->addr));
}

static void place_rst(const struct table *table, const struct change *change,
                      struct group_key *place)
{
	group_key_of(table, change->row, place);
	place->state = 0;
	if (!change->row->sk && !place->passive && !place->pid)
		place_no_socket(table, change->row, place);
	if (!change->actor.pid)
		return;
	place->pid = change->actor.pid;
	place->start = change->actor.start;
}

static void name_program(const struct table *table, const struct group_key *place,
                         const struct fact_task *actor, char comm[FACT_COMM_LEN])
{
	const struct task *task =
		place->pid ? table_find_task(table, place->pid, place->start) : NULL;
	const char *name = task ? task->comm : NULL;

	if (!task && place->pid && place->pid == actor->pid)
		name = actor->comm;
	if (name)
		memcpy(comm, name, strnlen(name, FACT_COMM_LEN));
}

static void make_key(const struct table *table, const struct change *change, struct storm_key *key)
{
	const struct row *row = change->row;

	memset(key, 0, sizeof(*key));
	key->kind = (uint8_t)change->kind;
	if (change->kind == CHANGE_RETRANSMIT) {
		key->detail = (uint8_t)change->retransmit;
		key->place.netns = row->netns;
		if (change->retransmit == RETRANSMIT_SYNACK) {
			key->place.passive = 1;
			key->place.port = row->lport;
		} else {
			address_map(row->family, row->raddr, key->place.addr);
		}
		return;
	}
	place_rst(table, change, &key->place);
	name_program(table, &key->place, &change->actor, key->comm);
	key->detail = change->reason < UINT8_MAX ? (uint8_t)change->reason : UINT8_MAX;
	key->act = (uint8_t)act_of(change);
}

static void note_end(struct storm *storm, const struct row *row)
{
	uint8_t addr[16];

	address_map(row->family, row->raddr, addr);
	for (size_t i = 0; i < STORM_ENDS; i++) {
		struct storm_end *end = &storm->ends[i];

		if (end->count && memcmp(end->addr, addr, sizeof(addr)))
			continue;
		memcpy(end->addr, addr, sizeof(addr));
		end->count++;
		return;
	}
}

static void note_process(struct storm *storm, uint32_t pid, uint64_t start)
{
	if (storm->key.elsewhere || storm->several)
		return;
	if (storm->count > 1 && (storm->pid != pid || storm->start != start)) {
		storm->several = true;
		pid = 0;
		start = 0;
	}
	storm->pid = pid;
	storm->start = start;
}

/*
 * Keeps the most RSTs within a second. A program that exits, or a load generator that stops, ends
 * all its connections at once: measured, 156 connections of a killed one within 20 ms on a busy host.
 */
static void note_burst(struct storm *storm, uint64_t time)
{
	if (time > storm->burst_begin + NS_PER_SEC) {
		storm->burst_begin = time;
		storm->burst_count = 0;
	}
	storm->burst_count++;
	if (storm->burst_count > storm->burst)
		storm->burst = storm->burst_count;
}

/* Did the process exit? do_exit(), kernel/exit.c, reports the exit before it closes the fds. */
static bool is_dying(const struct table *table, const struct change *change)
{
	const struct fact_task *actor = &change->actor;
	const struct task *task;

	if (change->kind != CHANGE_RST_SENT || !actor->pid)
		return false;
	task = table_find_task(table, actor->pid, actor->start);
	return task && task->exited;
}

/* So a server ends what it does not understand, as TLS for sshd. */
static bool is_curt(const struct change *change)
{
	const struct row *row = change->row;
	const uint32_t known = ROW_BORN_EXACT | ROW_BYTES;

	return change->kind == CHANGE_RST_SENT && (row->flags & known) == known &&
	       change->time < row->born + NS_PER_SEC &&
	       row->bytes_acked + row->wqueue < ENDING_CURT;
}

static bool counts(const struct change *change)
{
	switch (change->kind) {
	case CHANGE_RETRANSMIT:
	case CHANGE_RST_SENT:
		return true;
	case CHANGE_RST_RECEIVED:
		return change->row->state != STATE_SYN_SENT;
	case CHANGE_STATE:
	case CHANGE_CONNECT_FAILED:
	case CHANGE_LOSS:
	case CHANGE_END:
	case CHANGE_BECAME:
	case CHANGE_SUBFLOW:
	case CHANGE_KIND_COUNT:
		break;
	}
	return false;
}

#define STUCK 2 /* earlier RTOs in a row: chance seldom loses a segment three times */

void storms_change(const struct change *change, void *arg)
{
	struct storms *storms = arg;
	const struct row *row = change->row;
	struct storm_key key;
	struct storm *storm;
	uint64_t start;
	uint32_t pid;

	if (!counts(change))
		return;
	make_key(storms->table, change, &key);
	pid = key.place.pid;
	start = key.place.start;
	if (key.comm[0]) {
		key.place.pid = 0;
		key.place.start = 0;
	}
	storm = get(storms, &key);
	if (!storm->count++)
		storm->first = change->time;
	note_process(storm, pid, start);
	if (loses_nothing(storms->table, change))
		storm->harmless++;
	else
		note_burst(storm, change->time);
	storm->dying += is_dying(storms->table, change);
	storm->curt += is_curt(change);
	if (change->time > storm->last)
		storm->last = change->time;
	storm->unread += change->kind == CHANGE_RST_SENT ? unread_of(row) : 0;
	storm->silent += change->kind == CHANGE_RST_RECEIVED && has_sent_nothing(row);
	storm->full += change->full;
	storm->small += change->small;
	storm->stuck += change->full && change->timeouts >= STUCK;
	storm->here += row_is_to_itself(row) || table_find_peer(storms->table, row);
	storm->syns += change->cause == RESET_SYN;
	storm->others += change->cause == RESET_OTHER;
	storm->states[row->state]++;
	note_end(storm, row);
}

size_t storms_count(const struct storms *storms)
{
	return storms->count;
}

const struct storm *storms_at(const struct storms *storms, size_t index)
{
	return &storms->items[index];
}

double storm_rate(const struct storm *storm)
{
	const uint64_t least = 10 * NS_PER_SEC;
	uint64_t span = storm->last > storm->first ? storm->last - storm->first : 0;

	return (double)storm->count * (double)least / (double)(span > least ? span : least);
}

const char *storm_detail(const struct storm *storm, const struct table *table, char buf[16])
{
	uint8_t detail = storm->key.detail;
	const char *name;

	if (storm->key.kind == CHANGE_RETRANSMIT)
		return retransmit_kind_name(detail);
	if (storm->key.kind != CHANGE_RST_SENT || !detail)
		return "";
	/* No look-up finds the name of a reason: the source reports all names at the start. */
	name = names_find(table_names((struct table *)table), name_key_number(NAME_RST, detail));
	if (name && name[0])
		return name;
	snprintf(buf, 16, "reason %u", detail);
	return buf;
}
