/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/files.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The fd of the reply. */
static int receive(int socket)
{
	struct files_reply reply;
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
	if (!header) /* too many are open here */
		return -EMFILE;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static int ask(const struct files *files, struct files_request *request)
{
	request->slot = files->slot;
	if (send(files->socket, request, sizeof(*request), MSG_NOSIGNAL) != sizeof(*request))
		_exit(1);
	return receive(files->socket);
}

int files_process(const struct files *files, uint32_t pid, uint64_t start)
{
	struct files_request request = {.kind = FILES_PROCESS, .pid = pid, .address = start};

	return ask(files, &request);
}

int files_module(const struct files *files, uint64_t address)
{
	struct files_request request = {.kind = FILES_MODULE, .address = address};

	return ask(files, &request);
}

int files_build_id(const struct files *files, enum files_place place, const unsigned char *id,
                   size_t size)
{
	struct files_request request = {.kind = FILES_BUILD_ID, .place = place};

	if (size > FILES_BUILD_MAX)
		return -EINVAL;
	request.size = (uint32_t)size;
	memcpy(request.name, id, size);
	return ask(files, &request);
}

int files_link(const struct files *files, enum files_place place, uint64_t address,
               const char *link)
{
	struct files_request request = {.kind = FILES_LINK, .place = place, .address = address};
	size_t size = strnlen(link, sizeof(request.name));

	if (size == sizeof(request.name))
		return -ENAMETOOLONG;
	request.size = (uint32_t)size;
	memcpy(request.name, link, size);
	return ask(files, &request);
}

int files_perfmap(const struct files *files)
{
	struct files_request request = {.kind = FILES_PERFMAP};

	return ask(files, &request);
}
