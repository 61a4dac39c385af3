/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/nss.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ROOM_MIN 4096
#define ROOM_MAX (1 << 20) /* no valid record is longer */

static void lookup_host(const struct name_key *key, char *name)
{
	const uint64_t words[2] = {htobe64(key->key[0]), htobe64(key->key[1])};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	const struct sockaddr *sa = (const struct sockaddr *)&v6;
	socklen_t size = sizeof(v6);

	memcpy(&v6.sin6_addr, words, sizeof(v6.sin6_addr));
	if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
		memcpy(&v4.sin_addr, &v6.sin6_addr.s6_addr[12], sizeof(v4.sin_addr));
		sa = (const struct sockaddr *)&v4;
		size = sizeof(v4);
	}
	if (getnameinfo(sa, size, name, FACT_NAME_MAX, NULL, 0, NI_NAMEREQD))
		name[0] = '\0';
}

/* A lookup with a buffer of that size; ERANGE: the buffer is too small. */
typedef int lookup_fn(const struct name_key *key, char *room, size_t size, const char **found);

/* UDP-Lite has the services of UDP (RFC 3828, section 3). */
static const char *service_protocol(uint64_t protocol)
{
	switch (protocol) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return "udp";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_ICMP: /* identifiers, which have no names */
		return "icmp";
	default:
		return "tcp";
	}
}

static int lookup_port(const struct name_key *key, char *room, size_t size, const char **found)
{
	struct servent entry, *result = NULL;
	int err = getservbyport_r(htons((uint16_t)key->key[0]), service_protocol(key->key[1]),
	                          &entry, room, size, &result);

	*found = result ? result->s_name : "";
	return err;
}

static int lookup_user(const struct name_key *key, char *room, size_t size, const char **found)
{
	struct passwd entry, *result = NULL;
	int err = getpwuid_r((uid_t)key->key[0], &entry, room, size, &result);

	*found = result ? result->pw_name : "";
	return err;
}

static int lookup_network(const struct name_key *key, char *room, size_t size, const char **found)
{
	struct netent entry, *result = NULL;
	int ignored;
	int err = getnetbyaddr_r((uint32_t)key->key[0], AF_INET, &entry, room, size, &result,
	                         &ignored);

	*found = result ? result->n_name : "";
	return err;
}

static int lookup_protocol(const struct name_key *key, char *room, size_t size, const char **found)
{
	struct protoent entry, *result = NULL;
	int err = getprotobynumber_r((int)key->key[0], &entry, room, size, &result);

	*found = result ? result->p_name : "";
	return err;
}

static void lookup_record(lookup_fn *fn, const struct name_key *key, char *name)
{
	const char *found = "";
	char *room = NULL;
	int err = ERANGE;

	for (size_t size = ROOM_MIN; err == ERANGE && size <= ROOM_MAX; size *= 4) {
		free(room);
		room = malloc(size);
		err = room ? fn(key, room, size, &found) : ENOMEM;
	}
	snprintf(name, FACT_NAME_MAX + 1, "%s", err ? "" : found);
	free(room);
}

void nss_lookup(const struct name_key *key, char name[FACT_NAME_MAX + 1])
{
	name[0] = '\0';
	switch (key->kind) {
	case NAME_HOST:
		lookup_host(key, name);
		break;
	case NAME_PORT:
		lookup_record(lookup_port, key, name);
		break;
	case NAME_USER:
		lookup_record(lookup_user, key, name);
		break;
	case NAME_NETWORK:
		lookup_record(lookup_network, key, name);
		break;
	case NAME_PROTOCOL:
		lookup_record(lookup_protocol, key, name);
		break;
	}
}
