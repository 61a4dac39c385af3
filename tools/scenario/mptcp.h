/* SPDX-License-Identifier: BSD-2-Clause */
/* As sock_listen() and sock_connect(), by MPTCP; exits 77 where the kernel has none. */
#ifndef SCENARIO_MPTCP_H
#define SCENARIO_MPTCP_H

#include "sock.h"

int mptcp_listen(const struct options *o);
int mptcp_connect(const union address *a);

#endif
