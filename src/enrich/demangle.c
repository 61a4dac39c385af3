/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/demangle.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From libstdc++; <cxxabi.h> declares it for C++ only. NULL: not a mangled name. */
extern char *__cxa_demangle(const char *mangled, char *out, size_t *size, int *status);

#define RUST_HASH                                                                                  \
	"::h0123456789abcdef" /* the name of a Rust function ends with a hash of this length */

/* "f(int (*)(char)) const" becomes "f"; operator() keeps its own parentheses. */
static void cut_parameters(char *name)
{
	char *at = strrchr(name, ')');
	int depth = 0;

	for (; at && at > name; at--) {
		depth += *at == ')';
		depth -= *at == '(';
		if (!depth)
			break;
	}
	if (at && at > name)
		*at = '\0';
}

static void cut_hash(char *name)
{
	size_t length = strlen(name), size = strlen(RUST_HASH);
	const char *hash = length > size ? name + length - size : "";

	if (!strncmp(hash, "::h", 3) && strspn(hash + 3, "0123456789abcdef") == size - 3)
		name[length - size] = '\0';
}

/* Without what compilers append to copies of a function: "f.constprop.1". */
static char *without_suffix(const char *symbol)
{
	return strndup(symbol, strcspn(symbol, "."));
}

bool demangle(const char *symbol, char *out, size_t size)
{
	char *plain, *name;
	int status;

	/*
	 * Require the prefix: otherwise __cxa_demangle() takes "i" for the type int. T and G are
	 * tables and thunks.
	 */
	if (strncmp(symbol, "_Z", 2) || symbol[2] == 'T' || symbol[2] == 'G')
		return false;
	plain = without_suffix(symbol);
	name = plain ? __cxa_demangle(plain, NULL, NULL, &status) : NULL;
	free(plain);
	if (!name)
		return false;
	cut_parameters(name);
	cut_hash(name);
	snprintf(out, size, "%s", name);
	free(name);
	return true;
}
