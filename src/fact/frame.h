/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The name of a stack frame: a NAME_FRAME with the key (ip, space). It has four fields with tabs
 * between them. A field that is not known is empty:
 *
 *   function  offset (hexadecimal)  module  source file:line
 *
 * offset: of the ip into the function; without a function, into the module, as addr2line takes it.
 * module: path of the file mapped there; "[jit]" for code that a JIT compiler has named.
 */
#ifndef TCPTRAIL_FACT_FRAME_H
#define TCPTRAIL_FACT_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct frame_field {
	const char *text; /* inside the name */
	int length;       /* 0: not known */
};

struct frame {
	struct frame_field function, module, source;
	uint64_t offset; /* 0 if neither function nor module is known */
};

/* Fields missing at the end are not known. name NULL: no field is known. */
void frame_parse(const char *name, struct frame *frame);

#define FRAME_NAME_SIZE 1024 /* of a name, with its NUL */

/* Makes a name; NULL and "": not known. What does not fit is cut from the function's end. */
void frame_name(char name[FRAME_NAME_SIZE], const char *function, uint64_t offset,
                const char *module, const char *source);

/*
 *   serve_client+0x1f (server) server.c:88
 *   server+0x1234                 no function known
 *   0x7f0123456789                no module, either
 */
void frame_text(struct buffer *out, uint64_t ip, const struct frame *frame);
/* The same, short: "serve_client", "server+0x1234", "0x7f0123456789". */
void frame_text_short(struct buffer *out, uint64_t ip, const struct frame *frame);

#endif
