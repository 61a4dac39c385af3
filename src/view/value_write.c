/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/value_write.h"

static void write_endpoint(struct buffer *line, const struct value_writer *writer,
                           const struct word *word, const struct value *value)
{
	char text[ENDPOINT_SIZE];

	endpoint_text(&value->endpoint, text);
	writer->string(line, word, text);
}

static void write_list(struct buffer *line, const struct value_writer *writer,
                       const struct word *word, const struct field_context *context,
                       const struct value *value)
{
	if (writer->list)
		writer->list(line, word, context, value);
	else if (value->string)
		writer->string(line, word, value->string);
	else
		writer->number(line, word, value->number);
}

void value_write(struct buffer *line, const struct value_writer *writer, const struct field *field,
                 const struct field_context *context, const void *object)
{
	const struct word *word = field->word;
	struct value value;

	field_get(field, context, object, &value);
	switch (value.type) {
	case VALUE_NONE:
		writer->null(line, word);
		break;
	case VALUE_STRING:
		writer->string(line, word, value.string);
		break;
	case VALUE_NUMBER:
		writer->number(line, word, value.number);
		break;
	case VALUE_SIGNED:
		writer->sign(line, word, value.sign);
		break;
	case VALUE_DURATION:
		writer->duration(line, word, value.number, value.exact);
		break;
	case VALUE_TIME:
		writer->time(line, word, value.sign);
		break;
	case VALUE_ENDPOINT:
		write_endpoint(line, writer, word, &value);
		break;
	case VALUE_BOOL:
		writer->yes(line, word, value.yes);
		break;
	case VALUE_LIST:
		write_list(line, writer, word, context, &value);
		break;
	}
}
