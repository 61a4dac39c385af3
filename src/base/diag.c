/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

int diag_fail(struct diag *diag, int err, const char *format, ...)
{
	va_list args;

	if (!diag)
		return err;
	va_start(args, format);
	vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	return err;
}
