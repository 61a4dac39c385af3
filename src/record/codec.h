/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts as few bytes, and back: the inner half of a recording's blocks (block.h
 * has the outer one: zstd, checksum, header). docs/recording.md has the format.
 *
 * Pure: each call stands alone, nothing is kept between them. The bytes are to
 * be given to a general compressor; they are not small by themselves.
 */
#ifndef TCPTRAIL_RECORD_CODEC_H
#define TCPTRAIL_RECORD_CODEC_H

#include <stddef.h>

#include "base/buffer.h"
#include "fact/text.h" /* FACT_MAX_SIZE */

/* Most bytes of facts in one go, of which at most one fact is over 1 MiB. */
#define CODEC_RAW_MAX ((1U << 20) + FACT_MAX_SIZE)

/*
 * Appends the coded form of whole facts (aligned to 8), one behind the other, to out. A fact is
 * whole if its len is a multiple of 8 within sizeof(struct fact)..FACT_MAX_SIZE
 * and, of a known type, fact_is_whole(). Unknown types are taken as they are.
 * 0; -EINVAL: these are not whole facts or over CODEC_RAW_MAX bytes; -ENOMEM.
 */
int codec_encode(const void *facts, size_t size, struct buffer *out);

/*
 * Writes exactly raw bytes of whole facts (aligned to 8) from what codec_encode()
 * made. Any bytes may be given: nothing is read or written outside of the two
 * areas and every fact that comes out is whole. 0; -EBADMSG: the bytes do not
 * give that, facts has any contents. Allocates nothing.
 */
int codec_decode(const void *coded, size_t size, void *facts, size_t raw);

#endif
