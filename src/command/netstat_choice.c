/* SPDX-License-Identifier: BSD-2-Clause */
/* Decides, from all that was typed, which sections appear, and refuses what does not fit. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/netstat.h"
#include "field/columns.h"
#include "list/registry.h"

#define INTERNET                                                                                   \
	(LIST_BIT(TCP) | LIST_BIT(SCTP) | LIST_BIT(UDP) | LIST_BIT(UDPLITE) | LIST_BIT(RAW))
/* The sections that netstat prints when nothing is typed. */
#define DEFAULT                                                                                    \
	(INTERNET | LIST_BIT(UNIX) | LIST_BIT(IPX) | LIST_BIT(AX25) | LIST_BIT(X25) |              \
	 LIST_BIT(NETROM) | LIST_BIT(ROSE) | LIST_BIT(L2CAP) | LIST_BIT(RFCOMM))

const char *netstat_protocol_name(enum list_protocol protocol)
{
	static const char *const names[LIST_PROTOCOLS] = {
		[LIST_TCP] = "AF INET (tcp)",
		[LIST_SCTP] = "AF INET (sctp)",
		[LIST_UDP] = "AF INET (udp)",
		[LIST_UDPLITE] = "AF INET (udplite)",
		[LIST_RAW] = "AF INET (raw)",
		[LIST_PING] = "AF INET (ping)",
		[LIST_UNIX] = "AF UNIX",
		[LIST_IPX] = "AF IPX",
		[LIST_AX25] = "AF AX25",
		[LIST_X25] = "AF X25",
		[LIST_NETROM] = "AF NETROM",
		[LIST_ROSE] = "AF ROSE",
		[LIST_DDP] = "AF DDP",
		[LIST_ECONET] = "AF ECONET",
		[LIST_ASH] = "AF ASH",
		[LIST_L2CAP] = "AF BLUETOOTH (l2cap)",
		[LIST_RFCOMM] = "AF BLUETOOTH (rfcomm)",
		[LIST_PACKET] = "AF PACKET",
		[LIST_NETLINK] = "AF NETLINK",
		[LIST_VSOCK] = "AF VSOCK",
	};

	return names[protocol];
}

/* --- sections of sockets ---------------------------------------------------------------------- */

/* -4 and -6 choose among protocols of the Internet; alone they choose all of these, but not for -g. */
static void choose_sockets(struct netstat *netstat)
{
	struct list_request *request = &netstat->request;

	request->named = netstat->typed;
	request->protocols = netstat->typed;
	if ((netstat->inet || netstat->inet6) && !netstat->groups &&
	    !(netstat->typed & (INTERNET | LIST_BIT(PING))))
		request->protocols |= INTERNET;
	if (!request->protocols && !netstat->groups)
		request->protocols = DEFAULT;
}

static bool is_typed_family(const struct netstat *netstat, enum list_family family)
{
	for (size_t i = 0; i < netstat->family_count; i++)
		if (netstat->families[i] == family)
			return true;
	return false;
}

bool netstat_appears(const struct netstat *netstat, const struct listing *listing)
{
	if (listing->mode == LIST_SOCKETS && netstat->mode == LIST_SOCKETS)
		return listing->protocols & netstat->request.protocols;
	if (listing->mode == LIST_GROUPS)
		return netstat->groups && netstat->mode == LIST_SOCKETS;
	if (listing->mode == LIST_ROUTES && netstat->mode == LIST_ROUTES)
		return is_typed_family(netstat, listing->family);
	return listing->mode == netstat->mode;
}

/* --- routes and statistics -------------------------------------------------------------------- */

