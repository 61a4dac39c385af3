/* SPDX-License-Identifier: BSD-2-Clause */
/* Recordings on disk: what a writer writes, a reader reads, whatever happened to the bytes. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "fact/name.h"
#include "record/dir.h"
#include "record/reader.h"
#include "record/writer.h"

#define WALL 1764040320000000000LL /* 2025-11-25 03:12:00 UTC */
#define SEC  1000000000ULL

static char work[] = "/tmp/tcptrail-record.XXXXXX";

static void path_of(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", work, name);
}

static int make_work(void **state)
{
	(void)state;
	strcpy(work + strlen(work) - 6, "XXXXXX");
	return mkdtemp(work) ? 0 : -1;
}

static int remove_work(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", work);
	return system(command);
}

static struct writer *open_writer(const char *path, uint64_t max_size)
{
	const struct store_config config = {.path = path, .max_size = max_size};
	struct diag diag = {""};
	struct writer *writer = NULL;

	if (writer_open(&writer, &config, &diag) || writer_start(writer, &diag))
		fail_msg("%s", diag.text);
	return writer;
}

/* The n-th fact of a recording: half a second each, the first tells the clock. */
static const struct fact *nth(uint64_t n)
{
	static union {
		struct fact fact;
		struct fact_clock clock;
		struct fact_state state;
		union fact_name_buffer name;
	} buffer;
	const uint64_t key[2] = {n, n * n}, time = SEC + n * SEC / 2;
	char name[32];

	memset(&buffer, 0, sizeof(buffer));
	if (n == 0) {
		buffer.clock = (struct fact_clock){
			.h = {.type = FACT_CLOCK, .len = sizeof(buffer.clock), .time = time},
			.wall = WALL};
	} else if (n % 3) {
		buffer.state.h = (struct fact){.type = FACT_STATE,
		                               .len = sizeof(buffer.state),
		                               .time = time,
		                               .sk = 0xffff888000000000ULL + n % 7 * 0x940};
		buffer.state.s.cookie = n;
		buffer.state.s.iss = (uint32_t)(n * 2654435761U);
	} else {
		snprintf(name, sizeof(name), "number %llu", (unsigned long long)n);
		fact_name_make(&buffer.name, time, NAME_USER, key, name);
	}
	return &buffer.fact;
}

static void write_facts(struct writer *writer, uint64_t from, uint64_t to, uint64_t block)
{
	for (uint64_t n = from; n < to; n++) {
		writer_fact(nth(n), writer);
		if (n % block == block - 1)
			writer_flush(writer);
	}
}

/* Bytes of a file, or of all files of a directory. */
static uint64_t bytes_of(const char *path)
{
	struct stat stat_buf;
	uint64_t bytes = 0;
	char name[512];
	DIR *dir = opendir(path);

	if (!dir)
		return stat(path, &stat_buf) ? 0 : (uint64_t)stat_buf.st_size;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.' && !stat(name, &stat_buf))
			bytes += (uint64_t)stat_buf.st_size;
	}
	closedir(dir);
	return bytes;
}

/* As write_facts(), until they are in a file: the writer's thread is never behind. */
static void write_facts_through(struct writer *writer, const char *path, uint64_t from, uint64_t to)
{
	uint64_t before = bytes_of(path);

	write_facts(writer, from, to, to - from);
	for (int i = 0; i < 45000 && bytes_of(path) == before && !writer_is_full(writer) &&
	                !writer_wants_checkpoint(writer);
	     i++)
		usleep(2000);
}

/* A checkpoint is whatever facts stand between begin and end. */
static void write_checkpoint(struct writer *writer, uint64_t n)
{
	writer_begin_checkpoint(writer);
	writer_fact(nth(n), writer);
	writer_end_checkpoint(writer);
}

static int list_files(struct dir *dir, const char *path)
{
	int err = dir_open(dir, path, NULL);

	return err ? err : dir_read(dir, NULL);
}

static bool is_recording(const char *path)
{
	struct dir dir;
	bool is;

	if (dir_open(&dir, path, NULL))
		return false;
	is = dir_is_recording(&dir);
	dir_free(&dir);
	return is;
}

