/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers about sockets: how many there are by remote end, port, process or place. */
#include <string.h>

#include "field/endpoint.h"
#include "table/counters.h"
#include "rules/survey_private.h"

static bool add_local(struct survey *survey, const struct row *row)
{
	uint8_t addr[16];

	address_map(row->family, row->laddr, addr);
	return map_get(&survey->local.map, addr);
}

bool survey_is_local(struct survey *survey, const uint8_t addr[16])
{
	return survey_rows(survey, &survey->local, 16, 16, add_local) &&
	       map_find(&survey->local.map, addr);
}

/* A number for a key: addresses at a port, sockets, or a time. */
struct source {
	struct group_key key;
	uint64_t count;
};

static bool add_reached(struct survey *survey, const struct row *row)
{
	struct group_key key = {.netns = row->netns};
	struct source *reached;

	if (!row->rport || !(row->flags & ROW_BORN_EXACT) || row->state == STATE_SYN_SENT ||
	    row->state == STATE_SYN_RECV || row->state == STATE_NEW_SYN_RECV ||
	    (row->state == STATE_CLOSE && row->prior == STATE_SYN_SENT))
		return true;
	address_map(row->family, row->raddr, key.addr);
	reached = map_get(&survey->reached.map, &key);
	if (reached && row->born > reached->count)
		reached->count = row->born;
	return reached;
}

uint64_t survey_reached(struct survey *survey, const struct group_key *key)
{
	struct group_key wanted = {.netns = key->netns};
	const struct source *reached;

	memcpy(wanted.addr, key->addr, sizeof(wanted.addr));
	if (!survey_rows(survey, &survey->reached, sizeof(wanted), sizeof(*reached), add_reached))
		return 0;
	reached = map_find(&survey->reached.map, &wanted);
	return reached ? reached->count : 0;
}

struct end {
	struct group_key key;
	uint64_t used, time_wait;
};

static bool add_end(struct survey *survey, const struct row *row)
{
	struct group_key key = {.netns = row->netns, .port = row->rport};
	struct end *end;

	if (row->state == STATE_CLOSE || row->flags & ROW_MPTCP)
		return true;
	address_map(row->family, row->raddr, key.addr);
	end = map_get(&survey->ends.map, &key);
	if (!end)
		return false;
	end->used++;
	end->time_wait += row->state == STATE_TIME_WAIT;
	return true;
}

bool survey_end(struct survey *survey, const struct group_key *key, uint64_t *used,
                uint64_t *time_wait)
{
	struct group_key wanted = {.netns = key->netns, .port = key->port};
	const struct end *end;

	if (!survey_rows(survey, &survey->ends, sizeof(wanted), sizeof(*end), add_end))
		return false;
	memcpy(wanted.addr, key->addr, sizeof(wanted.addr));
	end = map_find(&survey->ends.map, &wanted);
	*used = end ? end->used : 0;
	*time_wait = end ? end->time_wait : 0;
	return true;
}

/* Both ends, without the local port. */
struct way {
	uint8_t laddr[16], raddr[16];
	uint32_t netns;
	uint16_t rport, pad;
};

struct taken {
	struct way way;
	uint32_t ports;
};

static struct way way_of(const struct row *row)
{
	struct way way = {.netns = row->netns, .rport = row->rport};

	address_map(row->family, row->laddr, way.laddr);
	address_map(row->family, row->raddr, way.raddr);
	return way;
}

static bool add_port(struct survey *survey, const struct row *row)
{
	const struct way way = way_of(row);
	uint32_t low, high;
	struct taken *taken;

	if (row->state == STATE_CLOSE || row->flags & ROW_MPTCP || !row->rport ||
	    !table_local_ports(survey->table, row->netns, &low, &high) || row->lport < low ||
	    row->lport > high)
		return true;
	taken = map_get(&survey->ports.map, &way);
	if (taken)
		taken->ports++;
	return taken;
}

bool survey_ports(struct survey *survey, const struct row *row, uint32_t *ports)
{
	const struct way way = way_of(row);
	const struct taken *taken;

	if (!survey_rows(survey, &survey->ports, sizeof(way), sizeof(*taken), add_port))
		return false;
	taken = map_find(&survey->ports.map, &way);
	*ports = taken ? taken->ports : 0;
	return true;
}

