/* SPDX-License-Identifier: BSD-2-Clause */
/* Piles as lines of a table. */
#ifndef TCPTRAIL_VIEW_PILES_H
#define TCPTRAIL_VIEW_PILES_H

#include "rules/pile.h"
#include "view/view.h"

/* Prints nothing if count is 0. 0 or -errno of the stream. */
int piles_text(struct view *view, const struct pile *piles, size_t count);

#endif
