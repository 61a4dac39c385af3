/* SPDX-License-Identifier: BSD-2-Clause */
/* What a recording is and holds. */
#ifndef TCPTRAIL_VIEW_INFO_H
#define TCPTRAIL_VIEW_INFO_H

#include "record/info.h"
#include "view/view.h"

/* Both by view->out and view->context.utc. 0 or -errno of the stream. */
int info_text(struct view *view, const struct recording_info *info);
int info_json(struct view *view, const struct recording_info *info);

#endif
