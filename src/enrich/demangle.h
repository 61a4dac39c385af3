/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Demangles names of C++ functions and the legacy names of Rust functions with the C++ runtime. A
 * hostile name may make it use much memory and time: call it only in the process that reads other
 * users' files.
 */
#ifndef TCPTRAIL_ENRICH_DEMANGLE_H
#define TCPTRAIL_ENRICH_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes "node::TCPWrap::Connect", without parameters, cut to size. false: not such a symbol (Rust's
 * v0 names, thunks and tables are not); out is unchanged.
 */
bool demangle(const char *symbol, char *out, size_t size);

#endif