static struct reader *open_reader(const char *path)
{
	struct diag diag = {""};
	struct reader *reader = NULL;

	if (reader_open(&reader, path, &diag))
		fail_msg("%s", diag.text);
	return reader;
}

/* Reads facts that are to be numbers from.. to..; returns how many there were. */
static uint64_t read_facts(struct reader *reader, uint64_t from, uint64_t to)
{
	const struct fact *fact;
	struct diag diag = {""};
	uint64_t count = 0;
	int64_t wall;
	int got;

	while ((got = reader_next(reader, &fact, &wall, &diag)) == READER_FACT) {
		const struct fact *want = nth(from + count);

		assert_true(from + count < to);
		assert_int_equal(fact->len, want->len);
		assert_memory_equal(fact, want, want->len);
		assert_int_equal(wall, WALL + (int64_t)((from + count) * SEC / 2));
		count++;
	}
	assert_string_equal(diag.text, "");
	assert_int_equal(got, READER_END);
	return count;
}

static void close_writer(struct writer *writer, uint64_t facts, uint64_t lost)
{
	struct writer_totals totals;

	assert_int_equal(writer_close(writer, &totals), 0);
	assert_int_equal(totals.facts, facts);
	assert_int_equal(totals.lost, lost);
}

/* --- whole recordings --------------------------------------------------------------------------- */

static void test_file(void **state)
{
	struct reader_summary summary;
	struct reader_session session;
	struct writer *writer;
	struct reader *reader;
	struct stat stat_buf;
	char path[128];

	(void)state;
	path_of(path, "one");
	assert_false(is_recording(path));
	writer = open_writer(path, 1 << 20);
	write_facts(writer, 0, 1000, 100);
	close_writer(writer, 1000, 0);

	assert_true(is_recording(path));
	assert_int_equal(stat(path, &stat_buf), 0);
	assert_int_equal(stat_buf.st_mode & 0777, 0600);
	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.files, 1);
	assert_int_equal(summary.sessions, 1);
	assert_int_equal(summary.blocks, 10);
	assert_int_equal(summary.checkpoints, 0);
	assert_int_equal(summary.facts, 1000);
	assert_int_equal(summary.transitions, 666);
	assert_int_equal(summary.bytes, stat_buf.st_size);
	assert_int_equal(summary.damaged + summary.unfinished, 0);
	/* The range is that of blocks, and a block is known by its last clock. */
	assert_int_equal(summary.first, WALL);
	assert_int_equal(summary.last, WALL + 999 * (int64_t)SEC / 2);
	assert_true(reader_session(reader, 0, &session));
	assert_int_equal(session.last, summary.last);
	assert_false(reader_session(reader, 1, &session));
	assert_int_equal(read_facts(reader, 0, 1000), 1000);
	/* Seeking begins anew, and without checkpoints there is one place to begin at. */
	reader_seek(reader, INT64_MAX);
	assert_int_equal(read_facts(reader, 0, 1000), 1000);
	reader_close(reader);
}

static void test_nothing_is_written_over(void **state)
{
	const struct store_config config = {.max_size = 1 << 20};
	struct store_config there = config, nowhere = config;
	struct writer *writer = NULL, *first;
	char path[128], none[128];
	struct stat stat_buf;
	struct diag diag;

	(void)state;
	path_of(path, "one");
	path_of(none, "none/one");
	there.path = path;
	nowhere.path = none;
	first = open_writer(path, 1 << 20);
	assert_int_equal(writer_open(&writer, &there, &diag), -EWOULDBLOCK); /* it is empty */
	write_facts(first, 0, 10, 10);
	while (stat(path, &stat_buf) || !stat_buf.st_size)
		usleep(20000);
	assert_int_equal(writer_open(&writer, &there, &diag), -EEXIST);
	assert_non_null(strstr(diag.text, "already exists"));
	assert_int_equal(writer_open(&writer, &nowhere, &diag), -ENOENT);
	assert_non_null(strstr(diag.text, "No such file"));
	close_writer(first, 10, 0);
}

