/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the kernel refused a program. libbpf only prints the reason: this parses what it prints. */
#ifndef TCPTRAIL_SOURCE_REFUSAL_H
#define TCPTRAIL_SOURCE_REFUSAL_H

struct refusal {
	char program[64];  /* the last program that failed to load; "": none */
	char function[64]; /* the global function of it that failed; "": the program itself */
	char why[160];     /* the verifier's error, else libbpf's */
	char last[256];    /* the last warning that gives a reason, of a program or not */
};

/* Adds one formatted warning of libbpf. Start with an empty struct. */
void refusal_add_warning(struct refusal *refusal, const char *warning);

#endif
