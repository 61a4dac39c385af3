/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Retransmits, RSTs and refused connects are often symptoms of another finding, which is their
 * cause:
 *
 *   symptom                            cause
 *   SYN retransmits to 10.0.0.1        connects there that nothing answers
 *   RSTs that a client received        those that the server on this host sent
 *   RSTs of a full accept queue        the listener
 *   RSTs of connections that were      the process has no free fd: it accepts only to close
 *   closed as soon as accepted
 *   connects that were refused         the connect that then reached its own socket
 *
 * Without this, both would be reported as two causes, and an end on this host as "the peer".
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

/* About as many: a few may come from elsewhere. */
static bool is_as_many(uint64_t count, uint64_t as)
{
	return count * 5 >= as * 4;
}

typedef bool may_be_cause_fn(const struct why *why, const struct finding_set *found, size_t index,
                             const struct finding *symptom);

/* The largest finding that may be the cause. *sum: size of all that may be. */
static uint32_t find_largest(const struct why *why, const struct finding_set *found,
                             const struct finding *symptom, may_be_cause_fn *may_be_cause,
                             uint64_t *sum)
{
	uint32_t best = FINDING_NONE;

	*sum = 0;
	for (size_t i = 0; i < found->count; i++) {
		const struct finding *finding = &found->findings[i];

		if (!found->rules[i] || finding == symptom || !may_be_cause(why, found, i, symptom))
			continue;
		*sum += size_of(finding);
		if (best == FINDING_NONE || size_of(finding) > size_of(&found->findings[best]))
			best = (uint32_t)i;
	}
	return best;
}

/* --- retransmits ------------------------------------------------------------------------------ */

/* Is this the remote address of the sockets, or of the oldest one behind a port? */
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

/*
 * Clients on this host send data, but the last ACK of their handshake does not reach the listener.
 */
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
                       const struct finding *symptom)
{
	const struct finding *finding = &found->findings[index];
	const struct storm_key *key = &symptom->storm->key;

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

/* Is the finding about a listener whose accept queue is or was full? */
static bool is_full_queue(const struct why *why, const struct finding_set *found, size_t index,
                          const struct finding *symptom)
{
	const struct group_key *key = &found->findings[index].group.key;
	const struct group_key *place = &symptom->storm->key.place;

	(void)why;
	return !found->findings[index].storm && key->state == STATE_LISTEN &&
	       key->netns == place->netns && key->port == place->port &&
	       rule_is_full_queue(found->rules[index]);
}

/* Is the finding about connects that were refused because no socket listens there? */
static bool is_refusal(const struct why *why, const struct finding_set *found, size_t index,
                       const struct finding *symptom)
{
	const struct finding *finding = &found->findings[index];

	return found->rules[index] == &rule_connect_refused && finding->level > FINDING_OK &&
	       finding->group.key.port == symptom->storm->key.place.port &&
	       (finding->group.key.netns == symptom->storm->key.place.netns ||
	        !address_is_loopback(finding->group.key.addr)) &&
	       (finding->group.local || rule_on_host(why, finding));
}

static bool is_near(uint64_t time, uint64_t other)
{
	return (time < other ? other - time : time - other) < AT_ONCE;
}

/*
 * Sent RSTs without a socket, and as many received RSTs at the same times: a namespace of this host
 * translates addresses between them, so the addresses do not match.
 */
static bool is_by_router(const struct why *why, const struct storm *sent,
                         const struct storm *received)
{
	return sent->count == received->count && is_near(sent->first, received->first) &&
	       is_near(sent->last, received->last) &&
	       rule_storm_reason(why->table, sent, "NO_SOCKET");
}

/* Did one end on this host send the RSTs that the other end on this host received? */
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
                          const struct finding *symptom)
{
	return are_ends(why, &found->findings[index], symptom);
}

static bool is_silent_there(const struct why *why, const struct finding_set *found, size_t index,
                            const struct finding *symptom)
{
	const struct finding *finding = &found->findings[index];

	return are_ends(why, symptom, finding) && rule_is_silent_close_wait(finding->storm);
}

/* Peers have closed and we do not: they wait, and reset at last. */
static bool is_kept_open(const struct why *why, const struct finding_set *found, size_t index,
                         const struct finding *symptom)
{
	const struct finding *finding = &found->findings[index];
	const struct group_key *key = &finding->group.key;
	const struct storm *storm = symptom->storm;

	(void)why;
	return !finding->storm && finding->level >= FINDING_WARNING &&
	       finding->mover == MOVER_APPLICATION &&
	       (key->state == STATE_CLOSE_WAIT || key->state == STATE_CLOSE) &&
	       key->pid == symptom->group.key.pid && key->netns == storm->key.place.netns &&
	       key->port == storm->key.place.port && key->passive == storm->key.place.passive;
}

/*
 * Is the finding about the same process, at its limit of fds? It keeps one fd free, accepts with it, and closes
 * at once, so that clients do not wait (uv__emfile_trick(), libuv).
 */
