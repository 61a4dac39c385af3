/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes facts so that they compress well: the inner layer of a block (block.h is the outer layer:
 * zstd, checksum, header). docs/recording.md describes the format. Each call is independent. The
 * coded bytes are not small by themselves; a general compressor makes them small.
 */
#ifndef TCPTRAIL_RECORD_CODEC_H
#define TCPTRAIL_RECORD_CODEC_H

#include <stddef.h>

#include "base/buffer.h"
#include "fact/text.h" /* FACT_MAX_SIZE */

/* Most bytes of facts in one call: 1 MiB, and the last fact may reach over it. */
#define CODEC_RAW_MAX ((1U << 20) + FACT_MAX_SIZE)

/*
 * Appends the coded form of consecutive whole facts (aligned to 8) to out. A fact is whole if its
 * len is a multiple of 8 in sizeof(struct fact)..FACT_MAX_SIZE and, for a known type,
 * fact_is_whole(). Facts of unknown types are coded too. 0; -EINVAL: not whole facts, or more than
 * CODEC_RAW_MAX bytes; -ENOMEM.
 */
int codec_encode(const void *facts, size_t size, struct buffer *out);

/*
 * Decodes the output of codec_encode() to exactly raw bytes of whole facts (aligned to 8). The
 * input may be any bytes: no access leaves the two areas, and every decoded fact is whole. 0;
 * -EBADMSG: the bytes are not the code of such facts, and the content of facts is undefined.
 * Allocates nothing.
 */
int codec_decode(const void *coded, size_t size, void *facts, size_t raw);

#endif
