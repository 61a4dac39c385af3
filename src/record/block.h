/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of a recording: one file header, then blocks. A block is a header and facts, coded
 * (codec.h) and compressed by zstd; it needs no other block. docs/recording.md describes every
 * byte. These functions work from memory to memory.
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
 * Limits that block_parse() checks, so that readers can allocate them. Blocks of block_make() are
 * smaller: coding adds at most 30 %, and zstd less than 1 %.
 */
#define BLOCK_RAW_MAX    CODEC_RAW_MAX
#define BLOCK_CODED_MAX  (2 * BLOCK_RAW_MAX)
#define BLOCK_STORED_MAX (3 * BLOCK_RAW_MAX)

/* A reader skips unknown kinds. */
enum block_kind {
	BLOCK_FACTS = 1,      /* in the order of the stream */
	BLOCK_CHECKPOINT,     /* part of a table as facts; more parts follow */
	BLOCK_CHECKPOINT_END, /* its last or only part */
};

/* A block's header. */
struct block_info {
	uint16_t kind;        /* enum block_kind, or a future kind */
	uint32_t stored;      /* bytes of the payload, which follows the header */
	uint32_t raw;         /* bytes of the facts */
	uint32_t coded;       /* bytes of the coded facts, before compression */
	uint32_t facts;       /* how many */
	uint32_t transitions; /* the FACT_STATE among them */
	uint64_t first;       /* ns CLOCK_BOOTTIME of the oldest and the newest fact, */
	uint64_t last;        /* in whatever order they are; 0, 0: no facts */
	int64_t wall_offset;  /* ns: wall clock = boot time + wall_offset; 0: not known */
	uint32_t crc;         /* of the payload, zlib's crc32 */
};

/*
 * Appends a block, header and payload, of whole facts (see codec.h; size may be 0) to out. 0;
 * -EINVAL: not whole facts, or more than BLOCK_RAW_MAX bytes; -ENOMEM. A failure leaves out as it
 * was.
 */
int block_make(const void *facts, size_t size, enum block_kind kind, int64_t wall_offset,
               struct buffer *out);

/*
 * Reads the header of a block. 0: info is within the limits above; -EBADMSG: this is no header of a
 * block, or a damaged one.
 */
int block_parse(const uint8_t header[BLOCK_HEADER], struct block_info *info);

/*
 * Unpacks info->stored bytes of payload into info->raw bytes of facts (aligned to 8). 0; -EBADMSG:
 * the payload is damaged, or does not match its header, and the content of facts is undefined;
 * -ENOMEM.
 */
int block_open(const struct block_info *info, const void *payload, void *facts);

/* A file's header. */
struct file_info {
	uint8_t boot_id[16]; /* /proc/sys/kernel/random/boot_id as bytes */
	uint64_t session;    /* ns since 1970 when the recorder began; the same in all its files */
	uint64_t sequence;   /* number of the file in its session, from 0 */
	int64_t wall;        /* ns since 1970 when the file began */
};

void file_make(const struct file_info *info, uint8_t header[FILE_HEADER]);

/*
 * 0; -EBADMSG: this is no header of a recording, or a damaged one; -EPROTONOSUPPORT: it is of
 * another version. A failure leaves info as it was.
 */
int file_parse(const uint8_t header[FILE_HEADER], struct file_info *info);

#endif
