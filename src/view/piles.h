/* SPDX-License-Identifier: BSD-2-Clause */
/* Piles as lines of a table, for people. */
#ifndef TCPTRAIL_VIEW_PILES_H
#define TCPTRAIL_VIEW_PILES_H

#include "rules/pile.h"
#include "view/view.h"

/* Nothing, if there are none. 0 or -errno of the stream. */
int piles_text(struct view *view, const struct pile *piles, size_t count);

#endif
