/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_DEMANGLE_H
#define TCPTRAIL_BASE_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The qualified name of a C++ or Rust function, without parameters and template
 * arguments: "node::TCPWrap::Connect". false: it is no such symbol, or of a kind
 * not understood (lambdas, thunks, Rust's v0), and out is as it was.
 */
bool demangle(const char *symbol, char *out, size_t size);

#endif
