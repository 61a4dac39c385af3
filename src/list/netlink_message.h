/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a netlink message says, checked: every length is the message's own claim. Pure: no socket is
 * needed.
 */
#ifndef TCPTRAIL_LIST_NETLINK_MESSAGE_H
#define TCPTRAIL_LIST_NETLINK_MESSAGE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is there a whole message in the `rest` bytes? Then mnl_nlmsg_next() steps over it. mnl_nlmsg_ok() of libmnl
 * 1.0.4 takes a length above INT_MAX for a negative one, and so for one that fits.
 */
bool netlink_message_ok(const struct nlmsghdr *message, int rest);

/*
 * found[type] becomes the attribute of each type up to `most`; NULL: it is not there. If a type comes
 * twice, the first counts. Types above `most` are passed over: newer kernels have more. 0; -EBADMSG: the bytes
 * end within an attribute.
 */
int netlink_attributes(const void *bytes, size_t size, const struct nlattr *found[], uint16_t most);
/* Those inside an attribute. NULL: none. */
int netlink_nested(const struct nlattr *nest, const struct nlattr *found[], uint16_t most);
/*
 * Those behind the header of a family's own that each message begins with. Also -EBADMSG if the message
 * is too short for that header.
 */
int netlink_payload(const struct nlmsghdr *message, size_t header, const struct nlattr *found[],
                    uint16_t most);

/*
 * The value of an attribute. false: it is not there (NULL), or of another size; *value stays as it was.
 * In host order, but for the _be forms, whose attributes are in network order.
 */
bool netlink_u8(const struct nlattr *attr, uint8_t *value);
bool netlink_u16(const struct nlattr *attr, uint16_t *value);
bool netlink_u32(const struct nlattr *attr, uint32_t *value);
bool netlink_u64(const struct nlattr *attr, uint64_t *value);
bool netlink_be16(const struct nlattr *attr, uint16_t *value);
bool netlink_be32(const struct nlattr *attr, uint32_t *value);
/* Exactly `size` bytes. */
bool netlink_bytes(const struct nlattr *attr, void *bytes, size_t size);
/* At most `size` bytes, the rest zero: structs that grow with kernels. At least one byte. */
bool netlink_struct(const struct nlattr *attr, void *bytes, size_t size);
/* Bytes of a string up to its NUL, or to the attribute's end. NULL: not there. Not NUL-terminated. */
const char *netlink_string(const struct nlattr *attr, size_t *size);

/*
 * The error of NLMSG_ERROR, or of the NLMSG_DONE of a dump that failed half-way: 0 or -errno. words:
 * the kernel's (extended ack, 4.12); NULL: none.
 */
int netlink_error(const struct nlmsghdr *message, const char **words, size_t *size);

#endif
