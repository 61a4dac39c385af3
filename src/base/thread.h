/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_THREAD_H
#define TCPTRAIL_BASE_THREAD_H

#include <pthread.h>

/*
 * Starts a thread with all signals blocked: they belong to the thread that waits for them. 0 or
 * -errno.
 */
int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
