/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules found, for people and for programs. */
#ifndef TCPTRAIL_VIEW_FINDINGS_H
#define TCPTRAIL_VIEW_FINDINGS_H

#include "rules/finding.h"
#include "view/view.h"

/* What they are of. */
struct findings_scope {
	uint64_t window; /* ns that were watched */
	uint32_t states; /* STATE_BITs that were asked for by name; 0: none was */
	struct groups_forgotten forgotten;
};

/*
 * A line for each pile, then the findings in the order given. What is fine is left out unless all is
 * set, and counted in a last line; where states were asked for, all is told, without the lines of
 * piles. dated: more will follow, the last line says when. 0 or -errno of
 * the stream.
 */
int findings_text(struct view *view, const struct finding *findings, size_t count, bool all,
                  const struct findings_scope *scope, bool dated);
/* One line a finding that is bad or may become so, the verdict being left out. */
int findings_headlines(struct view *view, const struct finding *findings, size_t count);
/* One object a finding, those that are fine, too; one of what was forgotten, if anything was. */
int findings_json(struct view *view, const struct finding *findings, size_t count,
                  const struct findings_scope *scope);

#endif
