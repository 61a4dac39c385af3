/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnoses: one file each, pure functions of the table. A rule chooses the sockets that it is
 * about. Those of one process at one place are a group. The rule judges each group: whether
 * something is wrong, who must act, and by what evidence.
 */
#ifndef TCPTRAIL_RULES_RULE_H
#define TCPTRAIL_RULES_RULE_H

#include "rules/finding.h"
#include "table/counters.h"
#include "rules/pile.h"
#include "rules/survey.h"

#define RULE_NAME_SIZE 64 /* buffer of rule_task_name() and rule_enter() */

/* The input of rules. */
struct why {
	const struct table *table;
	const struct groups *groups;
	const struct storms *storms; /* NULL: not requested */
	struct survey *survey;       /* answers about all sockets or groups */
	uint64_t old; /* ns in a state: older sockets are reported even if nothing grows */
};

struct rule {
	const char *id;  /* stable; also the name of the file, with "_" for "-" */
	uint32_t states; /* STATE_BITs of its sockets; 0: the rule is about storms */
	/* A rule about connects that failed this way has no match: their sockets do not exist. */
	enum connect_failure failure;
	const char *about; /* one line of help */
	const char *source;
	/* Is the rule about the row? May add to the tallies of the row's group. */
	bool (*match)(const struct table *table, const struct row *row,
	              uint64_t tally[GROUP_TALLIES]);
	/* Is the rule about the storm? NULL: about no storm. */
	bool (*match_storm)(const struct table *table, const struct storm *storm);
	/*
	 * Is the rule about the namespace, which has requested sockets? NULL: about no namespace.
	 */
	bool (*match_netns)(const struct why *why, uint32_t netns);
	/* Fills level, mover and texts. The caller has filled rule, source, group and storm. */
	void (*judge)(const struct why *why, struct finding *finding);
};

/* In the order of list.h. The first rule that matches a row gets it. */
extern const struct rule *const rules[];
extern const size_t rules_count;

/* Which rows the user requested; wanted NULL: all. */
typedef bool rules_filter_fn(const struct row *row, void *arg);
struct rules_request {
	rules_filter_fn *wanted;
	void *arg;
	uint64_t old; /* as in struct why */
	uint32_t
		states; /* STATE_BITs that the user named: all their groups are reported; 0: none */
};

/*
 * Runs all rules. The worst finding comes first. The caller frees *findings with rules_free().
 * Collects the groups again; the counts of sockets that entered and left stay. storms, NULL if not
 * requested, must outlive the findings. 0 or -ENOMEM.
 */
int rules_run(const struct table *table, struct groups *groups, const struct storms *storms,
              const struct rules_request *ask, struct finding **findings, size_t *count);
void rules_free(struct finding *findings, size_t count);

/*
 * Calls fn with one socket of each process that may be near its limit of file descriptors, so that
 * the caller can look up its open fds and its limit. Such a process has many sockets; or
 * connections wait at its listener or are closed at once, then the socket is the listener. groups
 * NULL: it is not known who closes at once. 0 or -ENOMEM.
 */
int rules_each_fd_candidate(const struct table *table, const struct groups *groups,
                            void (*fn)(const struct row *row, void *arg), void *arg);

/* --- for rules ------------------------------------------------------------------------------ */

/* The first step of most rules of piles: writes the name of the process, notes the flow. */
void rule_begin_pile(const struct why *why, struct finding *finding, char name[RULE_NAME_SIZE]);
/* The same for storms: notes peers and states. */
void rule_begin_storm(const struct why *why, struct finding *finding, char name[RULE_NAME_SIZE]);
/* The process closes the sockets, but late: OK. */
void rule_judge_closing_late(struct finding *finding, const char *name);
/*
 * Nothing answers these connects. True if the cause is on this host: a full table of tracked
 * connections, or the other end. Then mover, verdict and next steps are set.
 */
bool rule_judge_silent(const struct why *why, struct finding *finding);

/* How the size of a group changed while watched. */
enum trend {
	TREND_UNKNOWN, /* not watched, or for less than a second */
	TREND_IDLE,    /* none entered, none left */
	TREND_TURNOVER,
	TREND_GROWING, /* clearly more entered than left */
	TREND_SHRINKING,
};
enum trend rule_trend(const struct why *why, const struct group *group);
/*
 * The same for CLOSE_WAIT, with `closed` sockets that have left the state but that the process
 * still has open (survey_closed()). ended: what their peers did to them ("reset"). Adds evidence.
 */
enum trend rule_trend_open(const struct why *why, struct finding *finding, uint64_t closed,
                           const char *ended);
/*
 * The group grows, but may be no leak: its sockets are very young, fill a pool, or are few. With
 * many in CLOSE (closed) it is a leak.
 */
