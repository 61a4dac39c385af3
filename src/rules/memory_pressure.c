/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP's memory is near or above net.ipv4.tcp_mem. It is one number for all namespaces. The kernel
 * makes windows smaller, prunes queues and aborts connections.
 */
#include <inttypes.h>
#include <stdio.h>

#include "rules/rule.h"

struct memory {
	uint64_t pages, low, pressure, high;      /* high: 0: not known in this namespace */
	uint64_t pressures, pressure_ms, aborted; /* while watched */
};

static uint64_t grown(const struct why *why, uint32_t netns, enum counter counter)
{
	uint64_t now, by;

	return table_counter(why->table, netns, counter, &now, &by) ? by : 0;
}

/*
 * The same counter includes connections aborted because there are too many orphans:
 * tcp_check_oom(), net/ipv4/tcp.c.
 */
static bool has_many_orphans(const struct why *why, uint32_t netns)
{
	uint64_t orphans, by, most;

	return table_counter(why->table, netns, COUNTER_ORPHANS, &orphans, &by) &&
	       table_setting_number(why->table, netns, SETTING_MAX_ORPHANS, &most) &&
	       orphans * 2 > most;
}

static void look(const struct why *why, uint32_t netns, struct memory *memory)
{
	const char *text = table_setting(why->table, netns, SETTING_TCP_MEM);
	uint64_t by;

	*memory = (struct memory){
		.pressures = grown(why, netns, COUNTER_MEMORY_PRESSURES),
		.pressure_ms = grown(why, netns, COUNTER_MEMORY_PRESSURES_MS),
		.aborted = grown(why, netns, COUNTER_ABORT_ON_MEMORY),
	};
	if (has_many_orphans(why, netns))
		memory->aborted = 0;
	if (!table_counter(why->table, netns, COUNTER_MEMORY, &memory->pages, &by) || !text ||
	    sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &memory->low, &memory->pressure,
	           &memory->high) != 3)
		memory->high = 0;
}

/* Pressure begins above the second number and ends below the first one. */
static bool is_under_pressure(const struct memory *memory)
{
	return memory->pressures || memory->pressure_ms ||
	       (memory->high && memory->pages > memory->pressure);
}

static bool match_netns(const struct why *why, uint32_t netns)
{
	struct memory memory;

	look(why, netns, &memory);
	return memory.aborted || is_under_pressure(&memory);
}

static void note(const struct memory *memory, struct finding *finding)
{
	if (memory->high)
		finding_evidence(finding,
		                 "TCP uses %" PRIu64
		                 " pages on the whole host; net.ipv4.tcp_mem is %" PRIu64
		                 " %" PRIu64 " %" PRIu64,
		                 memory->pages, memory->low, memory->pressure, memory->high);
	else
		finding_evidence(
			finding,
			"net.ipv4.tcp_mem is not known: only the initial namespace has it");
	if (memory->pressures)
		finding_evidence(finding,
		                 "memory pressure began %" PRIu64 " time%s here while watched",
		                 memory->pressures, memory->pressures == 1 ? "" : "s");
	if (memory->pressure_ms)
		finding_evidence(finding,
		                 "memory pressure of %" PRIu64 " ms ended here while watched",
		                 memory->pressure_ms);
	if (memory->aborted)
		finding_evidence(finding,
		                 "%" PRIu64 " connections were aborted for lack of memory while "
		                 "watched (TCPAbortOnMemory)",
		                 memory->aborted);
}

/* The group with the most queued bytes is the first suspect. */
static void note_queues(const struct why *why, struct finding *finding)
{
	const struct row *most = NULL;
	struct row_iter iter;
	const struct row *row;
	uint64_t bytes = 0;
	struct owner owner;

	table_for_each (why->table, iter, row) {
		if (row_is_listener(row) || !(row->flags & ROW_QUEUES) ||
		    row->netns != finding->group.key.netns)
			continue;
		bytes += (uint64_t)row->rqueue + row->wqueue;
		if (!most ||
		    (uint64_t)row->rqueue + row->wqueue > (uint64_t)most->rqueue + most->wqueue)
			most = row;
	}
	if (!bytes)
		return;
	finding_evidence(finding, "%" PRIu64 " bytes are in the queues of this namespace's sockets",
	                 bytes);
	table_owner(why->table, most, &owner);
	if (owner.task)
		finding_evidence(
			finding,
			"the socket with the most belongs to %u/%.*s: Recv-Q %u, Send-Q %u",
			owner.task->pid, FACT_COMM_LEN, owner.task->comm, most->rqueue,
			most->wqueue);
}

static void judge(const struct why *why, struct finding *finding)
{
	struct memory memory;

	look(why, finding->group.key.netns, &memory);
	finding->mover = MOVER_KERNEL;
	if (memory.aborted || (memory.high && memory.pages >= memory.high)) {
		finding->level = FINDING_BAD;
		finding_verdict(finding, "TCP has no more memory: the kernel drops received data "
		                         "and aborts connections.");
	} else {
		finding->level = FINDING_WARNING;
		finding_verdict(finding, "TCP is short of memory: the kernel makes windows smaller "
		                         "and drops data that arrive out of order.");
	}
	note(&memory, finding);
	note_queues(why, finding);
	finding_next(finding, "see which queues are full: tcptrail snapshot -anp --sort -recv_q, "
	                      "and --sort -send_q");
	finding_next(finding, "if the host needs that much, raise it: sysctl net.ipv4.tcp_mem "
	                      "(pages of the host)");
}

const struct rule rule_memory_pressure = {
	.id = "memory-pressure",
	.about = "TCP is short of memory: net.ipv4.tcp_mem",
	.source = "tcp_enter_memory_pressure(), tcp_check_oom(), net/ipv4/tcp.c; "
		  "__sk_mem_raise_allocated(), net/core/sock.c",
	.match_netns = match_netns,
	.judge = judge,
};
