/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/interface.h"

#include <errno.h>
#include <net/if.h>

_Static_assert(INTERFACE_NAME_SIZE == IF_NAMESIZE, "room for a name");

int interface_name(uint32_t ifindex, char name[INTERFACE_NAME_SIZE])
{
	return if_indextoname(ifindex, name) ? 0 : -errno;
}
