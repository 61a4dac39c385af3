/* SPDX-License-Identifier: BSD-2-Clause */
/* How connections end: answered, given up by the asker, or turned away. */
#include <string.h>

#include "base/clock.h"
#include "count/group_private.h"

#define PATIENCE NS_PER_SEC /* an asker that stays this long waits for an answer */

/* The kernel counts the peer's FIN as a received byte (tcp_rcv_nxt_update()). */
static bool has_received(const struct row *row, uint8_t before)
{
	return row->bytes_received > (before == STATE_CLOSE_WAIT);
}

/* The kernel counts the SYN of a connect as an acknowledged byte (tcp_snd_una_update()). */
static bool has_sent(const struct row *row, bool passive)
{
	return row->bytes_acked > !passive || row->wqueue;
}

static bool ended_by_peer(const struct change *change)
{
	return change->old == STATE_CLOSE_WAIT || change->row->closer == CLOSER_PEER_RESET;
}

/* Counts a connection of less than a second in which the server sent little or nothing. */
static void judge_refusal(const struct change *change, bool answered, struct endings *ending)
{
	const struct row *row = change->row;
	bool by_peer = ended_by_peer(change);
	bool word = answered && row->bytes_acked + row->wqueue < ENDING_CURT;

	if (!(row->flags & ROW_BORN_EXACT) || change->time > row->born + PATIENCE ||
	    !(row->flags & ROW_SOCKET))
		return;
	ending->turned_away = !answered && !by_peer;
	ending->curt = word && !by_peer;
	ending->brief = word && by_peer;
}

static void judge_whole(const struct change *change, struct endings *ending)
{
	const struct row *row = change->row;

	ending->answered_last = change->time;
	if (!(row->flags & ROW_BORN_EXACT) || change->time < row->born)
		return;
	ending->whole = 1;
	ending->whole_ns = ending->whole_longest = change->time - row->born;
}

bool change_is_ending(const struct change *change)
{
	return change->kind == CHANGE_STATE && change->row->flags & ROW_BYTES &&
	       (change->old == STATE_ESTABLISHED || change->old == STATE_CLOSE_WAIT) &&
	       (change->new == STATE_FIN_WAIT1 || change->new == STATE_LAST_ACK ||
	        change->new == STATE_CLOSE);
}

void ending_of(const struct table *table, const struct change *change, struct endings *ending)
{
	const struct row *row = change->row;
	bool passive = row_is_passive(table, row);
	bool received = has_received(row, change->old), sent = has_sent(row, passive);
	bool asked = passive ? received : sent, answered = passive ? sent : received;
	bool by_asker = passive ? ended_by_peer(change) : !ended_by_peer(change);

	memset(ending, 0, sizeof(*ending));
	ending->answered = asked && answered;
	if (ending->answered)
		judge_whole(change, ending);
	ending->unanswered =
		asked && !answered && by_asker && row->born && change->time > row->born + PATIENCE;
	if (passive)
		judge_refusal(change, answered, ending);
}

void groups_endings(const struct groups *groups, const struct group_key *of,
                    struct endings *endings)
{
	struct group_key key = *of;
	const struct flow *flow;

	key.state = STATE_ESTABLISHED;
	flow = key.pid ? flows_find(&groups->flows, &key) : flows_find_place(&groups->flows, &key);
	if (flow)
		*endings = flow->endings;
	else
		memset(endings, 0, sizeof(*endings));
}
