/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/state.h"

#include <errno.h>
#include <stddef.h>
#include <strings.h>

#include "fact/words.h"

const char *state_name(unsigned int state)
{
	const char *name;

	if (state == STATE_NEW_SYN_RECV)
		state = STATE_SYN_RECV;
	name = words_name(&fact_states, state);
	return name ? name : "UNKNOWN";
}

#define ALL          ((STATE_BIT(STATE_COUNT) - 1) & ~STATE_BIT(STATE_UNKNOWN))
#define ANY_SYN_RECV (STATE_BIT(STATE_SYN_RECV) | STATE_BIT(STATE_NEW_SYN_RECV))
#define CONNECTED    (ALL & ~(STATE_BIT(STATE_LISTEN) | STATE_BIT(STATE_CLOSE)))
#define BUCKETS      (STATE_BIT(STATE_TIME_WAIT) | ANY_SYN_RECV)

/*
 * Names besides netstat's. ss(8) forms its groups so (iproute2 misc/ss.c,
 * scan_state): connected is all but LISTEN and CLOSE, synchronized is that
 * without SYN_SENT, bucket is what the kernel keeps as a mini-socket.
 */
static const struct {
	const char *word;
	uint32_t bits;
} aliases[] = {
	{"syn-recv", ANY_SYN_RECV},
	{"syn-received", ANY_SYN_RECV},
	{"estab", STATE_BIT(STATE_ESTABLISHED)},
	{"listening", STATE_BIT(STATE_LISTEN)},
	{"unconn", STATE_BIT(STATE_CLOSE)},
	{"unconnected", STATE_BIT(STATE_CLOSE)},
	{"closed", STATE_BIT(STATE_CLOSE)},
	{"fin-wait-1", STATE_BIT(STATE_FIN_WAIT1)},
	{"fin-wait-2", STATE_BIT(STATE_FIN_WAIT2)},
	{"all", ALL},
	{"connected", CONNECTED},
	{"synchronized", CONNECTED & ~STATE_BIT(STATE_SYN_SENT)},
	{"bucket", BUCKETS},
	{"big", ALL & ~BUCKETS},
};

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

/* Any case, and "-" is "_". */
static int same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		const char x[2] = {fold(*a)}, y[2] = {fold(*b)};

		if (strcasecmp(x, y))
			return 0;
	}
	return *a == *b;
}

int state_parse(const char *word, uint32_t *bits)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (same_word(word, aliases[i].word)) {
			*bits = aliases[i].bits;
			return 0;
		}
	}
	for (unsigned int state = 0; state < STATE_COUNT; state++) {
		const char *name = words_name(&fact_states, state);

		if (name && same_word(word, name)) {
			*bits = STATE_BIT(state);
			return 0;
		}
	}
	return -EINVAL;
}
