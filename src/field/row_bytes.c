/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that a socket sent and received. The kernel counts sequence numbers. A SYN and a FIN take
 * one each (RFC 9293, 3.4) but carry no byte, so these getters subtract them.
 */
#include "field/row_getters.h"
#include "field/value.h"

/*
 * tcp_snd_una_update() counts the SYN of a connect. An accepted connection starts with an
 * acknowledged SYN: tcp_rcv_state_process() sets snd_una.
 */
static bool syn_counts(const struct table *table, const struct row *row)
{
	return !row_is_passive(table, row);
}

static bool fin_was_acked(const struct row *row)
{
	switch (row->state) {
	case STATE_FIN_WAIT2:
	case STATE_TIME_WAIT:
		return true;
	case STATE_CLOSE: /* after an acknowledgement, an RST or a timeout */
		return row->prior == STATE_FIN_WAIT2 || row->prior == STATE_TIME_WAIT ||
		       (row->prior == STATE_LAST_ACK && !row->wqueue);
	default:
		return false;
	}
}

/*
 * Did the kernel count a FIN? tcp_rcv_nxt_update() counts it before tcp_fin() changes the state. A
 * mini-socket in FIN_WAIT2 counts nothing, so the TIME_WAIT that follows it has no counted FIN.
 */
static bool fin_came(const struct row *row)
{
	uint8_t state = row->state == STATE_CLOSE ? row->prior : row->state;

	switch (state) {
	case STATE_CLOSE_WAIT:
	case STATE_LAST_ACK:
	case STATE_CLOSING:
		return true;
	case STATE_TIME_WAIT:
		return row->state == STATE_TIME_WAIT && row->flags & ROW_SINCE_EXACT;
	default:
		return false;
	}
}

static void value_bytes(const struct field_context *context, struct value *value,
                        const struct row *row, uint64_t counted, uint64_t controls)
{
	value_number(value, counted > controls ? counted - controls : 0);
	if (!(row->flags & ROW_MINI) && row->state != STATE_CLOSE) /* else the count is final */
		value_looked(value, context, row->touched);
}

ROW_GETTER(bytes_sent)
{
	const struct row *row = object;

	if (row->flags & ROW_BYTES)
		value_bytes(context, value, row, row->bytes_acked,
		            syn_counts(context->table, row) + fin_was_acked(row));
}

ROW_GETTER(bytes_received)
{
	const struct row *row = object;

	if (row->flags & ROW_BYTES)
		value_bytes(context, value, row, row->bytes_received, fin_came(row));
}
