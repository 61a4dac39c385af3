/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One netlink socket, over libmnl. It speaks of the network namespace that the calling thread was in when it
 * was opened. What messages say: netlink_message.h.
 *
 *	char buffer[NETLINK_REQUEST_SIZE];
 *	struct nlmsghdr *request = netlink_request(buffer, RTM_GETLINK, sizeof(struct ifinfomsg));
 *
 *	mnl_attr_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_VF);
 *	err = netlink_dump(netlink, request, &dump, diag);
 */
#ifndef TCPTRAIL_LIST_NETLINK_H
#define TCPTRAIL_LIST_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct list;
struct netlink;

/*
 * protocol: NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_NETFILTER. 0 or -errno with diag; -EPROTONOSUPPORT: the
 * kernel has no such family. netlink_close() takes NULL.
 */
int netlink_open(struct netlink **netlink, int protocol, struct diag *diag);
void netlink_close(struct netlink *netlink);

#define NETLINK_REQUEST_SIZE 512

/*
 * Begins a request for a dump in the buffer, aligned as malloc() aligns: a header, and `header` zeroed bytes
 * behind it for that of the family (struct rtmsg, ...), at mnl_nlmsg_get_payload().
 */
struct nlmsghdr *netlink_request(void *buffer, uint16_t type, size_t header);

struct netlink_dump {
	/* Takes a message of the answer. An error ends the dump and is its result. */
	int (*message)(const struct nlmsghdr *message, void *arg);
	/*
	 * What the kernel lists has changed meanwhile, so something may be missing or there twice
	 * (NLM_F_DUMP_INTR). The dump begins again: what came so far must be dropped. NULL: what came
	 * may stay, and may come again.
	 */
	void (*again)(void *arg);
	void *arg;
};

/*
 * Sends the request and takes the answer. 0 or -errno; diag then has the kernel's own words where it said
 * some. A dump that never comes through undisturbed counts as it came the last time. EAGAIN: no answer.
 */
int netlink_dump(struct netlink *netlink, struct nlmsghdr *request, const struct netlink_dump *dump,
                 struct diag *diag);

/* The most common case: dumps into a list; before it begins again, drops the records that it added. */
int netlink_dump_list(struct netlink *netlink, struct nlmsghdr *request, struct list *list,
                      int (*message)(const struct nlmsghdr *message, void *arg), void *arg,
                      struct diag *diag);

#endif
