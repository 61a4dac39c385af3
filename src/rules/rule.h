/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnoses: one file each, pure functions of the table. A rule says which sockets
 * it is about; those of one process at one place make a group, and of each group
 * it judges whether something is wrong, whose move it is, by what evidence.
 */
#ifndef TCPTRAIL_RULES_RULE_H
#define TCPTRAIL_RULES_RULE_H

#include "rules/finding.h"
#include "table/counters.h"
#include "rules/pile.h"
#include "rules/survey.h"

#define RULE_NAME_SIZE 64 /* of what rule_task_name() and rule_enter() give */

/* What rules look at. */
struct why {
	const struct table *table;
	const struct groups *groups;
	const struct storms *storms; /* NULL: they are not asked for */
	struct survey *survey;       /* what takes a look at all of these */
	uint64_t old;                /* ns in a state that are named, even if nothing grows */
};

struct rule {
	const char *id;  /* stable; the file is called so, with "_" for "-" */
	uint32_t states; /* STATE_BITs of the sockets that it may be about; 0: of a storm */
	/* Or it is about connects that failed so: sockets that are no more. It has no match then. */
	enum connect_failure failure;
	const char *about; /* one line of help */
	const char *source;
	/* Is it about the row? May add to the tallies of its group. */
	bool (*match)(const struct table *table, const struct row *row,
	              uint64_t tally[GROUP_TALLIES]);
	/* Is it about the storm? NULL: about none. */
	bool (*match_storm)(const struct table *table, const struct storm *storm);
	/* Is it about the namespace? Of those with sockets that are asked for. NULL: about none. */
	bool (*match_netns)(const struct why *why, uint32_t netns);
	/* Fills level, mover and words; rule, source, group and storm are there. */
	void (*judge)(const struct why *why, struct finding *finding);
};

/* In the order of list.h: the first that matches a row has it. */
extern const struct rule *const rules[];
extern const size_t rules_count;

/* What of the table is asked for; wanted NULL: all. */
typedef bool rules_filter_fn(const struct row *row, void *arg);
struct rules_request {
	rules_filter_fn *wanted;
	void *arg;
	uint64_t old;    /* ns in a state that are named, even if nothing grows */
	uint32_t states; /* STATE_BITs that were named: all groups of these are told; 0: none was */
};

/*
 * Runs all rules; what matters most first. *findings is freed by rules_free(). 0 or
 * -ENOMEM. Groups are collected anew; who came and went they know from before. Storms,
 * NULL if they are not asked for, must outlive the findings.
 */
int rules_run(const struct table *table, struct groups *groups, const struct storms *storms,
              const struct rules_request *ask, struct finding **findings, size_t *count);
void rules_free(struct finding *findings, size_t count);

/*
 * Calls fn with a socket of each process that has many of them, or lets connections
 * wait for accept() or turns them away, of these with the listener (groups NULL: that is not
 * known): of these rules want to know how many fds they have and may have.
 * 0 or -ENOMEM.
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

/* What became of a group while it was watched. */
enum trend {
	TREND_UNKNOWN, /* it was not, or for less than a second */
	TREND_IDLE,    /* none came, none went */
	TREND_TURNOVER,
	TREND_GROWING, /* clearly more came than went */
	TREND_SHRINKING,
};
enum trend rule_trend(const struct why *why, const struct group *group);
/*
 * The same of sockets in CLOSE_WAIT, of which the peers have ended (reset, given up) so many more, as
 * survey_closed() has it: they have left the state, but not their process. Tells of these.
 */
enum trend rule_trend_open(const struct why *why, struct finding *finding, uint64_t closed,
                           const char *ended);
/* They grow, but may be no leak: they just came, fill a pool, or are few. Those in CLOSE are none of that. */
bool rule_may_be_passing(const struct why *why, struct finding *finding, uint64_t closed);

/*
 * Of one that grows: is that over, for none came in the later half of the time, nor for
 * 5 s? Then level and verdict say that it may be a pool that was filled.
 */
bool rule_has_grown(const struct why *why, struct finding *finding);

/*
 * Are most of them so young that a program in order may not have got to them yet?
 * Then level and verdict say so.
 */
bool rule_too_soon(const struct why *why, struct finding *finding);

