/* SPDX-License-Identifier: BSD-2-Clause */
/* What unix_diag knows of the sockets of the current network namespace, by inode. */
#include <errno.h>
#include <linux/unix_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "list/netlink.h"
#include "list/unix.h"
#include "mix.h"

struct unix_known {
	struct list *list; /* owns the names */
	struct unix_message *messages;
	size_t count, room;
	struct unix_name *broken; /* names with newlines */
	size_t broken_count, broken_room;
	uint32_t *slots; /* hash table: index in messages, plus 1; 0: free */
	size_t mask;     /* number of slots, minus 1 */
	size_t next;     /* where the next look-up probably finds its socket */
};

void unix_known_free(struct unix_known *known)
{
	if (!known)
		return;
	free(known->messages);
	free(known->broken);
	free(known->slots);
	free(known);
}

size_t unix_known_broken(const struct unix_known *known, const struct unix_name **names)
{
	*names = known->broken;
	return known->broken_count;
}

static int add_broken(struct unix_known *known, const struct unix_name *name)
{
	struct unix_name *broken = array_reserve(known->broken, &known->broken_room,
	                                         known->broken_count + 1, sizeof(*broken));

	if (!broken)
		return -ENOMEM;
	known->broken = broken;
	broken[known->broken_count++] = *name;
	return 0;
}

static int keep_name(struct unix_known *known, struct unix_name *name)
{
	if (!name->bytes)
		return 0;
	name->bytes = list_text(known->list, name->bytes, name->size);
	if (!name->bytes)
		return -ENOMEM;
	return memchr(name->bytes, '\n', name->size) ? add_broken(known, name) : 0;
}

static int on_message(const struct nlmsghdr *message, void *arg)
{
	struct unix_known *known = arg;
	struct unix_message parsed, *messages;

	if (unix_message(message, &parsed))
		return 0;
	messages =
		array_reserve(known->messages, &known->room, known->count + 1, sizeof(*messages));
	if (!messages || keep_name(known, &parsed.name))
		return -ENOMEM;
	known->messages = messages;
	messages[known->count++] = parsed;
	return 0;
}

static void again(void *arg)
{
	struct unix_known *known = arg;

	known->count = known->broken_count = 0;
}

static uint32_t *find_slot(const struct unix_known *known, uint32_t inode)
{
	size_t at = hash_mix(0, inode) & known->mask;

	while (known->slots[at] && known->messages[known->slots[at] - 1].inode != inode)
		at = (at + 1) & known->mask;
	return &known->slots[at];
}

static int index_messages(struct unix_known *known)
{
	size_t slots = 16;

	while (slots < 2 * known->count)
		slots *= 2;
	known->slots = calloc(slots, sizeof(*known->slots));
	if (!known->slots)
		return -ENOMEM;
	known->mask = slots - 1;
	for (size_t i = 0; i < known->count; i++)
		*find_slot(known, known->messages[i].inode) = (uint32_t)i + 1;
	return 0;
}

static int dump(struct unix_known *known, struct netlink *netlink, bool rich)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request =
		netlink_request(buffer, SOCK_DIAG_BY_FAMILY, sizeof(struct unix_diag_req));
	struct unix_diag_req *header = NLMSG_DATA(request);
	const struct netlink_dump how = {on_message, again, known};

	header->sdiag_family = AF_UNIX;
	header->udiag_states = UINT32_MAX;
	header->udiag_show = UDIAG_SHOW_NAME;
	if (rich)
		header->udiag_show |=
			UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_MEMINFO | UDIAG_SHOW_UID;
	return netlink_dump(netlink, request, &how, NULL);
}

struct unix_known *unix_known_read(struct list *list, bool rich)
{
	struct unix_known *known = calloc(1, sizeof(*known));
	struct netlink *netlink = NULL;
	int err = known ? netlink_open(&netlink, NETLINK_SOCK_DIAG, NULL) : -ENOMEM;

	if (!err) {
		known->list = list;
		err = dump(known, netlink, rich);
	}
	err = err ? err : index_messages(known);
	netlink_close(netlink);
	if (!err)
		return known;
	unix_known_free(known);
	return NULL;
}

/* /proc/net/unix and unix_diag walk in the same order, so the next one is usually the one. */
const struct unix_message *unix_known_find(struct unix_known *known, uint32_t inode)
{
	uint32_t slot;

	if (known->next < known->count && known->messages[known->next].inode == inode)
		return &known->messages[known->next++];
	slot = *find_slot(known, inode);
	if (!slot)
		return NULL;
	known->next = slot;
	return &known->messages[slot - 1];
}
