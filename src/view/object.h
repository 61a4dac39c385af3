/* SPDX-License-Identifier: BSD-2-Clause */
/* What all JSON objects share: {"v":2,"type":"socket",...} and the end of the line. */
#ifndef TCPTRAIL_VIEW_OBJECT_H
#define TCPTRAIL_VIEW_OBJECT_H

#include "count/group.h"
#include "view/view.h"

/* Version of the schema, key "v". docs/json.md says what each object has. */
#define OBJECT_SCHEMA 2

void object_begin(struct buffer *json, const char *type);
/* Writes and frees the object. 0 or -errno. */
int object_end(struct view *view, struct buffer *json);

/* Adds "time": the time of the table. */
void object_time(struct buffer *json, const struct view *view);
/* Adds "pid" and "comm". pid 0, comm NULL: not known. */
void object_process(struct buffer *json, uint32_t pid, const char *comm);
/* Adds "netns", "netns_name", "local_port" and "foreign". key NULL: not known. */
void object_place(struct buffer *json, const struct view *view, const struct group_key *key);

#endif
