/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/netstat_out.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lines.h"
#include "base/outlet.h"
#include "cli/cli.h"
#include "session/signals.h"

#define OUTLET_ROOM (32U << 20)
#define HURRY_MS    1000 /* without a read after a signal */

static unsigned int terminal_columns(int fd)
{
	struct winsize size;

	return isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size) ? size.ws_col : 0;
}

/* A stalled reader must not keep a signal from ending us. A file has no reader. */
static int detach(struct netstat_out *out, struct diag *diag)
{
	struct stat stat;
	int err = 0;

	out->signals = signals_open(false);
	if (out->signals < 0)
		return diag_fail(diag, -errno, "cannot read signals: %s", strerror(errno));
	signals_hold(true);
	if (fstat(fileno(out->file), &stat) || !S_ISREG(stat.st_mode))
		err = outlet_open(&out->outlet, fileno(out->file), OUTLET_ROOM, out->signals);
	if (err)
		return diag_fail(diag, err, "cannot start the thread that writes: %s",
		                 strerror(-err));
	if (out->outlet)
		out->out = outlet_file(out->outlet);
	return 0;
}

int netstat_out_open(struct netstat_out *out, const struct options *options, struct diag *diag)
{
	*out = (struct netstat_out){.signals = -1};
	out->file = options->output ? fopen(options->output, "we") : stdout;
	if (!out->file)
		return diag_fail(diag, -errno, "cannot write %s: %s", options->output,
		                 strerror(errno));
	out->lines = lines_open(fileno(out->file));
	if (!out->lines)
		return diag_fail(diag, -ENOMEM, "out of memory");
	out->out = out->lines;
	out->columns = terminal_columns(fileno(out->file));
	return options->continuous ? detach(out, diag) : 0;
}

bool netstat_out_stopped(const struct netstat_out *out)
{
	struct pollfd fd = {.fd = out->signals, .events = POLLIN};

	return out->signals >= 0 && poll(&fd, 1, 0) > 0;
}

void netstat_out_wait(const struct netstat_out *out, uint64_t ns)
{
	struct pollfd fd = {.fd = out->signals, .events = POLLIN};
	const struct timespec time = {(time_t)(ns / NS_PER_SEC), (long)(ns % NS_PER_SEC)};

	ppoll(&fd, 1, &time, NULL);
}

int netstat_out_note(struct netstat_out *out, int err)
{
	if (err < 0 && !out->err && ferror(out->out))
		out->err = err;
	return err;
}

int netstat_out_flush(struct netstat_out *out)
{
	int err;

	if (out->outlet)
		err = outlet_flush(out->outlet);
	else
		err = fflush(out->out) ? -errno : 0;
	if (err && !out->err)
		out->err = err;
	return err;
}

int netstat_out_close(struct netstat_out *out)
{
	int err, closed;

	if (out->out)
		netstat_out_flush(out);
	err = out->err;
	if (out->outlet && netstat_out_stopped(out))
		outlet_hurry(out->outlet, HURRY_MS);
	closed = outlet_close(out->outlet);
	/* The outlet knows better than its stream why it failed. */
	err = closed ? closed : err;
	if (out->lines && fclose(out->lines) && !err)
		err = -errno;
	if (out->file && out->file != stdout && fclose(out->file) && !err)
		err = -errno;
	if (out->signals >= 0)
		close(out->signals);
	return err;
}
