/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/binary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "mix.h"
#include "base/sorted.h"

#define FUNCTIONS_MAX (1U << 22)
#define NAMES_MAX     (512U << 20)
#define NAME_KEPT     768U
#define LABELS_MAX    64

_Static_assert(offsetof(struct function, start) == 0, "sorted_first_above() compares it");

void binary_free(struct binary *binary)
{
	if (!binary)
		return;
	for (size_t i = 0; binary->places && i < PLACES; i++)
		free(binary->places[i].source);
	free(binary->places);
	free(binary->functions);
	buffer_free(&binary->names);
	free(binary);
}

static bool is_function(const GElf_Sym *symbol, const char *name)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	if (!name || !name[0] || symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS)
		return false;
	return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
}

/*
 * Of connect, __connect and __libc_connect users know the first one: prefer the fewest leading
 * underscores. A symbol without a type (a label) comes last.
 */
static uint8_t rank(const GElf_Sym *symbol, const char *name)
{
	uint8_t underscores = (uint8_t)strspn(name, "_");
	bool local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL;
	bool label = GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE;

	return (uint8_t)((underscores > 15 ? 15 : underscores) << 1 | local | label << 6);
}

static void add(struct binary *binary, const GElf_Sym *symbol, const char *name, uint64_t start)
{
	size_t length = strcspn(name, "@"); /* without the symbol's version */
	struct function *functions;

	if (length > NAME_KEPT)
		length = NAME_KEPT;
	if (binary->count >= FUNCTIONS_MAX || binary->names.size + length + 1 > NAMES_MAX ||
	    !buffer_reserve(&binary->names, length + 1))
		return;
	functions = array_add(binary->functions, binary->count, sizeof(*functions));
	if (!functions)
		return;
	binary->functions = functions;
	functions[binary->count++] = (struct function){
		.start = start,
		.size = symbol->st_size,
		.name = (uint32_t)binary->names.size,
		.rank = rank(symbol, name),
	};
	buffer_add(&binary->names, name, length);
	buffer_fill(&binary->names, '\0', 1);
}

static int compare(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->name < y->name ? -1 : 1;
}

/* Keeps one name for each place, the best one, and a size if any of them has one. */
static void keep_best(struct binary *binary)
{
	size_t kept = 0;

	qsort(binary->functions, binary->count, sizeof(*binary->functions), compare);
	for (size_t i = 0; i < binary->count; i++) {
		struct function *function = &binary->functions[i];

		if (!kept || binary->functions[kept - 1].start != function->start)
			binary->functions[kept++] = *function;
		else if (!binary->functions[kept - 1].size)
			binary->functions[kept - 1].size = function->size;
	}
	binary->count = kept;
}

struct binary *binary_read(Dwfl_Module *module, const struct binary_key *key)
{
	struct binary *binary = calloc(1, sizeof(*binary));
	GElf_Addr bias = 0, address;
	int count;

	if (!binary)
		return NULL;
	binary->key = *key;
	binary->places = calloc(PLACES, sizeof(*binary->places));
	if (!binary->places) {
		binary_free(binary);
		return NULL;
	}
	dwfl_module_getelf(module, &bias);
	count = dwfl_module_getsymtab(module);
	for (int i = 1; i < count; i++) {
		GElf_Sym symbol;
		const char *name =
			dwfl_module_getsym_info(module, i, &symbol, &address, NULL, NULL, NULL);

		if (is_function(&symbol, name))
			add(binary, &symbol, name, address - bias);
	}
	if (binary->count)
		keep_best(binary);
	return binary;
}

/*
 * The function whose range contains the address; labels may stand between its start and the
 * address. Else the last function before it, if that has no size.
 */
static const struct function *find(const struct binary *binary, uint64_t address)
{
	size_t after = sorted_first_above(binary->functions, binary->count,
	                                  sizeof(*binary->functions), address);

	for (size_t i = after; i && after - i < LABELS_MAX; i--) {
		const struct function *function = &binary->functions[i - 1];

		if (address - function->start < function->size)
			return function;
	}
	/* Anything may follow the last function. */
	if (after && after < binary->count && !binary->functions[after - 1].size)
		return &binary->functions[after - 1];
	return NULL;
}

static char *source_line(Dwfl_Module *module, uint64_t address)
{
	Dwfl_Line *line;
	const char *file;
	GElf_Addr bias = 0;
	char *text = NULL;
	int number = 0;

	if (!dwfl_module_getelf(module, &bias))
		return NULL;
	line = dwfl_module_getsrc(module, address + bias);
	file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;
	if (!file || asprintf(&text, "%s:%d", file, number) < 0)
		return NULL;
	return text;
}

const struct place *binary_place(struct binary *binary, Dwfl_Module *module, uint64_t address)
{
	struct place *place = &binary->places[hash_mix(0, address) & (PLACES - 1)];

	if (place->used && place->address == address)
		return place;
	free(place->source);
	*place = (struct place){
		.address = address,
		.function = find(binary, address),
		.source = source_line(module, address),
		.used = true,
	};
	return place;
}

const char *binary_function_name(const struct binary *binary, const struct function *function)
{
	return binary->names.data + function->name;
}
