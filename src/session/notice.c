/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/notice.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/escape.h"

#define PATIENCE_MS 100

/* While only the loop reads signals, a stalled reader of stderr must not hold up the process. */
static bool can_write(void)
{
	struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
	sigset_t blocked;

	if (sigprocmask(SIG_BLOCK, NULL, &blocked) || !sigismember(&blocked, SIGTERM))
		return true;
	return poll(&out, 1, PATIENCE_MS) > 0;
}

static void print(const char *before, const char *format, va_list args)
{
	struct buffer line = {.data = NULL};
	char text[2048];

	vsnprintf(text, sizeof(text), format, args);
	buffer_text(&line, before);
	escape_terminal(&line, text);
	buffer_text(&line, "\n");
	if (!line.failed && can_write())
		fwrite(line.data, 1, line.size, stderr);
	buffer_free(&line);
}

void notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("tcptrail: ", format, args);
	va_end(args);
}

void notice_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("", format, args);
	va_end(args);
}

void notice_unreadable(const char *path, uint64_t files)
{
	if (files)
		notice("%s: %" PRIu64 " files cannot be read and are left out", path, files);
}
