/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/mib.h"

#include <errno.h>
#include <string.h>

/* A part of the text, from `at` to `end`. */
struct span {
	const char *at, *end;
};

/* Takes a line, without its end. false: no complete line is left. */
static bool take_line(struct span *text, struct span *line)
{
	const char *end = text->at < text->end
	                          ? memchr(text->at, '\n', (size_t)(text->end - text->at))
	                          : NULL;

	if (!end)
		return false;
	*line = (struct span){text->at, end};
	text->at = end + 1;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes a word. false: there is none. */
static bool take_word(struct span *line, struct span *word)
{
	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	word->at = line->at;
	while (line->at < line->end && !is_blank(*line->at))
		line->at++;
	word->end = line->at;
	return word->at < word->end;
}

static size_t length(const struct span *span)
{
	return (size_t)(span->end - span->at);
}

static bool read_value(const struct span *word, uint64_t *value)
{
	bool negative = *word->at == '-';
	const char *at = word->at + negative;
	uint64_t number = 0;

	if (at == word->end)
		return false;
	for (; at < word->end; at++) {
		unsigned int digit = (unsigned int)(unsigned char)*at - '0';

		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*value = negative ? -number : number;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

bool mib_is_name(const char *name)
{
	size_t size = 0;

	while (is_letter(name[size]))
		size++;
	return size && !name[size] && size < MIB_NAME_SIZE;
}

/* Adds to a name. false: it is too long, or has other characters than names have. */
static bool add_name(char name[MIB_NAME_SIZE], size_t *used, const struct span *word)
{
	if (length(word) >= MIB_NAME_SIZE - *used)
		return false;
	for (const char *at = word->at; at < word->end; at++) {
		if (!is_letter(*at))
			return false;
		name[(*used)++] = *at;
	}
	name[*used] = '\0';
	return true;
}

/* "Tcp" of "Tcp: ...", which it takes. false: there is no section. */
static bool take_section(struct span *line, struct span *section)
{
	if (!take_word(line, section) || section->end[-1] != ':')
		return false;
	section->end--;
	return section->at < section->end;
}

static int give_columns(const struct span *section, struct span names, struct span values,
                        mib_fn *fn, void *arg)
{
	struct span name, value;
	int err = 0;

	while (!err && take_word(&names, &name) && take_word(&values, &value)) {
		struct mib_counter counter;
		size_t used = 0;

		if (!add_name(counter.name, &used, section))
			return 0; /* none of its names can be taken */
		counter.section = used;
		if (add_name(counter.name, &used, &name) && read_value(&value, &counter.value))
			err = fn(&counter, arg);
	}
	return err;
}

/*
 *	Tcp: RtoAlgorithm RtoMin ... OutSegs RetransSegs InErrs OutRsts InCsumErrors
 *	Tcp: 1 200 ... 1171 2 0 14 0
 */
int mib_parse_pairs(const char *text, size_t size, mib_fn *fn, void *arg)
{
	struct span rest = {text, text + size}, names, values, section, again;
	int err = 0;

	while (!err && take_line(&rest, &names) && take_line(&rest, &values)) {
		if (!take_section(&names, &section) || !take_section(&values, &again) ||
		    length(&section) != length(&again) ||
		    memcmp(section.at, again.at, length(&section)) != 0)
			return -EPROTO; /* what follows is out of step */
		err = give_columns(&section, names, values, fn, arg);
	}
	return err;
}

/* Ip6InReceives                   	1234 */
int mib_parse_lines(const char *text, size_t size, mib_fn *fn, void *arg)
{
	struct span rest = {text, text + size}, line, name, value, more;
	int err = 0;

	while (!err && take_line(&rest, &line)) {
		struct mib_counter counter;
		size_t used = 0;

		if (!take_word(&line, &name) || !take_word(&line, &value) ||
		    take_word(&line, &more) || !add_name(counter.name, &used, &name) ||
		    !read_value(&value, &counter.value))
			continue;
		counter.section = mib_section(counter.name);
		err = fn(&counter, arg);
	}
	return err;
}

const char *const mib_device_names[MIB_DEVICE_VALUES] = {
	"IfRxBytes",    "IfRxPackets",  "IfRxErrors",     "IfRxDropped",
	"IfRxOverruns", "IfRxFrame",    "IfRxCompressed", "IfMulticast",
	"IfTxBytes",    "IfTxPackets",  "IfTxErrors",     "IfTxDropped",
	"IfTxOverruns", "IfCollisions", "IfTxCarrier",    "IfTxCompressed",
};

/* The name stands before the last ":" (an old alias has one in its name). false: not of this form. */
static bool take_device(struct span *line, char device[MIB_DEVICE_NAME])
{
	const char *colon = memrchr(line->at, ':', length(line));
	struct span name = {line->at, colon};

	if (!colon)
		return false;
	while (name.at < name.end && is_blank(*name.at))
		name.at++;
	if (!length(&name) || length(&name) >= MIB_DEVICE_NAME ||
	    memchr(name.at, '\0', length(&name)))
		return false;
	memcpy(device, name.at, length(&name));
	device[length(&name)] = '\0';
	line->at = colon + 1;
	return true;
}

/*
 *	Inter-|   Receive                                                |  Transmit
 *	 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs ...
 *	    lo: 6324523   70471    0    0    0     0          0         0  6324523   70471    0 ...
 */
int mib_parse_devices(const char *text, size_t size, mib_device_fn *fn, void *arg)
{
	struct span rest = {text, text + size}, line, word;
	int err = 0;

	while (!err && take_line(&rest, &line)) {
		char device[MIB_DEVICE_NAME];
		uint64_t values[MIB_DEVICE_VALUES];
		size_t count = 0;

		if (!take_device(&line, device))
			continue;
		while (count < MIB_DEVICE_VALUES && take_word(&line, &word) &&
		       read_value(&word, &values[count]))
			count++;
		if (count == MIB_DEVICE_VALUES)
			err = fn(device, values, arg);
	}
	return err;
}

static const char *const sections[] = {
	"Icmp6",  "IcmpMsg", "Icmp", "Ip6",      "IpExt",   "Ip",  "Sctp",
	"TcpExt", "Tcp",     "Udp6", "UdpLite6", "UdpLite", "Udp", "MPTcpExt",
};

size_t mib_section(const char *name)
{
	/* A section comes before those that it begins with. */
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		size_t size = strlen(sections[i]);

		if (!strncmp(name, sections[i], size))
			return size;
	}
	return 0;
}

bool mib_is_now(const char *name)
{
	static const char *const now[] = {
		"IpForwarding",  "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin",
		"TcpRtoMax",     "TcpMaxConn",   "TcpCurrEstab",    "MPTcpExtMPCurrEstab",
		"SctpCurrEstab", "IfFlags",      "IfMtu",
	};

	for (size_t i = 0; i < sizeof(now) / sizeof(now[0]); i++)
		if (!strcmp(name, now[i]))
			return true;
	return false;
}

uint64_t mib_growth(uint64_t before, uint64_t now)
{
	if (now >= before)
		return now - before;
	if (before <= UINT32_MAX && before > INT32_MAX && now <= INT32_MAX)
		return (1ULL << 32) - before + now;
	return now;
}
