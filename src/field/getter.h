/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The getters of a socket's fields, by what they look at: where it is, who has
 * it, what it went through. field/row_fields.c makes columns of them, and
 * field/change_fields.c those of an event about the socket.
 */
#ifndef TCPTRAIL_FIELD_GETTER_H
#define TCPTRAIL_FIELD_GETTER_H

#include "field/field.h"

#define GETTER(name)                                                                               \
	void row_##name(const struct field_context *context, const void *object,                   \
	                struct value *value)

/* field/row_where.c */
GETTER(proto);
GETTER(family);
GETTER(local);
GETTER(local_addr);
GETTER(local_port);
GETTER(foreign);
GETTER(foreign_addr);
GETTER(foreign_port);
GETTER(listener);
GETTER(netns);
GETTER(netns_name);

/* field/row_who.c */
GETTER(program);
GETTER(owner_source);
GETTER(owner_holding);
GETTER(pid);
GETTER(comm);
GETTER(fd);
GETTER(holders);
GETTER(fds_looked);
GETTER(user);
GETTER(uid);
GETTER(cgroup);
GETTER(container);
GETTER(container_id);
GETTER(pod);

/* field/row_bytes.c */
GETTER(bytes_sent);
GETTER(bytes_received);

/* field/row_doing.c */
GETTER(doing);
GETTER(open_fds);
GETTER(fd_limit);

/* field/row_creator.c */
GETTER(creator_program);
GETTER(creator_by);
GETTER(creator_pid);
GETTER(creator_comm);
GETTER(creator_tid);
GETTER(creator_thread);
GETTER(creator_uid);
GETTER(creator_exited);
GETTER(creator_args);
GETTER(peer_program);
GETTER(peer_pid);
GETTER(peer_comm);
GETTER(peer_cookie);
GETTER(peer_state);
GETTER(peer_netns);

/* field/row_life.c */
GETTER(state);
GETTER(age);
GETTER(born);
GETTER(life);
GETTER(remaining);
GETTER(state_times);
GETTER(history);
GETTER(history_dropped);
GETTER(closed_by);
GETTER(error);
GETTER(reason);
GETTER(mptcp_state);
GETTER(mptcp_token);
GETTER(mptcp_age);

/* field/row_stack.c */
GETTER(stack);
void change_stack(const struct field_context *context, const void *object, struct value *value);

/* field/row_fields.c */
GETTER(cookie);
GETTER(sock);

/* How alarming it is to be in a state. */
enum value_mark state_mark(unsigned int state);

#endif