bool rule_may_be_passing(const struct why *why, struct finding *finding, uint64_t closed);

/*
 * Has the group stopped growing: did none enter in the later half of the window, nor for 5 s? If
 * so, sets level and verdict: it may be a pool that is full now.
 */
bool rule_has_grown(const struct why *why, struct finding *finding);

/*
 * Are most of the sockets so young that a healthy program may still act on them? If so, sets level
 * and verdict.
 */
bool rule_too_soon(const struct why *why, struct finding *finding);

/* The group does not grow: sets level, texts and next steps. cause: what the process does. */
void rule_judge_steady(const struct why *why, struct finding *finding, const char *cause);
/* The group's state as an argument of a command: "close_wait". */
const char *rule_state_word(const struct finding *finding, char buf[16]);
/* How many sockets are old, if any is. */
void rule_note_old(const struct why *why, struct finding *finding);

/*
 * Are there fewer than five sockets, none of them in its state for 30 s? Any program has a few for
 * a moment. If so, sets level and verdict.
 */
bool rule_too_few(const struct why *why, struct finding *finding);

/*
 * The level of a group of which `stuck` peers do not answer, or have a closed window (by_window).
 * Some clients always disappear without a FIN, or stop reading: one or two, or a tenth of the
 * sockets at the place, are FINDING_OK, and the verdict says so. More are FINDING_WARNING, half of
 * them FINDING_BAD.
 */
enum finding_level rule_share_level(const struct why *why, struct finding *finding, uint64_t stuck,
                                    bool by_window);

/* Evidence: "12 entered, 0 left in 10.0s". */
void rule_note_flow(const struct why *why, struct finding *finding);

/* The process that has the sockets; NULL: not known. */
const struct task *rule_task(const struct why *why, const struct finding *finding);
/* "4242/java", "curl (exited)", "an unknown process" */
const char *rule_task_name(const struct why *why, const struct finding *finding,
                           char buf[RULE_NAME_SIZE]);
/* The example waits in the queue of one of so many listeners; 0: the listener is known. */
uint32_t rule_listeners(const struct why *why, const struct finding *finding);
/* Is the last read so long ago that this is no pause between two reads? */
bool rule_is_unread(const struct row *row);
/* For how long nothing was read. unread: sockets of the group for which rule_is_unread() holds. */
void rule_note_unread(struct finding *finding, uint64_t unread);
/*
 * For a passive group: that the accept() of the example was not seen, and that the process that
 * listens does not have it open.
 */
void rule_note_acceptor(const struct why *why, struct finding *finding);
/*
 * The process that made the sockets, if only other processes have them open. A server that forks
 * for each connection, or passes it to a worker, does this on purpose.
 */
void rule_note_maker(const struct why *why, struct finding *finding);
/* The process that made the row, if only others have it open; NULL: otherwise, or not known. */
const struct origin *rule_maker(const struct table *table, const struct row *row);
/* Is the process near its limit of open fds? false: no, or its fds were not looked up. */
bool rule_near_fd_limit(const struct task *task);
/* What its threads do, and its open fds, if they were looked up. */
void rule_note_doing(const struct why *why, struct finding *finding);

/* Events in 10 s: fewer are no storm. */
#define STORM_LEAST 10
/* Fewer than STORM_LEAST? If so, sets FINDING_OK and the verdict. */
bool rule_storm_is_small(struct finding *finding);
/*
 * Do few of these resets lose data, or are they a small share of the connections that ended there?
 * If so, sets FINDING_OK and the verdict.
 */
bool rule_resets_are_usual(const struct why *why, struct finding *finding);
/* The peers of the storm, and the states of its sockets. */
void rule_note_storm(struct finding *finding);
/* Is that the kernel's name of the reason why it sent these RSTs? */
bool rule_storm_reason(const struct table *table, const struct storm *storm, const char *name);
/* Is the rule about a listener whose accept queue is, was or is nearly full? */
bool rule_is_full_queue(const struct rule *rule);
/* RSTs sent because an accept queue had no room for the connection. */
bool rule_is_overflow(const struct why *why, const struct finding *finding);
/* RSTs received: had most peers shut down their sending, and did we send nothing after that? */
bool rule_is_silent_close_wait(const struct storm *storm);
/* Evidence: "net.ipv4.tcp_fin_timeout is 60: MEANS", if it is known. means NULL: without ": ". */
void rule_note_setting(const struct why *why, struct finding *finding, enum setting setting,
                       const char *means);
/* The process that has the example's peer, and the peer's state, if it is on this host. */
void rule_note_peer(const struct why *why, struct finding *finding);
/*
 * Is this the largest group of the rule in the same process (of_process) or the same namespace?
 * What is true of the whole process or namespace is reported there, once.
 */
