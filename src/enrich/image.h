/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes whose stacks are read: what is mapped in them, kept for the next stack. */
#ifndef TCPTRAIL_ENRICH_IMAGE_H
#define TCPTRAIL_ENRICH_IMAGE_H

#include "enrich/opener_client.h"
#include "enrich/maps.h"
#include "enrich/module.h"
#include "enrich/perfmap.h"
#include "enrich/crash_list.h"

struct stack_dump;

struct image {
	uint64_t space, start; /* as in the dump; 0: free slot */
	uint32_t pid;
	struct opener_client client;
	struct program_key program; /* the program that it runs */
	struct maps maps;
	struct module *modules;
	size_t module_count;
	Dwfl *dwfl;
	struct perfmap jit;
	bool attached;                 /* dwfl_attach_state() has succeeded */
	const struct stack_dump *dump; /* the dump that is being unwound */
	uint64_t used;                 /* when it was used last, counted in dumps */
};

struct images;

struct images *images_new(int opener); /* opener: its socket. NULL: no memory */
void images_free(struct images *images);

/*
 * The process of a dump. fresh: read its mappings again in any case. NULL: it is gone, or cannot be
 * read.
 */
struct image *image_get(struct images *images, const struct stack_dump *dump, bool fresh);

/* A process that is kept; NULL: it is not. */
struct image *image_find(struct images *images, uint32_t pid, uint64_t space);

#endif
