/* SPDX-License-Identifier: BSD-2-Clause */
/* As sock_listen() and sock_connect(), but with MPTCP; exit 77 if the kernel has no MPTCP. */
#ifndef SCENARIO_MPTCP_H
#define SCENARIO_MPTCP_H

#include "sock.h"

int mptcp_listen(const struct options *o);
int mptcp_connect(const union address *a);

#endif
