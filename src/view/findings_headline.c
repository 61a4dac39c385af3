/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first line of a finding: how bad it is, what there is, whose it is and who must act.
 *
 *   BAD     31 CLOSE_WAIT of port 8080, 4242/java: the application must act
 *   WARNING 812 RSTs sent (TCP_ABORT_ON_CLOSE) of port 8080, 4242/java
 */
#include "view/findings_private.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "count/group_place.h"
#include "view/line.h"

static const struct {
	const char *word, *color;
} levels[] = {
	[FINDING_OK] = {"OK", "\033[32m"},           [FINDING_STEADY] = {"STEADY", "\033[36m"},
	[FINDING_UNCLEAR] = {"UNCLEAR", "\033[36m"}, [FINDING_WARNING] = {"WARNING", "\033[33m"},
	[FINDING_BAD] = {"BAD", "\033[1;31m"},
};
_Static_assert(sizeof(levels) / sizeof(levels[0]) == FINDING_LEVEL_COUNT, "a word for each level");

const char *finding_word(const struct finding *finding)
{
	return finding->waits ? "WAITS" : levels[finding->level].word;
}

static const struct task *task_of(const struct view *view, const struct finding *finding)
{
	const struct group_key *key = &finding->group.key;

	return key->pid ? table_find_task(view->context.table, key->pid, key->start) : NULL;
}

bool finding_comm(const struct view *view, const struct finding *finding,
                  char comm[FACT_COMM_LEN + 1])
{
	const struct task *task = task_of(view, finding);
	const char *known = finding->storm ? finding->storm->key.comm : finding->group.comm;

	memset(comm, 0, FACT_COMM_LEN + 1);
	if (task)
		known = task->comm;
	memcpy(comm, known, strnlen(known, FACT_COMM_LEN));
	return task || (finding->storm && finding->group.key.pid);
}

void finding_add_process(struct buffer *line, const struct view *view,
                         const struct finding *finding)
{
	char comm[FACT_COMM_LEN + 1];
	bool known = finding_comm(view, finding, comm);

	if (known)
		buffer_print(line, "%u/", finding->group.key.pid);
	escape_terminal(line, comm);
	if (!known && comm[0])
		buffer_text(line, finding->storm && finding->storm->several ? " (several processes)"
		                                                            : " (exited)");
}

/* The line names the largest of the groups that were joined. */
static void add_more(struct buffer *line, uint32_t count, const char *what)
{
	if (count > 1)
		buffer_print(line, " and %u more%s", count - 1, what);
}

/* "3 CLOSE_WAIT of port 8080", "12 failed connects to 10.0.0.1:80 and 3 more" */
static void add_group(struct buffer *line, const struct group *group)
{
	char place[PLACE_SIZE];

	group_place_text(&group->key, place);
	if (group->failed)
		buffer_print(line, "%" PRIu64 " failed connect%s %s", group->failed,
		             group->failed == 1 ? "" : "s", place);
	else
		buffer_print(line, "%u %s %s", group->count, state_name(group->key.state), place);
	add_more(line, group->places, "");
}

/* "812 RSTs sent (TCP_ABORT_ON_CLOSE) of port 8080", "40 RTO retransmits to 10.0.0.1" */
static void add_storm(struct buffer *line, const struct view *view, const struct storm *storm)
{
	bool again = storm->key.kind == CHANGE_RETRANSMIT;
	bool sent = storm->key.kind == CHANGE_RST_SENT;
	const char *plural = storm->count == 1 ? "" : "s";
	char place[PLACE_SIZE], remote[ENDPOINT_SIZE], buf[16];
	const char *detail = storm_detail(storm, view->context.table, buf);

	buffer_print(line, "%" PRIu64 " ", storm->count);
	if (again)
		buffer_print(line, "%s retransmit%s", detail, plural);
	else
		buffer_print(line, "RST%s %s", plural, sent ? "sent" : "received");
	if (!again && detail[0]) {
		buffer_text(line, " (");
		escape_terminal(line, detail);
		buffer_text(line, ")");
	}
	if (storm->key.elsewhere) {
		buffer_text(line, " elsewhere");
		return;
	}
	group_place_remote(&storm->key.place, remote);
	group_place_text(&storm->key.place, place);
	if (!again && !sent && !storm->key.place.passive)
		buffer_print(line, " from %s", remote);
	else
		buffer_print(line, " %s", place);
}

/* "network namespace host" */
static void add_netns(struct buffer *line, const struct view *view, uint32_t netns)
{
	const struct name_key key = name_key_number(NAME_NETNS, netns);
	const char *name = names_find(table_names((struct table *)view->context.table), key);

	buffer_text(line, "network namespace ");
	if (name && name[0])
		escape_terminal(line, name);
	else
		buffer_print(line, "%u", netns);
}

void finding_add_headline(struct buffer *line, const struct view *view,
                          const struct finding *finding)
{
	size_t before;

	if (view->color)
		buffer_text(line, levels[finding->level].color);
	buffer_print(line, "%-8s", finding_word(finding));
	if (view->color)
		buffer_text(line, "\033[0m");
	if (finding->storm) {
		add_storm(line, view, finding->storm);
		add_more(line, finding->group.places, "");
	} else if (finding->of_netns) {
		add_netns(line, view, finding->group.key.netns);
	} else {
		add_group(line, &finding->group);
	}
	buffer_text(line, ", ");
	before = line->size;
	finding_add_process(line, view, finding);
	if (line->size == before) /* no process is known */
		line->size = before - strlen(", ");
	add_more(line, finding->group.processes,
	         finding->group.processes == 2 ? " process" : " processes");
	if (finding->mover != MOVER_NOBODY)
		buffer_print(line, ": the %s must act", mover_name(finding->mover));
	buffer_text(line, "\n");
}
