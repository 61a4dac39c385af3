/* SPDX-License-Identifier: BSD-2-Clause */
/* The live driver: runs a command on the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session/notice.h"
#include "session/privilege.h"
#include "session/scope.h"
#include "session/session_private.h"

#define BTF_NAME_SIZE   32
#define STACKS_WAIT_MS  2000 /* at the end, for stacks that are not read yet, */
#define STACKS_HURRY_MS 100  /* and after a signal */

/* --- notices ---------------------------------------------------------------------------------- */

/* What is missing from all that follows, because of BPF or because of privileges. */
static void report_shortfall(const struct session *session, const struct diag *shortfall)
{
	struct diag unseen = {""};

	if (feed_live(session->feed))
		privilege_shortfall(&unseen);
	if (shortfall->text[0])
		notice("%s", shortfall->text);
	if (unseen.text[0])
		notice("%s", unseen.text);
}

/* Probes that the kernel refused; -v: all probes that are missing. */
static void report_probes(const struct session *session)
{
	const struct live *live = feed_live(session->feed);
	const struct live_probe *probe;

	for (size_t i = 0; live && (probe = live_probe(live, i)); i++) {
		if (probe->refused)
			notice("the kernel refused %s (%s): %s", probe->name, probe->purpose,
			       probe->why);
		else if (session->options->verbose && probe->needed && !probe->active)
			notice("without %s (%s): %s", probe->name, probe->purpose, probe->why);
	}
}

/* --- opened ----------------------------------------------------------------------------------- */

/* Call it before the feed's threads start: each thread has capabilities of its own. */
static void drop_privilege(void)
{
	struct diag why;

	if (privilege_drop(&why))
		notice("%s", why.text);
}

/* With the user's own rights. An fd, or -errno with diag. */
static int open_btf(const char *path, struct diag *diag)
{
	int err = privilege_lower(diag), fd;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return diag_fail(diag, -errno, "--btf: cannot read BTF from %s: %s", path,
		                 strerror(errno));
	err = privilege_raise(diag);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/*
 * As feed_open(). libbpf opens --btf FILE again, with the rights of the process: so it gets the name
 * of the open fd.
 */
static int open_feed(struct session *session, struct diag *shortfall, struct diag *diag)
{
	const struct needs *needs = &session->needs;
	const char *btf = session->options->btf;
	struct feed_config config = {.trace = needs->trace,
	                             .stacks = needs->stacks,
	                             .host = needs->host,
	                             .counts = needs->counts,
	                             .no_holders = !needs->holders,
	                             .walk_interval = needs->walk_interval,
	                             .ring_bytes = needs->ring_bytes,
	                             .btf = btf,
	                             .on_fact = needs->facts ? session_fact : NULL,
	                             .on_fact_arg = session};
	char name[BTF_NAME_SIZE];
	int fd = -1, err = 0;

	if (btf) {
		fd = open_btf(btf, diag);
		err = fd < 0 ? fd : 0;
	}
	if (fd >= 0 && getuid()) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		config.btf = name;
	}
	if (!err)
		err = feed_open(&session->feed, session->table, &config, shortfall, diag);
	if (fd >= 0)
		close(fd);
	return err;
}

/* The threads that the command starts never have a capability in effect. */
static int start_command(struct session *session, struct diag *diag)
{
	int err;

	if (!session->command->start)
		return 0;
	err = privilege_lower(diag);
	if (!err)
		err = session->command->start(session, diag);
	return err ? err : privilege_raise(diag);
}

/* Attaches, gives up privileges, and takes the first walk. 0 or -errno with diag. */
static int open_kernel(struct session *session, struct diag *shortfall, struct diag *diag)
{
	int err = open_feed(session, shortfall, diag);

	if (err)
		return err;
	drop_privilege();
	if (session->needs.detached && session->output)
		err = output_detach(session->output, loop_signals(session), diag);
	if (!err)
		err = start_command(session, diag);
	return err ? err : feed_begin(session->feed, diag);
}

/* Can what was asked for be answered? 0 or -errno with diag. */
static int check_scope(struct session *session, struct diag *diag)
{
	const struct options *options = session->options;
	int err;

	/* Without BPF all ages are lower bounds near 0: an unmet threshold would mean nothing. */
	if (!feed_live(session->feed) && session->needs.ages)
		return diag_fail(diag, -EPERM,
		                 "--fail-if: ages are not known without BPF: run as root, or with "
		                 "CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH");
	err = scope_check_filters(options, session->feed, session->table, diag);
	return err ? err : scope_check_pids(options, session->needs.verdict, session->table, diag);
}

/* --- run -------------------------------------------------------------------------------------- */

static int run_loop(struct session *session)
{
	int err;

	session_listen(session, true);
	err = loop_run(session);
	if (session->needs.wait_stacks)
		feed_wait_stacks(session->feed,
		                 session->interrupted ? STACKS_HURRY_MS : STACKS_WAIT_MS);
	session_listen(session, false);
	return err;
}

static int run(struct session *session)
{
	const struct command *command = session->command;
	int err = command->begin ? command->begin(session) : 0;

	if (!err)
		err = run_loop(session);
	if (err < 0 || !command->end)
		return err < 0 ? err : 0;
	return command->end(session);
}

int drive_live(struct session *session, struct diag *diag)
{
	struct diag shortfall;
	int code = session_open_command(session, diag);

	if (code != EXIT_OK)
		return code;
	if (open_kernel(session, &shortfall, diag) || check_scope(session, diag))
		return EXIT_CANNOT;
	session->one_netns = scope_is_one_netns(session->feed);
	report_shortfall(session, &shortfall);
	report_probes(session);
	return session_conclude(session, run(session), diag);
}
