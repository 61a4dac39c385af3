/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/net shows the namespace of the process's main thread, /proc/thread-self/net that of this
 * thread; files below /proc/sys/net show that of the thread that opens them (6.18, tested with
 * threads in two namespaces).
 */
#include "enrich/kernel_counters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "enrich/proc_file.h"
#include "fact/words.h"

/* name: prefix and column, joined as nstat(8) does. */
static void take_count(struct kernel_counters *counts, const char *name, const char *text)
{
	uint64_t counter, value;

	if (words_find(&fact_counters, name, strlen(name), &counter) ||
	    parse_number(text, 0, UINT64_MAX, &value))
		return;
	counts->value[counter] = value;
	counts->known[counter] = true;
}

/* Length of "TcpExt" in "TcpExt: ..."; 0: there is no prefix. */
static size_t prefix_length(const char *line)
{
	size_t length = strcspn(line, ": \n");

	return line[length] == ':' ? length : 0;
}

static void take_columns(struct kernel_counters *counts, char *names, char *values)
{
	size_t prefix = prefix_length(names);
	char *rest_names = names + prefix + 1, *rest_values = values + prefix + 1, *name, *value;
	char joined[64];

	while ((name = strtok_r(rest_names, " \n", &rest_names)) &&
	       (value = strtok_r(rest_values, " \n", &rest_values))) {
		snprintf(joined, sizeof(joined), "%.*s%s", (int)prefix, names, name);
		take_count(counts, joined, value);
	}
}

static bool same_prefix(const char *a, const char *b)
{
	size_t length = prefix_length(a);

	return length && prefix_length(b) == length && !memcmp(a, b, length);
}

/*
 * Pairs of lines:
 *
 *	Tcp: RtoAlgorithm RtoMin ... OutSegs RetransSegs InErrs OutRsts InCsumErrors
 *	Tcp: 1 200 ... 1171 2 0 14 0
 */
void kernel_counters_parse(FILE *in, struct kernel_counters *counts)
{
	char *names = NULL, *values = NULL;
	size_t names_room = 0, values_room = 0;

	while (getline(&names, &names_room, in) >= 0 && getline(&values, &values_room, in) >= 0) {
		if (!same_prefix(names, values))
			break; /* the following lines are out of step */
		take_columns(counts, names, values);
	}
	free(names);
	free(values);
}

/* TCP: inuse 7 orphan 0 tw 121 alloc 9 mem 289 */
static void take_sockstat(struct kernel_counters *counts, char *rest)
{
	char *name, *value;

	while ((name = strtok_r(rest, " \n", &rest)) && (value = strtok_r(rest, " \n", &rest))) {
		if (!strcmp(name, "orphan"))
			take_count(counts, "TcpOrphans", value);
		else if (!strcmp(name, "tw"))
			take_count(counts, "TcpTimeWaits", value);
		else if (!strcmp(name, "mem"))
			take_count(counts, "TcpMemoryPages", value);
	}
}

void kernel_counters_parse_sockstat(FILE *in, struct kernel_counters *counts)
{
	static const char prefix[] = "TCP: ";
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, in) >= 0)
		if (!strncmp(line, prefix, strlen(prefix)))
			take_sockstat(counts, line + strlen(prefix));
	free(line);
}

/* The file has the number of entries, in decimal. */
void kernel_counters_parse_conntrack(FILE *in, struct kernel_counters *counts)
{
	char text[32];

	if (!fgets(text, sizeof(text), in))
		return;
	text[strcspn(text, "\n")] = '\0';
	take_count(counts, "NfConntrackCount", text);
}

/*
 * One column for each name, one line for each CPU, in hexadecimal (ct_cpu_seq_show(),
 * net/netfilter/nf_conntrack_standalone.c):
 *
 *	entries  clashres found new invalid ignore delete chainlength insert insert_failed drop ...
 *	00000003  00000000 00000000 ...
 */
