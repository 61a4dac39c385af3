/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/event_name.h"

const char *change_event_name(enum change_kind kind)
{
	static const char *const names[] = {
		[0] = "",
		[CHANGE_STATE] = "state",
		[CHANGE_RETRANSMIT] = "retransmit",
		[CHANGE_RST_SENT] = "rst_sent",
		[CHANGE_RST_RECEIVED] = "rst_received",
		[CHANGE_LOSS] = "loss",
		[CHANGE_END] = "end",
		[CHANGE_BECAME] = "became",
		[CHANGE_SUBFLOW] = "subflow",
		[CHANGE_CONNECT_FAILED] = "connect_failed",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == CHANGE_KIND_COUNT, "a name for each");

	return kind < CHANGE_KIND_COUNT ? names[kind] : "";
}

enum change_kind step_change_kind(const struct step *step)
{
	switch ((enum step_kind)step->kind) {
	case STEP_STATE:
		return CHANGE_STATE;
	case STEP_RETRANSMIT:
		return CHANGE_RETRANSMIT;
	case STEP_RST_SENT:
		return CHANGE_RST_SENT;
	case STEP_RST_RECEIVED:
		return CHANGE_RST_RECEIVED;
	}
	return 0;
}
