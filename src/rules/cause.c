/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened to segments often is the echo of another finding, which tells of its cause:
 *
 *   SYN retransmits to 10.0.0.1        connects there that nothing answers
 *   RSTs that a client received        those that the server on this host sent
 *   RSTs of a full accept queue        the listener
 *   connects that were refused         the one that has met itself then
 *
 * Both would be told otherwise, as two causes, and of an end on this host as "the peer".
 */
#include <string.h>

#include "base/clock.h"
#include "field/endpoint.h"
#include "rules/finding_set_private.h"

#define AT_ONCE (NS_PER_SEC / 20) /* a softirq may be late */

static uint64_t size_of(const struct finding *finding)
{
	return finding->storm          ? finding->storm->count
	       : finding->group.failed ? finding->group.failed
	                               : finding->group.count;
}

/* As many: a few may come from elsewhere. */
static bool is_as_many(uint64_t count, uint64_t as)
{
	return count * 5 >= as * 4;
}

typedef bool echo_of_fn(const struct why *why, const struct finding_set *found, size_t index,
                        const struct finding *echo);

/* Of the findings that it may be an echo of the largest, and how many they are about in all. */
static uint32_t find_largest(const struct why *why, const struct finding_set *found,
                             const struct finding *echo, echo_of_fn *is_echo_of, uint64_t *sum)
{
	uint32_t best = FINDING_NONE;

	*sum = 0;
	for (size_t i = 0; i < found->count; i++) {
		const struct finding *finding = &found->findings[i];

		if (!found->rules[i] || finding == echo || !is_echo_of(why, found, i, echo))
			continue;
		*sum += size_of(finding);
		if (best == FINDING_NONE || size_of(finding) > size_of(&found->findings[best]))
			best = (uint32_t)i;
	}
	return best;
}

/* --- retransmits ------------------------------------------------------------------------------ */

/* Is the remote end of these sockets, or of the oldest of those behind a port, that address? */
static bool is_at_address(const struct group *group, const uint8_t addr[16])
{
	uint8_t remote[16];

	if (!group->key.passive)
		return !memcmp(group->key.addr, addr, sizeof(remote));
	if (!group->example)
		return false;
	address_map(group->example->family, group->example->raddr, remote);
	return !memcmp(remote, addr, sizeof(remote));
}

static bool resends(const struct rule *rule, uint8_t state, uint8_t kind)
{
	switch (kind) {
	case RETRANSMIT_SYN:
		return state == STATE_SYN_SENT;
	case RETRANSMIT_SYNACK:
		return state == STATE_SYN_RECV;
	default:
		return rule == &rule_established_send_blocked || rule == &rule_fin_wait1_unacked ||
		       rule == &rule_closing_pile || rule == &rule_last_ack_unacked ||
		       rule == &rule_close_wait_blocked;
	}
}

/* Clients of this host send data, but the last ACK of their handshake does not get to the listener. */
static bool is_half_open_there(const struct rule *rule, const struct finding *finding,
                               const struct storm_key *key)
{
	const struct row *example = finding->group.example;
	uint8_t addr[16];

	if (rule != &rule_syn_recv_pile || finding->mover != MOVER_KERNEL || !example ||
	    key->detail == RETRANSMIT_SYN || key->detail == RETRANSMIT_SYNACK)
		return false;
	address_map(example->family, example->laddr, addr);
	return !memcmp(addr, key->place.addr, sizeof(addr));
}

static bool is_pile_of(const struct why *why, const struct finding_set *found, size_t index,
                       const struct finding *echo)
{
	const struct finding *finding = &found->findings[index];
	const struct storm_key *key = &echo->storm->key;

	(void)why;
	if (finding->storm || finding->level < FINDING_WARNING ||
	    finding->group.key.netns != key->place.netns)
		return false;
	if (is_half_open_there(found->rules[index], finding, key))
		return true;
	if (!resends(found->rules[index], finding->group.key.state, key->detail))
		return false;
	return key->detail == RETRANSMIT_SYNACK ? finding->group.key.port == key->place.port
	                                        : is_at_address(&finding->group, key->place.addr);
}