/* They do not become more: level, words, what would tell why. cause: what the process does. */
void rule_judge_steady(const struct why *why, struct finding *finding, const char *cause);
/* The group's state as people type it: "close_wait". */
const char *rule_state_word(const struct finding *finding, char buf[16]);
/* How many are old, if any is. */
void rule_note_old(const struct why *why, struct finding *finding);

/*
 * Are there fewer than five, none of them in its state for 30 s? Any program has some for a
 * moment. Then level and verdict say so.
 */
bool rule_too_few(const struct why *why, struct finding *finding);

/*
 * How bad is it that peers of so many of the group do not answer, or take no more? Clients go away
 * without a word, or stop reading: one or two, or a tenth of those at the place, are fine, and
 * the verdict says so. Of more it is FINDING_WARNING, of half FINDING_BAD.
 */
enum finding_level rule_share_level(const struct why *why, struct finding *finding, uint64_t stuck,
                                    bool by_window);

/* "12 came and 0 went in 10.0s", as a piece of evidence. */
void rule_note_flow(const struct why *why, struct finding *finding);

/* Who has the sockets; NULL: nobody is known. */
const struct task *rule_task(const struct why *why, const struct finding *finding);
/* "4242/java", "curl (exited)", "a process that is not known" */
const char *rule_task_name(const struct why *why, const struct finding *finding,
                           char buf[RULE_NAME_SIZE]);
/* Of how many listeners the example waits for one, if nobody knows for which; 0: that is known. */
uint32_t rule_listeners(const struct why *why, const struct finding *finding);
/* Was nothing read of it for so long that this is no pause between two reads? */
bool rule_is_unread(const struct row *row);
/* For how long nothing was read; of so many of the group rule_is_unread() holds. */
void rule_note_unread(struct finding *finding, uint64_t unread);
/*
 * Of a passive group: that nobody saw who accepted the example, if so, and that
 * who listens does not have it, if that is so.
 */
void rule_note_acceptor(const struct why *why, struct finding *finding);
/*
 * Who made the example, if only another process has it open: a server that forks for each
 * connection, or passes it to a worker, does so in order.
 */
void rule_note_maker(const struct why *why, struct finding *finding);
/* Who made the row, if only others have it open; NULL: that is not so, or not known. */
const struct origin *rule_maker(const struct table *table, const struct row *row);
/* Has it nearly all the fds open that it may? false: not, or that was not asked. */
bool rule_near_fd_limit(const struct task *task);
/* Its threads and open fds, if it was asked. */
void rule_note_doing(const struct why *why, struct finding *finding);

/* Fewer within ten seconds are no storm. */
#define STORM_LEAST 10
/* Is it that few? Then it is fine, and the verdict says why. */
bool rule_storm_is_small(struct finding *finding);
/*
 * Resets: do few of them lose something, or are they a small share of the connections that end
 * there? Then it is fine, and the verdict says so.
 */
bool rule_resets_are_usual(const struct why *why, struct finding *finding);
/* Whom it came from or went to, and in which states sockets were. */
void rule_note_storm(struct finding *finding);
/* Has the kernel that name for why it sent these RSTs? */
bool rule_storm_reason(const struct table *table, const struct storm *storm, const char *name);
/* Does the rule tell of a listener whose accept queue is or was too full, or nearly so? */
bool rule_is_full_queue(const struct rule *rule);
/* RSTs sent in place of a connection that an accept queue had no room for. */
bool rule_is_overflow(const struct why *why, const struct finding *finding);
/* RSTs received: had most peers shut down their sending, and was nothing sent to them? */
bool rule_is_silent_close_wait(const struct storm *storm);
/* "net.ipv4.tcp_fin_timeout is 60: MEANS", as evidence; nothing if it is not known. NULL: no ": ". */
void rule_note_setting(const struct why *why, struct finding *finding, enum setting setting,
                       const char *means);
/* Who has the other end of the example, and in which state, if it is on this host. */
void rule_note_peer(const struct why *why, struct finding *finding);
/*
 * Of all groups that the rule has, of the same process or else of the same namespace:
 * is it the largest? What is said of a process or a namespace is said there, once.
 */
bool rule_is_largest(const struct why *why, const struct finding *finding, bool of_process);
/*
 * How many local ports of ip_local_port_range are taken for the row's remote end, from
 * its local address, and of how many (*all). false: that is not known.
 */
