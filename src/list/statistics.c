/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads -s: /proc/net/snmp, netstat, sctp/snmp and snmp6, in this order, or what a recording has of
 * them.
 */
#include "list/statistics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fact/mib.h"
#include "table/mib.h"
#include "table/names.h"

#define ANY 0
#define V4  1
#define V6  2

/* In netstat's order. protocols: ANY: it belongs to none that can be chosen. */
static const struct section {
	const char *name;
	uint32_t protocols;
	unsigned int families;
} sections[] = {
	{"Ip", LIST_BIT(RAW), V4},       {"Icmp", LIST_BIT(RAW), V4},
	{"IcmpMsg", LIST_BIT(RAW), V4},  {"Tcp", LIST_BIT(TCP), V4},
	{"Udp", LIST_BIT(UDP), V4},      {"UdpLite", LIST_BIT(UDPLITE), V4},
	{"TcpExt", LIST_BIT(TCP), V4},   {"IpExt", LIST_BIT(RAW), V4},
	{"MPTcpExt", LIST_BIT(TCP), V4}, {"Sctp", LIST_BIT(SCTP), V4},
	{"Ip6", LIST_BIT(RAW), V6},      {"Icmp6", LIST_BIT(RAW), V6},
	{"Udp6", LIST_BIT(UDP), V6},     {"UdpLite6", LIST_BIT(UDPLITE), V6},
};
#define SECTIONS     (sizeof(sections) / sizeof(sections[0]))
#define OTHER        SECTIONS /* a section of a newer kernel */
#define TCP_AFTER_V6 (SECTIONS + 1)

/* A list is being read. */
struct reading {
	const struct list_request *request;
	struct list *list;
	size_t words; /* cursor of statistic_words_find() */
};

static size_t section_find(const char *name, size_t size)
{
	for (size_t i = 0; i < SECTIONS; i++)
		if (strlen(sections[i].name) == size && !memcmp(sections[i].name, name, size))
			return i;
	return OTHER;
}

/* -6 alone: Tcp counts both families, and netstat prints it at the end. */
static bool is_only_v6(const struct list_request *request)
{
	return request->v6 && !request->v4;
}

static bool is_wanted(const struct list_request *request, size_t section)
{
	const uint32_t all =
		LIST_BIT(TCP) | LIST_BIT(UDP) | LIST_BIT(UDPLITE) | LIST_BIT(SCTP) | LIST_BIT(RAW);
	uint32_t protocols = request->named & all ? request->named & all : all;
	unsigned int families = (request->v4 || !request->v6 ? V4 : 0) | (request->v6 ? V6 : 0);

	if (section >= OTHER)
		return protocols == all;
	if (!(sections[section].protocols & protocols))
		return false;
	if (sections[section].protocols == LIST_BIT(SCTP) && request->named & LIST_BIT(SCTP))
		return true; /* it counts both families */
	return sections[section].families & families ||
	       (is_only_v6(request) && !strcmp(sections[section].name, "Tcp"));
}

/* --- records ---------------------------------------------------------------------------------- */

size_t statistic_section(const struct statistic *statistic)
{
	return statistic->section ? statistic->section : strlen(statistic->name);
}

static int add(struct reading *reading, const char *name, size_t section, uint64_t value,
               uint64_t grown)
{
	size_t place = section_find(name, section);
	struct statistic *statistic;

	if (!is_wanted(reading->request, place))
		return 0;
	statistic = list_add(reading->list);
	if (!statistic)
		return -ENOMEM;
	statistic->name = list_text(reading->list, name, strlen(name));
	if (!statistic->name) {
		list_drop(reading->list);
		return -ENOMEM;
	}
	statistic->section = section;
	statistic->words = statistic_words_find(name, &reading->words);
	statistic->value = value;
	statistic->grown = grown;
	statistic->now = mib_is_now(name);
	return 0;
}

static int take(const struct mib_counter *counter, void *arg)
{
	return add(arg, counter->name, counter->section, counter->value, counter->value);
}

/* --- the kernel ------------------------------------------------------------------------------- */

/* 0; -ENOENT: there is no such file; another -errno. */
static int read_file(struct reading *reading, const char *path,
                     int (*parse)(const char *, size_t, mib_fn *, void *), struct diag *diag)
{
	struct buffer text = {0};
	int err = file_read(path, &text);

	if (!err)
		err = parse(text.data, text.size, take, reading);
	buffer_free(&text);
	if (err && err != -ENOENT)
		return diag_fail(diag, err, "%s: %s", path, strerror(-err));
	return err;
}

