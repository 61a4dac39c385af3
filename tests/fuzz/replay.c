/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for libFuzzer where a target is only to be fed files: those of the directories given. */
#include <dirent.h>
#include <errno.h>

#include "fuzz.h"

static void feed(const char *directory, const char *name)
{
	static uint8_t bytes[1 << 20];
	char path[4096];
	size_t size;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	in = fopen(path, "re");
	EXPECT(in);
	size = fread(bytes, 1, sizeof(bytes), in);
	EXPECT(!ferror(in) && size < sizeof(bytes));
	fclose(in);
	LLVMFuzzerTestOneInput(bytes, size);
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++) {
		DIR *directory = opendir(argv[i]);
		const struct dirent *entry;

		if (!directory) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
			return 1;
		}
		while ((entry = readdir(directory))) {
			if (entry->d_name[0] == '.')
				continue;
			feed(argv[i], entry->d_name);
			count++;
		}
		closedir(directory);
	}
	printf("%d passed, 0 failed: %s\n", count, argv[argc - 1]);
	return count ? 0 : 1;
}
