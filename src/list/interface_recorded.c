/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces of a recording, and what they did in a time span:
 *
 *	eth0             1500    47000      0      0 0         12000      0      0      0 BMRU
 *	    in 12m00s, a second: 65.3 packets and 58214.1 bytes received, 16.7 packets and 1204.5 bytes sent
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "fact/mib.h"
#include "list/interface.h"
#include "table/mib.h"
#include "table/names.h"

_Static_assert((int)INTERFACE_COUNTS == MIB_DEVICE_VALUES, "both are the numbers of /proc/net/dev");

static void take_value(struct list_interface *interface, const char *name,
                       const struct mib_value *value)
{
	if (!strcmp(name, "IfFlags"))
		interface->flags = (uint32_t)value->now;
	if (!strcmp(name, "IfMtu")) {
		interface->mtu = (uint32_t)value->now;
		interface->has_mtu = true;
	}
	for (size_t i = 0; i < INTERFACE_COUNTS; i++) {
		if (strcmp(name, mib_device_names[i]) != 0)
			continue;
		interface->counts[i] = value->now;
		interface->grown[i] = mib_grown(value);
	}
}

static const char *name_of(struct table *table, struct list *list, const struct mib_set *set)
{
	const char *name = names_find(table_names(table),
	                              name_key_interface(mib_netns(set), mib_ifindex(set)));
	char number[24];

	if (name)
		return list_text(list, name, strlen(name));
	snprintf(number, sizeof(number), "if%" PRIu32, mib_ifindex(set));
	return list_text(list, number, strlen(number));
}

/* 0 or -ENOMEM. */
static int add_set(struct table *table, struct list *list, const struct mib_set *set)
{
	struct list_interface *interface = list_add(list);

	if (!interface)
		return -ENOMEM;
	interface->name = name_of(table, list, set);
	interface->label_of = interface->kind = interface->alias = "";
	interface->master = interface->link = "";
	interface->ifindex = mib_ifindex(set);
	interface->has_counts = true;
	if (!interface->name) {
		list_drop(list);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < set->count; i++) {
		const char *name = names_find(table_names(table),
		                              name_key_number(NAME_COUNTER, set->values[i].id));

		if (name)
			take_value(interface, name, &set->values[i]);
	}
	return 0;
}

static const struct list_interface *find_previous(const struct list *list, uint32_t ifindex)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct list_interface *interface = list_at(list, i);

		if (interface->ifindex == ifindex)
			return interface;
	}
	return NULL;
}

/* The counts become what they grew by. An interface that was not there has grown since it came. */
static void compare_with(const struct list_request *request, struct list_interface *interface)
{
	const struct list_interface *before = find_previous(request->previous, interface->ifindex);

	for (size_t i = 0; i < INTERFACE_COUNTS; i++) {
		if (before && request->restarted)
			interface->counts[i] = mib_growth(before->counts[i], interface->counts[i]);
		else
			interface->counts[i] =
				mib_growth(before ? before->grown[i] : 0, interface->grown[i]);
	}
	interface->elapsed = request->elapsed;
}

int interface_read_recorded(const struct list_request *request, struct list *list)
{
	struct table *table = (struct table *)(uintptr_t)request->recorded;
	size_t place = table_mib_place(table, request->netns);
	const struct mib_set *set;
	int err = 0;

	for (; (set = table_mib_at(table, place)) && mib_netns(set) == request->netns && !err;
	     place++)
		if (mib_ifindex(set))
			err = add_set(table, list, set);
	for (size_t i = 0; i < list->count && request->span; i++)
		compare_with(request, list_at(list, i));
	return err;
}

void interface_rates(const struct list_interface *interface, const char *indent, struct buffer *out)
{
	double seconds = (double)interface->elapsed / NS_PER_SEC;
	const uint64_t *counts = interface->counts;
	char span[FORMAT_SIZE];

	format_duration(span, interface->elapsed);
	buffer_print(out,
	             "%sin %s, a second: %.1f packets and %.1f bytes received, %.1f packets and "
	             "%.1f bytes sent\n",
	             indent, span, (double)counts[RX_PACKETS] / seconds,
	             (double)counts[RX_BYTES] / seconds, (double)counts[TX_PACKETS] / seconds,
	             (double)counts[TX_BYTES] / seconds);
}