static int read_kernel(struct reading *reading, struct diag *diag)
{
	const struct list_request *request = reading->request;
	int err = read_file(reading, "/proc/net/snmp", mib_parse_pairs, diag);

	if (!err)
		err = read_file(reading, "/proc/net/netstat", mib_parse_pairs, diag);
	if (err == -ENOENT)
		return diag_fail(diag, err, "/proc/net has no counters: is /proc mounted?");
	if (!err)
		err = read_file(reading, "/proc/net/sctp/snmp", mib_parse_lines, diag);
	if (err == -ENOENT && request->named & LIST_BIT(SCTP))
		return diag_fail(diag, -EAFNOSUPPORT, "AF INET (sctp)");
	if (err && err != -ENOENT)
		return err;
	if (!request->v6)
		return 0;
	err = read_file(reading, "/proc/net/snmp6", mib_parse_lines, diag);
	return err == -ENOENT ? diag_fail(diag, -EAFNOSUPPORT, "AF INET6") : err;
}

/* --- a recording ------------------------------------------------------------------------------ */

/* NULL: it is not known, or no name of a counter. */
static const char *name_of(struct table *table, const struct mib_value *value)
{
	const char *name = names_find(table_names(table), name_key_number(NAME_COUNTER, value->id));

	return name && mib_is_name(name) ? name : NULL;
}

/* Has it a counter whose name begins so? */
static bool has_counter(struct table *table, const struct mib_set *set, const char *begin)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const char *name = name_of(table, &set->values[i]);

		if (name && !strncmp(name, begin, strlen(begin)))
			return true;
	}
	return false;
}

static bool is_listed(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(((struct statistic *)list_at(list, i))->name, name))
			return true;
	return false;
}

/* A recording has no counters that are 0, but netstat prints some of them, and the titles of others. */
static int add_zeros(struct reading *reading, struct table *table, const struct mib_set *set,
                     bool sctp)
{
	const unsigned int shown = STATISTIC_ALWAYS | STATISTIC_IN_LIST | STATISTIC_OUT_LIST;
	bool v6 = has_counter(table, set, "Ip6");
	int err = 0;

	for (size_t i = 0; i < statistic_words_count && !err; i++) {
		const struct statistic_words *words = &statistic_words[i];
		size_t section = mib_section(words->name);

		if (!(words->flags & shown) || statistic_words_are_typed(words) ||
		    is_listed(reading->list, words->name) ||
		    (!sctp && !strncmp(words->name, "Sctp", 4)) ||
		    (!v6 && words->name[section - 1] == '6'))
			continue;
		err = add(reading, words->name, section, 0, 0);
	}
	return err;
}

static int read_recording(struct reading *reading, struct diag *diag)
{
	struct table *table = (struct table *)(uintptr_t)reading->request->recorded;
	const struct mib_set *set = table_mib(table, reading->request->netns, 0);
	bool sctp;
	int err = 0;

	if (!set)
		return diag_fail(diag, -ENODATA, "the recording has no counters at that time");
	for (uint32_t i = 0; i < set->count && !err; i++) {
		const struct mib_value *value = &set->values[i];
		const char *name = name_of(table, value);

		if (name)
			err = add(reading, name, mib_section(name), value->now, mib_grown(value));
	}
	sctp = has_counter(table, set, "Sctp");
	if (!err)
		err = add_zeros(reading, table, set, sctp);
	if (!err && !sctp && reading->request->named & LIST_BIT(SCTP))
		return diag_fail(diag, -EAFNOSUPPORT, "the recording has no counters of SCTP");
	return err;
}

/* --- order, changes, lines -------------------------------------------------------------------- */

static size_t rank_of(const struct statistic *statistic, bool only_v6)
{
	size_t section = section_find(statistic->name, statistic->section);

	if (only_v6 && section < SECTIONS && !strcmp(sections[section].name, "Tcp"))
		return TCP_AFTER_V6;
	return section;
}

