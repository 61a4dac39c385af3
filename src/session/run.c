/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run owns, from its begin to its end. */
#include "session/run_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session/input.h"
#include "session/notice.h"
#include "session/privilege.h"
#include "session/scope.h"
#include "view/totals.h"

/* --- what live runs and replays share ------------------------------------------------------- */

int run_open_trail(struct run *run)
{
	run->trail = trail_new(run->options, output_row_view(run->output),
	                       output_change_view(run->output));
	return run->trail ? 0 : -ENOMEM;
}

int run_open_fail_if(struct run *run)
{
	if (!run->options->fail_if_count)
		return 0;
	run->fail_if = fail_if_new(run->options, output_row_view(run->output), run->one_netns);
	return run->fail_if ? 0 : -ENOMEM;
}

int run_print_fail_if(struct run *run)
{
	return run->fail_if ? fail_if_print(run->fail_if, &run->failed, &run->refusal) : 0;
}

/* The listener of why. */
static void watch_change(const struct change *change, void *arg)
{
	struct run *run = arg;

	why_change(change, run->why);
	if (run->fail_if)
		fail_if_change(change, run->fail_if);
}

int run_open_why(struct run *run)
{
	run->why = why_new(run->options, output_row_view(run->output));
	if (!run->why)
		return -ENOMEM;
	table_set_listener(run->table, watch_change, run);
	return run_open_fail_if(run);
}

int run_reopen_why(struct run *run)
{
	why_free(run->why);
	fail_if_free(run->fail_if);
	run->why = NULL;
	run->fail_if = NULL;
	return run_open_why(run);
}

int run_print_why(struct run *run)
{
	int err = scope_check_rows(run->options, run->table, &run->refusal);

	if (!err)
		err = why_print(run->why);
	return err ? err : run_print_fail_if(run);
}

int run_print_watch(struct run *run)
{
	int err = output_end_events(run->output);

	if (!err)
		err = output_snapshot(run->output);
	return err ? err : output_totals(run->output);
}

static int tell_answer(const struct run *run)
{
	if (run->failed)
		return EXIT_BAD;
	if (!run->trail || trail_found(run->trail))
		return EXIT_OK;
	if (run->one_netns) {
		notice("no such socket in this network namespace; others cannot be seen");
		return EXIT_CANNOT;
	}
	notice("%s",
	       run->options->from ? "no such socket in this file" : "no such socket here and now");
	return EXIT_BAD;
}

int run_conclude(struct run *run, int err, struct diag *diag)
{
	if (run->refusal.text[0]) {
		*diag = run->refusal;
		return EXIT_CANNOT;
	}
	if (output_flush(run->output) || err == -EPIPE) /* finish() tells of that */
		return EXIT_OK;
	if (err)
		diag_fail(diag, err, "stopped: %s", strerror(-err));
	return err ? EXIT_STOPPED : tell_answer(run);
}

/* --- begin and end -------------------------------------------------------------------------- */

/* Says on stderr what facts were lost, if any were. */
static bool tell_losses(const struct run *run)
{
	struct totals totals;
	char lost[256] = "";
	FILE *text = fmemopen(lost, sizeof(lost), "w");
	bool any;

	table_totals(run->table, &totals);
	any = text && totals_lost(text, &totals);
	if (text)
		fclose(text);
	if (any)
		notice("facts were lost on the way (%s); the walk after corrects the table", lost);
	return any;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* An error that stopped a run says more than what was lost by it. */
static int lost(int code)
{
	return code == EXIT_STOPPED ? code : EXIT_LOST;
}

static int finish(struct run *run, int code)
{
	int err = run->output ? output_close(run->output) : 0;

	if (err && err != -EPIPE) {
		notice("output was lost: %s",
		       err == -EINTR ? "its reader does not take it" : strerror(-err));
		code = lost(code);
	}
	if (code == EXIT_OK && run->table && tell_losses(run))
		code = EXIT_LOST;
	feed_close(run->feed); /* its last facts are recorded, too */
	if (!recorder_close(run->recorder))
		code = lost(code);
	trail_free(run->trail);
	why_free(run->why);
	fail_if_free(run->fail_if);
	diff_free(run->diff);
	table_free(run->table);
	close_fd(run->epoll);
	close_fd(run->drain);
	close_fd(run->repeat);
	close_fd(run->signals);
	return code;
}

/* --output is made empty when it is opened: it must not be what is read. */
static bool overwrites_input(const struct options *options, struct diag *diag)
{
	if (!options->from || !options->output || !input_is(options->from, options->output))
		return false;
	diag_fail(diag, -EINVAL, "--output: %s is what --from reads: expected another file",
	          options->output);
	return true;
}

/* With the user's own rights, the look at what --from names too. EXIT_OK, or a code with diag. */
static int open_output(struct run *run, struct diag *diag)
{
	int code = EXIT_OK;

	if (privilege_lower(diag))
		return EXIT_CANNOT;
	if (overwrites_input(run->options, diag))
		code = EXIT_USAGE;
	else if (output_open(&run->output, run->options, run->table, diag))
		code = EXIT_CANNOT;
	return privilege_raise(diag) ? EXIT_CANNOT : code;
}

int run(const struct options *options)
{
	struct run run = {.options = options, .epoll = -1, .drain = -1, .repeat = -1};
	struct diag diag = {""};
	int code = EXIT_CANNOT;

	run.signals = run_block_signals(options->command == COMMAND_RECORD);
	run.table = table_new(options->max_sockets);
	if (run.table)
		code = open_output(&run, &diag);
	else
		diag_fail(&diag, -ENOMEM, "out of memory");
	if (code == EXIT_OK)
		code = options->from ? run_replay(&run, &diag) : run_live(&run, &diag);
	if (diag.text[0])
		notice("%s", diag.text);
	return finish(&run, code);
}
