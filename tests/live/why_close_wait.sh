#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Piles in CLOSE_WAIT by cause, of a C and a Python program that make them on purpose; and their healthy
# twins, which do the same but handle their connections.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
. "$(dirname "$0")/progs/close_wait.sh"
c=$(dirname "$TCPTRAIL")/progs/close_wait
visits=([queued]=send [leak]=close [forgotten]=ask [stuck]=send [passed]=close [blocked]=deaf)

# watch COMMAND...: findings about the program in all modes, and about its twins. Pools of fixed size are full
# before.
watch() {
	local mode
	for mode in "${!visits[@]}"; do
		serve "$mode" "$@" "$mode"
		serve "$mode.twin" "$@" "$mode" "$(twin_keeps "$mode")"
	done
	serve pool "$@" leak
	serve idle "$@" forgotten
	program_start "${clients[@]}" 5 0 "close:${port[pool]}" "ask:${port[idle]}"
	wait_until "a full pool" in_state close-wait "${port[pool]}" 5
	wait_until "idle connections" in_state close-wait "${port[idle]}" 5
	watch_piles
}

# stack PORT: the functions that accepted, innermost first.
stack() {
	findings_of "$1" '[.stack[]?.function] | join("<")'
}

# healthy: findings about the twins, if any, say that they are fine, and why.
healthy() {
	local mode verdicts
	for mode in "${!visits[@]}"; do
		assert_healthy "${port[$mode.twin]}" "${pid[$mode.twin]}"
	done
	assert_healthy "${port[pool]}" "${pid[pool]}"
	assert_finding "${port[pool]}" "rule count entered" "close-wait-leak 5 0"
	assert_contains "$(findings_of "${port[pool]}" .summary)" "do not grow in number"
	assert_healthy "${port[idle]}" "${pid[idle]}"
	assert_finding "${port[idle]}" "rule count" "close-wait-eof-unread 5"
	for mode in leak forgotten stuck; do
		# A separate verdict is allowed for connections that have just come, but for no others.
		verdicts=$(findings_of "${port[$mode.twin]}" .summary | grep -vE '^(These have just entered the state|Too early to tell): |no event showed how they entered' || true)
		[ -z "$verdicts" ] || assert_matches "$verdicts" "^Turnover: " "$mode"
	done
}

# --- C --------------------------------------------------------------------------------------------

watch "$c"
told queued close-wait-queued application close_wait
assert_contains "$(findings_of "${port[queued]}" '.evidence[]')" \
	"accept queue of port ${port[queued]}: 13 waiting; backlog 128"
assert_matches "$(findings_of "${port[queued]}" '.evidence[]')" "1 of its threads: in pause"
told leak close-wait-leak application close_wait
told forgotten close-wait-eof-unread application close_wait
told stuck close-wait-unread application close_wait
assert_contains "$(findings_of "${port[stuck]}" '.evidence[]')" "$(((before + after) * 4)) bytes"
told blocked close-wait-blocked peer close_wait
# The accept() of earlier connections was not seen.
assert_finding "${port[passed]}" "rule verdict mover count pid comm" \
	"close-wait-passed-on bad application $after ${pid[passed]} keeper"
assert_contains "$(findings_of "${port[passed]}" '.evidence[]')" "by accept and has closed its own fd"
for mode in leak forgotten stuck blocked passed; do
	assert_finding "${port[$mode]}" stack_count "$after"
	assert_matches "$(stack "${port[$mode]}")" "^accept4?<accept_one<serve_all<main" "$mode"
done
assert_finding "${port[queued]}" stack null
healthy
assert_matches "$(findings_of "${port[passed.twin]}" .summary)" "^Turnover: |no event showed how they entered"

# --- Python ---------------------------------------------------------------------------------------

watch python3 "$progs/close_wait.py"
told queued close-wait-queued application python3
told leak close-wait-leak application python3
told forgotten close-wait-eof-unread application python3
told stuck close-wait-unread application python3
told blocked close-wait-blocked peer python3
# A program that does not know of them holds each: one cause, one finding. Earlier ones are not known to have
# another cause. The last one comes when the judgement is asked for, which may be too early for its process.
assert_matches "$(findings_of "${port[passed]}" \
	'select(.verdict != "fine" and .verdict != "steady") | "\(.rule) \(.verdict) \(.mover) \(.count) \(.comm)"')" \
	"^close-wait-passed-on bad application ($((after - 1))|$after) sleep$" "programs that have inherited a connection"
assert_matches "$(findings_of "${port[passed]}" '.evidence[]')" "one cause for ($((after - 1))|$after) processes and 1 place: "
for mode in leak forgotten stuck blocked passed; do
	assert_matches "$(stack "${port[$mode]}")" "^accept4?<(sock_accept|[^<]*(_socket|python)[^<]*\\+?)" "$mode"
	assert_matches "$(stack "${port[$mode]}")" "<_?PyEval_[A-Za-z]*<" "$mode"
done
healthy
