/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands on a file of facts. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fact/text.h"
#include "run_private.h"

static int read_facts(struct run *run, FILE *in, struct diag *diag)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	struct fact *fact = (struct fact *)bytes;
	unsigned long number = 0;
	struct diag why;
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&line, &room, in) >= 0) {
		number++;
		err = fact_text_parse(line, fact, &why);
		if (err < 0)
			diag_fail(diag, err, "%s line %lu: %s", run->options->from, number,
			          why.text);
		else if (err > 0)
			err = table_apply(run->table, fact);
	}
	free(line);
	return err;
}

static int read_file(struct run *run, struct diag *diag)
{
	FILE *in = fopen(run->options->from, "re");
	int err;

	if (!in)
		return diag_fail(diag, -errno, "cannot read %s: %s", run->options->from,
		                 strerror(errno));
	err = read_facts(run, in, diag);
	fclose(in);
	return err;
}

/* What wants to hear of each change. */
static int listen(struct run *run)
{
	int err = 0;

	switch (run->options->command) {
	case COMMAND_WHY:
		return run_open_why(run);
	case COMMAND_TRAIL:
		err = run_open_trail(run);
		table_set_listener(run->table, trail_change, run->trail);
		break;
	case COMMAND_WATCH:
	case COMMAND_EVENTS:
		err = output_begin_events(run->output);
		table_set_listener(run->table, output_change, run->output);
		break;
	default:
		break;
	}
	return err;
}

static int print_watch(struct run *run)
{
	int err = output_end_events(run->output);

	if (!err)
		err = output_snapshot(run->output);
	return err ? err : output_totals(run->output);
}

/* What the table has come to. */
static int print(struct run *run)
{
	int err;

	table_set_listener(run->table, NULL, NULL);
	switch (run->options->command) {
	case COMMAND_WHY:
		return run_print_why(run);
	case COMMAND_TRAIL:
		return trail_print(run->trail);
	case COMMAND_WATCH:
		return print_watch(run);
	case COMMAND_SNAPSHOT:
		err = run_open_fail_if(run);
		if (err || run->fail_if)
			return err ? err : run_print_fail_if(run);
		return output_snapshot(run->output);
	default:
		return 0;
	}
}

int run_replay(struct run *run, struct diag *diag)
{
	int err = listen(run);

	if (!err) {
		err = read_file(run, diag);
		if (err && !diag->text[0])
			diag_fail(diag, err, "%s: %s", run->options->from, strerror(-err));
		if (err)
			return EXIT_CANNOT;
		err = print(run);
	}
	return run_conclude(run, err, diag);
}
