/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/probes.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "source/tracefs.h"

enum probe_kind {
	PROBE_TRACEPOINT, /* tp_btf or raw_tp: needs typedef btf_trace_TARGET */
	PROBE_SYSCALL,    /* classic tracepoint syscalls:TARGET */
	PROBE_ITERATOR,   /* needs function bpf_iter_TARGET */
	PROBE_ON_DEMAND,  /* run by BPF_PROG_TEST_RUN, not attached */
	PROBE_FUNCTION,   /* a function that our programs call */
	PROBE_HELPER,     /* a kernel function TARGET that our programs call */
};

static const struct probe {
	const char *program; /* name in bpf/ */
	enum probe_kind kind;
	const char *target;
	bool required;
	bool event; /* part of the event stream; false: of walks */
	const char *name;
	const char *purpose;
} table[] = {
	/*
	 * In order of attachment. Ends come first: if the end of an address is missed, its next
	 * socket looks like a loss.
	 */
	{"on_destroy", PROBE_TRACEPOINT, "tcp_destroy_sock", true, true, "tp_btf/tcp_destroy_sock",
         "end of a socket"},
	{"on_state", PROBE_TRACEPOINT, "inet_sock_set_state", true, true,
         "tp_btf/inet_sock_set_state", "state transitions"},
	/* Without it these transitions are counted as lost. */
	{"on_state_nested", PROBE_TRACEPOINT, "inet_sock_set_state", false, true,
         "tp_btf/inet_sock_set_state", "... that interrupt the program of another"},
	{"on_retransmit", PROBE_TRACEPOINT, "tcp_retransmit_skb", false, true,
         "tp_btf/tcp_retransmit_skb", "retransmits and their kind"},
	{"on_synack", PROBE_TRACEPOINT, "tcp_retransmit_synack", false, true,
         "tp_btf/tcp_retransmit_synack", "SYN+ACK retransmits"},
	{"on_send_reset", PROBE_TRACEPOINT, "tcp_send_reset", false, true, "raw_tp/tcp_send_reset",
         "RSTs sent, with reason on 6.12 and later"},
	{"on_receive_reset", PROBE_TRACEPOINT, "tcp_receive_reset", false, true,
         "tp_btf/tcp_receive_reset", "RSTs received"},
	{"on_accept", PROBE_SYSCALL, "sys_exit_accept", false, true, "tp/syscalls/sys_exit_accept",
         "who accepted"},
	{"on_accept4", PROBE_SYSCALL, "sys_exit_accept4", false, true,
         "tp/syscalls/sys_exit_accept4", "who accepted"},
	{"on_connect", PROBE_SYSCALL, "sys_exit_connect", false, true,
         "tp/syscalls/sys_exit_connect", "who connected, from which port"},
	{"on_exit", PROBE_TRACEPOINT, "sched_process_exit", false, true,
         "tp_btf/sched_process_exit", "end of processes that have sockets"},
	{"walk_sockets", PROBE_ITERATOR, "tcp", false, false, "iter/tcp",
         "which sockets exist; without it (5.8): sock_diag"},
	{"walk_holders", PROBE_ITERATOR, "task_file", false, false, "iter/task_file",
         "which process holds which fd"},
	{"peek_socket", PROBE_ON_DEMAND, "", false, false, "raw_tp (run on demand, 5.10)",
         "one socket by its address: its port, and whether it exists"},
	{"peek_queue", PROBE_ON_DEMAND, "", false, false, "raw_tp (run on demand, 5.10)",
         "in which listener's accept queue a connection waits"},
	{"stack_id", PROBE_FUNCTION, "", false, true, "stack_id()", "user stacks, for --stacks"},
	{"", PROBE_HELPER, "bpf_task_pt_regs", false, true, "bpf_task_pt_regs()",
         "registers, for --stacks"},
};

#define TABLE_SIZE (sizeof(table) / sizeof(table[0]))
_Static_assert(TABLE_SIZE < PROBE_COUNT, "the table ends with an empty entry");

unsigned int btf_tracepoint_args(const struct btf *btf, const char *name)
{
	const struct btf_type *type;
	char typedef_name[96];
	int id;

	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	id = btf__find_by_name_kind(btf, typedef_name, BTF_KIND_TYPEDEF);
	if (id < 0)
		return 0;
	type = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type); /* pointer */
	type = btf__type_by_id(btf, type->type);                            /* function */
	return btf_vlen(type) - 1; /* the first one is the tracer's own void * */
}

/* The name that is shown. */
static void set_name(struct live_probe *state, const struct probe *probe, bool typed)
{
	const char *slash = strchr(probe->name, '/');

	if (!typed && probe->kind == PROBE_TRACEPOINT)
		snprintf(state->name, sizeof(state->name), "raw_tp%s", slash);
	else
		snprintf(state->name, sizeof(state->name), "%s", probe->name);
}

static bool btf_has_function(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) >= 0;
}

