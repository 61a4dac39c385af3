/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: lines of an option's name, "=" and its text. */
#include <errno.h>

#include "select/query.h"
#include "fuzz.h"

static const char *const options[] = {
	"state", "pid",   "comm",   "port",      "lport", "rport",
	"addr",  "netns", "cgroup", "container", "older", "newer",
};

static void add(struct query *query, char *line)
{
	char *equals = strchr(line, '=');
	struct diag diag = {0};

	if (!equals)
		return;
	*equals = '\0';
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		int err;

		if (strcmp(options[i], line) != 0)
			continue;
		err = query_add(query, options[i], equals + 1, &diag);
		EXPECT(err == 0 || err == -EINVAL);
		if (err)
			EXPECT(diag.text[0]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *line;
	struct query query;

	query_init(&query);
	while ((line = strsep(&rest, "\n")))
		add(&query, line);
	query_free(&query);
	free(text);
	return 0;
}
