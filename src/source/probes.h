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
	bool typed;  /* the kernel has BTF of its own */
	int handler; /* of libbpf: see probes_begin() */
};

/*
 * Fills the table; what the BTF lacks is marked with its reason. Where it is not the kernel's own
 * (typed is false), so is what cannot be loaded without.
 */
void probes_survey(struct probes *probes, const struct btf *btf, bool typed, bool trace);
/*
 * Before an object is opened: tp_btf programs become raw tracepoints, if there are no types.
 * 0 or -errno. probes_detach() ends it.
 */
int probes_begin(struct probes *probes);
/* Tells libbpf which programs to load: the surveyed ones that have no `why`. */
void probes_choose(struct probes *probes, struct bpf_object *object);
/*
 * Gives up the program, or the function of programs, that the kernel refused for that reason, and
 * returns its probe; NULL: it is not among those chosen.
 */
const struct live_probe *probes_give_up(struct probes *probes, const char *program,
                                        const char *why);
/* Attaches; 0, or -errno with diag when a required probe refuses. */
int probes_attach(struct probes *probes, struct bpf_object *object, struct diag *diag);
void probes_detach(struct probes *probes);

/* Required probe that is missing, or NULL. */
const struct live_probe *probes_missing(const struct probes *probes);
/* Has the program or function not been given up? */
bool probes_has(const struct probes *probes, const char *program);
/* Link of an iterator by program name; NULL: not active. */
struct bpf_link *probes_link(const struct probes *probes, const char *program);

/* Arguments of a raw tracepoint, from typedef btf_trace_NAME; 0: no such tracepoint. */
unsigned int btf_tracepoint_args(const struct btf *btf, const char *name);

#endif
