/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The getters of a socket's fields. They are shared by the columns of a socket (row_fields.c) and
 * those of an event (change_fields.c).
 */
#ifndef TCPTRAIL_FIELD_ROW_GETTERS_H
#define TCPTRAIL_FIELD_ROW_GETTERS_H

#include "field/field.h"

#define ROW_GETTER(name)                                                                           \
	void row_##name(const struct field_context *context, const void *object,                   \
	                struct value *value)

/* field/row_where.c */
ROW_GETTER(proto);
ROW_GETTER(family);
ROW_GETTER(local);
ROW_GETTER(local_addr);
ROW_GETTER(local_port);
ROW_GETTER(foreign);
ROW_GETTER(foreign_addr);
ROW_GETTER(foreign_port);
ROW_GETTER(listener);
ROW_GETTER(netns);
ROW_GETTER(netns_name);

/* field/row_who.c */
ROW_GETTER(program);
ROW_GETTER(owner_source);
ROW_GETTER(owner_holding);
ROW_GETTER(pid);
ROW_GETTER(comm);
ROW_GETTER(fd);
ROW_GETTER(holders);
ROW_GETTER(fds_looked);
ROW_GETTER(user);
ROW_GETTER(uid);
ROW_GETTER(cgroup);
ROW_GETTER(container);
ROW_GETTER(container_id);
ROW_GETTER(pod);

/* field/row_bytes.c */
ROW_GETTER(bytes_sent);
ROW_GETTER(bytes_received);

/* field/row_doing.c */
ROW_GETTER(doing);
ROW_GETTER(open_fds);
ROW_GETTER(fd_limit);

/* field/row_creator.c */
ROW_GETTER(creator_program);
ROW_GETTER(creator_by);
ROW_GETTER(creator_pid);
ROW_GETTER(creator_comm);
ROW_GETTER(creator_tid);
ROW_GETTER(creator_thread);
ROW_GETTER(creator_uid);
ROW_GETTER(creator_exited);
ROW_GETTER(creator_args);

/* field/row_life.c */
ROW_GETTER(state);
ROW_GETTER(age);
ROW_GETTER(born);
ROW_GETTER(life);
ROW_GETTER(remaining);
ROW_GETTER(state_times);
ROW_GETTER(history);
ROW_GETTER(history_dropped);
ROW_GETTER(closed_by);
ROW_GETTER(error);
ROW_GETTER(reason);
ROW_GETTER(mptcp_token);

/* field/row_stack.c */
ROW_GETTER(stack);

/* field/row_fields.c */
ROW_GETTER(cookie);
ROW_GETTER(sock);

/* How bad a state is. */
enum value_mark state_mark(unsigned int state);

#endif
