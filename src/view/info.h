/* SPDX-License-Identifier: BSD-2-Clause */
/* Description of a recording, as text and as JSON. */
#ifndef TCPTRAIL_VIEW_INFO_H
#define TCPTRAIL_VIEW_INFO_H

#include "record/info.h"
#include "view/view.h"

/* Both use only view->out and view->context.utc, and return 0 or -errno of the stream. */
int info_text(struct view *view, const struct recording_info *info);
int info_json(struct view *view, const struct recording_info *info);

#endif
