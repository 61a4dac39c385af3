/* SPDX-License-Identifier: BSD-2-Clause */
/* Stacks of programs whose files are hostile: they cost no more than their own stack. */
#include "stack_dump.h"

#include <elf.h>
#include <sys/stat.h>
#include <zlib.h>

#define HOSTILE_MAX (32U << 20) /* bytes of a hostile file */

/* --- spoiled bytes ---------------------------------------------------------------------------- */

static bool is_read_by_tcptrail_only(const char *name)
{
	return !strncmp(name, ".debug", 6) || !strcmp(name, ".eh_frame") ||
	       !strcmp(name, ".eh_frame_hdr") || !strcmp(name, ".symtab") ||
	       !strcmp(name, ".strtab") || !strcmp(name, ".note.gnu.build-id");
}

static void spoil_bytes(unsigned char *bytes, size_t size, unsigned int one_in)
{
	for (size_t i = 0; i < size; i++)
		if (!(random() % one_in))
			bytes[i] = (unsigned char)random();
}

/* Leave what the program needs to run. */
static void spoil(unsigned char *file, int variant)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
	Elf64_Shdr *sections = (Elf64_Shdr *)(file + header->e_shoff);
	const char *names = (const char *)file + sections[header->e_shstrndx].sh_offset;

	for (int i = 1; i < header->e_shnum; i++)
		if (is_read_by_tcptrail_only(names + sections[i].sh_name))
			spoil_bytes(file + sections[i].sh_offset, sections[i].sh_size,
			            5 + 40 * (unsigned int)(variant % 3));
	if (variant & 1)
		spoil_bytes((unsigned char *)sections, header->e_shnum * sizeof(*sections), 30);
}

static void copes_with_hostile_files(void **state)
{
	char path[PATH_MAX], copy[] = "/tmp/stack_prog.XXXXXX";
	static unsigned char original[1 << 20], spoiled[1 << 20];
	struct program program;
	struct result result;
	size_t size;
	FILE *file;
	int fd;

	(void)state;
	path_of("pie", path);
	file = fopen(path, "r");
	must(file && (size = fread(original, 1, sizeof(original), file)) > 0);
	fclose(file);
	close(mkstemp(copy));
	srandom(1);
	for (int variant = 0; variant < 40; variant++) {
		memcpy(spoiled, original, size);
		spoil(spoiled, variant);
		must(!unlink(copy));
		fd = open(copy, O_WRONLY | O_CREAT | O_EXCL, 0700);
		must(fd >= 0 && write(fd, spoiled, size) == (ssize_t)size);
		close(fd);
		program = start(copy, NULL);
		answer_of(&program, &result);
		end(&program);
		/* The stack was read as far as possible, or it ended a reader and was counted. */
		assert_true(result.lost == 1 || result.stack.fact.count >= 1);
	}
	unlink(copy);
}

/* --- sections that take too much -------------------------------------------------------------- */

struct image_file {
	unsigned char *bytes;
	size_t size;
};

static struct image_file read_image(const char *name)
{
	struct image_file image = {malloc(HOSTILE_MAX), 0};
	char path[PATH_MAX];
	FILE *file;

	path_of(name, path);
	file = fopen(path, "r");
	must(image.bytes && file);
	image.size = fread(image.bytes, 1, HOSTILE_MAX, file);
	fclose(file);
	return image;
}

static Elf64_Shdr *find_section(const struct image_file *image, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)image->bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(image->bytes + header->e_shoff);
	const char *names = (const char *)image->bytes + sections[header->e_shstrndx].sh_offset;

	for (int i = 1; i < header->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return &sections[i];
	abort();
}

/* Symbols are kept per owner of a binary. */
static void forge_build_id(struct image_file *image, size_t number)
{
	Elf64_Shdr *section = find_section(image, ".note.gnu.build-id");

	image->bytes[section->sh_offset + section->sh_size - 1] ^= (unsigned char)(number + 1);
}