static void test_directory_is_locked(void **state)
{
	struct store_config config = {.max_size = 1 << 20};
	struct writer *second = NULL, *first;
	struct stat stat_buf;
	struct diag diag;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	config.path = path;
	first = open_writer(path, 1 << 20);
	assert_int_equal(stat(path, &stat_buf), 0);
	assert_int_equal(stat_buf.st_mode & 0777, 0700);
	assert_int_equal(writer_open(&second, &config, &diag), -EWOULDBLOCK);
	assert_non_null(strstr(diag.text, "another tcptrail is recording to it"));
	close_writer(first, 0, 0);
	close_writer(open_writer(path, 1 << 20), 0, 0);
}

/* --- checkpoints, files, sessions ------------------------------------------------------------------ */

static void test_seek(void **state)
{
	struct reader_summary summary;
	struct writer *writer;
	struct reader *reader;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 24);
	write_facts(writer, 0, 100, 10);
	write_checkpoint(writer, 100);
	write_facts(writer, 101, 200, 10);
	writer_rotate(writer);
	assert_true(writer_wants_checkpoint(writer));
	write_checkpoint(writer, 200);
	assert_false(writer_wants_checkpoint(writer));
	write_facts(writer, 201, 300, 10);
	close_writer(writer, 300, 0);

	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.files, 2);
	assert_int_equal(summary.sessions, 1);
	assert_int_equal(summary.checkpoints, 2);
	assert_int_equal(summary.facts, 298);
	assert_int_equal(read_facts(reader, 0, 300), 300);
	reader_seek(reader, WALL - 1); /* before all: the beginning */
	assert_int_equal(read_facts(reader, 0, 300), 300);
	reader_seek(reader, WALL + 99 * (int64_t)SEC / 2);
	assert_int_equal(read_facts(reader, 0, 300), 300);
	reader_seek(reader, WALL + 100 * (int64_t)SEC / 2);
	assert_int_equal(read_facts(reader, 100, 300), 200);
	reader_seek(reader, WALL + 199 * (int64_t)SEC / 2);
	assert_int_equal(read_facts(reader, 100, 300), 200);
	reader_seek(reader, INT64_MAX);
	assert_int_equal(read_facts(reader, 200, 300), 100);
	reader_close(reader);
}

static void test_sessions(void **state)
{
	struct reader_summary summary;
	struct reader_session session;
	const struct fact *fact;
	struct writer *writer;
	struct reader *reader;
	struct diag diag;
	char path[128];
	int64_t wall;

	(void)state;
	path_of(path, "dir/");
	for (int i = 0; i < 2; i++) {
		writer = open_writer(path, 1 << 24);
		write_facts(writer, 0, 20, 10);
		close_writer(writer, 20, 0);
	}
	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.sessions, 2);
	assert_true(reader_session(reader, 1, &session));
	assert_false(reader_session(reader, 2, &session));
	for (int i = 0; i < 20; i++)
		assert_int_equal(reader_next(reader, &fact, &wall, &diag), READER_FACT);
	assert_int_equal(reader_next(reader, &fact, &wall, &diag), READER_RESTART);
	assert_int_equal(read_facts(reader, 0, 20), 20);
	reader_close(reader);
}

/* The oldest go, the present one stays, and what is not ours is left alone. */
static void test_bounds(void **state)
{
	const uint64_t most = 1 << 17;
	struct reader_summary summary;
	struct writer *writer;
	struct reader *reader;
	char path[128], other[128];
	uint64_t n = 0;
	FILE *file;

	(void)state;
	path_of(path, "dir/");
	path_of(other, "dir/other.tcptrail");
	writer = open_writer(path, most);
	file = fopen(other, "w");
	assert_non_null(file);
	fputs("not a recording", file);
	fclose(file);
	for (int round = 0; round < 300; round++) {
		write_facts_through(writer, path, n,
		                    n + 500); /* its thread says when a file is full */
		n += 500;
		if (writer_wants_checkpoint(writer))
			write_checkpoint(writer, n++);
		assert_int_equal(writer_take_lost(writer), 0);
	}
	close_writer(writer, n, 0);
	assert_int_equal(access(other, F_OK), 0);

	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_true(summary.files > 5);
	assert_true(summary.bytes <= most);
	assert_true(summary.bytes > most / 2);
	assert_true(summary.facts < n);
	reader_seek(reader, INT64_MIN);
	read_facts(reader, n - summary.facts - summary.checkpoints, n);
	reader_close(reader);
}

