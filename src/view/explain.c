/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first line of a page is "# STATE: what that is in a few words"; of several states
 * these are listed:
 *
 *   LISTEN        a server waits for connections
 *   SYN_SENT      this end has asked for a connection, no answer yet
 */
#include "view/explain.h"

#include <string.h>

#include "table/state.h"

#define SEVERAL 0 /* no state has this number */

static const char *const pages[STATE_COUNT] = {
#include "state_pages.h"
};

/* As a connection goes through them. */
static const unsigned int in_order[] = {
	STATE_LISTEN,     STATE_SYN_SENT,  STATE_SYN_RECV, STATE_ESTABLISHED,
	STATE_FIN_WAIT1,  STATE_FIN_WAIT2, STATE_CLOSING,  STATE_TIME_WAIT,
	STATE_CLOSE_WAIT, STATE_LAST_ACK,  STATE_CLOSE,
};
#define STATES (sizeof(in_order) / sizeof(in_order[0]))
_Static_assert(STATES == STATE_COUNT - 2, "all but UNKNOWN and the other SYN_RECV");

const char *explain_page(unsigned int state)
{
	if (state == STATE_NEW_SYN_RECV)
		state = STATE_SYN_RECV;
	return state < STATE_COUNT ? pages[state] : NULL;
}

static unsigned int only_state(uint32_t states)
{
	unsigned int found = SEVERAL;

	for (size_t i = 0; i < STATES; i++) {
		if (!(states & STATE_BIT(in_order[i])))
			continue;
		if (found)
			return SEVERAL;
		found = in_order[i];
	}
	return found;
}

static void print_line(FILE *out, unsigned int state)
{
	const char *words = strchr(pages[state], ':') + 2;

	fprintf(out, "%-13s %.*s\n", state_name(state), (int)strcspn(words, "\n"), words);
}

void explain(FILE *out, uint32_t states)
{
	unsigned int only = only_state(states);

	if (only) {
		fputs(pages[only], out);
		return;
	}
	for (size_t i = 0; i < STATES; i++)
		if (!states || states & STATE_BIT(in_order[i]))
			print_line(out, in_order[i]);
	fputs("\ntcptrail explain STATE explains one of them.\n", out);
}
