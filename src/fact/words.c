/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fact.h"

#define WORDS(names)                                                                               \
	{                                                                                          \
		names, sizeof(names) / sizeof((names)[0])                                          \
	}
#define COUNT_IS(names, count)                                                                     \
	_Static_assert(sizeof(names) / sizeof((names)[0]) == (count), #names " follow their enum")

/* By the kernel's numbers, include/net/tcp_states.h, 5.8 to 7.2. */
static const char *const states[] = {
	NULL,    "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",    "TIME_WAIT",
	"CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV",
};
COUNT_IS(states, FACT_STATE_NAMES);
const struct words fact_states = WORDS(states);

static const char *const flags[] = {
	"owned", "dead",   "done",  "socket", "mini",  "request", "no_linger2", "acked",
	"tuple", "queues", "point", "timer",  "ident", "bytes",   "idle",       "kernel",
};
COUNT_IS(flags, FACT_FLAG_NAMES);
_Static_assert(SAMPLE_KERNEL == 1 << (FACT_FLAG_NAMES - 1), "flags follow fact_sample_flag");
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
	[NAME_NETNS] = "netns",     [NAME_CGROUP] = "cgroup",       [NAME_RST] = "rst",
	[NAME_USER] = "user",       [NAME_PORT] = "port",           [NAME_HOST] = "host",
	[NAME_META] = "meta",       [NAME_FRAME] = "frame",         [NAME_TASK] = "task",
	[NAME_SETTING] = "setting", [NAME_INTERFACE] = "interface",
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

/* As nstat(8) and /proc/net/sockstat call them. */
static const char *const counters[] = {
	NULL,
#define COUNTER(id, name) name,
#include "fact/counters.h"
#undef COUNTER
};
const struct words fact_counters = WORDS(counters);

static const char *const table_flags[] = {"traced", "holders_known", "lost_uncounted"};
const struct words fact_table_flags = WORDS(table_flags);

static const char *const row_flags[] = {
	"since_exact",  "nascent",    "mini",      "request", "healed", "orphan", "socket",
	"port_pending", "born_exact", "confirmed", "queues",  "timer",  "ident",  "bytes",
	"listened",     "connected",  "indexed",   "paired",  "hidden", "kernel", "read",
	"former",       "unheld",     "mptcp",     "subflow", "bound",
};
COUNT_IS(row_flags, FACT_ROW_FLAGS);
const struct words fact_row_flags = WORDS(row_flags);

static const char *const closers[] = {
	NULL,         "local",   "peer",    "both",   "local-reset",
	"peer-reset", "refused", "timeout", "killed", "error",
};
COUNT_IS(closers, FACT_CLOSERS);
const struct words fact_closers = WORDS(closers);

static const char *const owner_sources[] = {
	NULL, "connect", "accept", "listen", "fd-walk", "close", "listener", "cgroup",
};
COUNT_IS(owner_sources, FACT_OWNERS);
const struct words fact_owner_sources = WORDS(owner_sources);

static const char *const step_kinds[] = {"state", "retransmit", "rst_sent", "rst_received"};
COUNT_IS(step_kinds, FACT_STEP_KINDS);
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

const char *words_list(const struct words *words, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < words->count && used < size; i++) {
		if (words->names[i])
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			                         words->names[i]);
	}
	return buf;
}
