/* SPDX-License-Identifier: BSD-2-Clause */
/* What getters of fields make values with. A value comes to them as VALUE_NONE. */
#ifndef TCPTRAIL_FIELD_VALUE_H
#define TCPTRAIL_FIELD_VALUE_H

#include "field/field.h"

/* Makes one value of a field: all of it is initialized. */
void value_get(struct value *value, const struct field_context *context, const struct field *field,
               const void *object);

void value_number(struct value *value, uint64_t number);
void value_bool(struct value *value, bool yes);
void value_duration(struct value *value, uint64_t ns, bool exact);
/* It is as it was when it was looked at: from a recording, which cannot look again. */
void value_looked(struct value *value, const struct field_context *context, uint64_t time);
/* Wall clock of a boot time; none before the table knows the clock. */
void value_time(struct value *value, const struct field_context *context, uint64_t boot);
/* port, zone: as of struct endpoint; zone outlives the value. */
void value_endpoint(struct value *value, uint8_t family, const uint8_t *addr, uint16_t port,
                    const char *zone);
/* text outlives the value. NULL and "": none. */
void value_string(struct value *value, const char *text);
/* Formats into the value's own room; what does not fit is cut. */
void value_print(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Like it, behind what is there. */
void value_print_more(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Name of an RST reason, else its number; none for 0. */
void value_reason(struct value *value, const struct field_context *context, uint32_t reason);

/*
 * Names of the table. Wishing for a name changes nothing that the table tells,
 * hence from a const context.
 */
struct names *value_names(const struct field_context *context);

#endif
