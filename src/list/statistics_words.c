/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/statistics_words.h"

#include <inttypes.h>
#include <string.h>

#define ALWAYS   STATISTIC_ALWAYS
#define NEVER    STATISTIC_NEVER
#define NOW      STATISTIC_NOW
#define IN_LIST  STATISTIC_IN_LIST
#define OUT_LIST STATISTIC_OUT_LIST

#define SAID(section, name, flags, rules, sentence) {#section #name, flags, rules, sentence},

const struct statistic_words statistic_words[] = {
#include "list/words_ip.h"
#include "list/words_mptcp.h"
#include "list/words_sctp.h"
#include "list/words_tcp.h"
#include "list/words_udp.h"
};
const size_t statistic_words_count = sizeof(statistic_words) / sizeof(statistic_words[0]);

bool statistic_words_are_typed(const struct statistic_words *words)
{
	size_t size = strlen(words->name);

	return size > 4 && !strcmp(words->name + size - 4, "Type");
}

/* Digits behind "...Type" are the type of an ICMP message. */
static bool is_name(const struct statistic_words *words, const char *name)
{
	size_t size = strlen(words->name), digits;

	if (strncmp(words->name, name, size) != 0)
		return false;
	digits = strspn(name + size, "0123456789");
	if (name[size + digits])
		return false;
	return !digits || statistic_words_are_typed(words);
}

const struct statistic_words *statistic_words_find(const char *name, size_t *cursor)
{
	for (size_t i = 0; i < statistic_words_count; i++) {
		size_t at = (*cursor + i) % statistic_words_count;

		if (is_name(&statistic_words[at], name)) {
			*cursor = at + 1;
			return &statistic_words[at];
		}
	}
	return NULL;
}

/* Adds "time" of "{time|times}" for 1, "times" for others. Returns what follows it. */
static const char *add_choice(const char *at, bool one, struct buffer *out)
{
	const char *bar = strchr(at, '|'), *end = strchr(at, '}');

	if (one)
		buffer_add(out, at + 1, (size_t)(bar - at - 1));
	else
		buffer_add(out, bar + 1, (size_t)(end - bar - 1));
	return end + 1;
}

static void add_number(const struct statistic_words *words, uint64_t number, struct buffer *out)
{
	if (words->flags & STATISTIC_NEVER) /* TcpMaxConn may be -1 */
		buffer_print(out, "%" PRId64, (int64_t)number);
	else
		buffer_number(out, number);
}

void statistic_words_say(const struct statistic_words *words, const char *name, uint64_t number,
                         struct buffer *out)
{
	for (const char *at = words->sentence; *at;) {
		if (*at == '{') {
			at = add_choice(at, number == 1, out);
			continue;
		}
		if (*at == '#')
			add_number(words, number, out);
		else if (*at == '%')
			buffer_text(out, name + strlen(words->name));
		else
			buffer_add(out, at, 1);
		at++;
	}
}
