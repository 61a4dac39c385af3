/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds rows by kernel address and by connection, and listeners by port. */
#ifndef TCPTRAIL_TABLE_FIND_PRIVATE_H
#define TCPTRAIL_TABLE_FIND_PRIVATE_H

#include "table/parts_private.h"

struct chains rows_by_sk(struct table *t);
struct chains rows_by_tuple(struct table *t);
struct chains rows_by_listener(struct table *t);
struct chains rows_by_cookie(struct table *t);
/* Is the row in that index? Its flags, state and addresses decide. */
bool row_in_tuples(const struct row *row);
bool row_in_listeners(const struct row *row);
bool row_in_cookies(const struct row *row);
/* Adds the row to all indices but the one by sk, and removes it. 0, or -1: no memory. */
int row_add_indices(struct table *t, struct row *row);
void row_remove_indices(struct table *t, struct row *row);

struct row *row_find_sk(const struct table *t, uint64_t sk);
/* Same family, namespace and addresses, on any interface. */
bool row_has_ends(const struct row *row, const struct fact_sample *s);
/*
 * ... and bound to the same interface: networks of different interfaces may use the same addresses.
 */
bool row_has_tuple(const struct row *row, const struct fact_sample *s);
bool row_other_cookie(const struct row *row, const struct fact_sample *s);
/* A connection by its tuple. flags: only rows with any of these ROW_ bits; 0: any row. */
struct row *row_find_tuple(const struct table *t, const struct fact_sample *s, uint32_t flags);
/* The next row of the same tuple: one in CLOSE, or one that is about to be retired. */
struct row *row_next_tuple(const struct table *t, const struct row *row,
                           const struct fact_sample *s);
/* The only connection with these addresses, on any interface; NULL: none, or several. */
struct row *row_find_ends(const struct table *t, const struct fact_sample *s);
/* A listener that the sample may be of. sk: the kernel address of the sample, 0: not known. */
struct row *row_find_listening(const struct table *t, uint64_t sk, const struct fact_sample *s);
/*
 * The rows of one kind (0 to LISTENER_KINDS - 1) that listen at these addresses, newest first.
 * want has nothing but the addresses, and keeps the kind. Valid until the table changes.
 */
struct row *listener_first(const struct table *t, struct row *want, unsigned int kind);
struct row *listener_next(const struct table *t, const struct row *row, const struct row *want);
struct row *listener_by_cookie(const struct table *t, uint32_t netns, uint64_t cookie);
/* A full socket's row by its addresses, if its kernel address is not known yet. */
struct row *row_find_unplaced(const struct table *t, const struct fact_sample *s,
                              enum tcp_state state);
/* Leaves one row in CLOSE of this tuple in the index: this row, not the ones before it. */
void row_supersede(struct table *t, const struct row *row, const struct fact_sample *s);

#endif
