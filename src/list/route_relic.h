/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes of families that few kernels still have, from text files of the kernel. Linux 7.1 removed AX.25, NET/ROM
 * and ROSE, 4.18 removed IPX.
 */
#ifndef TCPTRAIL_LIST_ROUTE_RELIC_H
#define TCPTRAIL_LIST_ROUTE_RELIC_H

#include <stdbool.h>
#include <stdint.h>

#include "list/list.h"

/* Texts are NULL if the family has none, or nothing is known. */
struct list_relic_route {
	const char *destination;
	const char *gateway; /* DDP */
	const char *iface;
	const char *mnemonic, *neighbour;     /* NET/ROM; ROSE: neighbour */
	const char *mode, *digipeaters;       /* AX.25 */
	const char *router_net, *router_node; /* IPX */
	const char *flags;                    /* DDP */
	uint32_t quality, number;             /* of the neighbour; ROSE: its number */
	bool has_quality, has_number;
	struct list_relic_route *next; /* ROSE: another neighbour of the same destination */
};

/*
 * Each adds the routes of a file's text, which it changes; records point into it. Lines of another form are passed
 * over. 0 or -ENOMEM.
 */
int relic_route_ax25(struct list *list, char *text);
/* neighbours: /proc/net/nr_neigh */
int relic_route_netrom(struct list *list, char *nodes, char *neighbours);
/* neighbours: /proc/net/rose_neigh */
int relic_route_rose(struct list *list, char *nodes, char *neighbours);
int relic_route_ipx(struct list *list, char *text);
int relic_route_ddp(struct list *list, char *text);
int relic_route_x25(struct list *list, char *text);

#endif
