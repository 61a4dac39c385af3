/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/survey.h"

#include <string.h>

#include "field/endpoint.h"
#include "table/counters.h"
#include "rules/rule.h"
#include "rules/survey_private.h"

void survey_init(struct survey *survey, const struct table *table, const struct groups *groups)
{
	*survey = (struct survey){.table = table, .groups = groups};
}

void survey_free(struct survey *survey)
{
	struct survey_map *const maps[] = {&survey->largest,   &survey->unseen,  &survey->processes,
	                                   &survey->listeners, &survey->ends,    &survey->ports,
	                                   &survey->addresses, &survey->tasks,   &survey->places,
	                                   &survey->queues,    &survey->closed,  &survey->local,
	                                   &survey->bound,     &survey->sources, &survey->reached,
	                                   &survey->answers,   &survey->scanned};

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		if (maps[i]->state != SURVEY_NOT_YET)
			map_free(&maps[i]->map);
}

static bool begin(struct survey_map *answer, size_t key, size_t entry)
{
	if (answer->state != SURVEY_NOT_YET)
		return false;
	map_init(&answer->map, key, entry);
	answer->state = SURVEY_MADE;
	return true;
}

bool survey_groups(struct survey *survey, struct survey_map *answer, size_t entry,
                   survey_group_fn *add)
{
	if (begin(answer, sizeof(struct group_key), entry))
		for (size_t i = 0; i < groups_count(survey->groups); i++)
			if (!add(survey, i, &groups_at(survey->groups, i)->key))
				answer->state = SURVEY_FAILED;
	return answer->state == SURVEY_MADE;
}

bool survey_rows(struct survey *survey, struct survey_map *answer, size_t key, size_t entry,
                 survey_row_fn *add)
{
	struct row_iter iter;
	const struct row *row;

	if (begin(answer, key, entry))
		table_for_each (survey->table, iter, row)
			if (!add(survey, row))
				answer->state = SURVEY_FAILED;
	return answer->state == SURVEY_MADE;
}

/* --- of groups ------------------------------------------------------------------------------ */

/* A group's number. */
struct numbered {
	struct group_key key;
	size_t index;
};

static struct group_key key_of_process(const struct group_key *key, uint8_t class)
{
	return (struct group_key){.pid = key->pid, .start = key->start, .class = class};
}

/* Marked, for pid and start may be 0, too. */
static struct group_key key_of_netns(const struct group_key *key)
{
	return (struct group_key){.netns = key->netns, .class = key->class, .passive = 1};
}

/* Groups are sorted, the largest first. */
static bool keep_first(struct map *map, const struct group_key *key, size_t index)
{
	size_t count = map->count;
	struct numbered *numbered = map_get(map, key);

	if (numbered && map->count > count)
		numbered->index = index;
	return numbered;
}

static bool add_largest(struct survey *survey, size_t index, const struct group_key *key)
{
	const struct group_key process = key_of_process(key, key->class);
	const struct group_key netns = key_of_netns(key);

	return keep_first(&survey->largest.map, &process, index) &&
	       keep_first(&survey->largest.map, &netns, index);
}

bool survey_largest(struct survey *survey, const struct group_key *key, bool of_process,
                    size_t *index)
{
	const struct group_key wanted =
		of_process ? key_of_process(key, key->class) : key_of_netns(key);
	const struct numbered *found;

	if (!survey_groups(survey, &survey->largest, sizeof(*found), add_largest))
		return false;
	found = map_find(&survey->largest.map, &wanted);
	if (found)
		*index = found->index;
	return found;
}

static bool add_unseen(struct survey *survey, size_t index, const struct group_key *key)
{
	struct group_key any = *key;

	if (!groups_at(survey->groups, index)->count ||
	    rules[key->class - 1] != &rule_close_wait_unseen)
		return true;
	any.class = 0;
	return map_get(&survey->unseen.map, &any);
}

bool survey_has_unseen(struct survey *survey, const struct group_key *key)
{
	struct group_key any = *key;

	any.class = 0;
	return survey_groups(survey, &survey->unseen, sizeof(any), add_unseen) &&
	       map_find(&survey->unseen.map, &any);
}

struct process {
	struct group_key key;
	size_t first;
	bool has_first, at_limit;
};

