/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/process_text.c src/enrich/doing_text.c src/enrich/kernel_counters.c src/enrich/proc_file.c */
/* Input: any of the files of /proc that are read: stat, limits, syscall, snmp, netstat, sockstat. */
#include <errno.h>

#include "enrich/doing_text.h"
#include "enrich/kernel_counters.h"
#include "enrich/process_text.h"
#include "fuzz.h"

static void read_stat(const char *text)
{
	struct process_stat stat;

	if (process_parse_stat(text, &stat)) {
		EXPECT(memchr(stat.comm, '\0', sizeof(stat.comm)));
		process_has_exited(&stat);
	}
}

static void read_doing(const char *text)
{
	struct doing_group group;
	uint64_t limit;
	int err = doing_parse_limit(text, &limit);

	EXPECT(err == 0 || err == -EINVAL);
	for (int native = 0; native < 2; native++) {
		doing_parse_syscall(text, native, &group);
		EXPECT(memchr(group.syscall, '\0', sizeof(group.syscall)) && group.threads == 1);
	}
}

static void read_counts(const char *text, size_t size,
                        void (*parse)(FILE *, struct kernel_counters *))
{
	struct kernel_counters counts = {.value = {0}};
	FILE *in = size ? fmemopen((void *)(uintptr_t)text, size, "r") : NULL;

	if (!in)
		return;
	parse(in, &counts);
	fclose(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	uint64_t count;
	int err = kernel_parse_tcp_count(text, &count);

	EXPECT(err == 0 || err == -ENODATA);
	read_stat(text);
	read_doing(text);
	read_counts(text, size, kernel_counters_parse);
	read_counts(text, size, kernel_counters_parse_sockstat);
	free(text);
	return 0;
}
