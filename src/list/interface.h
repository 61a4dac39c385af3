/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, and the labels of their addresses (eth0:1), which are rows of their own. */
#ifndef TCPTRAIL_LIST_INTERFACE_H
#define TCPTRAIL_LIST_INTERFACE_H

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "list/list.h"

/*
 * The numbers of /proc/net/dev, in its order, which netstat prints: some are sums of what the kernel counts
 * apart (net/core/net-procfs.c, dev_seq_printf_stats()).
 */
enum interface_count {
	RX_BYTES,
	RX_PACKETS,
	RX_ERRORS,
	RX_DROPS,
	RX_OVERRUNS,
	RX_FRAME,
	RX_COMPRESSED,
	RX_MULTICAST,
	TX_BYTES,
	TX_PACKETS,
	TX_ERRORS,
	TX_DROPS,
	TX_OVERRUNS,
	TX_COLLISIONS,
	TX_CARRIER,
	TX_COMPRESSED,
	INTERFACE_COUNTS
};

struct interface_address {
	const struct interface_address *next; /* in the order of the kernel */
	uint8_t family, prefix;
	uint8_t scope; /* RT_SCOPE_ */
	bool has_broadcast, has_peer;
	uint32_t flags; /* IFA_F_ */
	uint8_t address[16], broadcast[4], peer[16];
	const char *label; /* IPv4; "": none */
};

struct interface_name {
	const struct interface_name *next;
	const char *name;
};

#define INTERFACE_HARDWARE_MOST 32 /* MAX_ADDR_LEN */

struct list_interface {
	const char *name;
	const char *label_of; /* of a label: its interface; "": it is an interface */
	uint32_t ifindex, master_index, link_index; /* 0: none */
	bool link_elsewhere;                        /* the link is in another namespace */
	uint32_t flags;                             /* IFF_ */
	bool has_mtu;                               /* and flags */
	bool has_type;                              /* and queue: not in a recording */
	uint32_t mtu, queue;                        /* queue: packets */
	uint16_t type;                              /* ARPHRD_ */
	uint8_t hardware_size;
	uint8_t hardware[INTERFACE_HARDWARE_MOST];
	uint8_t state; /* IF_OPER_ */
	bool has_state, has_map;
	struct rtnl_link_ifmap map;
	const char *kind;          /* "veth"; "": a device */
	const char *alias;         /* "": none */
	const char *master, *link; /* names; "": none */
	uint32_t carrier_changes;
	bool has_carrier_changes;
	const struct interface_name *altnames;
	const struct interface_address *addresses;
	bool has_counts;
	uint64_t counts[INTERFACE_COUNTS]; /* what they grew by, if elapsed is not 0 */
	uint64_t elapsed;                  /* ns: of a time span of a recording */
	uint64_t grown[INTERFACE_COUNTS];  /* of a recording: as counts, but they only grow */
	bool has_stats;                    /* the kernel's own counters */
	struct rtnl_link_stats64 stats;
};

/* Adds the interfaces of request->recorded. 0 or -ENOMEM. */
int interface_read_recorded(const struct list_request *request, struct list *list);
/* A line with what an interface did in a second of the time span. */
void interface_rates(const struct list_interface *interface, const char *indent,
                     struct buffer *out);

/* What /proc/net/dev makes of the kernel's counters. */
void interface_sum(const struct rtnl_link_stats64 *stats, uint64_t counts[INTERFACE_COUNTS]);

/* Adds the interface of an RTM_NEWLINK. 0 or -errno. */
int interface_take(struct list *list, const struct nlmsghdr *message);
/*
 * Adds the address of an RTM_NEWADDR to its interface, among the records from 0 to `interfaces`; a label becomes a
 * record of its own, behind them. An address of an interface that is not there is passed over. 0 or -errno.
 */
int interface_take_address(struct list *list, size_t interfaces, const struct nlmsghdr *message);
/* By name, numbers in names as numbers: tun2 before tun10. */
void interface_sort(struct list *list);
int interface_compare_names(const char *a, const char *b);

/* netstat's names of a hardware type. NULL: it has none. */
struct interface_hardware {
	uint16_t type;
	const char *name, *title; /* "ether", "Ethernet" */
	char separator;           /* between the bytes of an address; 0: it prints none */
};
const struct interface_hardware *interface_hardware(uint16_t type);
/* A name for any type that Linux has; NULL: not known. */
const char *interface_type_name(uint16_t type);
const char *interface_state_name(uint8_t state); /* NULL: not known */
#define INTERFACE_LETTERS_ROOM 20
void interface_letters(uint32_t flags, char text[INTERFACE_LETTERS_ROOM]);
#define INTERFACE_WORDS_ROOM 160
void interface_flag_words(uint32_t flags, char text[INTERFACE_WORDS_ROOM]);
#define INTERFACE_ADDRESS_ROOM (3 * INTERFACE_HARDWARE_MOST + 1)
void interface_hardware_text(const struct list_interface *interface, char separator,
                             char text[INTERFACE_ADDRESS_ROOM]);

/* A line of netstat's table; a paragraph in the form of ifconfig. */
void interface_line(const struct field_context *context, const struct list_interface *interface,
                    struct buffer *out);
void interface_paragraph(const struct list_interface *interface, struct buffer *out);

extern const struct field interface_fields[];
extern const size_t interface_fields_count;

#endif
