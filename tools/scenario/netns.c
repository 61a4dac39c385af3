/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include "netns.h"
#include "sock.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t netns_inode(int nsfd)
{
	struct stat st;

	if (fstat(nsfd, &st))
		die_errno("cannot stat a network namespace");
	return st.st_ino;
}

int netns_current(void)
{
	/* Not /proc/self/ns/net: sockets belong to the namespace of the calling thread. */
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die_errno("cannot open the network namespace");
	return fd;
}

int netns_of_process(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die_errno("cannot open %s", path);
	return fd;
}

int netns_of_socket(int fd)
{
	static struct {
		int fd;
		uint64_t inode;
	} seen[8];
	static size_t count;
	int nsfd = ioctl(fd, SIOCGSKNS);
	uint64_t inode;

	if (nsfd < 0) /* without CAP_NET_ADMIN; such a caller has one namespace only */
		nsfd = netns_current();
	inode = netns_inode(nsfd);
	for (size_t i = 0; i < count; i++) {
		if (seen[i].inode == inode) {
			close(nsfd);
			return seen[i].fd;
		}
	}
	if (count == ARRAY_SIZE(seen))
		die("too many network namespaces");
	seen[count].fd = nsfd;
	seen[count++].inode = inode;
	return nsfd;
}

void netns_enter(int nsfd)
{
	if (setns(nsfd, CLONE_NEWNET))
		die_errno("cannot enter a network namespace");
}

void netns_unshare(void)
{
	if (unshare(CLONE_NEWNET))
		die_errno("cannot make a network namespace (root needed)");
	device_up("lo");
}

/* Calls one of the old interface ioctls; they act on the current namespace. */
static int device_ioctl(unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		die_errno("cannot make a socket");
	ret = ioctl(fd, request, ifr);
	close(fd);
	return ret;
}

static struct ifreq device_request(const char *name)
{
	struct ifreq ifr = {0};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	return ifr;
}

static void device_set(const char *name, unsigned long request, const char *address)
{
	struct ifreq ifr = device_request(name);

	ifr.ifr_addr = address_v4(address, 0).any;
	if (device_ioctl(request, &ifr))
		die_errno("cannot give %s the address %s", name, address);
}

void device_address(const char *name, const char *address, const char *netmask)
{
	device_set(name, SIOCSIFADDR, address);
	device_set(name, SIOCSIFNETMASK, netmask);
}

void device_peer(const char *name, const char *address)
{
	device_set(name, SIOCSIFDSTADDR, address);
}

static void device_set_up(const char *name, bool up)
{
	struct ifreq ifr = device_request(name);

	if (device_ioctl(SIOCGIFFLAGS, &ifr))
		die_errno("cannot find device %s", name);
	ifr.ifr_flags = up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP;
	if (device_ioctl(SIOCSIFFLAGS, &ifr))
		die_errno("cannot set %s %s", name, up ? "up" : "down");
}

void device_up(const char *name)
{
	device_set_up(name, true);
}

/*
 * A veth that was up before its peer drops all packets until linkwatch has run, which may take
 * seconds after the carrier came. A veth that comes up when the peer is up sends at once: so set it
 * up again.
 */
void device_up_again(const char *name)
{
	device_set_up(name, false);
	device_set_up(name, true);
}

struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char room[256];
};

static struct rtattr *attr_add(struct link_request *r, int type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

static void attr_end(struct link_request *r, struct rtattr *a)
{
	a->rta_len = (char *)r + NLMSG_ALIGN(r->header.nlmsg_len) - (char *)a;
}

static void netlink_do(const struct link_request *r, const char *what)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char room[1024];
	} answer;

	if (fd < 0 || send(fd, r, r->header.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < (ssize_t)NLMSG_LENGTH(sizeof(answer.error)))
		die_errno("cannot talk to rtnetlink");
	close(fd);
	errno = -answer.error.error;
	if (errno)
		die_errno("%s", what);
}

void veth_make(const char *name, const char *peer, pid_t pid)
{
	struct link_request r = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
	                   .nlmsg_type = RTM_NEWLINK,
	                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK},
	};
	uint32_t pid32 = pid;
	struct rtattr *link, *data, *peer_info;

	attr_add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	link = attr_add(&r, IFLA_LINKINFO, NULL, 0);
	attr_add(&r, IFLA_INFO_KIND, "veth", 5);
	data = attr_add(&r, IFLA_INFO_DATA, NULL, 0);
	peer_info = attr_add(&r, VETH_INFO_PEER, &(struct ifinfomsg){0}, sizeof(struct ifinfomsg));
	attr_add(&r, IFLA_IFNAME, peer, strlen(peer) + 1);
	attr_add(&r, IFLA_NET_NS_PID, &pid32, sizeof(pid32));
	attr_end(&r, peer_info);
	attr_end(&r, data);
	attr_end(&r, link);
	netlink_do(&r, "cannot make a veth pair");
}

int tun_make(const char *name)
{
	struct ifreq ifr = device_request(name);
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		skip("no TUN device here: /dev/net/tun: %s", strerror(errno));
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(fd, TUNSETIFF, &ifr))
		die_errno("cannot make the TUN device %s", name);
	return fd;
}
