/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the files of a process's modules for libdwfl: the mapped binary, even if it was deleted or
 * its path names another file here, and its separate debug information.
 */
#ifndef TCPTRAIL_ENRICH_MODULE_H
#define TCPTRAIL_ENRICH_MODULE_H

#include <elfutils/libdwfl.h>
#include <sys/stat.h>

#include "enrich/opener_client.h"

/* Userdata of a Dwfl_Module. */
struct module {
	const struct opener_client *client;
	uint64_t start;   /* of its first mapping */
	const char *path; /* as the process names it; outlives the module */
	struct stat stat; /* of the file, once libdwfl has requested it */
};

/* Callbacks of each Dwfl whose modules have a struct module. */
extern const Dwfl_Callbacks module_callbacks;

#endif
