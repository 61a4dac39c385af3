#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Piles in CLOSE_WAIT of Node and Java programs, by cause, and their healthy twins.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
. "$(dirname "$0")/progs/close_wait.sh"
visits=([queued]=send [leak]=close [forgotten]=ask [stuck]=send [blocked]=deaf)

watch() {
	program_start "${clients[@]}" 5 0 "close:${port[pool]}"
	wait_until "a full pool" in_state close-wait "${port[pool]}" 5
	watch_piles
}

# check COMM: checks all causes, and the twins.
check() {
	local mode
	told queued close-wait-queued application "$1"
	told leak close-wait-leak application "$1"
	told forgotten close-wait-eof-unread application "$1"
	told stuck close-wait-unread application "$1"
	told blocked close-wait-blocked peer "$1"
	assert_contains "$(findings_of "${port[stuck]}" '.evidence[]')" \
		"$(((before + after) * 4)) bytes were received but not read"
	for mode in leak forgotten stuck blocked; do
		assert_matches "$(findings_of "${port[$mode]}" '.stack[0].function')" '^accept4?$' "$mode"
	done
	for mode in "${!visits[@]}"; do
		assert_healthy "${port[$mode.twin]}"
	done
	assert_finding "${port[pool]}" "rule verdict count entered" "close-wait-leak steady 5 0"
}

# --- Node -----------------------------------------------------------------------------------------

if command -v node >/dev/null; then
	visits[forgotten]=close
	visits[passed]=close
	for mode in "${!visits[@]}"; do
		serve "$mode" node "$progs/close_wait.js" "$mode"
		serve "$mode.twin" node "$progs/close_wait.js" "$mode" "$(twin_keeps "$mode")"
	done
	serve pool node "$progs/close_wait.js" leak
	watch
	check node
	# The accept() of earlier connections was not seen.
	assert_finding "${port[passed]}" "rule verdict mover count pid comm" \
		"close-wait-leak bad application $((before + after)) ${pid[passed]} node"
	assert_matches "$(findings_of "${port[passed]}" '.stack[0].function')" '^accept4?$' "passed"
	assert_contains "$(findings_of "${port[passed]}" '.evidence[]')" "by accept and has closed its own fd"
	assert_matches "$(findings_of "${port[passed.twin]}" .summary)" "^Turnover: |no event showed how they entered"
	for pid in "${pid[@]}"; do
		program_end "$pid" KILL
	done
else
	echo "skipped: node is not installed"
fi

# --- Java -----------------------------------------------------------------------------------------

command -v javac >/dev/null && command -v java >/dev/null || {
	echo "skipped: no JDK is installed"
	exit 0
}
visits[forgotten]=ask
unset "visits[passed]" # Java cannot pass an fd
javac -d "$work/classes" "$progs/CloseWait.java"
words=(leak:1000)
for mode in "${!visits[@]}"; do
	words+=("$mode" "$mode:$(twin_keeps "$mode")")
done
program_start java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$work/classes" CloseWait "${words[@]}"
pid=()
port=([pool]=$(scenario_get port mode=leak:1000))
for mode in "${!visits[@]}"; do
	port[$mode]=$(scenario_get port "mode=$mode")
	port[$mode.twin]=$(scenario_get port "mode=$mode:$(twin_keeps "$mode")")
	pid[$mode]=$started
done
watch
check java
assert_matches "$(findings_of "${port[leak]}" '[.stack[].module // empty] | join("<")')" "/(libnio|libnet)\.so" "the JDK's library"