static const char *family_name(enum list_family family)
{
	static const char *const names[LIST_FAMILIES] = {
		[LIST_FAMILY_NONE] = "",
		[LIST_FAMILY_INET] = "inet",
		[LIST_FAMILY_INET6] = "inet6",
		[LIST_FAMILY_UNIX] = "unix",
		[LIST_FAMILY_IPX] = "ipx",
		[LIST_FAMILY_AX25] = "ax25",
		[LIST_FAMILY_X25] = "x25",
		[LIST_FAMILY_NETROM] = "netrom",
		[LIST_FAMILY_ROSE] = "rose",
		[LIST_FAMILY_DDP] = "ddp",
		[LIST_FAMILY_ECONET] = "ec",
		[LIST_FAMILY_ASH] = "ash",
		[LIST_FAMILY_BLUETOOTH] = "bluetooth",
		[LIST_FAMILY_PACKET] = "packet",
		[LIST_FAMILY_NETLINK] = "netlink",
		[LIST_FAMILY_VSOCK] = "vsock",
	};

	return names[family];
}

/* Families whose protocols have routes. */
static bool has_routes(enum list_family family)
{
	switch (family) {
	case LIST_FAMILY_INET:
	case LIST_FAMILY_INET6:
	case LIST_FAMILY_IPX:
	case LIST_FAMILY_AX25:
	case LIST_FAMILY_X25:
	case LIST_FAMILY_NETROM:
	case LIST_FAMILY_ROSE:
	case LIST_FAMILY_DDP:
		return true;
	default:
		return false;
	}
}

static int choose_routes(struct netstat *netstat)
{
	if (!netstat->family_count)
		netstat->families[netstat->family_count++] = LIST_FAMILY_INET;
	for (size_t i = 0; i < netstat->family_count; i++)
		if (!has_routes(netstat->families[i]))
			return netstat_refuse(netstat, NETSTAT_USAGE, false,
			                      "No routing for address family `%s'.",
			                      family_name(netstat->families[i]));
	return 0;
}

static int choose_statistics(struct netstat *netstat)
{
	for (size_t i = 0; i < netstat->family_count; i++)
		if (netstat->families[i] != LIST_FAMILY_INET &&
		    netstat->families[i] != LIST_FAMILY_INET6)
			return netstat_refuse(
				netstat, NETSTAT_FAILED, false,
				"netstat: No statistics support for specified address family: %s",
				family_name(netstat->families[i]));
	netstat->request.protocols = netstat->request.named = netstat->typed;
	return 0;
}

static int choose_mode(struct netstat *netstat)
{
	if (netstat->modes > 1)
		return netstat_refuse(
			netstat, NETSTAT_USAGE, true,
			"netstat: -i, -M, -r and -s exclude each other: expected one");
	netstat->request.v4 = netstat->inet;
	netstat->request.v6 = netstat->inet6;
	if (netstat->mode == LIST_ROUTES)
		return choose_routes(netstat);
	if (netstat->mode == LIST_STATISTICS)
		return choose_statistics(netstat);
	if (netstat->mode == LIST_SOCKETS)
		choose_sockets(netstat);
	return 0;
}

/* --- columns, filters, recordings ------------------------------------------------------------- */

/* The fields of all sections that appear, each key once: what --columns and --sort choose from. */
static int collect_columns(struct netstat *netstat, struct diag *diag)
{
	struct list_registry all = {0};
	int err = 0;

	for (const struct listing *const *at = listings; *at && !err; at++)
		if (netstat_appears(netstat, *at))
			err = list_registry_add(&all, *at);
	netstat->columns = all.fields;
	netstat->column_count = all.count;
	return err ? diag_fail(diag, err, "out of memory") : 0;
}

/* A filter that no section has a field for would select nothing. */
static int check_filter(const struct netstat_reader *reader)
{
	struct netstat *netstat = reader->netstat;
	const char *missing = NULL;
	bool any = false;

	for (const struct listing *const *at = listings; *at; at++) {
		if (!netstat_appears(netstat, *at))
			continue;
		missing = list_filter_lacks(&netstat->filter, *at);
		if (!missing)
			return 0;
		any = true;
	}
	if (!any)
		return 0;
	return netstat_refuse(netstat, NETSTAT_USAGE, false,
	                      "netstat: --%s has no effect here: nothing that is listed has it",
	                      missing);
}