static bool add_process(struct survey *survey, size_t index, const struct group_key *key)
{
	const struct group_key wanted = key_of_process(key, 0);
	struct process *process = map_get(&survey->processes.map, &wanted);

	if (!process)
		return false;
	process->at_limit |= rules[key->class - 1] == &rule_fd_limit;
	if (process->has_first || !(rule_fd_limit.states & STATE_BIT(key->state)))
		return true;
	process->has_first = true;
	process->first = index;
	return true;
}

bool survey_process(struct survey *survey, const struct group_key *key, size_t *first,
                    bool *at_limit)
{
	const struct group_key wanted = key_of_process(key, 0);
	const struct process *process;

	if (!survey_groups(survey, &survey->processes, sizeof(*process), add_process))
		return false;
	process = map_find(&survey->processes.map, &wanted);
	if (!process || !process->has_first)
		return false;
	*first = process->first;
	*at_limit = process->at_limit;
	return true;
}

/* --- of the table --------------------------------------------------------------------------- */

/* At a port, of all namespaces without one; without a port: in the namespace. */
struct listening {
	struct group_key key;
	uint64_t count;
	const struct row *row; /* one of them */
};

/* With its address; any one is that of no family. */
static struct group_key key_of_listener(const struct row *row)
{
	static const uint8_t any[12 + 4] = {[10] = 0xff, [11] = 0xff};
	struct group_key key = {.netns = row->netns, .port = row->lport, .passive = 1};

	address_map(row->family, row->laddr, key.addr);
	if (!memcmp(key.addr, any, sizeof(any)))
		memset(key.addr, 0, sizeof(key.addr));
	return key;
}

static bool add_at_port(struct survey *survey, const struct group_key *key, const struct row *row)
{
	struct listening *listening = map_get(&survey->listeners.map, key);

	if (listening)
		listening->row = row;
	return listening;
}

static bool add_listener(struct survey *survey, const struct row *row)
{
	const struct group_key key = {.netns = row->netns, .port = row->lport};
	const struct group_key anywhere = {.port = row->lport};
	const struct group_key all = {.netns = row->netns}, at = key_of_listener(row);
	struct listening *listening;

	if (!row_is_listener(row) || row->flags & ROW_MPTCP)
		return true;
	listening = map_get(&survey->listeners.map, &all);
	if (listening)
		listening->count++;
	if (!listening || !add_at_port(survey, &key, row) || !add_at_port(survey, &anywhere, row))
		return false;
	listening = map_get(&survey->listeners.map, &at);
	if (listening)
		listening->row = row;
	return listening;
}

bool survey_listens(struct survey *survey, uint32_t netns, uint16_t port, bool *known)
{
	const struct group_key key = {.netns = netns, .port = port};

	*known = survey_rows(survey, &survey->listeners, sizeof(key), sizeof(struct listening),
	                     add_listener);
	return *known && map_find(&survey->listeners.map, &key);
}

const struct row *survey_listener_at(struct survey *survey, const struct group_key *key)
{
	struct group_key wanted = {.netns = key->netns, .port = key->port, .passive = 1};
	const struct listening *listening;

	memcpy(wanted.addr, key->addr, sizeof(wanted.addr));
	if (!survey_listeners(survey, key->netns))
		return NULL;
	listening = map_find(&survey->listeners.map, &wanted);
	if (listening)
		return listening->row;
	memset(wanted.addr, 0, sizeof(wanted.addr));
	listening = map_find(&survey->listeners.map, &wanted);
	return listening ? listening->row : NULL;
}

uint64_t survey_listeners(struct survey *survey, uint32_t netns)
{
	const struct group_key all = {.netns = netns};
	const struct listening *listening;

	if (!survey_rows(survey, &survey->listeners, sizeof(all), sizeof(*listening), add_listener))
		return 0;
	listening = map_find(&survey->listeners.map, &all);
	return listening ? listening->count : 0;
}

const struct row *survey_listener(struct survey *survey, uint32_t netns, uint16_t port)
{
	const struct group_key here = {.netns = netns, .port = port}, anywhere = {.port = port};
	const struct listening *listening;

	if (!survey_rows(survey, &survey->listeners, sizeof(here), sizeof(*listening),
	                 add_listener))
		return NULL;
	listening = map_find(&survey->listeners.map, &here);
	if (!listening)
		listening = map_find(&survey->listeners.map, &anywhere);
	return listening ? listening->row : NULL;
}

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

/* A number of a key: of addresses at a port, of sockets, or a time. */
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

/* Both ends, but for the local port. */
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

/* Of an address at a port; of the port itself, which has none: addresses. */
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

/* Reset by the peer while they were in CLOSE_WAIT: their fds are not closed. */
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
