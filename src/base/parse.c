/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

int parse_digits(const char **text, uint64_t *number)
{
	const char *at = *text;
	uint64_t sum = 0;

	if (!isdigit((unsigned char)*at))
		return -EINVAL;
	for (; isdigit((unsigned char)*at); at++) {
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*at - '0'), &sum))
			return -ERANGE;
	}
	*text = at;
	*number = sum;
	return 0;
}

int parse_fraction(const char **text, uint64_t *fraction, uint64_t *scale)
{
	*fraction = 0;
	*scale = 1;
	if (**text != '.')
		return 0;
	if (!isdigit((unsigned char)(*text)[1]))
		return -EINVAL;
	for (++*text; isdigit((unsigned char)**text); ++*text) {
		/* 15 digits are less than 1 ns of a week; the rest is cut. */
		if (*scale >= 1000000000000000ULL)
			continue;
		*fraction = *fraction * 10 + (uint64_t)(**text - '0');
		*scale *= 10;
	}
	return 0;
}

int parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	uint64_t value;
	int err;

	/* "99999999999999999999x" is -EINVAL, not -ERANGE. */
	if (text[strspn(text, "0123456789")])
		return -EINVAL;
	err = parse_digits(&text, &value);
	if (err)
		return err;
	if (value < min || value > max)
		return -ERANGE;
	*number = value;
	return 0;
}

size_t parse_hex_digits(const char *text, size_t size, uint64_t *number)
{
	size_t count;

	*number = 0;
	for (count = 0; count < size && count < 16; count++) {
		int c = tolower((unsigned char)text[count]);

		if (!isxdigit(c))
			break;
		*number = *number << 4 | (uint64_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return count;
}

int parse_hex(const char *text, uint64_t max, uint64_t *number)
{
	uint64_t value;
	size_t digits = parse_hex_digits(text, strlen(text), &value);

	if (!digits || text[digits])
		return -EINVAL;
	if (value > max)
		return -ERANGE;
	*number = value;
	return 0;
}

#define SECOND 1000000000ULL

/* ns of the unit whose name has `size` letters; no letters: a second. 0: no such unit. */
static uint64_t unit_ns(const char *name, size_t size)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"", SECOND},           {"ns", 1},
		{"us", 1000},           {"ms", 1000000},
		{"s", SECOND},          {"m", 60 * SECOND},
		{"h", 3600 * SECOND},   {"d", 86400 * SECOND},
		{"w", 604800 * SECOND},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) == size && !memcmp(name, units[i].name, size))
			return units[i].ns;
	}
	return 0;
}

int parse_duration(const char *text, uint64_t *ns)
{
	uint64_t above = UINT64_MAX, total = 0;

	do { /* "2h11m", as format_duration() prints it, has two parts, the larger unit first */
		uint64_t whole, fraction, scale, unit;
		unsigned __int128 sum;
		size_t letters;
		int err;

		err = parse_digits(&text, &whole);
		if (!err)
			err = parse_fraction(&text, &fraction, &scale);
		if (err)
			return err;
		letters = strspn(text, "nsumhdw");
		unit = unit_ns(text, letters);
		if (!unit || unit >= above || (!letters && above != UINT64_MAX))
			return -EINVAL;
		sum = (unsigned __int128)whole * unit + (unsigned __int128)fraction * unit / scale;
		if (sum > UINT64_MAX - total)
			return -ERANGE;
		total += (uint64_t)sum;
		above = unit;
		text += letters;
	} while (*text);
	*ns = total;
	return 0;
}

int parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	uint64_t whole, fraction, scale, unit = 1;
	unsigned __int128 sum;
	const char *letter;
	int err = parse_digits(&text, &whole);

	if (!err)
		err = parse_fraction(&text, &fraction, &scale);
	if (err)
		return err;
	letter = *text ? strchr(units, *text) : NULL;
	if (*text && (!letter || text[1]))
		return -EINVAL;
	if (letter)
		unit <<= 10 * (letter - units + 1);
	if (!letter && scale > 1) /* bytes have no fraction */
		return -EINVAL;
	sum = (unsigned __int128)whole * unit + (unsigned __int128)fraction * unit / scale;
	if (sum > UINT64_MAX)
		return -ERANGE;
	*bytes = (uint64_t)sum;
	return 0;
}

/* One address of either family; IPv4 becomes v4-mapped. */
static int read_address(const char *text, uint8_t addr[16], bool *v4)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct in_addr in;

	*v4 = inet_pton(AF_INET, text, &in) == 1;
	if (!*v4)
		return inet_pton(AF_INET6, text, addr) == 1 ? 0 : -EINVAL;
	memcpy(addr, mapped, sizeof(mapped));
	memcpy(addr + sizeof(mapped), &in, sizeof(in));
	return 0;
}

static bool host_bits_set(const uint8_t addr[16], unsigned int bits)
{
	for (unsigned int i = bits; i < 128; i++) {
		if (addr[i / 8] & (0x80 >> i % 8))
			return true;
	}
	return false;
}

int parse_cidr(const char *text, uint8_t addr[16], uint8_t *bits)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchrnul(text, '/');
	size_t size = (size_t)(slash - text);
	uint8_t result[16];
	uint64_t prefix;
	bool v4;
	int err;

	if (size >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, size);
	host[size] = '\0';
	err = read_address(host, result, &v4);
	if (err)
		return err;
	prefix = v4 ? 32 : 128;
	if (*slash) {
		err = parse_number(slash + 1, 0, prefix, &prefix);
		if (err)
			return err;
	}
	if (v4)
		prefix += 96;
	if (host_bits_set(result, (unsigned int)prefix))
		return -EINVAL;
	memcpy(addr, result, sizeof(result));
	*bits = (uint8_t)prefix;
	return 0;
}

int parse_zoned_cidr(const char *text, uint8_t addr[16], uint8_t *bits, char zone[16])
{
	const char *percent = strchrnul(text, '%'), *slash = strchrnul(percent, '/');
	size_t size = *percent ? (size_t)(slash - percent - 1) : 0;
	uint8_t result[16], prefix;
	char plain[64];
	int err;

	if (strlen(text) >= sizeof(plain) || size >= 16 || (*percent && !size))
		return -EINVAL;
	snprintf(plain, sizeof(plain), "%.*s%s", (int)(percent - text), text, slash);
	err = parse_cidr(plain, result, &prefix);
	if (err)
		return err;
	if (*percent && (result[0] != 0xfe || (result[1] & 0xc0) != 0x80))
		return -EINVAL; /* only link-local addresses have a zone */
	memcpy(addr, result, sizeof(result));
	*bits = prefix;
	snprintf(zone, 16, "%.*s", (int)size, percent + !!*percent);
	return 0;
}
