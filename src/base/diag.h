/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a call failed, in words for the user. The function that knows the cause fills it; the caller
 * that knows the user's request prints it, once.
 */
#ifndef TCPTRAIL_BASE_DIAG_H
#define TCPTRAIL_BASE_DIAG_H

struct diag {
	char text[1024];
};

/* Formats the reason into diag (NULL: dropped) and returns err, a negative errno. */
int diag_fail(struct diag *diag, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
