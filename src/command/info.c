/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/info.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "command/info_write.h"
#include "session/privilege.h"
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
	struct dir opened;
	int err = privilege_lower(diag);

	if (!err)
		err = dir_open(&opened, options->target, diag);
	if (!err && privilege_drop_all(diag)) {
		dir_free(&opened);
		return EXIT_CANNOT;
	}
	if (!err)
		err = reader_begin(&reader, &opened, diag);
	if (!err)
		err = print(options, reader, diag);
	reader_close(reader);
	return err && err != -EPIPE ? EXIT_CANNOT : EXIT_OK;
}
