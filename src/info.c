/* SPDX-License-Identifier: BSD-2-Clause */
#include "info.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "info_write.h"
#include "record/reader.h"

static int print(const struct options *options, struct reader *reader, struct diag *diag)
{
	FILE *out = lines_open(STDOUT_FILENO);
	int err;

	if (!out)
		return diag_fail(diag, -ENOMEM, "out of memory");
	err = info_write(options, reader, out, diag);
	if (fclose(out) && !err && errno != EPIPE)
		err = diag_fail(diag, -errno, "output was lost: %s", strerror(errno));
	return err;
}

int info_command(const struct options *options, struct diag *diag)
{
	struct reader *reader = NULL;
	int err = reader_open(&reader, options->target, diag);

	if (!err)
		err = print(options, reader, diag);
	reader_close(reader);
	return err && err != -EPIPE ? EXIT_CANNOT : EXIT_FINE;
}