static int check_states(const struct netstat_reader *reader)
{
	const struct netstat *netstat = reader->netstat;
	const char *word = netstat->filter.states.count ? "" : NULL;

	for (size_t i = 0; word && i < netstat->filter.states.count; i++) {
		bool known = false;

		word = netstat->filter.states.items[i];
		for (const struct listing *const *at = listings; *at && !known; at++)
			known = netstat_appears(netstat, *at) && list_filter_knows_state(*at, word);
		if (!known)
			return netstat_refuse(
				reader->netstat, NETSTAT_USAGE, false,
				"netstat: --state: unknown state \"%.80s\": expected a "
				"state of what is listed",
				word);
	}
	return 0;
}

static int check_table(struct netstat *netstat)
{
	if (!netstat->request.table || netstat->mode == LIST_ROUTES)
		return 0;
	return netstat_refuse(netstat, NETSTAT_USAGE, false,
	                      "netstat: --table has no effect here: use it with -r");
}

/* Sections that a recording does not have are not silently left out. */
static int check_recorded(const struct netstat_reader *reader)
{
	struct netstat *netstat = reader->netstat;
	const struct listing *missing = NULL;
	bool any = false;

	if (!reader->options->from)
		return 0;
	for (const struct listing *const *at = listings; *at; at++) {
		if (!netstat_appears(netstat, *at))
			continue;
		any |= (*at)->recorded;
		if (!(*at)->recorded && !missing)
			missing = *at;
	}
	/* Without a choice, what there is appears. */
	if (any && (!missing || !netstat->typed))
		return 0;
	return netstat_refuse(
		netstat, NETSTAT_USAGE, false,
		"netstat: --from: a recording has no section \"%s\": expected -t, -s or -i",
		missing ? missing->name : "");
}

static int check_line(struct netstat_reader *reader)
{
	struct options *options = reader->options;
	struct diag diag = {""};
	int err = check_table(reader->netstat);

	err = err ? err : check_recorded(reader);
	err = err ? err : check_states(reader);
	err = err ? err : check_filter(reader);
	if (!err && cli_check(options, &diag))
		err = netstat_refuse(reader->netstat, NETSTAT_USAGE, false, "netstat: %.900s",
		                     diag.text);
	return err;
}

/* Do columns or filters beside netstat's need fields that the plain list does without? */
static bool is_rich(const struct netstat_reader *reader)
{
	const struct options *options = reader->options;

	return options->format != OUTPUT_TEXT || options->columns || options->sort ||
	       !list_filter_is_empty(&reader->netstat->filter);
}

static bool is_of_process(const char *key)
{
	static const char *const keys[] = {"program",  "pid",       "comm",        "fd",
	                                   "holders",  "cgroup",    "container",   "container_id",
	                                   "peer_pid", "peer_comm", "peer_program"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

static bool names_process(const struct netstat *netstat, const char *typed)
{
	const struct field **chosen;
	size_t count;
	bool any = false;

	if (!typed ||
	    columns_select(netstat->columns, netstat->column_count, NULL,
	                   typed + (*typed == '+' || *typed == '-'), &chosen, &count, NULL))
		return false;
	for (size_t i = 0; i < count; i++)
		any |= is_of_process(chosen[i]->word->key);
	free(chosen);
	return any;
}

/* To find them takes as long as to read the sockets. */
static bool needs_holders(const struct netstat_reader *reader)
{
	const struct options *options = reader->options;
	const struct netstat *netstat = reader->netstat;
	bool whole =
		options->format != OUTPUT_TEXT && (!options->columns || options->columns[0] == '+');

	if (netstat->mode != LIST_SOCKETS || !netstat->request.protocols)
		return false;
	return whole || netstat->request.programs || names_process(netstat, options->columns) ||
	       names_process(netstat, options->sort) || list_filter_needs_holders(&netstat->filter);
}

int netstat_choose(struct netstat_reader *reader, struct diag *diag)
{
	struct netstat *netstat = reader->netstat;
	int err;

	netstat->filter.query = &reader->options->query;
	err = choose_mode(netstat);
	if (!err)
		err = collect_columns(netstat, diag);
	if (!err)
		err = check_line(reader);
	netstat->request.rich = is_rich(reader);
	netstat->needs_holders = !err && needs_holders(reader);
	return err == -EINVAL && netstat->code ? 0 : err;
}