/* --- damage --------------------------------------------------------------------------------------- */

struct bytes {
	uint8_t *data;
	size_t size;
};

static struct bytes slurp(const char *path)
{
	struct bytes bytes = {0};
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	bytes.data = malloc(1 << 20);
	bytes.size = fread(bytes.data, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

static void spill(const char *path, const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Three blocks of facts: where each begins, and the end. */
static struct bytes small_recording(char path[128], size_t ends[4])
{
	struct writer *writer;
	struct bytes bytes;

	path_of(path, "small");
	writer = open_writer(path, 1 << 20);
	write_facts(writer, 0, 30, 10);
	close_writer(writer, 30, 0);
	bytes = slurp(path);
	ends[0] = FILE_HEADER;
	for (int i = 0; i < 3; i++) {
		struct block_info info;

		assert_int_equal(block_parse(bytes.data + ends[i], &info), 0);
		ends[i + 1] = ends[i] + BLOCK_HEADER + info.stored;
	}
	assert_int_equal(ends[3], bytes.size);
	return bytes;
}

/* Cut off anywhere, each whole block is read, and what is left over is counted. */
static void test_truncated(void **state)
{
	size_t ends[4];
	char path[128];
	struct bytes bytes = small_recording(path, ends);

	(void)state;
	for (size_t size = 0; size < bytes.size; size++) {
		uint64_t blocks = (size >= ends[1]) + (uint64_t)(size >= ends[2]);
		struct reader_summary summary;
		struct reader *reader = NULL;
		struct diag diag;

		spill(path, bytes.data, size);
		if (!blocks) {
			assert_true(reader_open(&reader, path, &diag) < 0);
			continue;
		}
		reader = open_reader(path);
		reader_summary(reader, &summary);
		assert_int_equal(summary.damaged, 0);
		assert_int_equal(summary.unfinished, size - ends[blocks]);
		assert_int_equal(read_facts(reader, 0, 30), blocks * 10);
		reader_close(reader);
	}
	free(bytes.data);
}

/* Facts of the blocks but one, with a loss in its place if facts stand before and after. */
static void assert_without(struct reader *reader, size_t missing)
{
	const struct fact *fact;
	struct diag diag = {""};
	int64_t wall;

	for (size_t block = 0; block < 3; block++) {
		if (block == missing)
			continue;
		if (block == missing + 1 && missing > 0) {
			assert_int_equal(reader_next(reader, &fact, &wall, &diag), READER_FACT);
			assert_int_equal(fact->type, FACT_LOSS);
		}
		for (uint64_t n = block * 10; n < block * 10 + 10; n++) {
			assert_int_equal(reader_next(reader, &fact, &wall, &diag), READER_FACT);
			assert_memory_equal(fact, nth(n), nth(n)->len);
		}
	}
	assert_int_equal(reader_next(reader, &fact, &wall, &diag), READER_END);
}

/* One bit of any byte turned: the other blocks are read, and the damage is counted. */
static void test_flipped(void **state)
{
	size_t ends[4];
	char path[128];
	struct bytes bytes = small_recording(path, ends);

	(void)state;
	for (size_t at = FILE_HEADER; at < bytes.size; at++) {
		size_t block = (at >= ends[1]) + (size_t)(at >= ends[2]);
		struct reader_summary summary;
		struct reader *reader;

		bytes.data[at] ^= (uint8_t)(1 << at % 8);
		spill(path, bytes.data, bytes.size);
		bytes.data[at] ^= (uint8_t)(1 << at % 8);
		reader = open_reader(path);
		assert_without(reader, block);
		reader_summary(reader, &summary);
		assert_int_equal(summary.damaged + summary.unfinished,
		                 ends[block + 1] - ends[block]);
		reader_close(reader);
	}
	free(bytes.data);
}

/* A file's header is lost: alone it is no recording, among others it is passed by. */
static void test_flipped_header(void **state)
{
	size_t ends[4];
	char path[128];
	struct bytes bytes = small_recording(path, ends);
	struct reader *reader = NULL;
	struct diag diag;

	(void)state;
	for (size_t at = 0; at < FILE_HEADER; at++) {
		bytes.data[at] ^= 0x10;
		spill(path, bytes.data, bytes.size);
		bytes.data[at] ^= 0x10;
		assert_false(is_recording(path));
		assert_true(reader_open(&reader, path, &diag) < 0);
	}
	free(bytes.data);
}

/* Nothing but bytes between whole blocks, and a copy behind a copy. */
static void test_rubbish_between(void **state)
{
	static const uint8_t rubbish[100000] = {'T', 'B', 'L', 'K', 'T', 'C'};
	struct reader_summary summary;
	struct reader *reader;
	size_t ends[4];
	char path[128];
	struct bytes bytes = small_recording(path, ends);
	FILE *file;

	(void)state;
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(bytes.data, 1, ends[1], file);
	fwrite(rubbish, 1, sizeof(rubbish), file);
	fwrite(bytes.data + ends[2], 1, ends[3] - ends[2], file);
	fclose(file);
	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.damaged, sizeof(rubbish));
	assert_without(reader, 1);
	reader_close(reader);
	free(bytes.data);
}

/* --- a disk that is full ------------------------------------------------------------------------- */

static void await_news(struct writer *writer, struct diag *diag)
{
	for (int i = 0; i < 4500; i++) {
		if (writer_news(writer, diag))
			return;
		writer_fact(nth(1), writer);
		writer_flush(writer);
		usleep(20000);
	}
	fail_msg("no news in 90 s");
}

static void await_file(const char *path)
{
	struct dir dir = {.fd = -1};

	for (int i = 0; i < 4500 && !dir.count; i++) {
		dir_free(&dir);
		assert_int_equal(list_files(&dir, path), 0);
		usleep(20000);
	}
	assert_int_equal(dir.count, 1);
	dir_free(&dir);
}

/* So large may files become: with 0 nothing can be written. */
static void limit_files(rlim_t size)
{
	const struct rlimit limit = {size, RLIM_INFINITY};

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* No file of a directory can be written; then it can: what came meanwhile is counted as lost. */
static void test_pause(void **state)
{
	struct reader_summary summary;
	struct writer_totals totals;
	struct writer *writer;
	struct reader *reader;
	uint64_t lost = 0;
	struct diag diag;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 24);
	write_facts(writer, 0, 10, 10);
	await_file(path);
	limit_files(0);
	writer_rotate(writer);
	assert_true(writer_wants_checkpoint(writer));
	write_checkpoint(writer, 10);
	await_news(writer, &diag);
	assert_non_null(strstr(diag.text, "File too large"));
	limit_files(RLIM_INFINITY);
	for (int i = 0; i < 4500 && !writer_wants_checkpoint(writer); i++) {
		writer_fact(nth(1), writer);
		writer_flush(writer);
		usleep(20000);
	}
	assert_int_equal(writer_take_lost(writer), 0); /* not yet: there is nowhere to tell it */
	write_checkpoint(writer, 0);
	await_news(writer, &diag);
	assert_string_equal(diag.text, "");
	assert_false(writer_wants_checkpoint(writer)); /* the gap is mended */
	lost = writer_take_lost(writer);
	assert_true(lost > 0);
	assert_int_equal(writer_close(writer, &totals), 0);
	assert_int_equal(totals.lost, lost);

	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.sessions, 2);
	assert_int_equal(summary.checkpoints, 1);
	reader_close(reader);
}

/* The recorder goes on in a directory that is renamed, and deletes its oldest files there. */
static void test_renamed_directory(void **state)
{
	char path[128], moved[128], loop[160];
	struct writer *writer;
	struct reader *reader;
	struct dir dir;

	(void)state;
	path_of(path, "dir/");
	path_of(moved, "moved");
	writer = open_writer(path, 1 << 20);
	write_facts(writer, 0, 10, 10);
	await_file(path);
	path[strlen(path) - 1] = '\0';
	assert_int_equal(rename(path, moved), 0);
	snprintf(loop, sizeof(loop), "%s/loop.tcptrail", moved);
	assert_int_equal(symlink("loop.tcptrail", loop), 0);
	for (int i = 0; i < 50; i++) {
		writer_rotate(writer);
		write_checkpoint(writer, 0);
		write_facts(writer, 1000 * i, 1000 * i + 1000, 1000);
	}
	assert_int_equal(writer_close(writer, NULL), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(list_files(&dir, moved), 0);
	assert_true(dir.count > 1);
	assert_int_equal(dir.unreadable, 1);
	dir_free(&dir);
	reader = open_reader(moved);
	reader_close(reader);
}

/* --- a disk that hangs ---------------------------------------------------------------------------- */

static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static atomic_int waiting; /* threads, for the disk */

/* In place of libc's: waits for the disk. */
int fdatasync(int fd)
{
	atomic_fetch_add(&waiting, 1);
	pthread_mutex_lock(&disk);
	pthread_mutex_unlock(&disk);
	atomic_fetch_sub(&waiting, 1);
	return (int)syscall(SYS_fdatasync, fd);
}

/* From here on the disk hangs, and the writer's thread with it. How many facts that took. */
static uint64_t hang(struct writer *writer)
{
	uint64_t n = 0;

	pthread_mutex_lock(&disk);
	while (!atomic_load(&waiting)) {
		writer_fact(nth(n++), writer);
		writer_flush(writer);
		usleep(1000);
	}
	return n;
}

/* Neither facts nor checkpoints wait for it; what it does not take is counted. */
static void test_hung_disk(void **state)
{
	struct writer_totals totals;
	struct writer *writer;
	struct reader *reader;
	uint64_t lost = 0, n = 0;
	struct diag diag;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 30);
	n = hang(writer);
	do /* more than the queue holds */
		writer_fact(nth(n++), writer);
	while (!writer_news(writer, &diag));
	assert_string_equal(diag.text, "the disk does not respond");
	assert_false(writer_wants_checkpoint(writer));
	write_checkpoint(writer, n); /* does not wait for ever */
	pthread_mutex_unlock(&disk);
	for (int i = 0; i < 5000 && !writer_wants_checkpoint(writer); i++)
		usleep(20000);
	write_checkpoint(writer, n);
	assert_true(writer_news(writer, &diag));
	assert_string_equal(diag.text, "");
	lost = writer_take_lost(writer);
	assert_true(lost > 0);
	assert_int_equal(writer_close(writer, &totals), 0);
	assert_int_equal(totals.lost, lost);
	reader = open_reader(path);
	reader_close(reader);
}

/* The end of a recording does not wait for ever either. */
static void test_hung_disk_at_the_end(void **state)
{
	struct writer_totals totals;
	struct writer *writer;
	char path[128];
	uint64_t n;

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 30);
	n = hang(writer);
	write_facts(writer, n, n + 90, 30);
	assert_int_equal(writer_close(writer, &totals), -ETIMEDOUT);
	assert_true(totals.lost >= 90);
	assert_int_equal(totals.facts + totals.lost, n + 90);
	pthread_mutex_unlock(&disk);
}

