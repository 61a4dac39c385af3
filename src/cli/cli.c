/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads argv by the rows of cli_table.c. It never prints: the first thing that
 * is wrong goes into diag as one line.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "cli/cli_table.h"

#define WATCH_DEFAULT (10 * NS_PER_SEC)
#define WATCH_UNSET   UINT64_MAX
#define SIZE_DEFAULT  (1024ULL * 1024 * 1024) /* of a recorder's directory, bytes */
#define LONG_BASE     256                     /* getopt values of options without a letter */

struct parser {
	char **argv;
	struct options *options;
	char shorts[2 + 3 * CLI_OPTIONS_MOST + 1];
	struct option longs[2 * CLI_OPTIONS_MOST + 1];
	uint64_t used; /* bit per row of cli_options */
	enum command becomes;
	size_t words;    /* seen so far */
	size_t instants; /* diff: so many of them */
	int begun;       /* argv index of letters that are half read */
	bool delayed;    /* the DELAY was among them */
	char *socket;    /* trail: which; NULL: not yet */
	int err;         /* the first one */
	struct diag diag;
};

/* Keeps the first error; reading goes on, for a --help may follow. */
static void note(struct parser *parser, int err, const struct diag *diag)
{
	if (!err || parser->err)
		return;
	parser->err = err;
	parser->diag = *diag;
}

static int value_of(size_t row)
{
	return cli_options[row].letter ? cli_options[row].letter : LONG_BASE + (int)row;
}

static const struct cli_option *find_value(int value)
{
	for (size_t i = 0; i < cli_options_count; i++) {
		if (value_of(i) == value)
			return &cli_options[i];
	}
	return NULL;
}

static int has_argument(const struct cli_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->optional ? optional_argument : required_argument;
}

/* "-" first: words come as they stand, even with POSIXLY_CORRECT; ":": tell what is missing. */
static void make_getopt(struct parser *parser)
{
	struct option *at = parser->longs;
	char *letter = parser->shorts;

	*letter++ = '-';
	*letter++ = ':';
	for (size_t i = 0; i < cli_options_count; i++) {
		const struct cli_option *option = &cli_options[i];
		int value = value_of(i), has = has_argument(option);

		*at++ = (struct option){option->name, has, NULL, value};
		if (option->alias)
			*at++ = (struct option){option->alias, has, NULL, value};
		if (!option->letter)
			continue;
		*letter++ = option->letter;
		for (int colons = 0; colons < has; colons++)
			*letter++ = ':';
	}
}

static void apply(struct parser *parser, const struct cli_option *option, const char *argument)
{
	struct diag diag;

	parser->used |= 1ULL << (option - cli_options);
	if (option->becomes && !parser->becomes)
		parser->becomes = option->becomes;
	if (option->set)
		note(parser, option->set(parser->options, option, argument, &diag), &diag);
}

/* --- what is wrong ---------------------------------------------------------------------------- */

/* Letters ("-a -n"), or long names that begin so ("--all --numeric"), of every option. */
static const char *accepted(bool letters, const char *prefix, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < cli_options_count && used < size; i++) {
		const struct cli_option *option = &cli_options[i];
		const char *space = used ? " " : "";

		if (letters && option->letter)
			used += (size_t)snprintf(buf + used, size - used, "%s-%c", space,
			                         option->letter);
		if (!letters && !strncmp(option->name, prefix, strlen(prefix)))
			used += (size_t)snprintf(buf + used, size - used, "%s--%s", space,
			                         option->name);
	}
	return buf;
}

static bool is_foreign(int letter, const char *name, size_t size)
{
	for (size_t i = 0; i < cli_foreign_count; i++) {
		const struct cli_foreign *foreign = &cli_foreign[i];

		if (letter ? foreign->letter == letter
		           : strlen(foreign->name) == size && !memcmp(foreign->name, name, size))
			return true;
	}
	return false;
}

