/* SPDX-License-Identifier: BSD-2-Clause */
/* What addresses are called: functions, source lines, names of a JIT's code. */
#ifndef TCPTRAIL_ENRICH_SYMBOL_H
#define TCPTRAIL_ENRICH_SYMBOL_H

#include "fact/frame.h"
#include "enrich/image.h"

/* Binaries whose symbols were read, whichever process they are mapped in. */
struct symbols;

struct symbols *symbols_new(void); /* NULL: no memory */
void symbols_free(struct symbols *symbols);

/*
 * Makes the name of a frame. exact: the ip itself is at work; else a call returns
 * there. Returns whether it is a lasting one: a JIT's code may be replaced.
 */
bool symbol_name(struct symbols *symbols, struct image *image, uint64_t ip, bool exact,
                 char name[FRAME_NAME_SIZE]);

#endif
