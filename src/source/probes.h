/* SPDX-License-Identifier: BSD-2-Clause */
/* The probe table: what is attached where, what is required, what is missing and why. */
#ifndef TCPTRAIL_SOURCE_PROBES_H
#define TCPTRAIL_SOURCE_PROBES_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "source/live.h"

#define PROBE_COUNT 24

struct probes {
	struct live_probe state[PROBE_COUNT];
	struct bpf_link *links[PROBE_COUNT];
	bool typed;  /* the kernel has its own BTF */
	int handler; /* libbpf's handle: see probes_begin() */
};

/*
 * Fills the table. Marks the probes whose kernel types the BTF lacks, with the reason. Without the
 * kernel's own BTF (typed is false) also marks the probes that need it.
 */
void probes_survey(struct probes *probes, const struct btf *btf, bool typed, bool trace);
/*
 * Call before the object is opened: without the kernel's own BTF, tp_btf programs become raw
 * tracepoints. 0 or -errno. probes_detach() undoes it.
 */
int probes_begin(struct probes *probes);
/* Tells libbpf to load the programs that have no `why`. */
void probes_choose(struct probes *probes, struct bpf_object *object);
/*
 * Gives up the program or function that the kernel refused for this reason. Returns its probe;
 * NULL: the table has no such program, or it was given up before.
 */
const struct live_probe *probes_give_up(struct probes *probes, const char *program,
                                        const char *why);
/* Attaches all probes. 0, or -errno with diag if a required one fails. */
int probes_attach(struct probes *probes, struct bpf_object *object, struct diag *diag);
void probes_detach(struct probes *probes);

/* A required probe that is missing, or NULL. */
const struct live_probe *probes_missing(const struct probes *probes);
/* Is the program or function in use, that is, not given up? */
bool probes_has(const struct probes *probes, const char *program);
/* The link of a program; NULL: not attached. */
struct bpf_link *probes_link(const struct probes *probes, const char *program);

/* Number of arguments of a raw tracepoint, from typedef btf_trace_NAME; 0: no such tracepoint. */
unsigned int btf_tracepoint_args(const struct btf *btf, const char *name);

#endif
