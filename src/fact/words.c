/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fact_table.h"

#define WORDS(names)                                                                               \
	{                                                                                          \
		names, sizeof(names) / sizeof((names)[0])                                          \
	}
#define COUNT_IS(names, count)                                                                     \
	_Static_assert(sizeof(names) / sizeof((names)[0]) == (count), #names " follow their enum")
#define BIT(flag) __builtin_ctz(flag) /* the number of a flag's bit */

static const char *const states[] = {
	[STATE_ESTABLISHED] = "ESTABLISHED",
	[STATE_SYN_SENT] = "SYN_SENT",
	[STATE_SYN_RECV] = "SYN_RECV",
	[STATE_FIN_WAIT1] = "FIN_WAIT1",
	[STATE_FIN_WAIT2] = "FIN_WAIT2",
	[STATE_TIME_WAIT] = "TIME_WAIT",
	[STATE_CLOSE] = "CLOSE",
	[STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[STATE_LAST_ACK] = "LAST_ACK",
	[STATE_LISTEN] = "LISTEN",
	[STATE_CLOSING] = "CLOSING",
	[STATE_NEW_SYN_RECV] = "NEW_SYN_RECV",
};
COUNT_IS(states, STATE_COUNT);
const struct words fact_states = WORDS(states);

static const char *const flags[] = {
	[BIT(SAMPLE_OWNED)] = "owned",
	[BIT(SAMPLE_DEAD)] = "dead",
	[BIT(SAMPLE_DONE)] = "done",
	[BIT(SAMPLE_SOCKET)] = "socket",
	[BIT(SAMPLE_MINI)] = "mini",
	[BIT(SAMPLE_REQUEST)] = "request",
	[BIT(SAMPLE_NO_LINGER2)] = "no_linger2",
	[BIT(SAMPLE_ACKED)] = "acked",
	[BIT(SAMPLE_TUPLE)] = "tuple",
	[BIT(SAMPLE_QUEUES)] = "queues",
	[BIT(SAMPLE_POINT)] = "point",
	[BIT(SAMPLE_TIMER)] = "timer",
	[BIT(SAMPLE_IDENT)] = "ident",
	[BIT(SAMPLE_BYTES)] = "bytes",
	[BIT(SAMPLE_IDLE)] = "idle",
	[BIT(SAMPLE_KERNEL)] = "kernel",
};
COUNT_IS(flags, BIT(SAMPLE_END));
const struct words fact_flags = WORDS(flags);

static const char *const families[] = {[AF_INET] = "inet", [AF_INET6] = "inet6"};
const struct words fact_families = WORDS(families);

static const char *const timers[] = {
	[TIMER_OFF] = "off",
	[TIMER_RETRANSMIT] = "retransmit",
	[TIMER_KEEPALIVE] = "keepalive",
	[TIMER_TIMEWAIT] = "timewait",
	[TIMER_PROBE] = "probe",
};
COUNT_IS(timers, TIMER_PROBE + 1);
const struct words fact_timers = WORDS(timers);

static const char *const walk_kinds[] = {
	[WALK_SOCKETS] = "sockets",
	[WALK_HOLDERS] = "holders",
};
COUNT_IS(walk_kinds, WALK_HOLDERS + 1);
const struct words fact_walk_kinds = WORDS(walk_kinds);

static const char *const name_kinds[] = {
	[NAME_NETNS] = "netns",       [NAME_CGROUP] = "cgroup",       [NAME_RST] = "rst",
	[NAME_USER] = "user",         [NAME_PORT] = "port",           [NAME_HOST] = "host",
	[NAME_META] = "meta",         [NAME_FRAME] = "frame",         [NAME_TASK] = "task",
	[NAME_SETTING] = "setting",   [NAME_INTERFACE] = "interface", [NAME_NETWORK] = "network",
	[NAME_PROTOCOL] = "protocol", [NAME_COUNTER] = "counter",
};
COUNT_IS(name_kinds, NAME_KIND_COUNT);
const struct words fact_name_kinds = WORDS(name_kinds);

static const char *const losses[] = {
	[LOSS_RING] = "ring-buffer", [LOSS_RECURSION] = "recursion", [LOSS_TABLE] = "table",
	[LOSS_CHAIN] = "chain",      [LOSS_WALK] = "walk",           [LOSS_OUTPUT] = "output",
	[LOSS_STACK] = "stack",
};
COUNT_IS(losses, LOSS_WHERE_COUNT);
const struct words fact_losses = WORDS(losses);

static const char *const counts_flags[] = {"first", "gone", "saved", "base"};
const struct words fact_counts_flags = WORDS(counts_flags);

/* The names in nstat(8) and /proc/net/sockstat. */
static const char *const counters[] = {
	NULL,
#define COUNTER(id, name) name,
#include "fact/counters.h"
#undef COUNTER
};
const struct words fact_counters = WORDS(counters);

static const char *const table_flags[] = {
	[BIT(TABLE_TRACED)] = "traced",
	[BIT(TABLE_HOLDERS_KNOWN)] = "holders_known",
	[BIT(TABLE_LOST_UNCOUNTED)] = "lost_uncounted",
};
const struct words fact_table_flags = WORDS(table_flags);

static const char *const row_flags[] = {
	[BIT(ROW_SINCE_EXACT)] = "since_exact",
	[BIT(ROW_NASCENT)] = "nascent",
	[BIT(ROW_MINI)] = "mini",
	[BIT(ROW_REQUEST)] = "request",
	[BIT(ROW_HEALED)] = "healed",
	[BIT(ROW_ORPHAN)] = "orphan",
	[BIT(ROW_SOCKET)] = "socket",
	[BIT(ROW_PORT_PENDING)] = "port_pending",
	[BIT(ROW_BORN_EXACT)] = "born_exact",
	[BIT(ROW_CONFIRMED)] = "confirmed",
	[BIT(ROW_QUEUES)] = "queues",
	[BIT(ROW_TIMER)] = "timer",
	[BIT(ROW_IDENT)] = "ident",
	[BIT(ROW_BYTES)] = "bytes",
	[BIT(ROW_LISTENED)] = "listened",
	[BIT(ROW_CONNECTED)] = "connected",
	[BIT(ROW_INDEXED)] = "indexed",
	[BIT(ROW_PAIRED)] = "paired",
	[BIT(ROW_HIDDEN)] = "hidden",
	[BIT(ROW_KERNEL)] = "kernel",
	[BIT(ROW_READ)] = "read",
	[BIT(ROW_FORMER)] = "former",
	[BIT(ROW_UNHELD)] = "unheld",
	[BIT(ROW_MPTCP)] = "mptcp",
	[BIT(ROW_SUBFLOW)] = "subflow",
	[BIT(ROW_BOUND)] = "bound",
};
COUNT_IS(row_flags, BIT(ROW_FLAGS_END));
const struct words fact_row_flags = WORDS(row_flags);

static const char *const closers[] = {
	[CLOSER_LOCAL] = "local",
	[CLOSER_PEER] = "peer",
	[CLOSER_BOTH] = "both",
	[CLOSER_LOCAL_RESET] = "local-reset",
	[CLOSER_PEER_RESET] = "peer-reset",
	[CLOSER_REFUSED] = "refused",
	[CLOSER_TIMEOUT] = "timeout",
	[CLOSER_KILLED] = "killed",
	[CLOSER_ERROR] = "error",
};
COUNT_IS(closers, CLOSER_COUNT);
const struct words fact_closers = WORDS(closers);

static const char *const owner_sources[] = {
	[OWNER_CONNECT] = "connect", [OWNER_ACCEPT] = "accept", [OWNER_LISTEN] = "listen",
	[OWNER_WALK] = "fd-walk",    [OWNER_CLOSE] = "close",   [OWNER_LISTENER] = "listener",
	[OWNER_CGROUP] = "cgroup",
};
COUNT_IS(owner_sources, OWNER_SOURCE_COUNT);
const struct words fact_owner_sources = WORDS(owner_sources);

static const char *const step_kinds[] = {
	[STEP_STATE] = "state",
	[STEP_RETRANSMIT] = "retransmit",
	[STEP_RST_SENT] = "rst_sent",
	[STEP_RST_RECEIVED] = "rst_received",
};
COUNT_IS(step_kinds, STEP_RST_RECEIVED + 1);
const struct words fact_step_kinds = WORDS(step_kinds);

const char *words_name(const struct words *words, uint64_t value)
{
	return value < words->count ? words->names[value] : NULL;
}

int words_find(const struct words *words, const char *name, size_t size, uint64_t *value)
{
	for (size_t i = 0; i < words->count; i++) {
		if (words->names[i] && strlen(words->names[i]) == size &&
		    !memcmp(words->names[i], name, size)) {
			*value = i;
			return 0;
		}
	}
	return -EINVAL;
}

size_t words_append(char *buf, size_t size, size_t used, const char *word)
{
	if (used >= size)
		return used;
	return used + (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "", word);
}

const char *words_list(const struct words *words, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < words->count; i++) {
		if (words->names[i])
			used = words_append(buf, size, used, words->names[i]);
	}
	return buf;
}