bool rule_count_ports(const struct why *why, const struct row *row, uint32_t *taken, uint32_t *all);
/*
 * ns until so many retransmissions in a row are given up (tcp_model_timeout(),
 * net/ipv4/tcp_timer.c: from 200 ms, doubled each time, 120 s at most).
 */
uint64_t rule_retries_time(uint64_t retries);
/*
 * Of a group of failed connects: too few, or too small a share of those tried, to be
 * a finding. Then the level is set and the verdict says so.
 */
bool rule_fails_seldom(struct finding *finding);
/* Does the process try one port after the other? Then level and verdict say so. */
bool rule_is_scan(const struct why *why, struct finding *finding);
/* "of 40 connects in 10.0s 12 failed so", as a piece of evidence. */
void rule_note_failures(const struct why *why, struct finding *finding);

/* Is the other end on this host, as far as addresses tell? */
bool rule_on_host(const struct why *why, const struct finding *finding);
/* Of connects that nothing on this host answers: mover, words, next steps. */
void rule_judge_host(const struct why *why, struct finding *finding);
/* Who listened at the address of failed connects, in their own namespace; NULL: nobody. */
const struct row *rule_find_listener(const struct why *why, const struct group *group);
/* Of connects that fail although the row listens there: level, mover, words, next steps. */
void rule_judge_rejected(const struct why *why, struct finding *finding,
                         const struct row *listener);
/* Of how many of the group the other end is known, and half-open (or else in SYN_SENT)? */
uint32_t rule_count_peers(const struct why *why, const struct group *group, bool half_open);
/*
 * Was in the namespace so much dropped that begins a connection, for its table of tracked ones is
 * full, that each of these connects may have lost a SYN by it?
 */
bool rule_drops_untracked(const struct why *why, const struct group *group);
/* Of connects that nothing answers: is it that? Then mover, words, next steps. */
bool rule_judge_untracked(const struct why *why, struct finding *finding);
/* Sets the mover of what gets lost: the network, but never between two ends on this host. */
void rule_blame_path(const struct why *why, struct finding *finding);

/* The remote end's address, without its port. */
const char *rule_address(const struct group *group, char buf[64]);
/* What to put before a command for it to run in the group's namespace: "", "nsenter -t 42 -n ". */
const char *rule_enter(const struct why *why, const struct finding *finding,
                       char buf[RULE_NAME_SIZE]);
/* A next step: how far SYNs get. */
void rule_next_traceroute(const struct why *why, struct finding *finding);
/* A next step: how the kernel would send to the remote end. */
void rule_next_route(const struct why *why, struct finding *finding);
/* By how much the counter has grown while watched; 0: not at all, or that is not known. */
uint64_t rule_grown(const struct why *why, const struct group *group, enum counter counter);

/* Processes that have the listener open; up to most of them in tasks. */
uint32_t rule_sharers(const struct table *table, const struct row *listener,
                      const struct task *tasks[], uint32_t most);
/* One of these that is near its limit of fds; NULL: none is, as far as is known. */
const struct task *rule_limited(const struct table *table, const struct row *listener);
/* Is most of what is accepted at the group's place closed at once? */
bool rule_turns_away(const struct why *why, const struct group *group);
/* What each of several processes that have the listener open does. */
void rule_note_sharers(const struct why *why, struct finding *finding);
/*
 * Of a listener whose queue waits: what was accepted before, and whether that waits for an answer; if
 * nobody is busy, that the process may be at a limit of its own.
 */
void rule_note_accepted(const struct why *why, struct finding *finding);
/* Of a group of listeners, whose tallies are what waits for accept() and what may: */
void rule_note_queue(struct finding *finding);
/*
 * Have five waited for QUEUE_LONG, or one for 30 s? Tells for how long they do. A process that
 * is busy for a moment gets to them sooner.
 */
bool rule_waits_long(const struct why *why, struct finding *finding);
#define OVERFLOWS_FEW 3 /* a burst */
/* How often an accept queue of the namespace overflowed, if it did. */
void rule_note_overflow_count(struct finding *finding, uint64_t overflows);
void rule_note_overflows(const struct why *why, struct finding *finding);
/* What clients get when the queue is full: tcp_abort_on_overflow. */
void rule_note_abort(const struct why *why, struct finding *finding);
void rule_next_backlog(const struct why *why, struct finding *finding);

#define RULE(name) extern const struct rule rule_##name;
#include "rules/list.h"
#undef RULE

#endif
