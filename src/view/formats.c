/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/view.h"

const struct view_format *const view_formats[] = {
	&view_text,
#define FORMAT(upper, lower, help) &view_##lower,
#include "field/formats.h"
#undef FORMAT
};