static void unknown_letter(struct parser *parser, int letter)
{
	char list[256];
	struct diag diag;

	diag_fail(&diag, 0, "-%c: %s; accepted are %s",
	          letter > ' ' && letter < 0x7f ? letter : '?',
	          is_foreign(letter, "", 0) ? "tcptrail shows TCP sockets only"
	                                    : "there is no such option",
	          accepted(true, "", list, sizeof(list)));
	note(parser, -EINVAL, &diag);
}

/* typed: "--name" or "--name=value" that getopt knows nothing of, or too much. */
static void unknown_name(struct parser *parser, const char *typed)
{
	int size = (int)strcspn(typed, "=");
	char name[32], list[640];
	struct diag diag;

	snprintf(name, sizeof(name), "%.*s", size - 2, typed + 2);
	if (*accepted(false, name, list, sizeof(list)) && size - 2 < (int)sizeof(name))
		diag_fail(&diag, 0, "--%s may be any of %s", name, list);
	else
		diag_fail(&diag, 0, "%.*s: %s; accepted are %s", size > 40 ? 40 : size, typed,
		          is_foreign(0, typed + 2, (size_t)size - 2)
		                  ? "tcptrail shows TCP sockets only"
		                  : "there is no such option",
		          accepted(false, "", list, sizeof(list)));
	note(parser, -EINVAL, &diag);
}

static void refuse_option(struct parser *parser)
{
	const struct cli_option *option = optopt ? find_value(optopt) : NULL;
	struct diag diag;

	if (option) {
		diag_fail(&diag, 0, "--%s takes no value", option->name);
		note(parser, -EINVAL, &diag);
	} else if (optopt) {
		unknown_letter(parser, optopt);
	} else {
		unknown_name(parser, parser->argv[optind - 1]);
	}
}

static void miss_argument(struct parser *parser)
{
	const struct cli_option *option = find_value(optopt);
	struct diag diag;

	diag_fail(&diag, 0, "--%s: a value is missing; accepted is --%s %s", option->name,
	          option->name, option->argument);
	note(parser, -EINVAL, &diag);
}

/* --- words and letters ------------------------------------------------------------------------ */

/*
 * Letters in one: -cant, -antc2, -c0.5n. An optional argument takes the digits
 * that follow at once, as netstat's users write it; getopt would take all.
 */
static void take_letters(struct parser *parser, const char *letters)
{
	while (*letters) {
		const struct cli_option *option = find_value((unsigned char)*letters++);
		size_t digits = 0;
		char *argument = NULL;

		if (!option) {
			unknown_letter(parser, (unsigned char)letters[-1]);
			continue;
		}
		if (option->optional)
			digits = strspn(letters, "0123456789.");
		if (digits)
			argument = strndup(letters, digits);
		if (digits && !argument)
			note(parser, -ENOMEM, &(struct diag){"out of memory"});
		else
			apply(parser, option, argument);
		free(argument);
		letters += digits;
	}
}

/* "snapshot, events, trail" */
static const char *command_words(char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < COMMAND_COUNT && used < size; i++)
		if (cli_commands[i].word)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			                         cli_commands[i].word);
	return buf;
}

static void take_command(struct parser *parser, const char *word)
{
	struct diag diag;
	char words[100];

	for (int i = 0; i < COMMAND_COUNT; i++) {
		if (cli_commands[i].word && !strcmp(cli_commands[i].word, word)) {
			parser->options->command = (enum command)i;
			return;
		}
	}
	diag_fail(&diag, 0, "\"%.80s\" is not a command; accepted are %s or none to watch", word,
	          command_words(words, sizeof(words)));
	note(parser, -EINVAL, &diag);
}

/* netstat's DELAY, which is -c's. */
static void take_delay(struct parser *parser, const char *word)
{
	uint64_t interval;
	struct diag diag;

	if (parser->delayed || parse_duration(word, &interval) || !interval) {
		diag_fail(&diag, 0,
		          "snapshot: \"%.80s\" is not accepted; one delay in seconds, more than 0, "
		          "is",
		          word);
		note(parser, -EINVAL, &diag);
		return;
	}
	parser->delayed = true;
	parser->options->continuous = true;
	parser->options->interval = interval;
}

