/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/netlink_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

bool netlink_message_ok(const struct nlmsghdr *message, int rest)
{
	return mnl_nlmsg_ok(message, rest) && message->nlmsg_len <= (unsigned int)rest;
}

int netlink_attributes(const void *bytes, size_t size, const struct nlattr *found[], uint16_t most)
{
	const struct nlattr *attr = bytes;
	const char *end = (const char *)bytes + size;
	uint16_t type;

	memset(found, 0, (most + 1U) * sizeof(*found));
	while (mnl_attr_ok(attr, (int)(end - (const char *)attr))) {
		type = mnl_attr_get_type(attr);
		if (type <= most && !found[type])
			found[type] = attr;
		attr = mnl_attr_next(attr);
		if ((const char *)attr >= end)
			return 0; /* the padding of the last one may be missing */
	}
	return (const char *)attr == end ? 0 : -EBADMSG;
}

int netlink_nested(const struct nlattr *nest, const struct nlattr *found[], uint16_t most)
{
	if (nest)
		return netlink_attributes(mnl_attr_get_payload(nest),
		                          mnl_attr_get_payload_len(nest), found, most);
	memset(found, 0, (most + 1U) * sizeof(*found));
	return 0;
}

int netlink_payload(const struct nlmsghdr *message, size_t header, const struct nlattr *found[],
                    uint16_t most)
{
	size_t size = mnl_nlmsg_get_payload_len(message), skip = MNL_ALIGN(header);

	memset(found, 0, (most + 1U) * sizeof(*found));
	if (message->nlmsg_len < MNL_NLMSG_HDRLEN || size < header)
		return -EBADMSG;
	if (size <= skip)
		return 0;
	return netlink_attributes((const char *)mnl_nlmsg_get_payload(message) + skip, size - skip,
	                          found, most);
}

bool netlink_bytes(const struct nlattr *attr, void *bytes, size_t size)
{
	if (!attr || mnl_attr_get_payload_len(attr) != size)
		return false;
	memcpy(bytes, mnl_attr_get_payload(attr), size);
	return true;
}

bool netlink_struct(const struct nlattr *attr, void *bytes, size_t size)
{
	size_t got = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (!got)
		return false;
	memset(bytes, 0, size);
	memcpy(bytes, mnl_attr_get_payload(attr), got < size ? got : size);
	return true;
}

bool netlink_u8(const struct nlattr *attr, uint8_t *value)
{
	return netlink_bytes(attr, value, sizeof(*value));
}

bool netlink_u16(const struct nlattr *attr, uint16_t *value)
{
	return netlink_bytes(attr, value, sizeof(*value));
}

bool netlink_u32(const struct nlattr *attr, uint32_t *value)
{
	return netlink_bytes(attr, value, sizeof(*value));
}

bool netlink_u64(const struct nlattr *attr, uint64_t *value)
{
	return netlink_bytes(attr, value, sizeof(*value));
}

bool netlink_be16(const struct nlattr *attr, uint16_t *value)
{
	if (!netlink_u16(attr, value))
		return false;
	*value = ntohs(*value);
	return true;
}

bool netlink_be32(const struct nlattr *attr, uint32_t *value)
{
	if (!netlink_u32(attr, value))
		return false;
	*value = ntohl(*value);
	return true;
}

const char *netlink_string(const struct nlattr *attr, size_t *size)
{
	if (!attr)
		return NULL;
	*size = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	return mnl_attr_get_payload(attr);
}

/* Where the attributes of an extended ack begin: behind the error, and behind the request if it is there. */
static size_t ack_offset(const struct nlmsghdr *message, size_t size)
{
	struct nlmsgerr error;
	size_t offset = sizeof(error);

	if (message->nlmsg_type == NLMSG_DONE)
		return sizeof(int32_t);
	if (size < sizeof(error))
		return size;
	memcpy(&error, mnl_nlmsg_get_payload(message), sizeof(error));
	if (!(message->nlmsg_flags & NLM_F_CAPPED) && error.msg.nlmsg_len >= sizeof(error.msg))
		offset += error.msg.nlmsg_len - sizeof(error.msg);
	return offset < size ? offset : size;
}

int netlink_error(const struct nlmsghdr *message, const char **words, size_t *length)
{
	const struct nlattr *found[NLMSGERR_ATTR_MSG + 1];
	size_t size = mnl_nlmsg_get_payload_len(message);
	int32_t error = 0;

	*words = NULL;
	*length = 0;
	if (message->nlmsg_len < MNL_NLMSG_HDRLEN || size < sizeof(error))
		return message->nlmsg_type == NLMSG_ERROR ? -EBADMSG : 0;
	memcpy(&error, mnl_nlmsg_get_payload(message), sizeof(error));
	if (error >= 0)
		return 0;
	if (message->nlmsg_flags & NLM_F_ACK_TLVS &&
	    !netlink_payload(message, ack_offset(message, size), found, NLMSGERR_ATTR_MSG))
		*words = netlink_string(found[NLMSGERR_ATTR_MSG], length);
	return error;
}
