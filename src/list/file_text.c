/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/file_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list/list.h"

#define PIECE 65536

static int read_fd(int fd, struct buffer *text)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	do {
		if (text->capacity - text->size < PIECE && !buffer_reserve(text, PIECE))
			return -ENOMEM;
		got = read(fd, text->data + text->size, text->capacity - text->size);
		if (got > 0)
			text->size += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got < 0 ? -errno : 0;
}

int file_text(struct list *list, const char *path, char **text, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;
	struct buffer content = {0};

	if (fd < 0)
		return -errno;
	err = read_fd(fd, &content);
	close(fd);
	buffer_add(&content, "", 1);
	if (!err && (content.failed || !list_keep(list, content.data)))
		err = -ENOMEM;
	if (err) {
		buffer_free(&content);
		return err;
	}
	*text = content.data;
	*size = content.size - 1;
	return 0;
}

char *file_text_line(char **text)
{
	char *line = *text + strspn(*text, "\n"), *end;

	if (!*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*text = end + (*end == '\n');
	*end = '\0';
	return line;
}

size_t file_text_words(char *line, char *words[], size_t most)
{
	size_t count = 0;
	char *word;

	while (count < most && (word = strsep(&line, " \t")))
		if (*word)
			words[count++] = word;
	return count;
}
