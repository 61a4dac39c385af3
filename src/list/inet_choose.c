/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the sockets that were read are listed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "list/inet.h"

struct list_inet *inet_add(const struct inet_reader *reader)
{
	struct list_inet *inet = list_add(reader->list);

	if (inet)
		list_socket_init(&inet->socket, reader->request, reader->protocol, reader->family);
	return inet;
}

void inet_truncate(struct list *list, size_t count)
{
	while (list->count > count)
		list_drop(list);
}

typedef bool keep_fn(const struct list_request *request, const struct list_inet *inet);

static void keep_only(const struct list_request *request, struct list *list, size_t first,
                      keep_fn *keep)
{
	size_t kept = first;

	for (size_t i = first; i < list->count; i++) {
		if (!keep(request, list_at(list, i)))
			continue;
		if (kept != i)
			memcpy(list_at(list, kept), list_at(list, i), list->listing->record);
		kept++;
	}
	inet_truncate(list, kept);
}

/* Is the address 0.0.0.0 or ::? The bytes that IPv4 does not use are 0. */
static bool is_null(const uint8_t addr[16])
{
	static const uint8_t null[16];

	return !memcmp(addr, null, sizeof(null));
}

static bool is_server(const struct list_inet *inet)
{
	if (inet->socket.protocol == LIST_SCTP)
		return !inet->association;
	if (inet->socket.protocol == LIST_TCP)
		return !inet->foreign_port;
	return is_null(inet->foreign);
}

static bool is_wanted(const struct list_request *request, const struct list_inet *inet)
{
	return request->all || is_server(inet) == request->listening;
}

void inet_drop_unwanted(const struct list_request *request, struct list *list, size_t first)
{
	keep_only(request, list, first, is_wanted);
}

static bool is_of_family(const struct list_request *request, const struct list_inet *inet)
{
	return request->v4 == request->v6 ||
	       inet->socket.family == (request->v4 ? AF_INET : AF_INET6);
}

void inet_drop_other_families(const struct list_request *request, struct list *list, size_t first)
{
	keep_only(request, list, first, is_of_family);
}

static bool is_association(const struct list_request *request, const struct list_inet *inet)
{
	(void)request;
	return inet->association;
}

void inet_drop_endpoints(struct list *list, size_t first)
{
	keep_only(NULL, list, first, is_association);
}

/* --- users of request sockets ----------------------------------------------------------------- */

/* Pointers to the listeners, sorted by port. */
struct listeners {
	const struct list_inet **at;
	size_t count;
};

static int order_ports(const void *a, const void *b)
{
	const struct list_inet *const *left = a, *const *right = b;

	return (int)(*left)->local_port - (int)(*right)->local_port;
}

static int find_listeners(const struct list *list, size_t first, struct listeners *listeners)
{
	size_t count = list->count - first;

	listeners->count = 0;
	listeners->at = calloc(count ? count : 1, sizeof(*listeners->at));
	if (!listeners->at)
		return -ENOMEM;
	for (size_t i = first; i < list->count; i++) {
		const struct list_inet *inet = list_at(list, i);

		if (inet->socket.protocol == LIST_TCP && !inet->foreign_port)
			listeners->at[listeners->count++] = inet;
	}
	qsort(listeners->at, listeners->count, sizeof(*listeners->at), order_ports);
	return 0;
}

/* The index of the first listener of the port, or of a higher one. */
static size_t first_of_port(const struct listeners *listeners, uint16_t port)
{
	size_t low = 0, high = listeners->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (listeners->at[middle]->local_port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * A request socket has the family of its listener, and the kernel prefers the listener that is bound
 * to the address (compute_score(), net/ipv4/inet_hashtables.c).
 */
static const struct list_inet *listener_of(const struct listeners *listeners,
                                           const struct list_inet *request)
{
	const struct list_inet *any = NULL;

	for (size_t i = first_of_port(listeners, request->local_port); i < listeners->count; i++) {
		const struct list_inet *listener = listeners->at[i];

		if (listener->local_port != request->local_port)
			break;
		if (listener->socket.family != request->socket.family)
			continue;
		if (!memcmp(listener->local, request->local, sizeof(request->local)))
			return listener;
		if (is_null(listener->local))
			any = listener;
	}
	return any;
}

static bool needs_user(const struct list_inet *inet)
{
	return inet->request && inet->socket.uid == LIST_UID_UNKNOWN;
}

int inet_give_requests_users(struct list *list, size_t first)
{
	struct listeners listeners = {.at = NULL};
	int err = 0;

	for (size_t i = first; i < list->count && !err; i++) {
		struct list_inet *inet = list_at(list, i);
		const struct list_inet *listener;

		if (!needs_user(inet))
			continue;
		if (!listeners.at)
			err = find_listeners(list, first, &listeners);
		listener = err ? NULL : listener_of(&listeners, inet);
		if (listener)
			inet->socket.uid = listener->socket.uid;
	}
	free(listeners.at);
	return err;
}