static void survey_one(struct live_probe *state, const struct probe *probe, const struct btf *btf,
                       bool typed)
{
	char name[64];

	if (!typed && (probe->kind == PROBE_ITERATOR || probe->kind == PROBE_HELPER)) {
		snprintf(state->why, sizeof(state->why), "needs the kernel's own BTF");
		return;
	}
	switch (probe->kind) {
	case PROBE_TRACEPOINT:
		if (!btf_tracepoint_args(btf, probe->target))
			snprintf(state->why, sizeof(state->why), "this kernel has no tracepoint %s",
			         probe->target);
		break;
	case PROBE_ITERATOR:
		snprintf(name, sizeof(name), "bpf_iter_%s", probe->target);
		if (!btf_has_function(btf, name))
			snprintf(state->why, sizeof(state->why), "this kernel has no %s",
			         probe->name);
		break;
	case PROBE_HELPER:
		if (!btf_has_function(btf, probe->target))
			snprintf(state->why, sizeof(state->why),
			         "this kernel (before 5.15) does not have it: --stacks computes "
			         "where the "
			         "registers are");
		break;
	case PROBE_SYSCALL:
	case PROBE_ON_DEMAND:
	case PROBE_FUNCTION:
		break;
	}
}

void probes_survey(struct probes *probes, const struct btf *btf, bool typed, bool trace)
{
	memset(probes, 0, sizeof(*probes));
	probes->typed = typed;
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		struct live_probe *state = &probes->state[i];

		set_name(state, &table[i], typed);
		state->purpose = table[i].purpose;
		state->needed = trace || !table[i].event;
		state->required = table[i].required && trace;
		if (!state->needed)
			snprintf(state->why, sizeof(state->why), "a snapshot needs no events");
		else
			survey_one(state, &table[i], btf, typed);
	}
}

int probes_begin(struct probes *probes)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, options);

	if (probes->typed || probes->handler)
		return 0;
	/*
	 * bpf_program__set_type() is not enough: up to libbpf 1.1 the section name still requires
	 * types.
	 */
	probes->handler =
		libbpf_register_prog_handler("tp_btf+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &options);
	return probes->handler < 0 ? probes->handler : 0;
}

static bool is_program(const struct probe *probe)
{
	return probe->kind != PROBE_FUNCTION && probe->kind != PROBE_HELPER;
}

/* NULL: the table has no such program. */
static const struct probe *find(const char *program)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (program[0] && !strcmp(table[i].program, program))
			return &table[i];
	return NULL;
}

void probes_choose(struct probes *probes, struct bpf_object *object)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (is_program(&table[i]))
			bpf_program__set_autoload(
				bpf_object__find_program_by_name(object, table[i].program),
				!probes->state[i].why[0]);
}

const struct live_probe *probes_give_up(struct probes *probes, const char *program, const char *why)
{
	const struct probe *probe = find(program);
	struct live_probe *state = probe ? &probes->state[probe - table] : NULL;

	if (!state || state->why[0])
		return NULL;
	snprintf(state->why, sizeof(state->why), "%s", why);
	state->refused = true;
	return state;
}

bool probes_has(const struct probes *probes, const char *program)
{
	const struct probe *probe = find(program);

	return probe && !probes->state[probe - table].why[0];
}

const struct live_probe *probes_missing(const struct probes *probes)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (probes->state[i].required && probes->state[i].why[0])
			return &probes->state[i];
	return NULL;
}

static struct bpf_link *attach_syscall(struct bpf_program *program, const char *target)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.sample_period = 1,
		.wakeup_events = 1,
	};
	int id = tracefs_event_id("syscalls", target);
	struct bpf_link *link;
	int event;

	if (id < 0) {
		errno = -id;
		return NULL;
	}
	attr.config = (__u64)id;
	event = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return NULL;
	link = bpf_program__attach_perf_event(program, event);
	if (!link)
		close(event);
	return link;
}

static struct bpf_link *attach_one(const struct probe *probe, struct bpf_program *program,
                                   bool typed)
{
	switch (probe->kind) {
	case PROBE_SYSCALL:
		return attach_syscall(program, probe->target);
	case PROBE_ITERATOR:
		return bpf_program__attach_iter(program, NULL);
	case PROBE_TRACEPOINT:
		return typed ? bpf_program__attach(program)
		             : bpf_program__attach_raw_tracepoint(program, probe->target);
	case PROBE_ON_DEMAND:
	case PROBE_FUNCTION:
	case PROBE_HELPER:
		break;
	}
	return NULL;
}

int probes_attach(struct probes *probes, struct bpf_object *object, struct diag *diag)
{
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		struct live_probe *state = &probes->state[i];

		if (state->why[0])
			continue;
		if (is_program(&table[i]) && table[i].kind != PROBE_ON_DEMAND) {
			probes->links[i] = attach_one(
				&table[i],
				bpf_object__find_program_by_name(object, table[i].program),
				probes->typed);
			if (!probes->links[i])
				snprintf(state->why, sizeof(state->why), "cannot attach: %s",
				         strerror(errno));
		}
		state->active = !state->why[0];
		if (state->required && !state->active)
			return diag_fail(diag, -ENOTSUP, "%s: %s", state->name, state->why);
	}
	return 0;
}

void probes_detach(struct probes *probes)
{
	if (probes->handler > 0)
		libbpf_unregister_prog_handler(probes->handler);
	probes->handler = 0;
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		bpf_link__destroy(probes->links[i]);
		probes->links[i] = NULL;
		probes->state[i].active = false;
	}
}

struct bpf_link *probes_link(const struct probes *probes, const char *program)
{
	const struct probe *probe = find(program);

	return probe ? probes->links[probe - table] : NULL;
}
