/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The one hash without a secret. Compiled by both sides. */
#ifndef TCPTRAIL_MIX_H
#define TCPTRAIL_MIX_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* Adds a word to a hash, and mixes it into the low bits too. */
static inline __u64 hash_mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

#endif
