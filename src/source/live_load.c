/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads the programs: checks what the host offers, configures the programs, and reports why the
 * kernel refuses them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "source/live_private.h"
#include "source/refusal.h"

#define FILES_NEEDED 128 /* programs, links, maps, and files that a walk opens */

static struct refusal
	refusal; /* global because libbpf's print function takes no argument of ours */

/* libbpf passes the whole verifier log as one warning, of any length. */
static int keep_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;

	if (level == LIBBPF_WARN && vasprintf(&text, format, args) >= 0) {
		refusal_add_warning(&refusal, text);
		free(text);
	}
	return 0;
}

/* If the release cannot be parsed, the kernel counts as new. */
static bool kernel_is_before(unsigned int major, unsigned int minor, struct utsname *name)
{
	unsigned int is_major, is_minor;

	uname(name);
	return sscanf(name->release, "%u.%u", &is_major, &is_minor) == 2 &&
	       (is_major < major || (is_major == major && is_minor < minor));
}

static int check_kernel(struct diag *diag)
{
	struct utsname name;

	if (kernel_is_before(5, 8, &name))
		return diag_fail(
			diag, -ENOTSUP,
			"kernel %s is too old: tcptrail needs Linux 5.8 or later (BPF ring buffer)",
			name.release);
	return 0;
}

/*
 * With too few fds a load fails at any point with errors that do not tell why. Raise the soft limit
 * as far as the hard limit allows.
 */
static int check_files(struct diag *diag)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= FILES_NEEDED)
		return 0;
	limit.rlim_cur = limit.rlim_max < FILES_NEEDED ? limit.rlim_max : FILES_NEEDED;
	if (limit.rlim_cur == FILES_NEEDED && !setrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	return diag_fail(diag, -EMFILE,
	                 "limit of open files is %lu: BPF needs %d; raise it with ulimit -n",
	                 (unsigned long)limit.rlim_cur, FILES_NEEDED);
}

static int load_failure(int err, struct diag *diag)
{
	struct utsname name;

	/* Before 5.11 maps and programs count against RLIMIT_MEMLOCK, which root may raise. */
	if (err == -EPERM && !geteuid() && kernel_is_before(5, 11, &name))
		return diag_fail(
			diag, err,
			"the kernel refused BPF (%s): kernel %s needs ulimit -l unlimited, or "
			"CAP_SYS_RESOURCE to raise it; in a container, --privileged gives that",
			strerror(-err), name.release);
	if (err == -EPERM) /* the verifier returns -EACCES */
		return diag_fail(diag, err,
		                 "the kernel refused BPF (%s): run as root, or with CAP_SYS_ADMIN, "
		                 "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH; in a container, "
		                 "--privileged gives them",
		                 strerror(-err));
	return diag_fail(diag, err, "cannot load the BPF programs (%s): %s", strerror(-err),
	                 refusal.last);
}

static uint32_t tick_length(void)
{
	struct timespec ts;

	/* A coarse clock advances by ticks, so its resolution is 1/CONFIG_HZ. */
	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return (uint32_t)ts.tv_nsec;
}

/* Without stacks do not create the maps that only stacks need. */
static void configure_stacks(struct live *live)
{
	struct tcptrail_bpf *skeleton = live->skeleton;

	live->stacks &= probes_has(&live->probes, "stack_id");
	skeleton->rodata->want_stacks = live->stacks;
	skeleton->rodata->has_task_pt_regs =
		live->probes.typed &&
		btf__find_by_name_kind(live->btf, "bpf_task_pt_regs", BTF_KIND_FUNC) >= 0;
	bpf_map__set_autocreate(skeleton->maps.dumps, live->stacks);
	bpf_map__set_autocreate(skeleton->maps.stacks_seen, live->stacks);
	bpf_map__set_autocreate(skeleton->maps.stack_rules, live->stacks);
	bpf_map__set_autocreate(skeleton->maps.scratches, live->stacks);
}

