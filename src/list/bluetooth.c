/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/bluetooth.h"

#include <string.h>

/* Numbers of include/net/bluetooth/bluetooth.h, from 1. */
const char *const bluetooth_states[] = {
	"UNKNOWN",  "CONNECTED", "OPEN",    "BOUND",  "LISTEN", "CONNECT",
	"CONNECT2", "CONFIG",    "DISCONN", "CLOSED", NULL,
};

#define BOUND  3
#define LISTEN 4

static bool is_address(const char *word)
{
	return strlen(word) == 17 && strspn(word, "0123456789abcdefABCDEF:") == 17;
}

/* An address that is not set, as netstat shows it. */
static const char *shown(const char *address)
{
	return strcmp(address, "00:00:00:00:00:00") != 0 ? address : "*";
}

/* The address at words[*at]. Moves *at behind it. */
static const char *take_address(char *const words[], size_t count, size_t *at)
{
	const char *address = *at < count && is_address(words[*at]) ? words[(*at)++] : NULL;

	if (address && *at < count && words[*at][0] == '(')
		++*at;
	return address ? shown(address) : NULL;
}

size_t bluetooth_addresses(char *const words[], size_t count, struct list_relic *relic)
{
	size_t at = 0;

	relic->source_addr = take_address(words, count, &at);
	relic->dest_addr = relic->source_addr ? take_address(words, count, &at) : NULL;
	return relic->dest_addr ? at : 0;
}

bool bluetooth_state(const char *word, struct list_relic *relic)
{
	uint32_t state;

	if (!relic_decimal(word, &state))
		return false;
	relic->socket.state = state <= UINT8_MAX ? (uint8_t)state : 0;
	relic->state = relic_state_name(bluetooth_states, state);
	return true;
}

bool bluetooth_is_wanted(const struct list_request *request, const struct list_relic *relic)
{
	bool server = relic->socket.state == BOUND || relic->socket.state == LISTEN;

	return request->all || server == request->listening;
}

const char *bluetooth_title(const struct list_request *request)
{
	if (request->all)
		return "Active Bluetooth connections (servers and established)\n";
	return request->listening ? "Active Bluetooth connections (only servers)\n"
	                          : "Active Bluetooth connections (w/o servers)\n";
}
