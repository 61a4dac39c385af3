/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   STATE           COUNT  PROCESS      PLACE            OLDEST  IN/s  OUT/s  VERDICT
 *   CLOSE_WAIT         31  4242/java    of port 8080      2h11m   3.1    0.0  BAD close-wait-leak
 *   failed connect    240  77/curl      to 10.0.0.1:80        -  24.0      -  BAD connect-refused
 */
#include "view/piles.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "count/group_place.h"
#include "view/findings_private.h"
#include "view/line.h"

enum { STATE, COUNT, PROCESS, PLACE, OLDEST, IN, OUT, VERDICT, CELLS };

struct cells {
	char text[CELLS][PLACE_SIZE + 48];
};

static const struct cells headings = {
	{"STATE", "COUNT", "PROCESS", "PLACE", "OLDEST", "IN/s", "OUT/s", "VERDICT"}};

static bool is_number(int cell)
{
	return cell == COUNT || cell == OLDEST || cell == IN || cell == OUT;
}

/* "4242/java", "4242/java +3", "curl (exited)", "-" */
static void process_text(const struct view *view, const struct finding *finding, char *text,
                         size_t size)
{
	struct buffer line = {0};

	finding_add_process(&line, view, finding);
	if (!line.size)
		buffer_text(&line, "-");
	if (finding->group.processes > 1)
		buffer_print(&line, " +%u", finding->group.processes - 1);
	snprintf(text, size, "%.*s", (int)line.size, line.size ? line.data : "");
	buffer_free(&line);
}

static void rate_text(uint64_t number, uint64_t window, char *text, size_t size)
{
	if (window < NS_PER_SEC)
		snprintf(text, size, "-");
	else
		snprintf(text, size, "%.1f", (double)number * NS_PER_SEC / (double)window);
}

static void fill(const struct view *view, const struct pile *pile, struct cells *cells)
{
	const struct group *group = &pile->worst->group;
	const size_t size = sizeof(cells->text[0]);
	char place[PLACE_SIZE], oldest[FORMAT_SIZE];
	uint64_t window = pile->worst->window;

	group_place_text(&group->key, place);
	format_duration(oldest, pile->oldest);
	snprintf(cells->text[STATE], size, "%s",
	         pile->failed ? "failed connect" : state_name(group->key.state));
	snprintf(cells->text[COUNT], size, "%" PRIu64,
	         pile->failed ? pile->failed : (uint64_t)pile->count);
	process_text(view, pile->worst, cells->text[PROCESS], size);
	if (group->places > 1)
		snprintf(cells->text[PLACE], size, "%s +%u", place, group->places - 1);
	else
		snprintf(cells->text[PLACE], size, "%s", place);
	snprintf(cells->text[OLDEST], size, "%s%s", pile->count && pile->at_least ? ">=" : "",
	         pile->count ? oldest : "-");
	rate_text(pile->failed ? pile->failed : group->entered, window, cells->text[IN], size);
	if (pile->failed)
		snprintf(cells->text[OUT], size, "-");
	else
		rate_text(group->left, window, cells->text[OUT], size);
	snprintf(cells->text[VERDICT], size, "%s %s", finding_word(pile->worst), pile->worst->rule);
}

static void widen(int widths[CELLS], const struct cells *cells)
{
	for (int i = 0; i < CELLS; i++)
		if ((int)strlen(cells->text[i]) > widths[i])
			widths[i] = (int)strlen(cells->text[i]);
}

static void add_line(struct buffer *out, const int widths[CELLS], const struct cells *cells)
{
	for (int i = 0; i < CELLS; i++) {
		if (i == CELLS - 1)
			buffer_print(out, "  %s\n", cells->text[i]);
		else
			buffer_print(out, is_number(i) ? "%s%*s" : "%s%-*s", i ? "  " : "",
			             widths[i], cells->text[i]);
	}
}

int piles_text(struct view *view, const struct pile *piles, size_t count)
{
	struct cells *cells = calloc(count + 1, sizeof(*cells));
	int widths[CELLS] = {0};
	struct buffer out = {0};

	if (!cells)
		return -ENOMEM;
	widen(widths, &headings);
	for (size_t i = 0; i < count; i++) {
		fill(view, &piles[i], &cells[i]);
		widen(widths, &cells[i]);
	}
	if (count)
		add_line(&out, widths, &headings);
	for (size_t i = 0; i < count; i++)
		add_line(&out, widths, &cells[i]);
	if (count)
		buffer_text(&out, "\n");
	free(cells);
	return line_write(view, &out);
}
