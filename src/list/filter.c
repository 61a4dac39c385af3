/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/address.h"
#include "base/array.h"
#include "list/registry.h"
#include "list/socket.h"
#include "table/state.h"

/* --- states ----------------------------------------------------------------------------------- */

void list_filter_free(struct list_filter *filter)
{
	for (size_t i = 0; i < filter->states.count; i++)
		free(filter->states.items[i]);
	free(filter->states.items);
	filter->states = (struct query_list){NULL, 0};
}

static int add_word(struct query_list *list, const char *word, size_t size)
{
	char *copy = strndup(word, size);
	char **grown = copy ? array_add(list->items, list->count, sizeof(*grown)) : NULL;

	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	list->items = grown;
	grown[list->count++] = copy;
	return 0;
}

int list_filter_add_states(struct list_filter *filter, const char *text, struct diag *diag)
{
	int err = 0;

	for (const char *at = text; !err; at++) {
		size_t size = strcspn(at, ",");

		if (!size)
			return diag_fail(diag, -EINVAL,
			                 "--state: empty word in \"%.80s\": expected states", text);
		err = add_word(&filter->states, at, size);
		at += size;
		if (!*at)
			break;
	}
	return err ? diag_fail(diag, err, "out of memory") : 0;
}

/* Any case, and "-" and " " are "_". */
static bool same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		char x = *a == '-' || *a == ' ' ? '_' : *a, y = *b == '-' || *b == ' ' ? '_' : *b;

		if (strncasecmp(&x, &y, 1) != 0)
			return false;
	}
	return *a == *b;
}

/* A state as TCP has it, in any spelling: CLOSED, SYN_RECEIVED, estab. */
static bool same_tcp_state(const char *word, const char *name)
{
	uint32_t asked, has;

	return !state_parse(word, &asked) && !state_parse(name, &has) && asked & has;
}

static bool same_state(const struct listing *listing, const char *word, const char *name)
{
	return same_word(word, name) || (!listing->states && same_tcp_state(word, name));
}

bool list_filter_knows_state(const struct listing *listing, const char *word)
{
	uint32_t bits;

	if (!list_field(listing, "state"))
		return false;
	for (const char *const *at = listing->states; at && *at; at++)
		if (same_state(listing, word, *at))
			return true;
	return !listing->states && !state_parse(word, &bits);
}

static bool match_state(const struct list_filter *filter, const struct listing *listing,
                        const struct value *value)
{
	for (size_t i = 0; i < filter->states.count; i++)
		if (same_state(listing, filter->states.items[i], value->string))
			return true;
	return false;
}

/* --- values ----------------------------------------------------------------------------------- */

/* What a record has under a key; false: it is not known. */
static bool get(const struct listing *listing, const char *key, const struct field_context *context,
                const void *record, struct value *value)
{
	const struct field *field = list_field(listing, key);

	if (field)
		field_get(field, context, record, value);
	return field && value->type != VALUE_NONE;
}

static bool has_port(const uint16_t *ports, size_t count, const struct value *value)
{
	for (size_t i = 0; i < count; i++)
		if (ports[i] == value->number)
			return true;
	return false;
}

static bool in_cidr(const struct query *query, const struct value *value)
{
	const struct endpoint *endpoint = &value->endpoint;
	uint8_t mapped[16];

	address_map(endpoint->family, endpoint->addr, mapped);
	for (size_t i = 0; i < query->cidr_count; i++) {
		const struct query_cidr *cidr = &query->cidrs[i];

		if (*cidr->zone && (!endpoint->zone || strcmp(cidr->zone, endpoint->zone) != 0))
			continue;
		if (query_cidr_has(cidr, mapped))
			return true;
	}
	return false;
}

bool list_filter_needs_holders(const struct list_filter *filter)
{
	const struct query *query = filter->query;

	return query->pid_count || query->comms.count || query->cgroups.count ||
	       query->containers.count;
}

/* --- all -------------------------------------------------------------------------------------- */

struct filtered {
	const struct query *query;
	const struct listing *listing;
	const struct field_context *context;
	const void *record;
};

static bool match_ports(const struct filtered *on)
{
	const struct query *query = on->query;
	struct value local, foreign;
	bool has_local = get(on->listing, "local_port", on->context, on->record, &local);
	bool has_foreign = get(on->listing, "foreign_port", on->context, on->record, &foreign);

	if (query->lport_count &&
	    !(has_local && has_port(query->lports, query->lport_count, &local)))
		return false;
	if (query->rport_count &&
	    !(has_foreign && has_port(query->rports, query->rport_count, &foreign)))
		return false;
	return !query->port_count ||
	       (has_local && has_port(query->ports, query->port_count, &local)) ||
	       (has_foreign && has_port(query->ports, query->port_count, &foreign));
}

static bool match_address(const struct filtered *on)
{
	static const char *const keys[] = {"local", "foreign"};
	struct value value;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (get(on->listing, keys[i], on->context, on->record, &value) &&
		    value.type == VALUE_ENDPOINT && in_cidr(on->query, &value))
			return true;
	return !on->query->cidr_count;
}

static bool match_owner(const struct filtered *on)
{
	if (on->listing->mode == LIST_SOCKETS)
		return list_socket_match(on->query, on->context, on->record);
	return !on->query->pid_count && !on->query->comms.count && !on->query->cgroups.count &&
	       !on->query->containers.count;
}

bool list_filter_match(const struct list_filter *filter, const struct listing *listing,
                       const struct field_context *context, const void *record)
{
	const struct filtered on = {filter->query, listing, context, record};
	struct value value;

	if (filter->states.count && (!get(listing, "state", context, record, &value) ||
	                             !match_state(filter, listing, &value)))
		return false;
	return match_ports(&on) && match_address(&on) && match_owner(&on);
}

const char *list_filter_lacks(const struct list_filter *filter, const struct listing *listing)
{
	const struct query *query = filter->query;
	const struct {
		bool given;
		const char *option, *key;
	} rows[] = {
		{filter->states.count, "state", "state"},
		{query->pid_count, "pid", "pid"},
		{query->comms.count, "comm", "pid"},
		{query->port_count, "port", "local_port"},
		{query->lport_count, "lport", "local_port"},
		{query->rport_count, "rport", "foreign_port"},
		{query->cidr_count, "addr", "local"},
		{query->cgroups.count, "cgroup", "cgroup"},
		{query->containers.count, "container", "container"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].given && !list_field(listing, rows[i].key))
			return rows[i].option;
	return NULL;
}

bool list_filter_is_empty(const struct list_filter *filter)
{
	const struct query *query = filter->query;

	return !filter->states.count && !query->pid_count && !query->comms.count &&
	       !query->port_count && !query->lport_count && !query->rport_count &&
	       !query->cidr_count && !query->cgroups.count && !query->containers.count;
}
