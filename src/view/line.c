/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/line.h"

#include <errno.h>

int line_write(struct view *view, struct buffer *line)
{
	int err = 0;

	errno = 0; /* stdio does not promise to set it */
	if (line->failed)
		err = -ENOMEM;
	else if (!line->size)
		err = 0; /* its data may be NULL, which fwrite() does not allow */
	else if (fwrite(line->data, 1, line->size, view->out) != line->size ||
	         (view->flush && fflush(view->out)))
		err = errno ? -errno : -EIO;
	buffer_free(line);
	return err;
}
