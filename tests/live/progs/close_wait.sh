# SPDX-License-Identifier: BSD-2-Clause
# Sourced after lib.sh by tests that let servers of tests/live/progs pile up CLOSE_WAIT on purpose.
# `visits` says what each kind of server gets from its clients: queued, leak, forgotten, ...
progs=$(dirname "${BASH_SOURCE[0]}")
clients=(python3 "$progs/close_wait_clients.py")
before=3 # piled up before anybody watches
after=10 # while somebody does

declare -A visits port pid
# serve NAME COMMAND...
serve() {
	local name=$1
	shift
	program_start "$@"
	port[$name]=$(scenario_get port)
	pid[$name]=$(scenario_get pid)
}

# twin_keeps MODE: so many connections may be open at the healthy twin. Its accept queue: none.
twin_keeps() {
	[ "$1" = queued ] && echo 0 || echo 3
}

# twin_visit MODE: the answers of "blocked" are read.
twin_visit() {
	echo "${visits[$1]/deaf/read}"
}

# visit COUNT: of all that leak.
visit() {
	local mode to=()
	for mode in "${!visits[@]}"; do
		to+=("${visits[$mode]}:${port[$mode]}")
	done
	program_start "${clients[@]}" "$1" 0.2 "${to[@]}"
}

# piled_up COUNT: all of it, at each server.
piled_up() {
	local mode
	for mode in "${!visits[@]}"; do
		wait_until "$1 of $mode in CLOSE_WAIT" in_state close-wait "${port[$mode]}" "$1"
	done
}

# watch_piles: what `why` tells of all servers, while the twins are busy. Most have come more than a second
# before it is asked, or they may be closed yet; the last comes when it is asked, or the piles do not grow.
watch_piles() {
	local mode twins=() twins_pid
	for mode in "${!visits[@]}"; do
		twins+=("$(twin_visit "$mode"):${port[$mode.twin]}")
	done
	visit "$before"
	piled_up "$before"
	start "$work/twins" "$work/twins.err" "${clients[@]}" 0 0.05 "${twins[@]}"
	twins_pid=$started
	why_start --for 10m --stacks close_wait # else told with the cause: who does not accept
	visit "$((after - 1))"
	piled_up "$((before + after - 1))"
	sleep 2
	visit 1
	piled_up "$((before + after))"
	kill -INT "$why_pid"
	why_end
	kill -0 "$twins_pid" || fail "no more clients" "$(cat "$work/twins.err")"
	program_end "$twins_pid"
}

# told MODE RULE MOVER COMM: a finding about all there is.
told() {
	assert_finding "${port[$1]}" "rule verdict mover count pid comm entered left" \
		"$2 bad $3 $((before + after)) ${pid[$1]} $4 $after 0"
	assert_finding "${port[$1]}" "state foreign" "CLOSE_WAIT null"
}
