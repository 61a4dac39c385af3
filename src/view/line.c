/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/line.h"

#include <errno.h>

#include "base/escape.h"

int line_write(struct view *view, struct buffer *line)
{
	int err = 0;

	errno = 0; /* stdio may fail without setting it */
	if (line->failed)
		err = -ENOMEM;
	else if (!line->size)
		err = 0; /* data may be NULL, which fwrite() does not allow */
	else if (fwrite(line->data, 1, line->size, view->out) != line->size ||
	         (view->flush && fflush(view->out)))
		err = errno ? -errno : -EIO;
	buffer_free(line);
	return err;
}

size_t line_add_safe(struct buffer *line, struct buffer *text)
{
	size_t columns = 0;

	buffer_add(text, "", 1);
	line->failed |= text->failed;
	if (!text->failed)
		columns = escape_terminal(line, text->data);
	buffer_free(text);
	return columns;
}