/* Another file that is asked for while it is paused is a try, too, and of another session. */
static void test_rotate_while_paused(void **state)
{
	struct reader_summary summary;
	struct writer *writer;
	struct reader *reader;
	struct diag diag;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 24);
	write_facts(writer, 0, 10, 10);
	await_file(path);
	limit_files(0);
	for (int i = 0; i < 2; i++) {
		writer_rotate(writer);
		write_checkpoint(writer, 10);
		write_facts(writer, 11, 20, 10);
	}
	await_news(writer, &diag);
	assert_non_null(strstr(diag.text, "File too large"));
	limit_files(RLIM_INFINITY);
	writer_rotate(writer);
	write_checkpoint(writer, 0);
	await_news(writer, &diag);
	assert_string_equal(diag.text, "");
	assert_true(writer_take_lost(writer) >= 18);
	assert_int_equal(writer_close(writer, NULL), 0);

	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.sessions, 2);
	assert_int_equal(summary.checkpoints, 1);
	reader_close(reader);
}

/* However many facts it has: one of these sizes fills its last block to the byte. */
static void test_checkpoint_of_any_size(void **state)
{
	const uint64_t fact = nth(1)->len, full = (1 << 20) / fact;
	struct reader_summary summary;
	struct writer *writer;
	struct reader *reader;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 24);
	for (uint64_t size = full - 1; size <= full + 2; size++) {
		writer_begin_checkpoint(writer);
		for (uint64_t n = 0; n < size; n++)
			writer_fact(nth(1), writer);
		writer_end_checkpoint(writer);
	}
	assert_int_equal(writer_close(writer, NULL), 0);
	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_int_equal(summary.checkpoints, 4);
	reader_close(reader);
}