static bool is_without_fds(const struct why *why, const struct finding_set *found, size_t index,
                           const struct finding *symptom)
{
	const struct finding *finding = &found->findings[index];
	const struct storm *storm = symptom->storm;

	(void)why;
	return found->rules[index] == &rule_fd_limit && finding->level >= FINDING_WARNING &&
	       storm->pid && finding->group.key.pid == storm->pid && storm->key.place.passive &&
	       storm->curt * 10 >= storm->count * 9;
}

static uint32_t cause_of_sent(const struct why *why, const struct finding_set *found,
                              const struct finding *symptom)
{
	uint32_t other;
	uint64_t sum;

	if (rule_is_overflow(why, symptom))
		return find_largest(why, found, symptom, is_full_queue, &sum);
	if (rule_storm_reason(why->table, symptom->storm, "NO_SOCKET")) {
		other = find_largest(why, found, symptom, is_refusal, &sum);
		return is_as_many(sum, symptom->storm->count) ? other : FINDING_NONE;
	}
	other = find_largest(why, found, symptom, is_without_fds, &sum);
	if (other != FINDING_NONE)
		return other;
	/* We reset connections that the peer process keeps open. */
	other = find_largest(why, found, symptom, is_silent_there, &sum);
	if (other == FINDING_NONE || !is_as_many(sum, symptom->storm->count))
		return FINDING_NONE;
	return find_largest(why, found, &found->findings[other], is_kept_open, &sum);
}

static uint32_t cause_of_received(const struct why *why, const struct finding_set *found,
                                  const struct finding *symptom)
{
	uint32_t other, cause;
	uint64_t sum;

	if (rule_is_silent_close_wait(symptom->storm)) {
		other = find_largest(why, found, symptom, is_kept_open, &sum);
		if (other != FINDING_NONE)
			return other;
	}
	other = find_largest(why, found, symptom, is_from_there, &sum);
	if (other == FINDING_NONE || !is_as_many(sum, symptom->storm->count))
		return FINDING_NONE;
	cause = cause_of_sent(why, found, &found->findings[other]);
	return cause != FINDING_NONE ? cause : other;
}

/* Is the finding about a full queue in the same namespace? */
static bool is_full_queue_here(const struct why *why, const struct finding_set *found, size_t index,
                               const struct finding *symptom)
{
	const struct finding *finding = &found->findings[index];

	return !finding->storm && finding->level >= FINDING_WARNING &&
	       finding->group.key.netns == symptom->storm->key.place.netns &&
	       rule_is_full_queue(found->rules[index]) && rule_on_host(why, symptom);
}

/* If no pile of handshakes explains the retransmits, a full accept queue may have. */
static uint32_t cause_of_retransmits(const struct why *why, const struct finding_set *found,
                                     const struct finding *symptom)
{
	uint8_t kind = symptom->storm->key.detail;
	uint64_t sum;
	uint32_t other = find_largest(why, found, symptom, is_pile_of, &sum);

	if (other == FINDING_NONE && kind == RETRANSMIT_SYNACK)
		other = find_largest(why, found, symptom, is_full_queue, &sum);
	if (other == FINDING_NONE && kind == RETRANSMIT_SYN)
		other = find_largest(why, found, symptom, is_full_queue_here, &sum);
	return other;
}

/* Is the finding about a socket of the same process that is connected to itself there? */
static bool is_itself(const struct why *why, const struct finding_set *found, size_t index,
                      const struct finding *symptom)
{
	const struct group_key *key = &found->findings[index].group.key;
	const struct group_key *place = &symptom->group.key;

	(void)why;
	return found->rules[index] == &rule_self_connect && key->pid == place->pid &&
	       key->netns == place->netns && key->port == place->port &&
	       !memcmp(key->addr, place->addr, sizeof(key->addr));
}

uint32_t finding_set_cause(const struct why *why, const struct finding_set *found, uint32_t index)
{
	const struct finding *symptom = &found->findings[index];
	uint64_t sum;

	/* Connects were refused until one reached its own socket: no process listens there. */
	if (found->rules[index] == &rule_connect_refused)
		return find_largest(why, found, symptom, is_itself, &sum);
	if (!symptom->storm || symptom->storm->key.elsewhere ||
	    symptom->rule == rule_pmtu_black_hole.id)
		return FINDING_NONE;
	switch (symptom->storm->key.kind) {
	case CHANGE_RST_SENT:
		return cause_of_sent(why, found, symptom);
	case CHANGE_RST_RECEIVED:
		return symptom->level < FINDING_WARNING ? FINDING_NONE
		                                        : cause_of_received(why, found, symptom);
	case CHANGE_RETRANSMIT:
		return symptom->level < FINDING_WARNING ? FINDING_NONE
		                                        : cause_of_retransmits(why, found, symptom);
	default:
		return FINDING_NONE;
	}
}
