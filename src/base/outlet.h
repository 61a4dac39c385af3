/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream whose reader may stall without stopping its writer: what is printed
 * goes through a buffer of bounded size, and a thread writes it out. What finds
 * no room waits, or is left out as a whole, and counted.
 */
#ifndef TCPTRAIL_BASE_OUTLET_H
#define TCPTRAIL_BASE_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct outlet;

/*
 * To fd, which stays the caller's and is to outlive it. room: bytes of the buffer, of
 * which those are in memory that were ever needed. stop: an fd that, once readable, ends
 * all waiting; -1: none. 0 or -errno.
 */
int outlet_open(struct outlet **outlet, int fd, size_t room, int stop);

/* What to print to; closed by outlet_close. Errors are those of fd, or EINTR: a wait was stopped. */
FILE *outlet_file(const struct outlet *outlet);

/*
 * What is printed between these is one object: it is written as a whole or not at all.
 * patience: ms that it waits for room without any being made; no other does after
 * one that waited in vain, until half of the buffer is free.
 */
void outlet_begin_object(struct outlet *outlet, int patience);
void outlet_end_object(struct outlet *outlet);

/* From here on who waits for room gives up if none is made for so many ms: EINTR, as if stopped. */
void outlet_hurry(struct outlet *outlet, int patience);

/* Objects left out since the last such question. */
uint64_t outlet_take_dropped(struct outlet *outlet);

/* Hands what was printed to the thread, without waiting for it. 0, or the first error. */
int outlet_flush(struct outlet *outlet);
/* Bytes that are not written yet. */
size_t outlet_waiting(struct outlet *outlet);

/* Waits until all is written. 0, or the first error: -EINTR, something was not. */
int outlet_settle(struct outlet *outlet);
/* The same, then frees. NULL-safe. */
int outlet_close(struct outlet *outlet);

#endif
