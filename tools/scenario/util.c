/* SPDX-License-Identifier: BSD-2-Clause */
#include "util.h"
#include "scenario.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void __attribute__((noreturn, format(printf, 3, 0)))
leave(int status, const char *reason, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	dprintf(STDERR_FILENO, "scenario: %s%s%s\n", text, reason ? ": " : "", reason ?: "");
	/* Not exit(): a forked child must not flush the parent's streams or run its handlers. */
	_exit(status);
}

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	leave(EXIT_FAILURE, NULL, fmt, ap);
}

void die_errno(const char *fmt, ...)
{
	const char *reason = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	leave(EXIT_FAILURE, reason, fmt, ap);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	leave(EXIT_SKIP, NULL, fmt, ap);
}

void say(const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	if (len < 0 || len >= (int)sizeof(text) - 1)
		die("a line does not fit");
	if (len && text[len - 1] == ' ') /* the last, optional part was empty */
		len--;
	text[len++] = '\n';
	if (write(STDOUT_FILENO, text, len) != len)
		die_errno("cannot write to stdout");
}

void *grow(void *array, size_t count, size_t size)
{
	/* Doubles the room when count reaches a power of two. */
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? 2 * count : 1) * size);
	if (!array)
		die_errno("out of memory");
	return array;
}

bool interrupted(void)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, SIGINT) || sigismember(&set, SIGTERM);
}

int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}