static void claim_huge_sections(struct image_file *image)
{
	static const char *const names[] = {".debug_line", ".debug_info", ".debug_abbrev",
	                                    ".symtab", ".strtab"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		find_section(image, names[i])->sh_size = 1ULL << 44;
}

/* Makes the section a compressed one: its bytes, then as many bytes of one value. */
static void inflate_section(struct image_file *image, const char *name, uint64_t size, int value)
{
	static unsigned char more[1 << 20];
	Elf64_Shdr *section = find_section(image, name);
	Elf64_Chdr header = {.ch_type = ELFCOMPRESS_ZLIB, .ch_size = size, .ch_addralign = 1};
	z_stream z = {.next_in = image->bytes + section->sh_offset,
	              .avail_in = (uInt)section->sh_size};
	unsigned char *at = image->bytes + image->size;

	memcpy(at, &header, sizeof(header));
	memset(more, value, sizeof(more));
	must(deflateInit(&z, 1) == Z_OK);
	z.next_out = at + sizeof(header);
	z.avail_out = (uInt)(HOSTILE_MAX - image->size - sizeof(header));
	while (z.total_in < size) {
		if (!z.avail_in) {
			z.next_in = more;
			z.avail_in = (uInt)(size - z.total_in < sizeof(more) ? size - z.total_in
			                                                     : sizeof(more));
		}
		must(deflate(&z, Z_NO_FLUSH) == Z_OK);
	}
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	section->sh_flags |= SHF_COMPRESSED;
	section->sh_offset = image->size;
	section->sh_size = sizeof(header) + z.total_out;
	image->size += section->sh_size;
	deflateEnd(&z);
}

static void bomb_symbols(struct image_file *image)
{
	inflate_section(image, ".strtab", 3ULL << 30, 'a');
}

static void bomb_debug_information(struct image_file *image)
{
	inflate_section(image, ".debug_info", 1ULL << 30, 0);
	inflate_section(image, ".debug_abbrev", 1ULL << 30, 1);
}

/* The line number program adds lines (DW_LNS_copy) up to its end. */
static void bomb_lines(struct image_file *image)
{
	Elf64_Shdr *section = find_section(image, ".debug_line");
	uint32_t size = 256U << 20, length = size - sizeof(length);

	memcpy(image->bytes + section->sh_offset, &length, sizeof(length));
	inflate_section(image, ".debug_line", size, 1);
}

static void take_and_wait(struct stack_queue *stacks, const struct program *program,
                          struct result *result)
{
	uint64_t lost = result->lost;

	memset(result, 0, sizeof(*result));
	result->lost = lost;
	rule_count = 0;
	take_dump(program, &last_dump.dump);
	assert_true(stack_queue_take(stacks, &last_dump.dump));
	assert_int_equal(stack_queue_wait(stacks, 600000, on_fact, result), 0);
}

/*
 * A program that takes too much memory or time is read in part, or loses its own stack; the next
 * program is read as usual.
 */
static void bounds_memory_and_time_of_hostile_files(void **state)
{
	static void (*const spoils[])(struct image_file *) = {claim_huge_sections, bomb_symbols,
	                                                      bomb_debug_information, bomb_lines};
	struct result result = {.lost = 0};
	struct stack_queue *stacks;
	char text[1024], path[PATH_MAX];

	(void)state;
	assert_int_equal(stack_queue_open(&stacks, on_rule, NULL), 0);
	for (size_t i = 0; i < sizeof(spoils) / sizeof(*spoils); i++) {
		struct image_file image = read_image("pie");
		char copy[] = "/tmp/stack_prog.XXXXXX";
		int fd = mkstemp(copy);
		struct program program;
		uint64_t lost;

		forge_build_id(&image, i);
		spoils[i](&image);
		must(fd >= 0 && write(fd, image.bytes, image.size) == (ssize_t)image.size);
		must(!fchmod(fd, 0700));
		close(fd);
		free(image.bytes);
		program = start(copy, NULL);
		unlink(copy);
		take_and_wait(stacks, &program, &result);
		end(&program);
		assert_in_range(result.lost, 0, i + 1);
		lost = result.lost;
		path_of("pie", path);
		program = start(path, NULL);
		take_and_wait(stacks, &program, &result);
		end(&program);
		assert_int_equal(result.lost, lost);
		assert_string_equal(short_text(&result, text), OWN_STACK);
	}
	stack_queue_close(stacks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copes_with_hostile_files),
		cmocka_unit_test(bounds_memory_and_time_of_hostile_files),
	};

	find_programs();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
