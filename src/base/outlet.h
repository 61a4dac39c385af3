/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream whose reader may stall without stopping the program: the output goes through a buffer of
 * bounded size, and a thread writes it. Output that finds no room waits, or is dropped as a whole
 * and counted.
 */
#ifndef TCPTRAIL_BASE_OUTLET_H
#define TCPTRAIL_BASE_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct outlet;

/*
 * fd belongs to the caller, and must stay open longer than the outlet. room: bytes of the buffer;
 * the kernel backs only pages that were used. stop: an fd that ends all waiting when it becomes
 * readable; -1: none. 0 or -errno.
 */
int outlet_open(struct outlet **outlet, int fd, size_t room, int stop);

/*
 * The stream to print to; outlet_close() closes it. Errors: those of fd, or EINTR: a wait was
 * stopped.
 */
FILE *outlet_file(const struct outlet *outlet);

/*
 * The output between these calls is one object: it is written as a whole or not at all. patience:
 * ms to wait while no room is freed. After one wait in vain, objects do not wait until half of the
 * buffer is free.
 */
void outlet_begin_object(struct outlet *outlet, int patience);
void outlet_end_object(struct outlet *outlet);

/* From now on a wait for room fails with EINTR if no room is freed for `patience` ms. */
void outlet_hurry(struct outlet *outlet, int patience);

/* The number of objects dropped since the last call. */
uint64_t outlet_take_dropped(struct outlet *outlet);

/* Hands the output to the thread without waiting. 0, or the first error. */
int outlet_flush(struct outlet *outlet);
/* Bytes that the thread has not written yet. */
size_t outlet_waiting(struct outlet *outlet);

/* Waits until all is written. 0, or the first error; -EINTR: part of the output was not written. */
int outlet_settle(struct outlet *outlet);
/* The same, then frees. NULL-safe. */
int outlet_close(struct outlet *outlet);

#endif
