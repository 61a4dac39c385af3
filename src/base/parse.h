/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict parsers of user input. All return 0, -EINVAL or -ERANGE; a failure leaves the result as it
 * was.
 */
#ifndef TCPTRAIL_BASE_PARSE_H
#define TCPTRAIL_BASE_PARSE_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits only, whole string, min..max. */
int parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

/* Hexadecimal digits only, whole string, at most max; without 0x. */
int parse_hex(const char *text, uint64_t max, uint64_t *number);
/* The number of the hexadecimal digits that the text of `size` bytes begins with, at most 16. */
size_t parse_hex_digits(const char *text, size_t size, uint64_t *number);

/*
 * Parts of a longer text; on success *text moves behind what was read. Decimal digits, at least
 * one; and what may follow them: a point and digits, as fraction / *scale, else 0.
 */
int parse_digits(const char **text, uint64_t *number);
int parse_fraction(const char **text, uint64_t *fraction, uint64_t *scale);

/*
 * "500ms", "1.5s", "5m", "2h", "1d", "90" (seconds) -> ns, and "2h11m" as
 * format_duration() prints. Units ns us ms s m h d w, larger ones first.
 */
int parse_duration(const char *text, uint64_t *ns);

/* "512M", "1.5G", "4096" (bytes) -> bytes. Units K M G T, powers of 1024. */
int parse_size(const char *text, uint64_t *bytes);

/*
 * "10.0.0.0/8", "::1", "fe80::/10" -> address and prefix length; IPv4 is
 * mapped to ::ffff:0:0/96, bits counted accordingly. Host bits set: -EINVAL.
 */
int parse_cidr(const char *text, uint8_t addr[16], uint8_t *bits);

/*
 * The same, and "fe80::1%eth0", "fe80::%eth0/64": zone is the text after the "%" of an address of
 * fe80::/10; "": none.
 */
int parse_zoned_cidr(const char *text, uint8_t addr[16], uint8_t *bits, char zone[16]);

#endif
