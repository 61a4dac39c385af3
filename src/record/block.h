/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a recording's file consists of: one file header, then blocks. A block
 * is a header and facts, coded (codec.h) and compressed by zstd; it stands alone.
 * docs/recording.md has every byte. Pure: from memory to memory.
 */
#ifndef TCPTRAIL_RECORD_BLOCK_H
#define TCPTRAIL_RECORD_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "record/codec.h"

#define FILE_HEADER  64 /* bytes */
#define FILE_VERSION 1
#define BLOCK_HEADER 64         /* bytes */
#define BLOCK_MAGIC  0x4b4c4254 /* "TBLK", its first four bytes */

/*
 * Most that block_parse() lets pass: readers can allocate it. What block_make() makes is below, for
 * coded facts take at most 1.3 times their bytes, and zstd adds less than a hundredth.
 */
#define BLOCK_RAW_MAX    CODEC_RAW_MAX
#define BLOCK_CODED_MAX  (2 * BLOCK_RAW_MAX)
#define BLOCK_STORED_MAX (3 * BLOCK_RAW_MAX)

/* A reader skips kinds it does not know. */
enum block_kind {
	BLOCK_FACTS = 1,      /* as they happened */
	BLOCK_CHECKPOINT,     /* part of a table as facts; more of it follows */
	BLOCK_CHECKPOINT_END, /* its last or only part */
};

/* A block's header. */
struct block_info {
	uint16_t kind;        /* enum block_kind, or one that is not known yet */
	uint32_t stored;      /* bytes of the payload, which follows the header */
	uint32_t raw;         /* bytes of the facts */
	uint32_t coded;       /* bytes between: after zstd, before the codec is undone */
	uint32_t facts;       /* how many */
	uint32_t transitions; /* of them FACT_STATE */
	uint64_t first;       /* ns CLOCK_BOOTTIME of the oldest and the newest fact, in */
	uint64_t last;        /* whatever order they are; 0, 0: no facts */
	int64_t wall_offset;  /* ns: wall clock = boot time + it; 0: not known */
	uint32_t crc;         /* of the payload, zlib's crc32 */
};

/*
 * Appends a block of whole facts (codec.h says what they are; size may be 0), header and payload,
 * to out. 0; -EINVAL: not whole facts, or over BLOCK_RAW_MAX bytes; -ENOMEM. On failure out is
 * as it was.
 */
int block_make(const void *facts, size_t size, enum block_kind kind, int64_t wall_offset,
               struct buffer *out);

/*
 * Reads a block's header. 0, and info is within the limits above; -EBADMSG: these are no
 * block's header, or a damaged one.
 */
int block_parse(const uint8_t header[BLOCK_HEADER], struct block_info *info);

/*
 * Writes the info->raw bytes of facts (aligned to 8) of the info->stored bytes of payload. 0;
 * -EBADMSG: damaged, or not what the header tells, facts has any contents; -ENOMEM.
 */
int block_open(const struct block_info *info, const void *payload, void *facts);

/* A file's header. */
struct file_info {
	uint8_t boot_id[16]; /* /proc/sys/kernel/random/boot_id as bytes */
	uint64_t session;    /* ns since 1970 when the recorder began; all files of a run */
	uint64_t sequence;   /* 0, 1, ... of the file in its session */
	int64_t wall;        /* ns since 1970 when the file began */
};

void file_make(const struct file_info *info, uint8_t header[FILE_HEADER]);

/*
 * 0; -EBADMSG: no recording's header, or a damaged one; -EPROTONOSUPPORT: that of another
 * version. info is untouched on failure.
 */
int file_parse(const uint8_t header[FILE_HEADER], struct file_info *info);

#endif
