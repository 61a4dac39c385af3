/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SCENARIO_UTIL_H
#define SCENARIO_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* How long the kernel may take to reach what we wait for, unless a scenario says otherwise. */
#define PATIENCE_MS 90000

/* Print "scenario: MESSAGE" on stderr and exit 1; die_errno() adds strerror(errno). */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void die_errno(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The same with exit status 77: this kernel cannot do it. */
void skip(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* One line on stdout in one write, so that several processes may print at once. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void *grow(void *array, size_t count, size_t size); /* realloc by doubling; dies on failure */
bool interrupted(void); /* SIGINT or SIGTERM waits for hold() to read it */
int64_t now_ms(void);   /* CLOCK_MONOTONIC */
void nap(void);         /* 1 ms between two questions to the kernel */

#endif
