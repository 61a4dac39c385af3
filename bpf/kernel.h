/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kernel types and helpers, and kernel constants that are not in BTF. */
#ifndef TCPTRAIL_BPF_KERNEL_H
#define TCPTRAIL_BPF_KERNEL_H

#include "vmlinux.h"
#include "fact.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#define AF_INET               2
#define AF_INET6              10
#define SOCK_DEAD             0 /* enum sock_flags, include/net/sock.h; the same since 2.6 */
#define SOCK_DONE             1
#define IPPROTO_TCP           6
#define S_IFMT                00170000
#define S_IFSOCK              0140000
#define IPPROTO_MPTCP         262
#define ICSK_TIME_RETRANS     1 /* include/net/inet_connection_sock.h */
#define ICSK_TIME_PROBE0      3
#define ICSK_TIME_LOSS_PROBE  5
#define ICSK_TIME_REO_TIMEOUT 6

#endif