/* With an address: sockets of that address at the port. Without: addresses at the port. */
static bool add_address(struct survey *survey, const struct row *row)
{
	struct group_key key = {.netns = row->netns, .port = row->lport, .passive = 1};
	struct source *source, *port;

	if (row->state != STATE_SYN_RECV && row->state != STATE_NEW_SYN_RECV)
		return true;
	address_map(row->family, row->raddr, key.addr);
	source = map_get(&survey->addresses.map, &key);
	if (!source || source->count++)
		return source;
	memset(key.addr, 0, sizeof(key.addr));
	key.passive = 0;
	port = map_get(&survey->addresses.map, &key);
	if (port)
		port->count++;
	return port;
}

bool survey_addresses(struct survey *survey, const struct group_key *key, uint64_t *count)
{
	const struct group_key wanted = {.netns = key->netns, .port = key->port};
	const struct source *port;

	if (!survey_rows(survey, &survey->addresses, sizeof(wanted), sizeof(*port), add_address))
		return false;
	port = map_find(&survey->addresses.map, &wanted);
	*count = port ? port->count : 0;
	return true;
}

struct sockets {
	uint64_t task; /* its address */
	uint32_t by_state[STATE_COUNT];
};

static bool add_sockets(struct survey *survey, const struct row *row)
{
	struct sockets *sockets;
	struct owner owner;
	uint64_t key;

	table_owner(survey->table, row, &owner);
	if (!owner.task || owner.queued || !(row->flags & ROW_SOCKET) || row->flags & ROW_SUBFLOW)
		return true;
	key = (uintptr_t)owner.task;
	sockets = map_get(&survey->tasks.map, &key);
	if (sockets)
		sockets->by_state[row->state]++;
	return sockets;
}

bool survey_task(struct survey *survey, const struct task *task, uint32_t by_state[STATE_COUNT])
{
	const uint64_t key = (uintptr_t)task;
	const struct sockets *sockets;

	if (!survey_rows(survey, &survey->tasks, sizeof(key), sizeof(*sockets), add_sockets))
		return false;
	sockets = map_find(&survey->tasks.map, &key);
	memset(by_state, 0, STATE_COUNT * sizeof(*by_state));
	if (sockets)
		memcpy(by_state, sockets->by_state, sizeof(sockets->by_state));
	return true;
}

struct place {
	struct group_key key;
	uint32_t by_state[STATE_COUNT];
};

static struct group_key key_of_place(const struct group_key *key)
{
	struct group_key place = {.netns = key->netns, .port = key->port, .passive = key->passive};

	memcpy(place.addr, key->addr, sizeof(place.addr));
	return place;
}

static bool add_place(struct survey *survey, const struct row *row)
{
	struct group_key key;
	struct place *place;

	if (row->flags & ROW_SUBFLOW)
		return true;
	group_key_of(survey->table, row, &key);
	key = key_of_place(&key);
	place = map_get(&survey->places.map, &key);
	if (place)
		place->by_state[row->state]++;
	return place;
}

bool survey_place(struct survey *survey, const struct group_key *key,
                  uint32_t by_state[STATE_COUNT])
{
	const struct group_key wanted = key_of_place(key);
	const struct place *place;

	if (!survey_rows(survey, &survey->places, sizeof(wanted), sizeof(*place), add_place))
		return false;
	place = map_find(&survey->places.map, &wanted);
	memset(by_state, 0, STATE_COUNT * sizeof(*by_state));
	if (place)
		memcpy(by_state, place->by_state, sizeof(place->by_state));
	return true;
}

/* The peer reset them in CLOSE_WAIT: the process still has their fds open. */
static bool add_closed(struct survey *survey, const struct row *row)
{
	struct group_key key;
	struct source *closed;

	if (row->state != STATE_CLOSE || row->prior != STATE_CLOSE_WAIT ||
	    row->flags & (ROW_ORPHAN | ROW_SUBFLOW) || !(row->flags & ROW_SOCKET))
		return true;
	group_key_of(survey->table, row, &key);
	key.state = STATE_CLOSE_WAIT;
	closed = map_get(&survey->closed.map, &key);
	if (closed)
		closed->count++;
	return closed;
}

uint64_t survey_closed(struct survey *survey, const struct group_key *key)
{
	struct group_key wanted = *key;
	const struct source *closed;

	wanted.class = 0;
	wanted.state = STATE_CLOSE_WAIT;
	if (!survey_rows(survey, &survey->closed, sizeof(wanted), sizeof(*closed), add_closed))
		return 0;
	closed = map_find(&survey->closed.map, &wanted);
	return closed ? closed->count : 0;
}
