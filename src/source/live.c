/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, draining and closing. Walks are in walk.c, the probe table in probes.c. */
#include "source/live.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "fact/name.h"
#include "source/live_private.h"

#define RING_BYTES_DEFAULT (32U << 20) /* some 0.2 s of a storm of 20,000 connections a second */
#define RECORD_HEADER      BPF_RINGBUF_HDR_SZ
#define FILES_NEEDED       128 /* programs, links, maps, and what a walk opens */

/* libbpf says why a load failed only by printing: keep its last warning for the diag. */
static char last_warning[256];

static int keep_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN)
		vsnprintf(last_warning, sizeof(last_warning), format, args);
	last_warning[strcspn(last_warning, "\n")] = '\0';
	return 0;
}

/* What cannot be read is taken for new. */
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

/* Too few fail anywhere, with errors that say anything. Those we may have we take. */
static int check_files(struct diag *diag)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= FILES_NEEDED)
		return 0;
	limit.rlim_cur = limit.rlim_max < FILES_NEEDED ? limit.rlim_max : FILES_NEEDED;
	if (limit.rlim_cur == FILES_NEEDED && !setrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	return diag_fail(diag, -EMFILE,
	                 "only %lu files may be open: BPF takes up to %d; raise that by ulimit -n",
	                 (unsigned long)limit.rlim_cur, FILES_NEEDED);
}

static int load_failure(int err, struct diag *diag)
{
	struct utsname name;

	/* Before 5.11 maps and programs count against RLIMIT_MEMLOCK; root may raise it. */
	if (err == -EPERM && !geteuid() && kernel_is_before(5, 11, &name))
		return diag_fail(
			diag, err,
			"the kernel refused BPF (%s): kernel %s needs ulimit -l unlimited, or "
			"CAP_SYS_RESOURCE to raise it; in a container, --privileged gives that",
			strerror(-err), name.release);
	if (err == -EPERM) /* -EACCES is the verifier's */
		return diag_fail(diag, err,
		                 "the kernel refused BPF (%s): run as root, or with CAP_SYS_ADMIN, "
		                 "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH; in a container, "
		                 "--privileged gives them",
		                 strerror(-err));
	return diag_fail(diag, err, "the BPF programs cannot be loaded (%s): %s", strerror(-err),
	                 last_warning);
}

static uint32_t tick_length(void)
{
	struct timespec ts;

	/* A coarse clock advances by ticks: its resolution is 1/CONFIG_HZ. */
	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return (uint32_t)ts.tv_nsec;
}

/* What is for stacks only takes no memory without them. */
static void configure_stacks(struct live *live)
{
	struct tcptrail_bpf *skeleton = live->skeleton;

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
	/* bpf_get_socket_cookie for tracing programs came with this function (5.12). */
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

/* Loads all surveyed programs; if that fails, once more without the optional ones. */
static int load(struct live *live, struct diag *diag)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = live->btf_file);
	int err = probes_begin(&live->probes);

	if (err)
		return load_failure(err, diag);
	for (;;) {
		live->skeleton = tcptrail_bpf__open_opts(&options);
		if (!live->skeleton)
			return load_failure(-errno, diag);
		configure(live);
		err = tcptrail_bpf__load(live->skeleton);
		if (!err)
			return 0;
		if (err == -EPERM || !probes_give_up_optional(&live->probes, last_warning))
			return load_failure(err, diag);
		tcptrail_bpf__destroy(live->skeleton);
		live->skeleton = NULL;
	}
}

/*
 * Stops after one ring's worth: all that was there at the start is handed over
 * then, and kernels that write faster than we read cannot keep us here for ever.
 * Or where live_drain_stacks() was: records are whole multiples of 8 bytes.
 */
static int on_record(void *arg, void *data, size_t size)
{
	struct live *live = arg;
	const struct fact *fact = data;

	if (size >= sizeof(*fact) && fact->len <= size)
		fact_emit(&live->sink, fact);
	live->drained += (size + RECORD_HEADER + 7) & ~7ULL;
	return live->drained < live->ring_bytes && live->begun + live->drained < live->until
	               ? 0
	               : -ECANCELED;
}

/* Page 0 of a ring begins with the consumer's position, page 1 with the producer's. */
static const uint64_t *map_position(const struct live *live, unsigned int page)
{
	long size = sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED,
	                bpf_map__fd(live->skeleton->maps.facts), (off_t)(page * size));

	return at == MAP_FAILED ? NULL : at;
}

static void unmap_position(const uint64_t *position)
{
	if (position)
		munmap((void *)position, (size_t)sysconf(_SC_PAGESIZE));
}

static int open_ring(struct live *live, struct diag *diag)
{
	live->ring =
		ring_buffer__new(bpf_map__fd(live->skeleton->maps.facts), on_record, live, NULL);
	if (!live->ring)
		return diag_fail(diag, -errno, "the ring buffer cannot be mapped: %s",
		                 strerror(errno));
	live->read = map_position(live, 0);
	live->written = map_position(live, 1);
	if (!live->read || !live->written)
		return diag_fail(diag, -errno, "the ring buffer's positions cannot be mapped: %s",
		                 strerror(errno));
	return 0;
}

