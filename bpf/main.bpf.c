// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Shared by the probes: the ring buffer, the counters of losses, and settings from user space. */
#include "task.h"

struct ring_map facts SEC(".maps");
struct reported_map reported SEC(".maps");
__u64 facts_lost[LOST_KINDS] = {};
__u64 woken_at = 0;
__u64 nested_reported = 0; /* transitions reported by on_state_nested */

const volatile __u32 ring_bytes = 0;
const volatile bool has_types = false;
const volatile bool has_cookie_helper = false;
const volatile bool has_socket_casts = false;
const volatile __u32 tick_ns = 0;
const volatile __u32 walker = 0;
const volatile __u32 retransmit_args = 0;
const volatile __u32 reset_args = 0;

char LICENSE[] SEC("license") = "Dual BSD/GPL";
