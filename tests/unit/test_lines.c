/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lines.h"

/* What a pipe that nobody reads has taken of many lines is whole lines. */
static void full_pipe_has_whole_lines(void **state)
{
	static char taken[1 << 20];
	ssize_t got = 0, more;
	int ends[2];
	FILE *out;

	(void)state;
	assert_int_equal(0, pipe2(ends, O_NONBLOCK)); /* a full one refuses here */
	out = lines_open(ends[1]);
	assert_non_null(out);
	for (int i = 0; i < 20000 && !ferror(out); i++)
		fprintf(out, "line %d of %*d\n", i, i % 200, i);
	assert_true(ferror(out));
	while ((more = read(ends[0], taken + got, sizeof(taken) - (size_t)got)) > 0)
		got += more;
	assert_true(got > PIPE_BUF);
	assert_int_equal('\n', taken[got - 1]);
	fclose(out);
	close(ends[0]);
	close(ends[1]);
}

static void flush_writes_lines_and_close_the_rest(void **state)
{
	char taken[64];
	int ends[2];
	FILE *out;

	(void)state;
	assert_int_equal(0, pipe2(ends, O_NONBLOCK));
	out = lines_open(ends[1]);
	fputs("one\ntwo\nthr", out);
	assert_int_equal(0, fflush(out));
	assert_int_equal(8, read(ends[0], taken, sizeof(taken)));
	assert_memory_equal("one\ntwo\n", taken, 8);
	fputs("ee", out);
	assert_int_equal(0, fclose(out));
	assert_int_equal(5, read(ends[0], taken, sizeof(taken)));
	assert_memory_equal("three", taken, 5);
	close(ends[0]);
	close(ends[1]);
}

/* It waits until the pipe is empty: what a signal leaves there is nothing of it. */
static void long_line_is_written_by_itself(void **state)
{
	static char taken[4 * PIPE_BUF], longest[2 * PIPE_BUF + 1];
	size_t got = 0;
	int ends[2];
	pid_t child;
	FILE *out;

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	assert_int_equal(0, pipe(ends));
	child = fork();
	if (!child) {
		out = lines_open(ends[1]);
		fprintf(out, "a\n%s\nb\n", longest);
		_exit(fclose(out));
	}
	close(ends[1]);
	assert_int_equal(2, read(ends[0], taken, sizeof(taken)));
	for (ssize_t more; (more = read(ends[0], taken + got, sizeof(taken) - got)) > 0;)
		got += (size_t)more;
	assert_int_equal(sizeof(longest) + 2, got);
	assert_memory_equal("\nb\n", taken + sizeof(longest) - 1, 3);
	assert_int_equal(child, waitpid(child, NULL, 0));
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_pipe_has_whole_lines),
		cmocka_unit_test(flush_writes_lines_and_close_the_rest),
		cmocka_unit_test(long_line_is_written_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
