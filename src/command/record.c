/* SPDX-License-Identifier: BSD-2-Clause */
/* The command record: writes the stream of facts to a file or a directory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "table/save.h"
#include "table/table.h"
#include "command/commands.h"
#include "fact/name.h"
#include "record/writer.h"
#include "session/notice.h"
#include "session/session.h"

#define SIZE_DEFAULT (1024ULL * 1024 * 1024) /* bytes of DIR */
/* Every walk reports all sockets anew, which takes room; transitions come by themselves. */
#define WALK_INTERVAL (30 * NS_PER_SEC)

struct recorder {
	const struct options *options;
	struct table *table;
	struct writer *writer;
	bool begun;
	bool checkpoint; /* one is being written */
};

/* --- the command line ------------------------------------------------------------------------- */

static int check(struct options *options, struct diag *diag)
{
	if (!options->max_size)
		options->max_size = SIZE_DEFAULT;
	if (options_given(options, "for") && !options->watch)
		return diag_fail(diag, -EINVAL,
		                 "--for: nothing would be recorded: expected more than 0");
	if (options_given(options, "max-age") && !options->max_age)
		return diag_fail(diag, -EINVAL,
		                 "--max-age: nothing would be kept: expected more than 0");
	return 0;
}

static void needs(const struct options *options, struct needs *needs)
{
	(void)options;
	needs->host = needs->counts = needs->facts = needs->wait_stacks = true;
	needs->walk_interval = WALK_INTERVAL;
}

/* The recording is the user's to write. */
static int open_recording(struct session *session, struct diag *diag)
{
	const struct options *options = session->options;
	const struct store_config config = {.path = options->target,
	                                    .max_size = options->max_size,
	                                    .max_age = options->max_age};
	struct recorder *recorder;
	int err;

	if (options->max_age && !store_is_directory(options->target))
		return diag_fail(diag, -EINVAL,
		                 "--max-age has no effect here: %s is one file, which is never "
		                 "deleted; use it with DIR",
		                 options->target);
	recorder = calloc(1, sizeof(*recorder));
	if (!recorder)
		return diag_fail(diag, -ENOMEM, "out of memory");
	recorder->options = options;
	recorder->table = session->table;
	err = writer_open(&recorder->writer, &config, diag);
	if (err)
		free(recorder);
	else
		session->state = recorder;
	return err == -EINVAL ? -EIO : err; /* it is no usage error */
}

/* --- names: nothing prints them now, but another machine cannot look them up ------------------- */

static void want_names(struct recorder *recorder, const struct fact_sample *s, uint8_t state)
{
	struct names *names = table_names(recorder->table);

	if (s->flags & SAMPLE_IDENT)
		names_query(names, name_key_number(NAME_USER, s->uid));
	if (state == STATE_LISTEN && s->lport)
		names_query(names, name_key_number(NAME_PORT, s->lport));
	if (state == STATE_SYN_SENT && s->rport)
		names_query(names, name_key_number(NAME_PORT, s->rport));
}

static void record_fact(const struct fact *fact, struct session *session)
{
	const struct fact_state *change = (const struct fact_state *)fact;
	const struct fact_seen *seen = (const struct fact_seen *)fact;
	struct recorder *recorder = session->state;

	if (fact->type == FACT_STATE)
		want_names(recorder, &change->s, change->new);
	else if (fact->type == FACT_SEEN)
		want_names(recorder, &seen->s, seen->s.state);
	if (fact->type != FACT_TICK)
		writer_fact(fact, recorder->writer);
}

static void report_meta(struct feed *feed, enum fact_meta meta, const char *text)
{
	const uint64_t key[2] = {meta, 0};
	union fact_name_buffer name;

	fact_name_make(&name, clock_boot(), NAME_META, key, text);
	feed_fact(&name.fact.h, feed);
}

/* Without CAP_DAC_OVERRIDE the process cannot write to a directory of another user. */
static int check_directory(const char *path, struct diag *diag)
{
	if (!store_is_directory(path) || !faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS))
		return 0;
	return diag_fail(diag, -errno,
	                 "files cannot be made in %s with the privileges that are kept: %s; give "
	                 "the directory to the user who records",
	                 path, strerror(errno));
}

/* Before the first walk, with the privileges that are kept. */
static int start(struct session *session, struct diag *diag)
{
	struct recorder *recorder = session->state;
	int err = check_directory(recorder->options->target, diag);
	struct utsname host;

	if (!err)
		err = writer_start(recorder->writer, diag);
	if (err)
		return err;
	recorder->begun = true;
	if (uname(&host))
		return 0; /* EFAULT only */
	report_meta(session->feed, META_HOST, host.nodename);
	report_meta(session->feed, META_KERNEL, host.release);
	report_meta(session->feed, META_MACHINE, host.machine);
	report_meta(session->feed, META_VERSION, TCPTRAIL_VERSION);
	return 0;
}

