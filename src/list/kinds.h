/* SPDX-License-Identifier: BSD-2-Clause */
/* Every listing, by the name of its file, which defines listing_NAME, in netstat's order. */
LISTING(unix)