/* fn had no room: forgotten, so that the next socket of that stack brings another dump. */
static int on_dump(void *arg, void *data, size_t size)
{
	struct live *live = arg;
	const struct stack_dump *dump = data;

	if (size < sizeof(*dump) || dump->size > size - sizeof(*dump))
		return 0;
	if (live->on_stack(dump, live->on_stack_arg))
		return 0;
	live->stacks_refused++;
	bpf_map_delete_elem(bpf_map__fd(live->skeleton->maps.stacks_seen), &dump->id);
	return 0;
}

static int open_dumps(struct live *live, struct diag *diag)
{
	if (!live->stacks)
		return 0;
	live->dumps =
		ring_buffer__new(bpf_map__fd(live->skeleton->maps.dumps), on_dump, live, NULL);
	return live->dumps ? 0
	                   : diag_fail(diag, -errno, "the ring of stacks cannot be mapped: %s",
	                               strerror(errno));
}

static int open_btf(struct live *live, const struct live_config *config, struct diag *diag)
{
	char why[80];

	live->btf_file = config->btf;
	live->btf = config->btf ? btf__parse(config->btf, NULL) : btf__load_vmlinux_btf();
	if (live->btf)
		return 0;
	libbpf_strerror(errno, why, sizeof(why)); /* some are libbpf's own */
	if (config->btf)
		return diag_fail(diag, -errno, "--btf: no BTF can be read from %s: %s", config->btf,
		                 why);
	return diag_fail(diag, -errno,
	                 "the kernel gives no BTF (/sys/kernel/btf/vmlinux: %s): it needs "
	                 "CONFIG_DEBUG_INFO_BTF=y, or --btf FILE with that of this very kernel",
	                 why);
}

static int open_all(struct live *live, const struct live_config *config, struct diag *diag)
{
	const struct live_probe *missing;
	int err = check_kernel(diag);

	err = err ? err : check_files(diag);
	if (err)
		return err;
	err = open_btf(live, config, diag);
	if (err)
		return err;
	probes_survey(&live->probes, live->btf, !live->btf_file, config->trace);
	missing = probes_missing(&live->probes);
	if (missing)
		return diag_fail(diag, -ENOTSUP, "required probe %s: %s", missing->name,
		                 missing->why);
	err = load(live, diag);
	if (err)
		return err;
	err = open_ring(live, diag);
	err = err ? err : open_dumps(live, diag);
	if (err)
		return err;
	return probes_attach(&live->probes, live->skeleton->obj, diag);
}

int live_open(struct live **result, const struct live_config *config, const struct fact_sink *sink,
              struct diag *diag)
{
	struct live *live = calloc(1, sizeof(*live));
	int err;

	if (!live)
		return diag_fail(diag, -ENOMEM, "out of memory");
	live->sink = *sink;
	live->until = UINT64_MAX;
	live->stacks = config->stacks;
	live->walker = config->walker;
	live->ring_bytes = config->ring_bytes ? config->ring_bytes : RING_BYTES_DEFAULT;
	libbpf_set_print(keep_warning);
	err = open_all(live, config, diag);
	if (err) {
		live_close(live);
		return err;
	}
	*result = live;
	return 0;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	probes_detach(&live->probes);
	ring_buffer__free(live->ring);
	ring_buffer__free(live->dumps);
	unmap_position(live->read);
	unmap_position(live->written);
	tcptrail_bpf__destroy(live->skeleton);
	btf__free(live->btf);
	free(live);
}

int live_fd(const struct live *live)
{
	return ring_buffer__epoll_fd(live->ring);
}

static void emit_loss(struct live *live, enum fact_loss_where where, uint64_t count)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = where,
		.count = count,
	};

	fact_emit(&live->sink, &loss.h);
}

/* Runs that were skipped since the program interrupted itself: counted since 5.12. */
static uint64_t program_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_program__fd(program) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return 0;
	return info.recursion_misses;
}

/* Skipped runs that nobody made good. */
static uint64_t recursion_misses(const struct live *live, uint64_t told_twice)
{
	const struct tcptrail_bpf *skeleton = live->skeleton;
	uint64_t state = program_misses(skeleton->progs.on_state); /* before those made good */
	uint64_t told = __atomic_load_n(&skeleton->bss->nested_told, __ATOMIC_RELAXED);

	told = told > told_twice ? told - told_twice : 0;
	return (state > told ? state - told : 0) + program_misses(skeleton->progs.on_destroy) +
	       program_misses(skeleton->progs.on_accept) +
	       program_misses(skeleton->progs.on_accept4) +
	       program_misses(skeleton->progs.on_connect_enter) +
	       program_misses(skeleton->progs.on_connect) +
	       program_misses(skeleton->progs.on_exit) +
	       program_misses(skeleton->progs.on_retransmit) +
	       program_misses(skeleton->progs.on_synack) +
	       program_misses(skeleton->progs.on_send_reset) +
	       program_misses(skeleton->progs.on_receive_reset);
}