/*
 * --- once a turn --------------------------------------------------------------------------------
 */

static void write_tick(struct recorder *recorder)
{
	const struct fact tick = {
		.type = FACT_TICK, .len = sizeof(tick), .time = table_now(recorder->table)};

	writer_fact(&tick, recorder->writer);
}

/* The first fact begins it: no checkpoint is made while a walk runs. */
static void checkpoint_fact(const struct fact *fact, void *arg)
{
	struct recorder *recorder = arg;

	if (!recorder->checkpoint)
		writer_begin_checkpoint(recorder->writer);
	recorder->checkpoint = true;
	writer_fact(fact, recorder->writer);
}

static int write_checkpoint(struct recorder *recorder)
{
	int err;

	write_tick(recorder);
	err = table_checkpoint(recorder->table, checkpoint_fact, recorder);

	if (recorder->checkpoint)
		writer_end_checkpoint(recorder->writer);
	recorder->checkpoint = false;
	return err == -EBUSY ? 0 : err;
}

static void report_news(const struct recorder *recorder)
{
	struct diag news;

	if (!writer_news(recorder->writer, &news))
		return;
	if (news.text[0])
		notice("recording is paused, and what happens now is lost: %s", news.text);
	else
		notice("recording continues in %s", recorder->options->target);
}

static void report_lost(struct recorder *recorder, struct feed *feed)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_OUTPUT,
		.count = writer_take_lost(recorder->writer),
	};

	if (loss.count)
		feed_fact(&loss.h, feed);
}

static int turn(struct session *session)
{
	const struct options *options = session->options;
	struct recorder *recorder = session->state;
	int err = 0;

	report_news(recorder);
	if (writer_wants_checkpoint(recorder->writer))
		err = write_checkpoint(recorder);
	if (err)
		return err;
	report_lost(recorder, session->feed);
	if (writer_flush_due(recorder->writer)) {
		write_tick(recorder);
		writer_flush(recorder->writer);
	}
	if (!writer_is_full(recorder->writer))
		return options->watch && clock_boot() >= session->began + options->watch;
	notice("%s has reached --max-size", options->target);
	return 1;
}

/* Another file begins soon. */
static void rotate(struct session *session)
{
	const struct recorder *recorder = session->state;

	writer_rotate(recorder->writer);
}

static void report_totals(const struct writer_totals *totals)
{
	char text[128];
	int used = snprintf(text, sizeof(text), "%" PRIu64 " facts in %.1f MiB", totals->facts,
	                    (double)totals->bytes / (1 << 20));

	if (totals->lost)
		snprintf(text + used, sizeof(text) - (size_t)used, "; %" PRIu64 " were lost",
		         totals->lost);
	notice("recorded %s", text);
}

/* 1: not all of it is kept. */
static int close_recording(struct session *session)
{
	struct recorder *recorder = session->state;
	struct writer_totals totals;
	bool begun;
	int err;

	if (!recorder)
		return 0;
	begun = recorder->begun;
	if (begun && writer_can_checkpoint(recorder->writer))
		write_checkpoint(recorder); /* if it fails, the facts are kept all the same */
	err = writer_close(recorder->writer, &totals);
	if (begun)
		report_totals(&totals);
	if (err)
		notice("the end of the recording was lost: %s",
		       err == -ETIMEDOUT ? "the disk does not respond" : strerror(-err));
	free(recorder);
	return err || totals.lost;
}

/* --- the session ------------------------------------------------------------------------------ */

static int begin(struct session *session)
{
	session_begin_loop();
	notice("recording to %s; Ctrl-C: stop", session->options->target);
	return 0;
}

static int end(struct session *session)
{
	session_walk(session); /* a report on the end of the recording can say more then */
	return 0;
}

static const struct command_option helps[] = {
	{"for", "stop after TIME"},
	{"verbose", "print a notice for each probe that is missing"},
	{},
};

const struct command command_record = {
	.word = "record",
	.usage = "record [OPTION]... FILE|DIR",
	.summary = "record events to read later with --from",
	.examples =
		{
			{"tcptrail record /var/lib/tcptrail",
                         "record without end, keep the last 1 GiB"},
			{"tcptrail record --stacks --for 10m leak.tcptrail",
                         "record ten minutes into one file"},
			{"tcptrail record --max-size 20G --max-age 14d /srv/trail",
                         "keep two weeks, at most 20 GiB"},
		},
	.takes = TAKES_LIVE " stacks for max-size max-age",
	.helps = helps,
	.operands = {.least = 1,
                     .most = 1,
                     .missing = "missing argument: expected one FILE or DIR",
                     .read = cli_read_target},
	.own_output = true,
	.sources = SOURCE_LIVE,
	.check = check,
	.needs = needs,
	.open = open_recording,
	.start = start,
	.begin = begin,
	.fact = record_fact,
	.turn = turn,
	.hangup = rotate,
	.end = end,
	.close = close_recording,
};
