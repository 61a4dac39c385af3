/* SPDX-License-Identifier: BSD-2-Clause */
#include "notice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"

void notice(const char *format, ...)
{
	struct buffer line = {.data = NULL};
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buffer_text(&line, "tcptrail: ");
	escape_terminal(&line, text);
	buffer_text(&line, "\n");
	if (!line.failed)
		fwrite(line.data, 1, line.size, stderr);
	buffer_free(&line);
}

void notice_unreadable(const char *path, uint64_t files)
{
	if (files)
		notice("%s: %" PRIu64 " files cannot be read and are left out", path, files);
}
