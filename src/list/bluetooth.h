/* SPDX-License-Identifier: BSD-2-Clause */
/* What L2CAP and RFCOMM sockets share. */
#ifndef TCPTRAIL_LIST_BLUETOOTH_H
#define TCPTRAIL_LIST_BLUETOOTH_H

#include "list/relic.h"

extern const char *const bluetooth_states[];

/*
 * Takes the two addresses that a line begins with, each perhaps with its type: "01:...:06 (1)". The
 * kernel prints the own address first. Returns how many words they are; 0: it is no such line.
 */
size_t bluetooth_addresses(char *const words[], size_t count, struct list_relic *relic);
/* false: the word is no number. */
bool bluetooth_state(const char *word, struct list_relic *relic);

/* -a: all; -l: servers, which listen or are bound; neither: the others. */
bool bluetooth_is_wanted(const struct list_request *request, const struct list_relic *relic);

const char *bluetooth_title(const struct list_request *request);

#endif
