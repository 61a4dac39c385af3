/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/privilege.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * What the code after attaching needs, by the kernel's checks (5.8..7.2, unless noted). The same
 * capabilities are enough to load and attach, except before 5.11: older kernels count BPF memory
 * against RLIMIT_MEMLOCK, and raising that takes CAP_SYS_RESOURCE.
 */
static const struct kept {
	cap_value_t value;
	cap_value_t
		part_of; /* a capability that includes this one: if it was given, this one is dropped; -1: none */
	const char *name;
	const char *hidden; /* what cannot be seen without it; NULL: nothing */
} kept[] = {
	/*
         * setns(2) into each network namespace, at each walk and to look up a
         * mini-socket: netns_install(), net/core/net_namespace.c. Includes CAP_BPF and
         * CAP_PERFMON, which loading needs (bpf_capable(), perfmon_capable()).
         */
	{CAP_SYS_ADMIN, -1, "CAP_SYS_ADMIN", "sockets in other network namespaces"},
	/*
         * /proc/PID/ns/net of all tasks, to find and to enter them: proc_ns_readlink() and
         * proc_ns_get_link(), fs/proc/namespaces.c, by ptrace_may_access(). Of our own
         * user's tasks, too, if they have more capabilities than we: cap_ptrace_access_check().
         * So are task/TID/syscall, limits, fd, maps, root and map_files of those that have sockets.
         */
	{CAP_SYS_PTRACE, -1, "CAP_SYS_PTRACE",
         "other users' processes and their network namespaces"},
	/*
         * Directories that only their owner may search: those of tracefs for the
         * numbers of syscall tracepoints; of mounts of namespaces, as /run/docker; of
         * programs and their symbols. Names of cgroups by open_by_handle_at(2):
         * may_decode_fh(), fs/fhandle.c.
         */
	{CAP_DAC_READ_SEARCH, -1, "CAP_DAC_READ_SEARCH",
         "who accepts and connects, nor of what others keep to themselves"},
	/*
         * Iterators and BPF_PROG_TEST_RUN before 5.19: each bpf(2) needed it where
         * kernel.unprivileged_bpf_disabled is set; since then only loading does.
         */
	{CAP_BPF, CAP_SYS_ADMIN, "CAP_BPF", NULL},
};

#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))

static bool has(cap_t caps, cap_value_t value, cap_flag_t set)
{
	cap_flag_value_t flag = CAP_CLEAR;

	return !cap_get_flag(caps, value, set, &flag) && flag == CAP_SET;
}

static bool is_redundant(const struct kept *one, cap_t had)
{
	return one->part_of >= 0 && has(had, one->part_of, CAP_PERMITTED);
}

/* Sets permitted and effective to the table's capabilities that were permitted, inheritable to none. */
static int set_process(cap_t had)
{
	cap_t caps = cap_init();
	int err = caps ? 0 : -errno;

	for (size_t i = 0; i < KEPT_COUNT && !err; i++) {
		if (!has(had, kept[i].value, CAP_PERMITTED) || is_redundant(&kept[i], had))
			continue;
		if (cap_set_flag(caps, CAP_PERMITTED, 1, &kept[i].value, CAP_SET) ||
		    cap_set_flag(caps, CAP_EFFECTIVE, 1, &kept[i].value, CAP_SET))
			err = -errno;
	}
	if (!err && cap_set_proc(caps))
		err = -errno;
	cap_free(caps);
	return err;
}

/*
 * The process never calls execve() after this, so give up what execve() could regain. Lowering the
 * bounding set takes CAP_SETPCAP; no_new_privs has the same effect and takes no privilege.
 */
static void close_ways_back(void)
{
	cap_reset_ambient();
	for (cap_value_t value = 0; cap_get_bound(value) >= 0; value++)
		if (cap_drop_bound(value))
			break;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int privilege_drop(struct diag *diag)
{
	cap_t had = cap_get_proc();
	int err = had ? 0 : -errno;

	if (!err) {
		close_ways_back();
		err = set_process(had);
	}
	cap_free(had);
	return err ? diag_fail(diag, err, "cannot drop unused capabilities: %s", strerror(-err))
	           : 0;
}

/* Sets effective to all that are permitted, or to none. */
static int set_effective(bool on, struct diag *diag)
{
	cap_t caps = getuid() ? cap_get_proc() : NULL;
	int err = getuid() && !caps ? -errno : 0;

	for (cap_value_t value = 0; caps && !err && cap_get_bound(value) >= 0; value++)
		if (has(caps, value, CAP_PERMITTED) &&
		    cap_set_flag(caps, CAP_EFFECTIVE, 1, &value, on ? CAP_SET : CAP_CLEAR))
			err = -errno;
	if (caps && !err && cap_set_proc(caps))
		err = -errno;
	cap_free(caps);
	return err ? diag_fail(diag, err, "cannot %s capabilities: %s", on ? "raise" : "lower",
	                       strerror(-err))
	           : 0;
}

int privilege_lower(struct diag *diag)
{
	return set_effective(false, diag);
}

int privilege_raise(struct diag *diag)
{
	return set_effective(true, diag);
}

int privilege_drop_all(struct diag *diag)
{
	cap_t none = cap_init();
	int err = none ? 0 : -errno;

	if (!err) {
		close_ways_back();
		if (cap_set_proc(none))
			err = -errno;
	}
	cap_free(none);
	return err ? diag_fail(diag, err, "cannot drop capabilities before reading a file: %s",
	                       strerror(-err))
	           : 0;
}

void privilege_shortfall(struct diag *shortfall)
{
	cap_t caps = cap_get_proc();
	size_t used = 0, room = sizeof(shortfall->text);

	shortfall->text[0] = '\0';
	for (size_t i = 0; caps && i < KEPT_COUNT; i++)
		if (kept[i].hidden && !has(caps, kept[i].value, CAP_EFFECTIVE) && used < room)
			used += (size_t)snprintf(shortfall->text + used, room - used,
			                         "%swithout %s: no view of %s", used ? "; " : "",
			                         kept[i].name, kept[i].hidden);
	cap_free(caps);
}
