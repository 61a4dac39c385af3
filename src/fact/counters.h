/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of a namespace that rules look at: id, and its name as nstat(8) has it. */

COUNTER(LISTEN_OVERFLOWS, "TcpExtListenOverflows")
COUNTER(LISTEN_DROPS, "TcpExtListenDrops")
COUNTER(REQ_Q_FULL_COOKIES, "TcpExtTCPReqQFullDoCookies")
COUNTER(REQ_Q_FULL_DROP, "TcpExtTCPReqQFullDrop")
COUNTER(COOKIES_SENT, "TcpExtSyncookiesSent")
COUNTER(COOKIES_RECEIVED, "TcpExtSyncookiesRecv")
COUNTER(TIME_WAIT_OVERFLOW, "TcpExtTCPTimeWaitOverflow")
COUNTER(ABORT_ON_CLOSE, "TcpExtTCPAbortOnClose")
COUNTER(ABORT_ON_TIMEOUT, "TcpExtTCPAbortOnTimeout")
COUNTER(ABORT_ON_MEMORY, "TcpExtTCPAbortOnMemory")
COUNTER(OUT_SEGMENTS, "TcpOutSegs")
COUNTER(RETRANSMITTED, "TcpRetransSegs")
COUNTER(OUT_RSTS, "TcpOutRsts")
COUNTER(ORPHANS, "TcpOrphans")
COUNTER(TIME_WAITS, "TcpTimeWaits")
COUNTER(DEFER_ACCEPT_DROP, "TcpExtTCPDeferAcceptDrop")