/* A clock that was put back: what is written now is the newest all the same. */
static void test_clock_is_put_back(void **state)
{
	uint8_t header[FILE_HEADER];
	struct file_info info = {.session = UINT64_MAX - 10, .wall = INT64_MAX - 10};
	struct writer *writer;
	char path[128], later[128];
	struct dir dir;
	FILE *file;

	(void)state;
	path_of(path, "dir/");
	path_of(later, "dir/22620411T234716.000000Z.tcptrail");
	close_writer(open_writer(path, 1 << 20), 0, 0);
	file_make(&info, header);
	file = fopen(later, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(header, 1, sizeof(header), file), sizeof(header));
	assert_int_equal(fclose(file), 0);
	writer = open_writer(path, 1 << 20);
	write_facts(writer, 0, 10, 10);
	close_writer(writer, 10, 0);
	assert_int_equal(list_files(&dir, path), 0);
	assert_int_equal(dir.count, 2);
	assert_true(dir.files[0].info.session == info.session);
	assert_true(dir.files[1].info.session == info.session + 1);
	dir_free(&dir);
}

/* A single file ends within its bound, and what came after that is no loss. */
static void test_full_file(void **state)
{
	struct reader_summary summary;
	struct writer_totals totals;
	struct writer *writer;
	struct reader *reader;
	char path[128];
	uint64_t n = 0;

	(void)state;
	path_of(path, "one");
	writer = open_writer(path, 1 << 14);
	for (int i = 0; i < 500 && !writer_is_full(writer); i++, n += 500)
		write_facts_through(writer, path, n, n + 500);
	assert_true(writer_is_full(writer));
	assert_int_equal(writer_close(writer, &totals), 0);
	assert_int_equal(totals.lost, 0);
	reader = open_reader(path);
	reader_summary(reader, &summary);
	assert_in_range(summary.bytes, 1 << 13, 1 << 14);
	assert_int_equal(summary.bytes, totals.bytes);
	assert_int_equal(summary.facts, totals.facts);
	assert_int_equal(read_facts(reader, 0, n), totals.facts);
	reader_close(reader);
}