/* One word, or two as a table shows them: LOCAL FOREIGN. */
static void take_socket(struct parser *parser, const char *word)
{
	char *socket;

	if (asprintf(&socket, "%s%s%s", parser->socket ? parser->socket : "",
	             parser->socket ? "-" : "", word) < 0) {
		note(parser, -ENOMEM, &(struct diag){"out of memory"});
		return;
	}
	free(parser->socket);
	parser->socket = socket;
}

static int check_socket(struct parser *parser, struct diag *diag)
{
	if (parser->socket)
		return pick_parse(parser->socket, &parser->options->pick, diag);
	return diag_fail(diag, -EINVAL,
	                 "trail: which socket? Accepted are a cookie (4101, sk:1005), PID:FD "
	                 "(4242:7) and LOCAL-FOREIGN (10.0.0.1:80-10.0.0.2:5000)");
}

/* A state, or a group of them. What is refused was no --state, but the command's word. */
static void take_state(struct parser *parser, const char *word)
{
	static const char option[] = "--state";
	struct options *options = parser->options;
	struct diag diag, why;
	int err = query_add(&options->query, "state", word, &why);

	if (err != -EINVAL) {
		note(parser, err, &why);
		return;
	}
	diag_fail(&diag, err, "%s%.*s", cli_commands[options->command].name,
	          (int)(sizeof(why.text) - sizeof(option)), why.text + strlen(option));
	note(parser, err, &diag);
}

/* FILE or DIR, of which there is one. */
static void take_target(struct parser *parser, const char *word)
{
	struct options *options = parser->options;
	struct diag diag;

	if (!options->target && *word) {
		options->target = word;
		return;
	}
	diag_fail(&diag, 0, "%s: \"%.80s\" is not accepted; one FILE or DIR is",
	          cli_commands[options->command].name, word);
	note(parser, -EINVAL, &diag);
}

static void take_instant(struct parser *parser, const char *word)
{
	struct diag diag;

	if (!when_parse(word, &parser->options->instants[parser->instants++]))
		return;
	diag_fail(&diag, 0, "diff: \"%.80s\" is not accepted; " WHEN_ACCEPTED, word);
	note(parser, -EINVAL, &diag);
}

static void take_word(struct parser *parser, const char *word)
{
	enum command command = parser->options->command;
	struct diag diag;

	if (!parser->words++) {
		take_command(parser, word);
	} else if (command == COMMAND_TRAIL && parser->words <= 3) {
		take_socket(parser, word);
	} else if (command == COMMAND_WHY || (command == COMMAND_EXPLAIN && parser->words == 2)) {
		take_state(parser, word);
	} else if (command == COMMAND_SNAPSHOT) {
		take_delay(parser, word);
	} else if (command == COMMAND_RECORD || command == COMMAND_INFO) {
		take_target(parser, word);
	} else if (command == COMMAND_DIFF && parser->instants < 2) {
		take_instant(parser, word);
	} else {
		diag_fail(&diag, 0, "\"%.80s\" is one word too many; accepted are options", word);
		note(parser, -EINVAL, &diag);
	}
}

/*
 * diff's "-10m" is a word, to getopt it would be letters. Letters are -4 and -6, and what begins
 * so and is no time.
 */
static bool is_instant(const struct parser *parser, const char *word)
{
	struct when when;

	if (parser->options->command != COMMAND_DIFF || word[0] != '-')
		return false;
	if (word[1] == '4' || word[1] == '6')
		return word[1 + strspn(word + 1, "46")] && !when_parse(word, &when);
	return isdigit((unsigned char)word[1]);
}

/* As getopt_long(), but for words that it would take for letters. */
static int next_option(struct parser *parser, int argc, int *index)
{
	int at = optind, value;

	*index = -1;
	if (at && at < argc && at != parser->begun && is_instant(parser, parser->argv[at])) {
		optarg = parser->argv[optind++];
		return 1;
	}
	value = getopt_long(argc, parser->argv, parser->shorts, parser->longs, index);
	parser->begun = optind == at ? at : 0;
	return value;
}

