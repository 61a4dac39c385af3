/* SPDX-License-Identifier: BSD-2-Clause */
/* Every listing, by the name of its file, which defines listing_NAME, in netstat's order. */
LISTING(route4)
LISTING(route_cache4)
LISTING(route6)
LISTING(route_cache6)