static void configure(struct live *live)
{
	struct tcptrail_bpf *skeleton = live->skeleton;

	skeleton->rodata->ring_bytes = live->ring_bytes;
	skeleton->rodata->tick_ns = tick_length();
	skeleton->rodata->walker = live->walker;
	skeleton->rodata->retransmit_args = btf_tracepoint_args(live->btf, "tcp_retransmit_skb");
	skeleton->rodata->reset_args = btf_tracepoint_args(live->btf, "tcp_send_reset");
	skeleton->rodata->has_types = live->probes.typed;
	/* bpf_get_socket_cookie() for tracing programs came with this function (5.12). */
	skeleton->rodata->has_cookie_helper =
		live->probes.typed &&
		btf__find_by_name_kind(live->btf, "bpf_get_socket_ptr_cookie", BTF_KIND_FUNC) >= 0;
	skeleton->rodata->has_socket_casts =
		live->probes.typed &&
		btf__find_by_name_kind(live->btf, "bpf_skc_to_tcp_sock", BTF_KIND_FUNC) >= 0;
	bpf_map__set_max_entries(skeleton->maps.facts, live->ring_bytes);
	configure_stacks(live);
	probes_choose(&live->probes, skeleton->obj);
}

/* Opens and loads all programs that were not given up. */
static int load_once(struct live *live, const struct bpf_object_open_opts *options)
{
	memset(&refusal, 0, sizeof(refusal));
	live->skeleton = tcptrail_bpf__open_opts(options);
	if (!live->skeleton)
		return -errno;
	configure(live);
	return tcptrail_bpf__load(live->skeleton);
}

/*
 * Gives up the program that the kernel has just refused. NULL: tcptrail needs it, or the error has
 * another cause.
 */
static const struct live_probe *give_up(struct live *live, int err)
{
	const struct live_probe *refused;

	if (err == -EPERM)
		return NULL;
	/* Global functions exist for stacks only. */
	refused = probes_give_up(&live->probes, refusal.function[0] ? "stack_id" : "", refusal.why);
	return refused ? refused : probes_give_up(&live->probes, refusal.program, refusal.why);
}

/* Loads all surveyed programs, but leaves out each optional one that the kernel refuses. */
static int load(struct live *live, struct diag *diag)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = live->btf_file);
	const struct live_probe *refused;
	int err = probes_begin(&live->probes);

	if (err)
		return load_failure(err, diag);
	while ((err = load_once(live, &options))) {
		refused = give_up(live, err);
		if (!refused)
			return load_failure(err, diag);
		if (refused->required)
			return diag_fail(diag, err, "required probe %s: the kernel refused it: %s",
			                 refused->name, refused->why);
		tcptrail_bpf__destroy(live->skeleton);
		live->skeleton = NULL;
	}
	return 0;
}

static int open_btf(struct live *live, const struct live_config *config, struct diag *diag)
{
	char why[80];

	live->btf_file = config->btf;
	live->btf = config->btf ? btf__parse(config->btf, NULL) : btf__load_vmlinux_btf();
	if (live->btf)
		return 0;
	libbpf_strerror(errno, why, sizeof(why)); /* libbpf has error numbers of its own */
	if (config->btf)
		return diag_fail(diag, -errno, "--btf: cannot read BTF from %s: %s", config->btf,
		                 why);
	return diag_fail(
		diag, -errno,
		"the kernel has no BTF (/sys/kernel/btf/vmlinux: %s): use a kernel with "
		"CONFIG_DEBUG_INFO_BTF=y, or give the BTF of this very kernel by --btf FILE",
		why);
}

int live_load(struct live *live, const struct live_config *config, struct diag *diag)
{
	const struct live_probe *missing;
	int err = check_kernel(diag);

	err = err ? err : check_files(diag);
	if (err)
		return err;
	libbpf_set_print(keep_warning);
	err = open_btf(live, config, diag);
	if (err)
		return err;
	probes_survey(&live->probes, live->btf, !live->btf_file, config->trace);
	missing = probes_missing(&live->probes);
	if (missing)
		return diag_fail(diag, -ENOTSUP, "required probe %s: %s", missing->name,
		                 missing->why);
	return load(live, diag);
}
