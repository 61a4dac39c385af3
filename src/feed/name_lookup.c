/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports names before the first fact that refers to them: namespaces, cgroups, processes,
 * interfaces.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/address.h"
#include "enrich/interface.h"
#include "fact/name.h"
#include "feed/feed_private.h"

#define NETNS_SEARCH_INTERVAL (NS_PER_SEC / 10)

/* --- names that filters ask for --------------------------------------------------------------- */

static const struct fact_sample *sample_of(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((const struct fact_state *)fact)->s;
	case FACT_RETRANSMIT:
		return &((const struct fact_retransmit *)fact)->s;
	case FACT_SYNACK:
		return &((const struct fact_synack *)fact)->s;
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		return &((const struct fact_reset *)fact)->s;
	case FACT_SEEN:
		return &((const struct fact_seen *)fact)->s;
	default:
		return NULL;
	}
}

static void report_netns(struct feed *feed, uint32_t netns)
{
	uint64_t now = clock_boot();

	if (feed->walking) /* the list is in use; try again at the namespace's next fact */
		return;
	feed->last_netns = netns;
	/* Do not search for an unknown namespace at each of its facts. */
	if (netns_find(&feed->netns, netns) || now - feed->netns_searched < NETNS_SEARCH_INTERVAL)
		return;
	feed->netns_searched = now;
	feed_refresh_netns(feed, NULL);
}

void feed_request_names(struct feed *feed)
{
	struct name_key key;

	resolve_refresh(feed->resolve);
	while (names_next_query(table_names(feed->table), RESOLVE_KINDS, &key))
		resolve_request(feed->resolve, &key);
}

static void report_cgroup(struct feed *feed, uint64_t cgroup)
{
	feed->last_cgroup = cgroup;
	if (names_query(table_names(feed->table), name_key_number(NAME_CGROUP, cgroup)))
		return;
	feed_request_names(feed);
	resolve_collect(feed->resolve, feed_fact, feed);
}

/* --- interfaces of link-local addresses ------------------------------------------------------- */

/* Name of an interface in a namespace that the thread is not in. 0 or -errno. */
static int interface_name_in(const struct feed *feed, uint32_t netns, uint32_t ifindex,
                             char name[INTERFACE_NAME_SIZE])
{
	const struct netns_entry *entry = netns_find(&feed->netns, netns);
	int err;

	if (feed->walking || !entry || netns_enter(entry))
		return -EAGAIN; /* the walk of that namespace reports it */
	err = interface_name(ifindex, name);
	netns_leave();
	return err;
}

/* Look them up again at each walk: names change, and the kernel reuses indices. */
static void report_interface(struct feed *feed, const struct fact_sample *s)
{
	uint32_t here = feed->walked ? feed->walked : netns_own();
	const struct name_key key = name_key_interface(s->netns, s->ifindex);
	const char *known = names_find(table_names(feed->table), key);
	union fact_name_buffer fact;
	char name[INTERFACE_NAME_SIZE];

	if (known && !feed->walking)
		return;
	if (s->netns == here ? interface_name(s->ifindex, name)
	                     : interface_name_in(feed, s->netns, s->ifindex, name))
		return;
	feed->named_netns = s->netns;
	feed->named_interface = s->ifindex;
	if (known && !strcmp(known, name))
		return;
	fact_name_make(&fact, clock_boot(), NAME_INTERFACE, key.key, name);
	feed_fact(&fact.fact.h, feed);
}

static bool is_on_link(const struct fact_sample *s)
{
	return s->ifindex && (address_is_link_local((uint8_t)s->family, s->laddr) ||
	                      address_is_link_local((uint8_t)s->family, s->raddr));
}

static const struct fact_task *task_of(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((const struct fact_state *)fact)->task;
	case FACT_ACCEPT:
	case FACT_CONNECT:
		return &((const struct fact_syscall *)fact)->task;
	default:
		return NULL;
	}
}

/*
 * A name comes before the first fact that refers to it, so that a filter by name matches that fact.
 */
void feed_report_names(struct feed *feed, const struct fact *fact)
{
	const struct fact_sample *s = sample_of(fact);
	const struct fact_task *task = task_of(fact);

	if (task && task->pid && !table_find_task(feed->table, task->pid, task->start))
		feed_lookup_task(feed, task->pid, task->start);
	if (!s)
		return;
	if (s->netns && s->netns != feed->last_netns && feed->live)
		report_netns(feed, s->netns);
	if (s->cgroup && s->cgroup != feed->last_cgroup)
		report_cgroup(feed, s->cgroup);
	if (is_on_link(s) && (s->ifindex != feed->named_interface || s->netns != feed->named_netns))
		report_interface(feed, s);
}
