/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every command, by the name of its file, which defines command_NAME. The help lists them in this
 * order. Included twice.
 */
COMMAND(watch)
COMMAND(snapshot)
COMMAND(netstat)
COMMAND(events)
COMMAND(trail)
COMMAND(why)
COMMAND(record)
COMMAND(diff)
COMMAND(info)
COMMAND(explain)
COMMAND(probes)
COMMAND(help)
COMMAND(version)