/* --- RSTs ------------------------------------------------------------------------------------- */

/* Is it about a listener whose queue is or was too full? */
static bool is_full_queue(const struct why *why, const struct finding_set *found, size_t index,
                          const struct finding *echo)
{
	const struct group_key *key = &found->findings[index].group.key;
	const struct group_key *place = &echo->storm->key.place;

	(void)why;
	return !found->findings[index].storm && key->state == STATE_LISTEN &&
	       key->netns == place->netns && key->port == place->port &&
	       rule_is_full_queue(found->rules[index]);
}

/* Connects that were refused because nobody listens there. */
static bool is_refusal(const struct why *why, const struct finding_set *found, size_t index,
                       const struct finding *echo)
{
	const struct finding *finding = &found->findings[index];

	return found->rules[index] == &rule_connect_refused && finding->level > FINDING_OK &&
	       finding->group.key.port == echo->storm->key.place.port &&
	       (finding->group.key.netns == echo->storm->key.place.netns ||
	        !address_is_loopback(finding->group.key.addr)) &&
	       (finding->group.local || rule_on_host(why, finding));
}

static bool is_near(uint64_t time, uint64_t other)
{
	return (time < other ? other - time : time - other) < AT_ONCE;
}

/*
 * RSTs for no socket, and as many that came at the same instants: of a namespace of this host that
 * translates addresses. No socket tells which ones are its own.
 */
static bool is_by_router(const struct why *why, const struct storm *sent,
                         const struct storm *received)
{
	return sent->count == received->count && is_near(sent->first, received->first) &&
	       is_near(sent->last, received->last) &&
	       rule_storm_reason(why->table, sent, "NO_SOCKET");
}

/* Has one end on this host sent those RSTs that the other end there has received? */
static bool are_ends(const struct why *why, const struct finding *from, const struct finding *to)
{
	const struct storm *sent = from->storm, *received = to->storm;
	const struct group_key *active;

	if (!sent || sent->key.kind != CHANGE_RST_SENT || sent->key.elsewhere || !received ||
	    received->key.kind != CHANGE_RST_RECEIVED || received->key.elsewhere ||
	    sent->key.place.port != received->key.place.port ||
	    sent->key.place.passive == received->key.place.passive ||
	    sent->first > received->last || received->first > sent->last)
		return false;
	active = sent->key.place.passive ? &received->key.place : &sent->key.place;
	if (address_is_loopback(active->addr) && sent->key.place.netns != received->key.place.netns)
		return false;
	return (rule_on_host(why, from) && rule_on_host(why, to)) ||
	       is_by_router(why, sent, received);
}

static bool is_from_there(const struct why *why, const struct finding_set *found, size_t index,
                          const struct finding *echo)
{
	return are_ends(why, &found->findings[index], echo);
}

static bool is_silent_there(const struct why *why, const struct finding_set *found, size_t index,
                            const struct finding *echo)
{
	const struct finding *finding = &found->findings[index];

	return are_ends(why, echo, finding) && rule_is_silent_close_wait(finding->storm);
}

/* Peers that wait for us, and give up at last: we do not close what they have closed. */
static bool is_kept_open(const struct why *why, const struct finding_set *found, size_t index,
                         const struct finding *echo)
{
	const struct finding *finding = &found->findings[index];
	const struct group_key *key = &finding->group.key;
	const struct storm *storm = echo->storm;

	(void)why;
	return !finding->storm && finding->level >= FINDING_WARNING &&
	       finding->mover == MOVER_APPLICATION &&
	       (key->state == STATE_CLOSE_WAIT || key->state == STATE_CLOSE) &&
	       key->pid == echo->group.key.pid && key->netns == storm->key.place.netns &&
	       key->port == storm->key.place.port && key->passive == storm->key.place.passive;
}

