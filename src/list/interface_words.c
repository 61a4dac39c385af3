/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for the numbers of an interface. */
#include <linux/if.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <string.h>

#include "list/interface.h"

const struct interface_hardware *interface_hardware(uint16_t type)
{
	static const struct interface_hardware known[] = {
		{ARPHRD_ETHER, "ether", "Ethernet", ':'},
		{ARPHRD_LOOPBACK, "loop", "Local Loopback", 0},
		{ARPHRD_PPP, "ppp", "Point-to-Point Protocol", 0},
		{ARPHRD_TUNNEL, "tunnel", "IPIP Tunnel", 0},
		{ARPHRD_SIT, "sit", "IPv6-in-IPv4", 0},
		{ARPHRD_INFINIBAND, "infiniband", "InfiniBand", ':'},
		{ARPHRD_ARCNET, "arcnet", "ARCnet", ':'},
		{ARPHRD_SLIP, "slip", "Serial Line IP", 0},
		{ARPHRD_CSLIP, "cslip", "VJ Serial Line IP", 0},
		{ARPHRD_SLIP6, "slip6", "6-bit Serial Line IP", 0},
		{ARPHRD_CSLIP6, "cslip6", "VJ 6-bit Serial Line IP", 0},
		{ARPHRD_ADAPT, "adaptive", "Adaptive Serial Line IP", 0},
		{ARPHRD_CISCO, "hdlc", "(Cisco)-HDLC", 0},
		{ARPHRD_LAPB, "lapb", "LAPB", 0},
		{ARPHRD_DLCI, "dlci", "Frame Relay DLCI", 0},
		{ARPHRD_FDDI, "fddi", "Fiber Distributed Data Interface", ':'},
		{ARPHRD_HIPPI, "hippi", "HIPPI", ':'},
		{ARPHRD_X25, "x25", "generic X.25", 0},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type == type)
			return &known[i];
	return NULL;
}

/* Those that netstat prints as "unspec"; the names are those of linux/if_arp.h. */
const char *interface_type_name(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} others[] = {
		{ARPHRD_NONE, "none"},
		{ARPHRD_RAWIP, "rawip"},
		{ARPHRD_TUNNEL6, "tunnel6"},
		{ARPHRD_IPGRE, "gre"},
		{ARPHRD_IP6GRE, "gre6"},
		{ARPHRD_CAN, "can"},
		{ARPHRD_NETLINK, "netlink"},
		{ARPHRD_VSOCKMON, "vsockmon"},
		{ARPHRD_IEEE80211, "ieee802.11"},
		{ARPHRD_IEEE80211_PRISM, "ieee802.11/prism"},
		{ARPHRD_IEEE80211_RADIOTAP, "ieee802.11/radiotap"},
		{ARPHRD_IEEE802154, "ieee802.15.4"},
		{ARPHRD_IEEE802154_MONITOR, "ieee802.15.4/monitor"},
		{ARPHRD_6LOWPAN, "6lowpan"},
		{ARPHRD_IEEE1394, "ieee1394"},
		{ARPHRD_EUI64, "eui64"},
		{ARPHRD_PIMREG, "pimreg"},
		{ARPHRD_AX25, "ax25"},
		{ARPHRD_NETROM, "netrom"},
		{ARPHRD_ROSE, "rose"},
		{ARPHRD_PHONET, "phonet"},
		{ARPHRD_PHONET_PIPE, "phonet-pipe"},
		{ARPHRD_CAIF, "caif"},
		{ARPHRD_MCTP, "mctp"},
		{ARPHRD_VOID, "void"},
	};
	const struct interface_hardware *hardware = interface_hardware(type);

	for (size_t i = 0; !hardware && i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].type == type)
			return others[i].name;
	return hardware ? hardware->name : NULL;
}

/* RFC 2863, ifOperStatus */
const char *interface_state_name(uint8_t state)
{
	static const char *const names[] = {
		[IF_OPER_UNKNOWN] = "unknown", [IF_OPER_NOTPRESENT] = "notpresent",
		[IF_OPER_DOWN] = "down",       [IF_OPER_LOWERLAYERDOWN] = "lowerlayerdown",
		[IF_OPER_TESTING] = "testing", [IF_OPER_DORMANT] = "dormant",
		[IF_OPER_UP] = "up",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}

void interface_letters(uint32_t flags, char text[INTERFACE_LETTERS_ROOM])
{
	static const struct {
		uint32_t flag;
		char letter;
	} letters[] = {
		{IFF_ALLMULTI, 'A'},    {IFF_BROADCAST, 'B'},  {IFF_DEBUG, 'D'},
		{IFF_LOOPBACK, 'L'},    {IFF_MULTICAST, 'M'},  {IFF_DYNAMIC, 'd'},
		{IFF_PROMISC, 'P'},     {IFF_NOTRAILERS, 'N'}, {IFF_NOARP, 'O'},
		{IFF_POINTOPOINT, 'P'}, {IFF_SLAVE, 's'},      {IFF_MASTER, 'm'},
		{IFF_RUNNING, 'R'},     {IFF_UP, 'U'},
	};
	char *at = text;

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (flags & letters[i].flag)
			*at++ = letters[i].letter;
	*at = '\0';
	if (at == text)
		snprintf(text, INTERFACE_LETTERS_ROOM, "[NO FLAGS]");
}

void interface_flag_words(uint32_t flags, char text[INTERFACE_WORDS_ROOM])
{
	static const struct {
		uint32_t flag;
		const char *word;
	} words[] = {
		{IFF_UP, "UP"},
		{IFF_BROADCAST, "BROADCAST"},
		{IFF_DEBUG, "DEBUG"},
		{IFF_LOOPBACK, "LOOPBACK"},
		{IFF_POINTOPOINT, "POINTOPOINT"},
		{IFF_NOTRAILERS, "NOTRAILERS"},
		{IFF_RUNNING, "RUNNING"},
		{IFF_NOARP, "NOARP"},
		{IFF_PROMISC, "PROMISC"},
		{IFF_ALLMULTI, "ALLMULTI"},
		{IFF_SLAVE, "SLAVE"},
		{IFF_MASTER, "MASTER"},
		{IFF_MULTICAST, "MULTICAST"},
		{IFF_DYNAMIC, "DYNAMIC"},
	};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (flags & words[i].flag)
			used += (size_t)snprintf(text + used, INTERFACE_WORDS_ROOM - used, "%s%s",
			                         used ? "," : "", words[i].word);
}

void interface_hardware_text(const struct list_interface *interface, char separator,
                             char text[INTERFACE_ADDRESS_ROOM])
{
	char *at = text;

	*at = '\0';
	for (uint8_t i = 0; i < interface->hardware_size; i++) {
		if (i)
			*at++ = separator;
		at += snprintf(at, 3, separator == '-' ? "%02X" : "%02x", interface->hardware[i]);
	}
}