static void report_ring_losses(struct live *live)
{
	uint64_t lost = __atomic_load_n(&live->skeleton->bss->facts_lost, __ATOMIC_RELAXED);

	if (lost == live->lost)
		return;
	emit_loss(live, LOSS_RING, lost - live->lost);
	live->lost = lost;
}

void live_report_losses(struct live *live, uint64_t told_twice)
{
	uint64_t misses = recursion_misses(live, told_twice);

	report_ring_losses(live);
	if (misses > live->misses) { /* told runs ahead of state for an instant */
		emit_loss(live, LOSS_RECURSION, misses - live->misses);
		live->misses = misses;
	}
}

int live_drain(struct live *live)
{
	int got = 0;

	live->drained = 0;
	live->begun = __atomic_load_n(live->read, __ATOMIC_RELAXED);
	if (live->begun < live->until)
		got = ring_buffer__consume(live->ring);
	live->until = UINT64_MAX;
	if (got < 0 && got != -ECANCELED)
		return got;
	report_ring_losses(live);
	return 0;
}

int live_stacks_fd(const struct live *live)
{
	return live->dumps ? ring_buffer__epoll_fd(live->dumps) : -1;
}

bool live_is_filling(const struct live *live)
{
	return __atomic_load_n(live->written, __ATOMIC_ACQUIRE) -
	               __atomic_load_n(live->read, __ATOMIC_RELAXED) >
	       live->ring_bytes / 16;
}

int live_drain_stacks(struct live *live, live_stack_fn *fn, void *arg)
{
	uint64_t lost;
	int got;

	if (!live->dumps)
		return 0;
	live->until = __atomic_load_n(live->written, __ATOMIC_ACQUIRE);
	live->on_stack = fn;
	live->on_stack_arg = arg;
	got = ring_buffer__consume(live->dumps);
	lost = __atomic_load_n(&live->skeleton->bss->stacks_lost, __ATOMIC_RELAXED) +
	       live->stacks_refused;
	if (lost != live->stacks_lost)
		emit_loss(live, LOSS_STACK, lost - live->stacks_lost);
	live->stacks_lost = lost;
	return got < 0 ? got : 0;
}

void live_teach_stack(struct live *live, uint64_t space, uint64_t ip, const struct stack_rule *rule)
{
	uint64_t key = stack_rule_key(space, ip);

	/* One that cannot be kept costs time the next time, no more. */
	if (live->dumps)
		bpf_map_update_elem(bpf_map__fd(live->skeleton->maps.stack_rules), &key, rule,
		                    BPF_ANY);
}

int live_drain_all(struct live *live)
{
	uint64_t target = __atomic_load_n(live->written, __ATOMIC_ACQUIRE);
	int err;

	live->until = UINT64_MAX;
	err = live_drain(live);

	/* A BPF program does not sleep: what it has reserved it submits soon. */
	while (!err && __atomic_load_n(live->read, __ATOMIC_RELAXED) < target) {
		sched_yield();
		err = live_drain(live);
	}
	return err;
}

int live_name_reasons(struct live *live)
{
	const size_t prefix = strlen("SK_RST_REASON_");
	const struct btf_type *type;
	union fact_name_buffer name;
	const struct btf_enum *e;
	int id = btf__find_by_name_kind(live->btf, "sk_rst_reason", BTF_KIND_ENUM);

	if (id < 0)
		return 0; /* before 6.10: RSTs carry no reason */
	type = btf__type_by_id(live->btf, (__u32)id);
	e = btf_enum(type);
	for (unsigned int i = 0; i < btf_vlen(type); i++) {
		const char *text = btf__name_by_offset(live->btf, e[i].name_off);
		uint64_t key[2] = {(uint64_t)e[i].val, 0};

		if (strlen(text) <= prefix)
			continue;
		fact_name_make(&name, clock_boot(), NAME_RST, key, text + prefix);
		fact_emit(&live->sink, &name.fact.h);
	}
	return 0;
}

int live_peek(struct live *live, uint64_t sk, uint64_t cookie, bool tell)
{
	uint64_t args[3] = {sk, cookie, tell};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = sizeof(args));
	int fd = bpf_program__fd(live->skeleton->progs.peek_socket);
	int err = fd < 0 ? -ENOTSUP : bpf_prog_test_run_opts(fd, &options);

	return err ? err : (int)options.retval;
}

const struct live_probe *live_probe(const struct live *live, size_t index)
{
	return index < PROBE_COUNT && live->probes.state[index].name[0] ? &live->probes.state[index]
	                                                                : NULL;
}
