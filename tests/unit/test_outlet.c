/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/outlet.h"

enum { ROOM = 1000, PIPE = 65536 };

struct stream {
	int from, to, stop;
	struct outlet *outlet;
	char text[4 * PIPE]; /* what was read */
	size_t size;
};

static void stream_open(struct stream *stream, size_t room)
{
	int ends[2];

	memset(stream, 0, sizeof(*stream));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	stream->from = ends[0];
	stream->to = ends[1];
	assert_int_equal(fcntl(stream->to, F_SETPIPE_SZ, PIPE), PIPE);
	stream->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_int_equal(outlet_open(&stream->outlet, stream->to, room, stream->stop), 0);
}

/* Until the writer closes. */
static void stream_read(struct stream *stream)
{
	ssize_t got;

	while ((got = read(stream->from, stream->text + stream->size,
	                   sizeof(stream->text) - stream->size)) > 0)
		stream->size += (size_t)got;
	assert_int_equal(got, 0);
	close(stream->from);
	close(stream->stop);
}

/* From here on the thread waits in write(). */
static void stream_stall(struct stream *stream)
{
	static char filler[PIPE];

	assert_int_equal(write(stream->to, filler, PIPE), PIPE);
}

static void put(struct stream *stream, const char *text, int patience)
{
	outlet_begin_object(stream->outlet, patience);
	fputs(text, outlet_file(stream->outlet));
	outlet_end_object(stream->outlet);
}

static void all_comes_through_in_order(void **state)
{
	static struct stream stream;
	int status;
	pid_t child;

	(void)state;
	stream_open(&stream, 100); /* round and round */
	child = fork();
	if (!child) {
		close(stream.to);
		stream_read(&stream);
		for (size_t i = 0; i < stream.size; i++)
			if (stream.text[i] != (char)('a' + i % 23))
				_exit(1);
		_exit(stream.size == 20000 ? 0 : 2);
	}
	for (int i = 0; i < 20000; i++)
		fputc('a' + i % 23, outlet_file(stream.outlet));
	assert_int_equal(outlet_close(stream.outlet), 0);
	close(stream.to);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	stream_read(&stream);
}

static void objects_without_room_are_left_out_whole(void **state)
{
	static struct stream stream;
	char want[ROOM + 1] = "";

	(void)state;
	stream_open(&stream, ROOM);
	stream_stall(&stream);
	for (int i = 0; i < 1000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "<%06d>\n", i);
		put(&stream, text, 0);
		if (i < ROOM / 9)
			strcat(want, text);
	}
	assert_int_equal(outlet_flush(stream.outlet), 0);
	assert_int_equal(outlet_waiting(stream.outlet), strlen(want));
	assert_int_equal(outlet_take_dropped(stream.outlet), 1000 - ROOM / 9);
	assert_int_equal(outlet_take_dropped(stream.outlet), 0);
	/* The reader goes on, and so do we. */
	assert_int_equal(read(stream.from, stream.text, PIPE), PIPE);
	assert_int_equal(outlet_settle(stream.outlet), 0);
	put(&stream, "more\n", 0);
	assert_int_equal(outlet_close(stream.outlet), 0);
	close(stream.to);
	stream_read(&stream);
	assert_int_equal(stream.size, strlen(want) + 5);
	assert_memory_equal(stream.text, want, strlen(want));
	assert_memory_equal(stream.text + strlen(want), "more\n", 5);
}

static void an_object_that_waits_in_vain_is_the_last_to_wait(void **state)
{
	static struct stream stream;
	static char large[ROOM * 2];

	(void)state;
	stream_open(&stream, ROOM);
	stream_stall(&stream);
	memset(large, 'x', sizeof(large) - 1);
	put(&stream, large, 3600 * 1000); /* never fits */
	assert_int_equal(outlet_take_dropped(stream.outlet), 1);
	for (int i = 0; i < ROOM / 10; i++)
		put(&stream, "<object>\n\n", 0);
	put(&stream, "<object>\n", 1);
	for (int i = 0; i < 100; i++) /* an hour each, if they waited */
		put(&stream, "<object>\n", 3600 * 1000);
	assert_int_equal(outlet_take_dropped(stream.outlet), 101);
	close(stream.from); /* the reader leaves */
	assert_int_equal(outlet_close(stream.outlet), -EPIPE);
	close(stream.to);
	close(stream.stop);
}

static void a_wait_can_be_stopped(void **state)
{
	static struct stream stream;
	static char large[ROOM * 2];

	(void)state;
	stream_open(&stream, ROOM);
	stream_stall(&stream);
	assert_int_equal(eventfd_write(stream.stop, 1), 0);
	fwrite(large, 1, sizeof(large), outlet_file(stream.outlet));
	assert_int_equal(outlet_flush(stream.outlet), -EINTR);
	assert_int_equal(outlet_close(stream.outlet), -EINTR);
}

static void errors_of_the_fd_are_told(void **state)
{
	static struct stream stream;

	(void)state;
	stream_open(&stream, ROOM);
	close(stream.from);
	put(&stream, "nobody reads this", 0);
	assert_int_equal(outlet_settle(stream.outlet), -EPIPE);
	put(&stream, "nor this", 1000);
	assert_int_equal(fputs("nor that", outlet_file(stream.outlet)) == EOF ||
	                         fflush(outlet_file(stream.outlet)) == EOF,
	                 1);
	assert_int_equal(outlet_close(stream.outlet), -EPIPE);
	close(stream.to);
	close(stream.stop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_comes_through_in_order),
		cmocka_unit_test(objects_without_room_are_left_out_whole),
		cmocka_unit_test(an_object_that_waits_in_vain_is_the_last_to_wait),
		cmocka_unit_test(errors_of_the_fd_are_told),
		cmocka_unit_test(a_wait_can_be_stopped), /* leaves a thread behind */
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
