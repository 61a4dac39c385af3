/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the text of filter options into a query. adders[] has a row for each option. */
#include "select/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"

#define PID_MOST 4194304 /* PID_MAX_LIMIT of 64-bit kernels, include/linux/threads.h */

void query_init(struct query *query)
{
	memset(query, 0, sizeof(*query));
}

static void free_list(struct query_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
}

void query_free(struct query *query)
{
	free(query->pids);
	free(query->ports);
	free(query->lports);
	free(query->rports);
	free(query->cidrs);
	free_list(&query->comms);
	free_list(&query->netns);
	free_list(&query->cgroups);
	free_list(&query->containers);
	query_init(query);
}

static int add_port(uint16_t **ports, size_t *count, const char *word)
{
	uint64_t port;
	uint16_t *grown;
	int err = parse_number(word, 1, UINT16_MAX, &port);

	if (err)
		return err;
	grown = array_add(*ports, *count, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*ports = grown;
	grown[(*count)++] = (uint16_t)port;
	return 0;
}

static int add_string(struct query_list *list, const char *word)
{
	char *copy = strdup(word);
	char **grown = copy ? array_add(list->items, list->count, sizeof(*grown)) : NULL;

	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	list->items = grown;
	grown[list->count++] = copy;
	return 0;
}

static int add_state(struct query *query, const char *word)
{
	uint32_t bits;
	int err = state_parse(word, &bits);

	if (!err)
		query->states |= bits;
	return err;
}

static int add_pid(struct query *query, const char *word)
{
	uint64_t pid;
	uint32_t *grown;
	int err = parse_number(word, 1, PID_MOST, &pid);

	if (err)
		return err;
	grown = array_add(query->pids, query->pid_count, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	query->pids = grown;
	grown[query->pid_count++] = (uint32_t)pid;
	return 0;
}

/* The kernel keeps 15 bytes of a command name, so a longer one never matches. */
static int add_comm(struct query *query, const char *word)
{
	return strlen(word) < FACT_COMM_LEN ? add_string(&query->comms, word) : -EINVAL;
}

static int add_either_port(struct query *query, const char *word)
{
	return add_port(&query->ports, &query->port_count, word);
}

static int add_lport(struct query *query, const char *word)
{
	return add_port(&query->lports, &query->lport_count, word);
}

static int add_rport(struct query *query, const char *word)
{
	return add_port(&query->rports, &query->rport_count, word);
}

static int add_addr(struct query *query, const char *word)
{
	struct query_cidr cidr, *grown;
	int err = parse_zoned_cidr(word, cidr.addr, &cidr.bits, cidr.zone);

	if (err)
		return err;
	grown = array_add(query->cidrs, query->cidr_count, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	query->cidrs = grown;
	grown[query->cidr_count++] = cidr;
	return 0;
}

static int add_netns(struct query *query, const char *word)
{
	return add_string(&query->netns, word);
}

static int add_cgroup(struct query *query, const char *word)
{
	return add_string(&query->cgroups, word);
}

static int add_container(struct query *query, const char *word)
{
	return add_string(&query->containers, word);
}

/* --older 0 matches every age, as no --older does. --newer 0 would match none: it is an error. */
static int set_older(struct query *query, const char *word)
{
	return parse_duration(word, &query->older);
}

static int set_newer(struct query *query, const char *word)
{
	uint64_t newer;
	int err = parse_duration(word, &newer);

	if (err)
		return err;
	if (!newer)
		return -ERANGE;
	query->newer = newer;
	return 0;
}

#define STATES                                                                                     \
	"ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, "    \
	"LAST_ACK, LISTEN, CLOSING or a group: all, connected, synchronized, bucket, big"
#define PORTS "1 to 65535"
#define ADDRESSES                                                                                  \
	"an address or prefix like 10.1.2.3, 10.0.0.0/8, ::1, fe80::1%eth0, fe80::/10, with no "   \
	"bit set behind the prefix"
#define DURATIONS "a number and a unit of ns, us, ms, s, m, h, d, w"

static const struct {
	const char *option;
	int (*add)(struct query *query, const char *word);
	const char *separator; /* of a list; "": the option takes one value */
	const char *what, *expected;
} adders[] = {
	{"state", add_state, ",", "state", STATES},
	{"pid", add_pid, ",", "process id", "1 to 4194304"},
	{"comm", add_comm, ",", "command name", "1 to 15 bytes"},
	{"port", add_either_port, ",", "port", PORTS},
	{"lport", add_lport, ",", "port", PORTS},
	{"rport", add_rport, ",", "port", PORTS},
	{"addr", add_addr, ",", "address", ADDRESSES},
	{"netns", add_netns, ",", "network namespace",
         "\"host\", an inode number or a name; NAME* matches names that start with NAME"},
	{"cgroup", add_cgroup, ",", "cgroup", "a path; PATH* matches paths that start with PATH"},
	{"container", add_container, ",", "container",
         "the id of a container or pod, or the name of a unit or user slice; ID* matches ids that "
         "start with ID"},
	{"older", set_older, "", "duration", DURATIONS},
	{"newer", set_newer, "", "duration", DURATIONS ", above 0"},
};

int query_add(struct query *query, const char *option, const char *text, struct diag *diag)
{
	size_t i = 0;
	char *copy, *rest, *word;
	int err = 0;

	while (i < sizeof(adders) / sizeof(adders[0]) && strcmp(adders[i].option, option))
		i++;
	if (i == sizeof(adders) / sizeof(adders[0]))
		return diag_fail(diag, -EINVAL, "--%s is not a filter", option);
	copy = rest = strdup(text);
	if (!copy)
		return diag_fail(diag, -ENOMEM, "out of memory");
	while (!err && (word = strsep(&rest, adders[i].separator))) {
		err = *word ? adders[i].add(query, word) : -EINVAL;
		if (err == -ENOMEM)
			diag_fail(diag, err, "out of memory");
		else if (err)
			err = diag_fail(diag, -EINVAL, "--%s: invalid %s \"%.80s\": expected %s",
			                option, adders[i].what, word, adders[i].expected);
	}
	free(copy);
	return err;
}