static int compare(const void *a, const void *b, void *only_v6)
{
	const struct statistic *left = a, *right = b;
	size_t x = rank_of(left, *(bool *)only_v6), y = rank_of(right, *(bool *)only_v6);

	if (x != y)
		return x < y ? -1 : 1;
	if (x == OTHER && left->section != right->section)
		return left->section < right->section ? -1 : 1;
	if (left->words != right->words && (!left->words || !right->words))
		return left->words ? -1 : 1;
	if (left->words != right->words)
		return left->words < right->words ? -1 : 1;
	return left->words ? strverscmp(left->name, right->name) : strcmp(left->name, right->name);
}

/* NULL: it was not there. *cursor: as of statistic_words_find(). */
static const struct statistic *find_previous(const struct list *list, const char *name,
                                             size_t *cursor)
{
	for (size_t i = 0; i < list->count; i++) {
		size_t at = (*cursor + i) % list->count;
		const struct statistic *statistic = list_at(list, at);

		if (!strcmp(statistic->name, name)) {
			*cursor = at + 1;
			return statistic;
		}
	}
	return NULL;
}

/*
 * A counter that was not there was 0: the kernel adds names of ICMP types, a recording all names. What a
 * recording knows from its beginning on has grown since then.
 */
static void compare_with(const struct list_request *request, struct statistic *statistic,
                         size_t *cursor)
{
	const struct statistic *before =
		request->previous ? find_previous(request->previous, statistic->name, cursor)
				  : NULL;
	uint64_t old = !before ? 0 : request->restarted ? before->value : before->grown;
	uint64_t new = before && request->restarted ? statistic->value : statistic->grown;

	statistic->compared = true;
	statistic->elapsed = request->elapsed;
	statistic->change = (int64_t)(statistic->now ? new - old : mib_growth(old, new));
}

static bool is_shown(const struct statistic *statistic)
{
	unsigned int flags = statistic->words ? statistic->words->flags : 0;

	if (flags & STATISTIC_NEVER)
		return false;
	if (statistic->compared)
		return statistic->change != 0;
	return statistic->value || flags & STATISTIC_ALWAYS;
}

static const char *title_of(const struct statistic *statistic)
{
	unsigned int flags = statistic->words ? statistic->words->flags : 0;

	if (flags & STATISTIC_IN_LIST)
		return "ICMP input histogram:";
	return flags & STATISTIC_OUT_LIST ? "ICMP output histogram:" : NULL;
}

/* netstat prints the name of a section and the titles in it also if nothing follows. */
static void lay_out(struct list *list)
{
	const struct statistic *section = NULL, *title = NULL;

	for (size_t i = 0; i < list->count; i++) {
		struct statistic *at = list_at(list, i);
		const char *own = title_of(at);
		bool same = section && at->section == section->section &&
		            !memcmp(at->name, section->name, statistic_section(at));

		at->shown = is_shown(at);
		if (at->compared && !at->shown)
			continue;
		at->heads = !same;
		if (!same)
			title = NULL;
		section = at;
		if (own && (!title || title_of(title) != own) && !at->compared)
			at->title = own;
		title = own ? at : title;
	}
}

static int read_statistics(const struct list_request *request, struct list *list, struct diag *diag)
{
	struct reading reading = {.request = request, .list = list};
	bool only_v6 = is_only_v6(request);
	size_t cursor = 0;
	int err = request->recorded ? read_recording(&reading, diag) : read_kernel(&reading, diag);

	if (list->count)
		qsort_r(list->records, list->count, sizeof(struct statistic), compare, &only_v6);
	for (size_t i = 0; i < list->count && (request->previous || request->span); i++)
		compare_with(request, list_at(list, i), &cursor);
	lay_out(list);
	return err;
}

static void layout(const struct list_request *request, struct list_layout *result)
{
	static const struct list_cell cells[] = {
		{.key = "counter", .width = 36},
		{.key = "value", .width = -16},
		{.key = "change", .width = -12},
		{.key = "sentence"},
	};

	(void)request;
	*result = (struct list_layout){.title = "",
	                               .headings = "",
	                               .cells = cells,
	                               .count = sizeof(cells) / sizeof(cells[0])};
}

const struct listing listing_statistics = {
	.name = "statistics",
	.mode = LIST_STATISTICS,
	.recorded = true,
	.record = sizeof(struct statistic),
	.fields = statistic_fields,
	.field_count = &statistic_fields_count,
	.whole = statistic_whole_fields,
	.whole_count = &statistic_whole_fields_count,
	.read = read_statistics,
	.layout = layout,
	.text = statistic_text,
};
