/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of the interfaces of one network namespace, by index. */
#ifndef TCPTRAIL_LIST_LINKS_H
#define TCPTRAIL_LIST_LINKS_H

#include <stdint.h>

#include "base/diag.h"
#include "base/map.h"

struct list;
struct netlink;
struct nlmsghdr;

struct links { /* all 0: none are known */
	struct map map;
};

/* The names live as long as the list. 0 or -errno with diag. */
int links_read(struct links *links, struct netlink *netlink, struct list *list, struct diag *diag);
void links_free(struct links *links);

/* Takes an RTM_NEWLINK; other messages are passed over. 0 or -errno. */
int links_take(struct links *links, struct list *list, const struct nlmsghdr *message);
/* The name; the index as text if an interface has come since; "" for 0. Lives as long as the list. NULL: no memory. */
const char *links_name(const struct links *links, struct list *list, uint32_t ifindex);

#endif
