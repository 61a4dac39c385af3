/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCENARIO_UTIL_H
#define SCENARIO_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* How long to wait for the kernel, unless a scenario says otherwise. */
#define PATIENCE_MS 90000

/* Prints "scenario: MESSAGE" on stderr and exits with 1; die_errno() adds strerror(errno). */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void die_errno(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The same with exit status 77: this kernel cannot do it. */
void skip(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Prints a line with one write, so that several processes may print at the same time. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void *grow(void *array, size_t count, size_t size); /* realloc by doubling; dies on failure */
bool interrupted(void); /* a SIGINT or SIGTERM waits until hold() reads it */
int64_t now_ms(void);   /* CLOCK_MONOTONIC */
void nap(void);         /* 1 ms between two looks at the kernel */

#endif
