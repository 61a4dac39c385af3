/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of events, as the key "event" has them. */
#ifndef TCPTRAIL_FIELD_EVENT_NAME_H
#define TCPTRAIL_FIELD_EVENT_NAME_H

#include "table/table.h"

/* "state", "retransmit", "rst_sent", "rst_received", "loss", ... */
const char *change_event_name(enum change_kind kind);
/* The kind of change that a step of a socket's history keeps. */
enum change_kind step_change_kind(const struct step *step);

#endif
