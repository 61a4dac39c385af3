/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/record.h"

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
#include "fact/name.h"
#include "session/notice.h"
#include "record/writer.h"
#include "session/run_private.h"

struct recorder {
	const struct options *options;
	struct table *table;
	struct writer *writer;
	bool begun;
	bool checkpoint; /* one is being written */
};

int recorder_open(struct recorder **result, const struct options *options, struct table *table,
                  struct diag *diag)
{
	const struct store_config config = {.path = options->target,
	                                    .max_size = options->max_size,
	                                    .max_age = options->max_age};
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int err;

	if (!recorder)
		return diag_fail(diag, -ENOMEM, "out of memory");
	recorder->options = options;
	recorder->table = table;
	err = writer_open(&recorder->writer, &config, diag);
	if (err)
		free(recorder);
	else
		*result = recorder;
	return err;
}

/* --- names: nobody prints them now, but on another machine none could be looked up ------------ */

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

void recorder_fact(const struct fact *fact, void *arg)
{
	const struct fact_state *change = (const struct fact_state *)fact;
	const struct fact_seen *seen = (const struct fact_seen *)fact;
	struct recorder *recorder = arg;

	if (fact->type == FACT_STATE)
		want_names(recorder, &change->s, change->new);
	else if (fact->type == FACT_SEEN)
		want_names(recorder, &seen->s, seen->s.state);
	if (fact->type != FACT_TICK)
		writer_fact(fact, recorder->writer);
}

static void tell_meta(struct feed *feed, enum fact_meta meta, const char *text)
{
	const uint64_t key[2] = {meta, 0};
	union fact_name_buffer name;

	fact_name_make(&name, clock_boot(), NAME_META, key, text);
	feed_fact(&name.fact.h, feed);
}

/* Without CAP_DAC_OVERRIDE files can be made in no directory that is another user's alone. */
static int check_directory(const char *path, struct diag *diag)
{
	if (!store_is_directory(path) || !faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS))
		return 0;
	return diag_fail(diag, -errno,
	                 "files cannot be made in %s with the privileges that are kept: %s; let it "
	                 "belong to the user who records",
	                 path, strerror(errno));
}

int recorder_begin(struct recorder *recorder, struct feed *feed, struct diag *diag)
{
	int err = check_directory(recorder->options->target, diag);
	struct utsname host;

	if (!err)
		err = writer_start(recorder->writer, diag);
	if (err)
		return err;
	recorder->begun = true;
	if (uname(&host))
		return 0; /* EFAULT only */
	tell_meta(feed, META_HOST, host.nodename);
	tell_meta(feed, META_KERNEL, host.release);
	tell_meta(feed, META_MACHINE, host.machine);
	tell_meta(feed, META_VERSION, TCPTRAIL_VERSION);
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

/* The first fact begins it: there is none while a walk runs. */
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

static void tell_news(const struct recorder *recorder)
{
	struct diag news;

	if (!writer_news(recorder->writer, &news))
		return;
	if (news.text[0])
		notice("recording is paused, what comes is not kept: %s", news.text);
	else
		notice("recording goes on in %s", recorder->options->target);
}

static void tell_lost(struct recorder *recorder, struct feed *feed)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_OUTPUT,
		.count = writer_take_lost(recorder->writer),
	};

	if (loss.count)
		feed_fact(&loss.h, feed);
}

int recorder_turn(struct recorder *recorder, struct feed *feed)
{
	int err = 0;

	tell_news(recorder);
	if (writer_wants_checkpoint(recorder->writer))
		err = write_checkpoint(recorder);
	if (err)
		return err;
	tell_lost(recorder, feed);
	if (writer_flush_due(recorder->writer)) {
		write_tick(recorder);
		writer_flush(recorder->writer);
	}
	if (!writer_is_full(recorder->writer))
		return 0;
	notice("%s is as large as --max-size lets it be", recorder->options->target);
	return 1;
}

void recorder_rotate(struct recorder *recorder)
{
	writer_rotate(recorder->writer);
}

static void tell_totals(const struct writer_totals *totals)
{
	char text[128];
	int used = snprintf(text, sizeof(text), "%" PRIu64 " facts in %.1f MiB", totals->facts,
	                    (double)totals->bytes / (1 << 20));

	if (totals->lost)
		snprintf(text + used, sizeof(text) - (size_t)used, "; %" PRIu64 " were lost",
		         totals->lost);
	notice("recorded %s", text);
}

bool recorder_close(struct recorder *recorder)
{
	struct writer_totals totals;
	bool begun;
	int err;

	if (!recorder)
		return true;
	begun = recorder->begun;
	if (begun && writer_can_checkpoint(recorder->writer))
		write_checkpoint(recorder); /* whatever comes of it, the facts are there */
	err = writer_close(recorder->writer, &totals);
	if (begun)
		tell_totals(&totals);
	if (err)
		notice("the end of the recording was lost: %s",
		       err == -ETIMEDOUT ? "the disk does not take it" : strerror(-err));
	free(recorder);
	return !err && !totals.lost;
}