static uint32_t echo_of_sent(const struct why *why, const struct finding_set *found,
                             const struct finding *echo)
{
	uint32_t other;
	uint64_t sum;

	if (rule_is_overflow(why, echo))
		return find_largest(why, found, echo, is_full_queue, &sum);
	if (rule_storm_reason(why->table, echo->storm, "NO_SOCKET")) {
		other = find_largest(why, found, echo, is_refusal, &sum);
		return is_as_many(sum, echo->storm->count) ? other : FINDING_NONE;
	}
	/* We reset what they keep open. */
	other = find_largest(why, found, echo, is_silent_there, &sum);
	if (other == FINDING_NONE || !is_as_many(sum, echo->storm->count))
		return FINDING_NONE;
	return find_largest(why, found, &found->findings[other], is_kept_open, &sum);
}

static uint32_t echo_of_received(const struct why *why, const struct finding_set *found,
                                 const struct finding *echo)
{
	uint32_t other, cause;
	uint64_t sum;

	if (rule_is_silent_close_wait(echo->storm)) {
		other = find_largest(why, found, echo, is_kept_open, &sum);
		if (other != FINDING_NONE)
			return other;
	}
	other = find_largest(why, found, echo, is_from_there, &sum);
	if (other == FINDING_NONE || !is_as_many(sum, echo->storm->count))
		return FINDING_NONE;
	cause = echo_of_sent(why, found, &found->findings[other]);
	return cause != FINDING_NONE ? cause : other;
}

/* Is it about a queue of the same namespace that is or was too full? */
static bool is_full_queue_here(const struct why *why, const struct finding_set *found, size_t index,
                               const struct finding *echo)
{
	const struct finding *finding = &found->findings[index];

	return !finding->storm && finding->level >= FINDING_WARNING &&
	       finding->group.key.netns == echo->storm->key.place.netns &&
	       rule_is_full_queue(found->rules[index]) && rule_on_host(why, echo);
}

/* Those of handshakes that are over by now are of a queue that had no room for them. */
static uint32_t echo_of_retransmits(const struct why *why, const struct finding_set *found,
                                    const struct finding *echo)
{
	uint8_t kind = echo->storm->key.detail;
	uint64_t sum;
	uint32_t other = find_largest(why, found, echo, is_pile_of, &sum);

	if (other == FINDING_NONE && kind == RETRANSMIT_SYNACK)
		other = find_largest(why, found, echo, is_full_queue, &sum);
	if (other == FINDING_NONE && kind == RETRANSMIT_SYN)
		other = find_largest(why, found, echo, is_full_queue_here, &sum);
	return other;
}

/* Is it about a socket of the same process that is connected to itself there? */
static bool is_itself(const struct why *why, const struct finding_set *found, size_t index,
                      const struct finding *echo)
{
	const struct group_key *key = &found->findings[index].group.key;
	const struct group_key *place = &echo->group.key;

	(void)why;
	return found->rules[index] == &rule_self_connect && key->pid == place->pid &&
	       key->netns == place->netns && key->port == place->port &&
	       !memcmp(key->addr, place->addr, sizeof(key->addr));
}

uint32_t finding_set_cause(const struct why *why, const struct finding_set *found, uint32_t index)
{
	const struct finding *echo = &found->findings[index];
	uint64_t sum;

	/* Connects that were refused until one met itself: nobody has come to listen. */
	if (found->rules[index] == &rule_connect_refused)
		return find_largest(why, found, echo, is_itself, &sum);
	if (!echo->storm || echo->storm->key.elsewhere || echo->rule == rule_pmtu_black_hole.id)
		return FINDING_NONE;
	switch (echo->storm->key.kind) {
	case CHANGE_RST_SENT:
		return echo_of_sent(why, found, echo);
	case CHANGE_RST_RECEIVED:
		return echo->level < FINDING_WARNING ? FINDING_NONE
		                                     : echo_of_received(why, found, echo);
	case CHANGE_RETRANSMIT:
		return echo->level < FINDING_WARNING ? FINDING_NONE
		                                     : echo_of_retransmits(why, found, echo);
	default:
		return FINDING_NONE;
	}
}
