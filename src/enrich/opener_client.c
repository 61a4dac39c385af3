/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/opener_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns the fd or the error of the reply. */
static int receive(int socket)
{
	struct opener_reply reply;
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = {&reply, sizeof(reply)};
	struct msghdr message = {.msg_iov = &iov,
	                         .msg_iovlen = 1,
	                         .msg_control = &control,
	                         .msg_controllen = sizeof(control)};
	struct cmsghdr *header;
	ssize_t got;
	int fd;

	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(reply))
		_exit(1);
	header = CMSG_FIRSTHDR(&message);
	if (reply.err)
		return reply.err;
	if (!header) /* this process has too many open files to receive it */
		return -EMFILE;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static int request_fd(const struct opener_client *client, struct opener_request *request)
{
	request->slot = client->slot;
	if (send(client->socket, request, sizeof(*request), MSG_NOSIGNAL) != sizeof(*request))
		_exit(1);
	return receive(client->socket);
}

int opener_open_maps(const struct opener_client *client, uint32_t pid, uint64_t start)
{
	struct opener_request request = {.kind = OPENER_MAPS, .pid = pid, .address = start};

	return request_fd(client, &request);
}

int opener_open_module(const struct opener_client *client, uint64_t address)
{
	struct opener_request request = {.kind = OPENER_MODULE, .address = address};

	return request_fd(client, &request);
}

int opener_open_build_id(const struct opener_client *client, enum opener_place place,
                         const unsigned char *id, size_t size)
{
	struct opener_request request = {.kind = OPENER_BUILD_ID, .place = place};

	if (size > OPENER_BUILD_ID_MAX)
		return -EINVAL;
	request.size = (uint32_t)size;
	memcpy(request.name, id, size);
	return request_fd(client, &request);
}

int opener_open_link(const struct opener_client *client, enum opener_place place, uint64_t address,
                     const char *link)
{
	struct opener_request request = {.kind = OPENER_LINK, .place = place, .address = address};
	size_t size = strnlen(link, sizeof(request.name));

	if (size == sizeof(request.name))
		return -ENAMETOOLONG;
	request.size = (uint32_t)size;
	memcpy(request.name, link, size);
	return request_fd(client, &request);
}

int opener_open_perfmap(const struct opener_client *client)
{
	struct opener_request request = {.kind = OPENER_PERFMAP};

	return request_fd(client, &request);
}