void kernel_counters_parse_conntrack_stat(FILE *in, struct kernel_counters *counts)
{
	static const struct {
		const char *column;
		enum counter counter;
	} columns[] = {{"drop", COUNTER_CONNTRACK_DROP},
	               {"early_drop", COUNTER_CONNTRACK_EARLY_DROP}};
	char *names = NULL, *values = NULL;
	size_t names_room = 0, values_room = 0;

	if (getline(&names, &names_room, in) < 0)
		names = NULL;
	while (names && getline(&values, &values_room, in) >= 0) {
		char *name, *value, *rest = values, *heads = strdup(names), *rest_heads = heads;
		uint64_t number;

		while ((name = strtok_r(rest_heads, " \n", &rest_heads)) &&
		       (value = strtok_r(rest, " \n", &rest)))
			for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
				if (!strcmp(name, columns[i].column) &&
				    !parse_hex(value, UINT64_MAX, &number)) {
					counts->value[columns[i].counter] += number;
					counts->known[columns[i].counter] = true;
				}
		free(heads);
	}
	free(names);
	free(values);
}

static int read_counts(const char *path, void (*parse)(FILE *, struct kernel_counters *),
                       struct kernel_counters *counts)
{
	FILE *in = fopen(path, "re");

	if (!in)
		return -errno;
	parse(in, counts);
	fclose(in);
	return 0;
}

int kernel_counters_read(struct kernel_counters *counts)
{
	int errs[3];

	memset(counts, 0, sizeof(*counts));
	errs[0] = read_counts("/proc/thread-self/net/netstat", kernel_counters_parse, counts);
	errs[1] = read_counts("/proc/thread-self/net/snmp", kernel_counters_parse, counts);
	errs[2] = read_counts("/proc/thread-self/net/sockstat", kernel_counters_parse_sockstat,
	                      counts);
	/* Without connection tracking these files do not exist. */
	read_counts("/proc/sys/net/netfilter/nf_conntrack_count", kernel_counters_parse_conntrack,
	            counts);
	read_counts("/proc/thread-self/net/stat/nf_conntrack", kernel_counters_parse_conntrack_stat,
	            counts);
	return errs[0] ? errs[0] : errs[1] ? errs[1] : errs[2];
}

/*
 * TCP: inuse 7 orphan 0 tw 121 alloc 9 mem 289     orphan, alloc and mem: of the host
 * TCP6: inuse 2
 *
 * inuse does not count request sockets, but it counts their listener, so a namespace with request
 * sockets has an inuse above 0. (sockstat_seq_show(), net/ipv4/proc.c, and sockstat6_seq_show(),
 * net/ipv6/proc.c; 5.8..7.2.)
 */
int kernel_parse_tcp_count(const char *text, uint64_t *count)
{
	unsigned int inuse = 0, tw = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "TCP: inuse %u orphan %*u tw %u", &inuse, &tw) == 2 ||
		    sscanf(line, "TCP6: inuse %u", &inuse) == 1) {
			*count = (uint64_t)inuse + tw;
			return 0;
		}
	}
	return -ENODATA;
}

static int count_tcp(const char *path, uint64_t *count)
{
	char text[1024];
	ssize_t got = proc_read_bytes(AT_FDCWD, path, text,
	                              sizeof(text) - 1); /* one read(2) returns all of it */

	if (got < 0)
		return (int)got;
	text[got] = '\0';
	return kernel_parse_tcp_count(text, count);
}

int kernel_count_tcp(uint64_t *count)
{
	uint64_t v4, v6 = 0;
	int err = count_tcp("/proc/thread-self/net/sockstat", &v4);

	if (err)
		return err;
	err = count_tcp("/proc/thread-self/net/sockstat6", &v6);
	*count = v4 + v6;
	return err == -ENOENT ? 0 : err; /* there is no IPv6 */
}

int kernel_setting_read(enum setting setting, char text[KERNEL_SETTING_SIZE])
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", setting_path(setting));
	got = proc_read_text(AT_FDCWD, path, text, KERNEL_SETTING_SIZE);
	if (got < 0)
		return (int)got;
	text[strcspn(text, "\n")] = '\0';
	for (char *at = text; *at; at++)
		if (*at == '\t') /* between the numbers of a range */
			*at = ' ';
	return 0;
}
