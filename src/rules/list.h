/* SPDX-License-Identifier: BSD-2-Clause */
/* Every rule, by the name of its file; the first that matches a socket has it. Included twice. */

RULE(close_wait_queued)
RULE(close_wait_passed_on)
RULE(close_wait_blocked)
RULE(close_wait_unread)
RULE(close_wait_eof_unread)
RULE(close_wait_leak)
RULE(rst_unread)
RULE(rst_linger)
RULE(rst_no_socket)
RULE(rst_received)
RULE(rst_other)
RULE(retransmit_storm)