bool rule_is_largest(const struct why *why, const struct finding *finding, bool of_process);
/*
 * How many local ports of ip_local_port_range are in use from the row's local address to its remote
 * end, and the size of the range (*all). false: not known.
 */
bool rule_count_ports(const struct why *why, const struct row *row, uint32_t *taken, uint32_t *all);
/*
 * ns until the kernel gives up after so many retransmissions (tcp_model_timeout(),
 * net/ipv4/tcp_timer.c: 200 ms, doubled each time, 120 s at most).
 */
uint64_t rule_retries_time(uint64_t retries);
/*
 * Are the failed connects too few, or too small a share of all connects, for a finding? If so, sets
 * level and verdict.
 */
bool rule_fails_seldom(struct finding *finding);
/* Does the process try one port after another? If so, sets level and verdict. */
bool rule_is_scan(const struct why *why, struct finding *finding);
/* Evidence: "12 of 40 connects failed this way in 10.0s". */
void rule_note_failures(const struct why *why, struct finding *finding);

/* Is the remote end on this host, by its address? */
bool rule_on_host(const struct why *why, const struct finding *finding);
/* For connects to an address of this host that nothing answers: sets mover, texts, next steps. */
void rule_judge_host(const struct why *why, struct finding *finding);
/* The listener at the address of failed connects, in their namespace; NULL: none. */
const struct row *rule_find_listener(const struct why *why, const struct group *group);
/* For connects that fail although the row listens there: sets level, mover, texts, next steps. */
void rule_judge_rejected(const struct why *why, struct finding *finding,
                         const struct row *listener);
/* How many of the group have a known peer that is half-open, or else in SYN_SENT? */
uint32_t rule_count_peers(const struct why *why, const struct group *group, bool half_open);
/*
 * Did the kernel drop enough packets that begin a tracked connection, because the conntrack table
 * of the namespace is full, to explain a lost SYN of each of these connects?
 */
bool rule_drops_untracked(const struct why *why, const struct group *group);
/* Does that explain connects that nothing answers? If so, sets mover, texts, next steps. */
bool rule_judge_untracked(const struct why *why, struct finding *finding);
/* Sets the mover of lost segments: the network, or the kernel if both ends are on this host. */
void rule_blame_path(const struct why *why, struct finding *finding);

/* The address of the remote end, without its port. */
const char *rule_address(const struct group *group, char buf[64]);
/* The prefix that runs a command in the group's namespace: "", "nsenter -t 42 -n ". */
const char *rule_enter(const struct why *why, const struct finding *finding,
                       char buf[RULE_NAME_SIZE]);
/* Next step: see how far SYNs get. */
void rule_next_traceroute(const struct why *why, struct finding *finding);
/* Next step: see the route to the remote end. */
void rule_next_route(const struct why *why, struct finding *finding);
/* How much the counter of the namespace grew while watched; 0: not at all, or not known. */
uint64_t rule_grown(const struct why *why, const struct group *group, enum counter counter);

/* The number of processes that have the listener open; up to `most` of them in tasks. */
uint32_t rule_sharers(const struct table *table, const struct row *listener,
                      const struct task *tasks[], uint32_t most);
/* One of these that is near its limit of fds; NULL: none is known. */
const struct task *rule_limited(const struct table *table, const struct row *listener);
/* Does the process close most connections that it accepts at the group's place at once? */
bool rule_turns_away(const struct why *why, const struct group *group);
/* What the threads of each process do, if several processes have the listener open. */
void rule_note_sharers(const struct why *why, struct finding *finding);
/*
 * For a listener with connections in its queue: how many it accepted earlier, and how many of those
 * wait for an answer. If no process is busy, it may have reached a limit of its own.
 */
void rule_note_accepted(const struct why *why, struct finding *finding);
/* For a group of listeners. Its tallies: connections that wait for accept(), and backlog. */
void rule_note_queue(struct finding *finding);
/*
 * Have five connections waited for QUEUE_LONG, or one for 30 s? A process that is busy for a moment
 * accepts them sooner. Adds evidence of how long they wait.
 */
bool rule_waits_long(const struct why *why, struct finding *finding);
#define OVERFLOWS_FEW 3 /* a burst */
/* How often an accept queue of the namespace overflowed, if it did. */
void rule_note_overflow_count(struct finding *finding, uint64_t overflows);
void rule_note_overflows(const struct why *why, struct finding *finding);
/* What clients get if the queue is full: tcp_abort_on_overflow. */
void rule_note_abort(const struct why *why, struct finding *finding);
void rule_next_backlog(const struct why *why, struct finding *finding);

#define RULE(name) extern const struct rule rule_##name;
#include "rules/list.h"
#undef RULE

#endif
