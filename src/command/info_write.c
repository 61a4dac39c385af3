/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/info_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "table/table.h"
#include "session/notice.h"
#include "view/info.h"

struct info {
	const struct options *options;
	struct reader *reader;
	struct table *table; /* at the end of the newest session: it knows the names */
	struct recording_session *sessions;
	struct recording_info recording;
	uint64_t began;       /* when the recorder of the newest session began */
	uint64_t lost_before; /* by earlier recorders */
};

static const char *meta(const struct info *info, enum fact_meta which)
{
	return names_find(table_names(info->table), name_key_number(NAME_META, which));
}

/* A paused recorder continues in another session; its totals count from its begin. */
static void count_losses(struct info *info)
{
	struct recording_info *recording = &info->recording;
	struct totals totals;

	table_totals(info->table, &totals);
	if (table_began(info->table) != info->began)
		info->lost_before = recording->lost;
	info->began = table_began(info->table);
	recording->lost = info->lost_before;
	for (int i = 0; i < LOSS_WHERE_COUNT; i++)
		recording->lost += totals.lost[i];
	recording->lost_uncounted |= totals.lost_uncounted;
}

/* Forgets the session before. */
static int begin_table(struct info *info, struct diag *diag)
{
	table_free(info->table);
	info->table = table_new(info->options->max_sockets);
	return info->table ? 0 : diag_fail(diag, -ENOMEM, "out of memory");
}

/* Folds the end of a session. */
static int read_session(struct info *info, const struct reader_session *session, struct diag *diag)
{
	const struct fact *fact;
	int64_t wall;
	int got = begin_table(info, diag);

	if (got)
		return got;
	reader_seek(info->reader, session->last);
	while ((got = reader_next(info->reader, &fact, &wall, diag)) == READER_FACT)
		table_apply(info->table, fact); /* it refuses damage, which the reader reports */
	if (got < 0)
		return got;
	count_losses(info);
	return 0;
}

static int read_sessions(struct info *info, struct diag *diag)
{
	struct recording_info *recording = &info->recording;
	struct reader_session session;
	int err = begin_table(info, diag); /* there may be no session */

	for (size_t i = 0; !err && reader_session(info->reader, i, &session); i++) {
		struct recording_session *sessions =
			array_add(info->sessions, i, sizeof(*sessions));

		if (!sessions)
			return diag_fail(diag, -ENOMEM, "out of memory");
		info->sessions = sessions;
		sessions[i] = (struct recording_session){
			.began = session.first, .ended = session.last, .files = session.files};
		recording->session_count = i + 1;
		err = read_session(info, &session, diag);
	}
	recording->sessions = info->sessions;
	recording->lost_known = !err && recording->session_count;
	return err;
}

static void fill(struct info *info)
{
	struct recording_info *recording = &info->recording;
	struct reader_summary summary;

	reader_summary(info->reader, &summary);
	recording->path = info->options->target;
	recording->version = FILE_VERSION;
	recording->host = meta(info, META_HOST);
	recording->kernel = meta(info, META_KERNEL);
	recording->machine = meta(info, META_MACHINE);
	recording->tcptrail = meta(info, META_VERSION);
	recording->first = summary.first;
	recording->last = summary.last;
	recording->files = summary.files;
	notice_unreadable(recording->path, summary.unreadable);
	recording->bytes = summary.bytes;
	recording->raw = summary.fact_bytes;
	recording->facts = summary.facts;
	recording->transitions = summary.transitions;
	recording->checkpoints = summary.checkpoints;
	recording->damaged = summary.damaged;
}

static int print(const struct info *info, FILE *out)
{
	struct view view = {.out = out, .context = {.utc = info->options->utc}};

	return (info->options->format == OUTPUT_JSON ? info_json : info_text)(&view,
	                                                                      &info->recording);
}

int info_write(const struct options *options, struct reader *reader, FILE *out, struct diag *diag)
{
	struct info info = {.options = options, .reader = reader};
	int err = read_sessions(&info, diag);

	if (!err) {
		fill(&info);
		err = print(&info, out);
		if (err && err != -EPIPE)
			diag_fail(diag, err, "output was lost: %s", strerror(-err));
	}
	table_free(info.table);
	free(info.sessions);
	return err;
}
