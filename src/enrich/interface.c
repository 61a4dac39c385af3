/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/interface.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

_Static_assert(INTERFACE_NAME_SIZE == IF_NAMESIZE, "room for a name");

int interface_name(uint32_t ifindex, char name[INTERFACE_NAME_SIZE])
{
	return if_indextoname(ifindex, name) ? 0 : -errno;
}

/* Any family will do: sock_do_ioctl() of net/socket.c asks the devices. */
int interface_open(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	return fd;
}

int interface_read(int fd, const char *name, struct interface_state *state)
{
	struct ifreq request = {0};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFINDEX, &request))
		return -errno;
	state->ifindex = (uint32_t)request.ifr_ifindex;
	if (ioctl(fd, SIOCGIFFLAGS, &request))
		return -errno;
	state->flags = (uint16_t)request.ifr_flags;
	if (ioctl(fd, SIOCGIFMTU, &request))
		return -errno;
	state->mtu = (uint32_t)request.ifr_mtu;
	return 0;
}
