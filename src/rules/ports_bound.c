/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bind() of a local address with port 0 takes a port that no other socket of this address has,
 * whatever its remote end. Only connect() can share a port between remote ends. So programs that
 * bind before connect() run out of ports when the address has as many sockets as there are ports.
 */
#include <inttypes.h>
#include <sys/socket.h>

#include "field/endpoint.h"
#include "rules/rule.h"

#define SHARE_NEAR 90 /* % */
#define NAMED_MOST 3

static bool is_near(const struct survey_source *source)
{
	return (uint64_t)source->ports * 100 >= (uint64_t)source->all * SHARE_NEAR;
}

static bool match_netns(const struct why *why, uint32_t netns)
{
	struct survey_source source;

	return survey_source(why->survey, netns, &source) && is_near(&source);
}

struct user {
	uint64_t task; /* its address */
	uint64_t count;
};

static void count_users(const struct why *why, const struct survey_source *source,
                        struct map *users)
{
	struct row_iter iter;
	const struct row *row;

	table_for_each (why->table, iter, row) {
		struct owner owner;
		struct user *user;
		uint64_t key;

		if (!survey_source_has(why->table, source, row))
			continue;
		table_owner(why->table, row, &owner);
		key = (uintptr_t)owner.task;
		user = map_get(users, &key);
		if (user)
			user->count++;
	}
}

/* Takes the process with the most sockets. */
static struct user take_most(const struct map *users)
{
	struct user *most = NULL, taken = {0};

	for (size_t i = 0; i < users->count; i++) {
		struct user *user = map_at(users, i);

		if (!most || user->count > most->count)
			most = user;
	}
	if (most) {
		taken = *most;
		most->count = 0;
	}
	return taken;
}

static void note_users(const struct why *why, const struct survey_source *source,
                       struct finding *finding)
{
	struct map users;

	map_init(&users, sizeof(uint64_t), sizeof(struct user));
	count_users(why, source, &users);
	for (int i = 0; i < NAMED_MOST; i++) {
		struct user user = take_most(&users);
		const struct task *task = (const struct task *)(uintptr_t)user.task;

		if (user.count && task)
			finding_evidence(finding, "%" PRIu64 " of these sockets: %u/%.*s",
			                 user.count, task->pid, FACT_COMM_LEN, task->comm);
		else if (user.count)
			finding_evidence(finding, "%" PRIu64 " of these sockets: process not known",
			                 user.count);
	}
	map_free(&users);
}

static void note_how(const struct survey_source *source, struct finding *finding)
{
	finding_evidence(finding,
	                 "%" PRIu64 " sockets use %u of %u ports of ip_local_port_range, %" PRIu64
	                 " of the sockets are in TIME_WAIT",
	                 source->sockets, source->ports, source->all, source->time_wait);
	if (source->bound)
		finding_evidence(finding,
		                 "%" PRIu64 " of them were seen to be bound before connect()",
		                 source->bound);
	if (source->bound + source->chosen < source->sockets)
		finding_evidence(finding,
		                 "the connect() of %" PRIu64
		                 " was not seen; but nearly every port has only one of them, which "
		                 "is typical for bind()",
		                 source->sockets - source->bound - source->chosen);
}

static void judge(const struct why *why, struct finding *finding)
{
	struct survey_source source;
	const struct endpoint end = {.addr = source.addr, .family = AF_INET6};
	char address[ENDPOINT_SIZE];
	bool all;

	if (!survey_source(why->survey, finding->group.key.netns, &source))
		return;
	endpoint_address(&end, address);
	/* ip_local_reserved_ports and other addresses take some ports. */
	all = (uint64_t)source.ports * 100 >= (uint64_t)source.all * 99;
	finding->level = all ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s local ports of %s are taken by sockets that were bound before "
	                "connect(): bind() with port 0 %s EADDRINUSE there. It is not known which "
	                "process fails: bind() causes no event.",
	                all ? "All" : "Nearly all", address,
	                all ? "fails with" : "will soon fail with");
	note_how(&source, finding);
	note_users(why, &source, finding);
	finding_next(finding, "let programs that bind an address before connect() set "
	                      "IP_BIND_ADDRESS_NO_PORT: then remote ends share ports");
	finding_next(
		finding,
		"use more source addresses, or more ports: sysctl net.ipv4.ip_local_port_range");
	if (source.time_wait * 2 > source.sockets)
		finding_next(finding,
		             "keep and reuse connections: most of these ports are in TIME_WAIT");
}

const struct rule rule_ports_bound = {
	.id = "ports-bound",
	.about = "sockets bound before connect() take all local ports of an address",
	.source = "inet_csk_get_port() and inet_csk_find_open_port(), "
		  "net/ipv4/inet_connection_sock.c; ip(7), IP_BIND_ADDRESS_NO_PORT",
	.match_netns = match_netns,
	.judge = judge,
};
