/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of addresses: functions, source lines, names of a JIT compiler's code. */
#ifndef TCPTRAIL_ENRICH_SYMBOL_H
#define TCPTRAIL_ENRICH_SYMBOL_H

#include "fact/frame.h"
#include "enrich/image.h"

/* Binaries whose symbols were read, shared by all processes that map them. */
struct symbols;

struct symbols *symbols_new(void); /* NULL: no memory */
void symbols_free(struct symbols *symbols);

/*
 * Makes the name of a frame. exact: this instruction is executing; otherwise a call returns to it.
 * Returns whether the name is final: a JIT compiler may replace its code.
 */
bool symbol_name(struct symbols *symbols, struct image *image, uint64_t ip, bool exact,
                 char name[FRAME_NAME_SIZE]);

#endif
