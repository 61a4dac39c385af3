/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of C++ functions, and Rust's older ones, by the C++ runtime. Hostile ones
 * may take it much memory and time: only for the child that reads others' files.
 */
#ifndef TCPTRAIL_ENRICH_DEMANGLE_H
#define TCPTRAIL_ENRICH_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * "node::TCPWrap::Connect", without parameters; cut to size. false: it is no such
 * symbol (Rust's v0 names, thunks and tables are none), and out is as it was.
 */
bool demangle(const char *symbol, char *out, size_t size);

#endif