/* More files than may be open at once. */
static void test_many_files(void **state)
{
	const uint64_t files = 40;
	struct rlimit before, few = {.rlim_cur = 30};
	struct writer *writer;
	struct reader *reader;
	char path[128];

	(void)state;
	path_of(path, "dir/");
	writer = open_writer(path, 1 << 24);
	for (uint64_t n = 0; n < files; n++) {
		writer_rotate(writer);
		write_checkpoint(writer, n);
	}
	close_writer(writer, files, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	reader = open_reader(path);
	assert_int_equal(read_facts(reader, 0, files), files);
	reader_close(reader);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_work, remove_work)
	const struct CMUnitTest tests[] = {
		TEST(test_file),
		TEST(test_nothing_is_written_over),
		TEST(test_directory_is_locked),
		TEST(test_seek),
		TEST(test_sessions),
		TEST(test_bounds),
		TEST(test_truncated),
		TEST(test_flipped),
		TEST(test_flipped_header),
		TEST(test_rubbish_between),
		TEST(test_pause),
		TEST(test_rotate_while_paused),
		TEST(test_renamed_directory),
		TEST(test_hung_disk),
		TEST(test_hung_disk_at_the_end),
		TEST(test_checkpoint_of_any_size),
		TEST(test_clock_is_put_back),
		TEST(test_full_file),
		TEST(test_many_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
