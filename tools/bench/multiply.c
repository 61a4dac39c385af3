/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes a long recording from a short one: copies its files again and again, each copy as another
 * session, until the directory has so many bytes. multiply FROM TO BYTES
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "record/dir.h"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Copies everything except the header, which gets the session that is given. */
static uint64_t copy(const struct dir *dir, const struct dir_file *file, int to, uint64_t session)
{
	static uint64_t number; /* no two names are the same */
	struct file_info info = file->info;
	static char bytes[1 << 20];
	char name[DIR_NAME_SIZE];
	uint64_t size = FILE_HEADER;
	int in = dir_open_file(dir, file), out;
	ssize_t got;

	info.session = session;
	out = dir_create_file(to, (int64_t)(info.session + number++ * NS_PER_US), name);
	if (in < 0 || out < 0)
		die("cannot open a file");
	file_make(&info, (uint8_t *)bytes);
	if (write(out, bytes, FILE_HEADER) != FILE_HEADER)
		die(name);
	while ((got = pread(in, bytes, sizeof(bytes), (off_t)size)) > 0) {
		if (write(out, bytes, (size_t)got) != got)
			die(name);
		size += (uint64_t)got;
	}
	close(in);
	close(out);
	return size;
}

int main(int argc, char **argv)
{
	uint64_t most = argc == 4 ? strtoull(argv[3], NULL, 10) : 0, bytes = 0, session;
	struct diag diag;
	struct dir dir;
	int to;

	if (argc != 4) {
		fputs("multiply FROM TO BYTES\n", stderr);
		return 2;
	}
	if (dir_open(&dir, argv[1], &diag) || dir_read(&dir, &diag)) {
		fprintf(stderr, "multiply: %s\n", diag.text);
		return 1;
	}
	to = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0 || !dir.count)
		die(to < 0 ? argv[2] : "no file in the recording");
	session = dir.files[0].info.session;
	for (; bytes < most; session += NS_PER_MS)
		for (size_t i = 0; i < dir.count; i++)
			bytes += copy(&dir, &dir.files[i], to, session);
	printf("%" PRIu64 "\n", bytes);
	close(to);
	dir_free(&dir);
	return 0;
}
