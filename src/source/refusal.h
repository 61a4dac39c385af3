/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the kernel refused a program. libbpf says it only by printing: this reads what it prints. */
#ifndef TCPTRAIL_SOURCE_REFUSAL_H
#define TCPTRAIL_SOURCE_REFUSAL_H

struct refusal {
	char program[64];  /* the last one that libbpf said it failed with; "": none */
	char function[64]; /* which global one of it failed; "": its own code */
	char why[160];     /* what the verifier says of it, else what libbpf says */
	char last[256];    /* the last warning, of a program or not, that says anything */
};

/* One warning of libbpf, formatted. What it was told before is kept: begin with an empty refusal. */
void refusal_add_warning(struct refusal *refusal, const char *warning);

#endif
