/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts as text, one a line: what --from reads. The objects are facts. */
#include "fact/text.h"
#include "view/view.h"

static int print_object(struct view *view, const void *object)
{
	return fact_text_print(view->out, object);
}

const struct view_format view_facts = {.name = "facts", .object = print_object};