static void read_all(struct parser *parser, int argc)
{
	int value, index;

	optind = 0; /* glibc: start anew */
	opterr = 0;
	while ((value = next_option(parser, argc, &index)) != -1) {
		if (value == '?')
			refuse_option(parser);
		else if (value == ':')
			miss_argument(parser);
		else if (value == 1)
			take_word(parser, optarg);
		else if (index < 0 && optarg && find_value(value)->optional)
			take_letters(parser, optarg - 1); /* they touch: -cant */
		else
			apply(parser, find_value(value), optarg);
	}
	while (optind < argc) /* behind "--" */
		take_word(parser, parser->argv[optind++]);
}

/* Are the words there that the command cannot be without? */
static int check_words(struct parser *parser, struct diag *diag)
{
	const struct options *options = parser->options;

	switch (options->command) {
	case COMMAND_TRAIL:
		return check_socket(parser, diag);
	case COMMAND_RECORD:
		if (!options->target)
			return diag_fail(diag, -EINVAL,
			                 "record: where to? Accepted is one FILE or DIR");
		return 0;
	case COMMAND_INFO:
		if (!options->target)
			return diag_fail(diag, -EINVAL,
			                 "info: of what? Accepted is one FILE or DIR");
		return 0;
	case COMMAND_DIFF:
		if (!parser->instants)
			return diag_fail(diag, -EINVAL, "diff: from when on? " WHEN_ACCEPTED);
		return 0;
	default:
		return 0;
	}
}

/* --- all is read ------------------------------------------------------------------------------ */

static int finish(struct parser *parser, struct diag *diag)
{
	struct options *options = parser->options;

	if (parser->becomes == COMMAND_HELP || parser->becomes == COMMAND_VERSION)
		parser->err = 0; /* who asks for help is not told off */
	if (parser->err) {
		if (diag)
			*diag = parser->diag;
		return parser->err;
	}
	if (parser->becomes) {
		options->help_about = options->command;
		options->command = parser->becomes;
	}
	if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
		return 0;
	if (options->command == COMMAND_WATCH) { /* who types nothing wants to see all, and whose */
		options->all |= !options->listening;
		options->programs = true;
	}
	options->watch_typed = options->watch != WATCH_UNSET;
	if (options->watch == WATCH_UNSET)
		options->watch = options->command == COMMAND_WHY ? WATCH_DEFAULT : 0;
	if (options->continuous && !options->interval) /* -c without a number */
		options->interval = options->command == COMMAND_WHY && options->watch
		                            ? options->watch
		                            : NS_PER_SEC;
	return check_words(parser, diag) ?: cli_check(options, parser->used, diag);
}

/* COMMAND --columns help */
static void turn_to_help(struct options *options)
{
	if (!options->columns || strcmp(options->columns, "help"))
		return;
	if (options->command != COMMAND_HELP)
		options->help_about = options->command;
	options->command = COMMAND_HELP;
}

int cli_parse(int argc, char **argv, struct options *options, struct diag *diag)
{
	struct options result = {0};
	struct parser parser = {.argv = argv, .options = &result};
	int err;

	query_init(&result.query);
	result.watch = WATCH_UNSET;
	result.max_size = SIZE_DEFAULT;
	make_getopt(&parser);
	read_all(&parser, argc);
	err = finish(&parser, diag);
	turn_to_help(&result);
	free(parser.socket);
	if (err)
		options_free(&result);
	else
		*options = result;
	return err;
}

bool cli_about_kernel(const struct options *options)
{
	switch (options->command) {
	case COMMAND_DIFF:
	case COMMAND_INFO:
	case COMMAND_EXPLAIN:
	case COMMAND_HELP:
	case COMMAND_VERSION:
		return false;
	case COMMAND_WATCH:
	case COMMAND_SNAPSHOT:
	case COMMAND_EVENTS:
	case COMMAND_TRAIL:
	case COMMAND_WHY:
		return !options->from;
	case COMMAND_RECORD:
	case COMMAND_PROBES:
	case COMMAND_COUNT:
		break;
	}
	return true;
}

void options_free(struct options *options)
{
	query_free(&options->query);
	free(options->columns);
	options->columns = NULL;
	free(options->fail_ifs);
	options->fail_ifs = NULL;
	options->fail_if_count = 0;
}
