#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Sourced by every live test: make the situation, run the tool, compare the text.
#
# A test is plain bash that ends with status 0; any failing command or assertion ends it. However it ends, the
# processes that it started with these functions are ended by pid, and its files are removed.
# shellcheck shell=bash

set -Eeuo pipefail
export LC_ALL=C TZ=UTC
unset PYTHONUNBUFFERED # with it Python's print() writes the newline separately, after output of another process

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TCPTRAIL=${TCPTRAIL:-$tree/build/tcptrail}
SCENARIO=${SCENARIO:-$tree/build/scenario}

work=$(mktemp -d "${TMPDIR:-/tmp}/tcptrail-live.XXXXXX")
started_pids=() # processes in the background
held_fds=()	# ends of pipes: scenarios run until these are closed
made_cgroups=() # directories, outermost first
made_mounts=()	# in a mount namespace of this test
made_netns=()	# names of network namespaces

# --- how it ends ------------------------------------------------------------------------------

cleanup() {
	local status=$? pid i name
	trap - EXIT ERR
	set +e
	for pid in "${started_pids[@]}"; do
		kill -TERM "$pid" 2>/dev/null
	done
	for pid in "${started_pids[@]}"; do
		await_end "$pid" 100 || kill -KILL "$pid" 2>/dev/null
	done
	for ((i = ${#made_cgroups[@]} - 1; i >= 0; i--)); do
		rmdir "${made_cgroups[i]}"
	done
	for ((i = ${#made_mounts[@]} - 1; i >= 0; i--)); do
		umount -l "${made_mounts[i]}"
	done
	for name in "${made_netns[@]}"; do
		ip netns del "$name"
	done
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
trap 'exit 129' HUP # and bash tells of no program that ends by a signal which it traps
trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND" >&2' ERR

# fail WHY...: prints WHY and the place in the test, and ends the test.
fail() {
	local i
	trap - ERR
	for ((i = 0; i < ${#FUNCNAME[@]} - 1; i++)); do
		[ "${BASH_SOURCE[$((i + 1))]##*/}" = lib.sh ] && continue
		echo "${BASH_SOURCE[$((i + 1))]##*/}:${BASH_LINENO[$i]}: in ${FUNCNAME[$((i + 1))]}" >&2
	done
	printf '%s\n' "$@" >&2
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# The limit of every wait, in seconds. It only catches hangs: no test may depend on how fast or how busy the
# host is.
LIVE_CEILING=90
ceiling=$((LIVE_CEILING * 10)) # in tenths of a second, for await_end

# has_ended PID: is the process gone, or a zombie?
has_ended() {
	case $(ps -o stat= -p "$1" 2>/dev/null || true) in '' | Z*) return 0 ;; esac
	return 1
}

# await_end PID TENTHS: waits until the process has ended; fails after so many tenths of a second.
await_end() {
	local i
	for ((i = 0; i < $2; i++)); do
		! has_ended "$1" || return 0
		sleep 0.1
	done
	return 1
}

# wait_until WHAT COMMAND...: repeats COMMAND until it succeeds, LIVE_CEILING seconds at most.
wait_until() {
	local what=$1 end=$((SECONDS + LIVE_CEILING))
	shift
	while [ "$SECONDS" -lt "$end" ]; do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.05
	done
	fail "waited $LIVE_CEILING s in vain: $what" "asked: $*"
}

# --- what is expected -------------------------------------------------------------------------

# assert_equal WANT GOT [WHAT]
assert_equal() {
	[ "$1" = "$2" ] && return 0
	fail "not equal: ${3:-}" "$(diff -U 3 --label wanted --label got \
		<(printf '%s\n' "$1") <(printf '%s\n' "$2") | head -n 60 || true)"
}

# assert_contains TEXT PART [WHAT]
assert_contains() {
	case $1 in *"$2"*) return 0 ;; esac
	fail "${3:-text} does not contain: $2" "it is:" "$1"
}

assert_lacks() {
	case $1 in *"$2"*) fail "${3:-text} contains: $2" "it is:" "$1" ;; esac
}

# assert_matches TEXT REGEX [WHAT]: an extended regex, anywhere in the text.
assert_matches() {
	[[ $1 =~ $2 ]] && return 0
	fail "${3:-text} does not match: $2" "it is:" "$1"
}

# assert_between LOW HIGH NUMBER [WHAT]: decimals allowed.
assert_between() {
	awk -v l="$1" -v h="$2" -v n="$3" 'BEGIN { exit !(n + 0 >= l && n + 0 <= h) }' && return 0
	fail "${4:-number} is $3, not $1..$2"
}

# run COMMAND...: sets $status, $out and $err; never fails.
run() {
	status=0
	"$@" >"$work/run.out" 2>"$work/run.err" </dev/null || status=$?
	out=$(cat "$work/run.out")
	err=$(cat "$work/run.err")
}

# assert_run STATUS COMMAND...: as run, and requires this exit status.
assert_run() {
	local want=$1
	shift
	run "$@"
	[ "$status" = "$want" ] || fail "exit status $status, not $want: $*" "stdout:" "$out" \
		"stderr:" "$err"
}

# --- where it happens -------------------------------------------------------------------------

# in_fresh_netns "$@": restarts the test in a network namespace of its own, with lo up.
in_fresh_netns() {
	if [ -z "${LIVE_NETNS:-}" ]; then
		rm -rf "$work"
		trap - EXIT ERR
		LIVE_NETNS=1 exec unshare -n -- bash "$0" "$@"
	fi
	ip link set lo up
}

# netns_make NAME...: makes network namespaces with lo up; they are removed when the test ends. The names are
# global on the host.
netns_make() {
	local name
	for name; do
		ip netns add "$name"
		made_netns+=("$name")
		ip -n "$name" link set lo up
	done
}

# in_parts NAME...: restarts the test for each name, all at the same time, with the name in $part. Only the
# parts continue after this call. A part that skips something prints "skipped: ". Call it before
# in_fresh_netns.
in_parts() {
	local name pids=() result=0
	part=${LIVE_PART:-}
	[ -z "$part" ] || return 0
	for name; do
		# shellcheck disable=SC2016 # for the inner shell
		LIVE_PART=$name start "$work/part.$name" /dev/null sh -c 'exec bash "$0" 2>&1' "$0"
		pids+=("$started")
	done
	for name; do
		wait "${pids[0]}" || { result=1 && echo "in part $name:"; }
		cat "$work/part.$name"
		pids=("${pids[@]:1}")
	done
	exit $result
}

# --- what is in the background ------------------------------------------------------------------

# start OUT ERR COMMAND...: runs it in the background, pid in $started. It does not inherit held pipes:
# otherwise their scenarios would never end. Enables SIGINT, which sh ignores in what it starts by `&`.
start() {
	local to=$1 errors=$2
	shift 2
	: >"$to" # otherwise a test would read what an earlier command has written
	: >"$errors"
	(
		for fd in "${held_fds[@]}"; do
			exec {fd}>&-
		done
		exec env --default-signal=INT,QUIT "$@"
	) >"$to" 2>"$errors" &
	started=$!
	started_pids+=("$started")
}

# has_line FILE LINE
has_line() {
	grep -qxF -- "$2" "$1"
}

# held COMMAND...: runs it in the background with an open stdin, and waits until it prints "ready". release:
# closes its stdin and waits until it ends.
held() {
	mkfifo "$work/held.in"
	start "$work/held.out" "$work/held.err" sh -c 'exec "$@" <"$0"' "$work/held.in" "$@"
	held_pid=$started
	exec {held}>"$work/held.in"
	held_fds+=("$held")
	wait_until "$1 to be ready" has_line "$work/held.out" ready
}

release() {
	exec {held}>&-
	await_end "$held_pid" "$ceiling" || fail "it does not end"
	rm -f "$work/held.in"
}

# Has the scenario printed "ready", or has it ended?
scenario_stands() {
	has_line "$1" ready || ! kill -0 "$2" 2>/dev/null
}

scenario_count=0

# scenario_start NAME [OPTION...]: runs the scenario until scenario_stop, however long a slow host takes (by
# itself a scenario ends after a minute). $scenario is its number; scenario_lines and scenario_get read what
# it printed.
scenario_start() {
	local fifo fd
	scenario=$((++scenario_count))
	fifo=$work/scenario.$scenario.in
	mkfifo "$fifo"
	start "$work/scenario.$scenario" "$work/scenario.$scenario.err" \
		sh -c 'exec "$@" <"$0"' "$fifo" "$SCENARIO" "$@" --hold 3600
	scenario_pids[scenario]=$started
	exec {fd}>"$fifo"
	held_fds+=("$fd")
	scenario_fds[scenario]=$fd
	wait_until "scenario $*" scenario_stands "$work/scenario.$scenario" "$started"
	has_line "$work/scenario.$scenario" ready && return 0
	local result=0
	wait "$started" || result=$?
	[ $result = 77 ] && skip "$(cat "$work/scenario.$scenario.err")"
	fail "scenario $* did not stand" "$(cat "$work/scenario.$scenario.err")"
}
scenario_pids=()
scenario_fds=()

# scenario_start_states: sockets in every state of TCP, each made by a scenario.
scenario_start_states() {
	scenario_start listen --any
	scenario_start listen --ipv6 --any
	scenario_start established --count 3
	scenario_start established --mapped
	scenario_start syn_sent
	scenario_start syn_recv --ack-lost
	scenario_start accept_queue --count 2
	scenario_start close_wait --unread 10
	scenario_start fin_wait1
	scenario_start fin_wait2
	scenario_start fin_wait2_orphan --ipv6
	scenario_start last_ack
	scenario_start closing
	scenario_start time_wait
}

# scenario_stop [NUMBER]: ends the scenario and waits.
scenario_stop() {
	local number=${1:-$scenario}
	local fd=${scenario_fds[number]} other left=()
	exec {fd}>&-
	for other in "${held_fds[@]}"; do
		[ "$other" = "$fd" ] || left+=("$other")
	done
	held_fds=("${left[@]}")
	wait "${scenario_pids[number]}"
}

# scenario_lines [WORD...]: its lines that contain all of the words, for example role=subject.
scenario_lines() {
	local lines word
	lines=$(grep -v '^ready$' "$work/scenario.$scenario")
	for word in "$@"; do
		lines=$(grep -E -- "(^| )$word( |$)" <<<"$lines") || true
	done
	printf '%s\n' "$lines"
}

# scenario_get KEY [WORD...]: the value of the key in the first such line.
scenario_get() {
	local key=$1
	shift
	scenario_lines "$@" | sed -nE "s/^(.* )?$key=([^ ]*).*/\2/p" | sed -n 1p
}

tracing() {
	grep -q '^tcptrail: tracing' "$1" || ! kill -0 "$2" 2>/dev/null
}

# trace_start COMMAND...: runs tcptrail COMMAND in the background and waits until it is attached. trace_stop
# [SIGNAL]: ends it; sets $status, $out and $err as `run` does.
trace_start() {
	start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" "$@"
	trace_pid=$started
	wait_until "tcptrail $* to attach" tracing "$work/trace.err" "$trace_pid"
	kill -0 "$trace_pid" 2>/dev/null || fail "tcptrail $* ended" "$(cat "$work/trace.err")"
}

trace_stop() {
	kill -"${1:-INT}" "$trace_pid"
	trace_end
}

trace_end() {
	await_end "$trace_pid" "$ceiling" || fail "tcptrail did not end in $LIVE_CEILING s"
	status=0
	wait "$trace_pid" || status=$?
	out=$(cat "$work/trace.out")
	err=$(cat "$work/trace.err")
}

# Requires status 0: nothing was lost. This may fail while other programs storm the host.
assert_trace_ok() {
	[ "$status" = 0 ] || fail "exit status $status, not 0 ${1:-}" "$err"
}

# trace_has TEXT: has the trace printed it? For wait_until.
trace_has() {
	grep -qF -- "$1" "$work/trace.out"
}

# csv KEY,KEY... COMMAND...: the rows of tcptrail COMMAND --csv, separated by blanks, "-" for unknown.
csv() {
	local keys=$1
	shift
	"$TCPTRAIL" "$@" --csv --no-header --columns "$keys" | csv_words
}

csv_words() {
	tr -d '\r' | sed -E 's/^,/-,/; s/,$/,-/; :again; s/,,/,-,/; t again' | tr ',' ' '
}

# Converts endpoints that a scenario prints to those of --csv.
csv_endpoint() {
	sed -e 's/:0$/:*/' -e 's/^\[::ffff:\(.*\)\]/\1/'
}

# --- recorders ----------------------------------------------------------------------------------

VERIFY=$(dirname "$TCPTRAIL")/verify_recording

recording() {
	grep -q '^tcptrail: recording to' "$work/record.err" || ! kill -0 "$record_pid" 2>/dev/null
}

# record_start ARGUMENT...: runs tcptrail record in the background, pid in $record_pid, and waits until it
# records. record_stop [SIGNAL] and record_end set $status and $err as `run` does.
record_start() {
	start "$work/record.out" "$work/record.err" "${record_by[@]}" "$TCPTRAIL" record "$@"
	record_pid=$started
	wait_until "the recorder to record" recording
	kill -0 "$record_pid" 2>/dev/null || fail "the recorder ended" "$(cat "$work/record.err")"
}
record_by=() # a command that runs the recorder

record_stop() {
	kill -"${1:-INT}" "$record_pid"
	record_end
}

record_end() {
	await_end "$record_pid" "$ceiling" || fail "the recorder did not end in $LIVE_CEILING s"
	status=0
	wait "$record_pid" || status=$?
	err=$(cat "$work/record.err")
}

# record_ok: requires that the recorder ended well. Storms of other programs may make the kernel lose facts:
# that is allowed if it is reported, but the recorder itself must lose nothing. Commands on the recording then
# end with status $ok_status.
record_ok() {
	ok_status=$status
	assert_lacks "$err" " MiB; " "notices" # "recorded 43 facts in 0.1 MiB; 17 were lost"
	[ "$status" = 4 ] && [[ $err == *"facts were lost on the way ("* ]] && return 0
	[ "$status" = 0 ] || fail "exit status $status of the recorder" "$err"
}

# skip_among_sockets MOST: skips the test if the host has that many sockets, because each file of a recording
# contains all of them. TIME_WAIT sockets of an earlier test end in a minute.
skip_among_sockets() {
	local sockets end=$((SECONDS + LIVE_CEILING))
	while
		sockets=$("$TCPTRAIL" snapshot -an --csv --no-header --columns state 2>/dev/null | wc -l)
		[ "$sockets" -ge "$1" ]
	do
		[ "$SECONDS" -lt "$end" ] || skip "the $sockets sockets of this host are too many for its recordings"
		sleep 1
	done
}

# record_files DIR COUNT: does it have so many files? For wait_until.
record_files() {
	[ "$(find "$1" -name '*.tcptrail' | wc -l)" -ge "$2" ]
}

# record_says TEXT [COUNT]: has the recorder printed this so often? For wait_until.
record_says() {
	[ "$(grep -cF -- "$1" "$work/record.err")" -ge "${2:-1}" ]
}

# record_equal FILE|DIR WHAT: requires that all checkpoints of the recording equal the replay.
record_equal() {
	assert_run 0 "$VERIFY" "$1"
	assert_matches "$out" "^[0-9]+ checkpoints equal, [1-9]" "$2"
}

# record_sessions DIR: one number for each session, in the order of its files.
record_sessions() {
	find "$1" -name '*.tcptrail' -size +63c | sort | while read -r file; do
		od -An -tu8 -j32 -N8 "$file"
	done | uniq
}

# --- rows as JSON -------------------------------------------------------------------------------

# rows_look [COMMAND...]: keeps the sockets that a walk shows now; COMMAND runs tcptrail elsewhere. rows_keep:
# keeps the last ones that tcptrail --json showed, after trace_start and trace_stop.
#
# Only sockets of our namespace and of the scenarios' namespaces: other programs on the host may have any
# number.
rows_look() {
	assert_run 0 "$@" "$TCPTRAIL" snapshot -an --json
	rows_ours "$work/run.out"
}

rows_keep() {
	rows_ours "$work/trace.out"
}

rows_ours() {
	local n ours
	ours=$(for ((n = 1; n <= scenario_count; n++)); do
		sed -nE 's/^(.* )?netns=([0-9]+).*/\2/p' "$work/scenario.$n"
	done | sort -u)
	# shellcheck disable=SC2086
	ours=$(printf '%s\n' "$(own_netns)" $ours | paste -sd '|')
	grep -E "\"type\":\"socket\".*\"netns\":($ours)," "$1" >"$work/rows" || true
}

# row COOKIE FILTER: applies jq's FILTER to the row with this cookie, the last one if there are several.
row() {
	grep -E "\"cookie\":${1:-none}[,}]" "$work/rows" >"$work/row" || fail "no row of cookie ${1:-}"
	tail -n 1 "$work/row" | jq -r "$2"
}

# row_cookie LOCAL FOREIGN: the cookie of the socket with these addresses, as --json writes them.
row_cookie() {
	grep -F "\"$1\"" "$work/rows" | jq -r --arg l "$1" --arg f "$2" \
		'select(.local == $l and .foreign == $f) | .cookie' | tail -n 1
}

# row_words COOKIE KEY...: its values, separated by blanks, "-" for unknown.
row_words() {
	local cookie=$1 keys
	shift
	keys=$(printf '.%s,' "$@")
	row "$cookie" "[${keys%,}] | map(if . == null then \"-\" else tostring end) | join(\" \")"
}

# assert_row COOKIE "KEY..." "VALUE..." [WHAT]
assert_row() {
	local got
	# shellcheck disable=SC2086 # the keys are words
	got=$(row_words "$1" $2)
	[ "$3" = "$got" ] || assert_equal "$3" "$got" "$2 of ${4:-it}: $(row "$1" tojson)"
}

# row_holders COOKIE: "PID:FD" of all holders, one in a line, sorted.
row_holders() {
	row "$1" '.holders // [] | .[] | "\(.pid):\(.fd)"' | sort
}

# --- other programs -----------------------------------------------------------------------------

# program_start COMMAND...: runs a program of progs/ in the background and waits until it prints "ready".
# scenario_lines and scenario_get read what it prints, as $scenario; its pid is $started.
program_start() {
	scenario=$((++scenario_count))
	start "$work/scenario.$scenario" "$work/scenario.$scenario.err" \
		env PYTHONDONTWRITEBYTECODE=1 "$@"
	wait_until "$*" scenario_stands "$work/scenario.$scenario" "$started"
	has_line "$work/scenario.$scenario" ready && return 0
	fail "$* did not stand" "$(cat "$work/scenario.$scenario.err")"
}

# program_end PID [SIGNAL]
program_end() {
	kill -"${2:-TERM}" "$1"
	await_end "$1" "$ceiling" || fail "process $1 did not end in $LIVE_CEILING s"
	wait "$1" || true
}

# The command line of a process, joined by blanks; its name.
process_args() {
	tr '\0' ' ' <"/proc/$1/cmdline" | sed 's/ $//'
}

process_comm() {
	cat "/proc/$1/comm"
}

# Is nothing but TIME_WAIT left in this namespace? For wait_until.
is_quiet() {
	[ -z "$(ss -Htan | grep -v TIME-WAIT)" ] # not grep -q, which would end ss with SIGPIPE
}

own_netns() {
	stat -L -c %i /proc/self/ns/net
}

# --- why ----------------------------------------------------------------------------------------

# in_state STATE PORT COUNT: are there so many sockets with this local port, as ss counts them?
in_state() {
	[ "$(ss -Htn state "$1" "( sport = :$2 )" | wc -l)" = "$3" ]
}

watching() {
	grep -q '^tcptrail: watching' "$1" || ! kill -0 "$2" 2>/dev/null
}

# assert_heard: requires $status 0, or 4 for the one loss that no test can prevent. Some kernels run no BPF
# programs while a process that they guard is current (README, Known limits): no tracer sees what timers do to
# our sockets then. What is counted must be right all the same.
assert_heard() {
	[ "$status" = 4 ] && [[ $err =~ "on the way (chain "[0-9]+")" ]] && return 0
	[ "$status" = 0 ] || fail "exit status $status" "$err"
}

# assert_traces COMMAND...: `run`, then assert_heard.
assert_traces() {
	run "$@"
	assert_heard
}

# why_start OPTION...: runs tcptrail why on our namespace and waits until it watches. why_end: waits until it
# ends, and sets $status and $err as `run` does; assert_finding and findings_of read its findings.
why_start() {
	start "$work/why" "$work/why.err" "$TCPTRAIL" why --netns "$(own_netns)" -n --json "$@"
	why_pid=$started
	wait_until "why to watch" watching "$work/why.err" "$why_pid"
}

why_end() {
	await_end "$why_pid" "$ceiling" || fail "tcptrail why did not end in $LIVE_CEILING s"
	status=0
	wait "$why_pid" || status=$?
	err=$(cat "$work/why.err")
	assert_heard
}

# findings_of PORT FILTER: applies jq's FILTER to each finding about sockets of this local port.
findings_of() {
	jq -r "select(.local_port == $1) | $2" "$work/why"
}

# assert_finding PORT "KEY..." "VALUE...": checks the first finding about the port, which is the most
# important one.
assert_finding() {
	local keys
	# shellcheck disable=SC2086 # the keys are words
	keys=$(printf '.%s,' $2)
	assert_equal "$3" "$(findings_of "$1" "[${keys%,}] | map(tostring) | join(\" \")" | sed -n 1p)" \
		"$2 of port $1: $(findings_of "$1" .)"
}

# assert_healthy PORT [PID]: requires that no rule has a finding about the port, about its clients, or about
# the process. Findings that all is well or steady are allowed.
assert_healthy() {
	local ends=".local_port == $1 or (.foreign // \"\" | endswith(\":$1\"))"
	assert_equal "" "$(jq -r "select(($ends or .pid == ${2:-0}) and
		.verdict != \"fine\" and .verdict != \"steady\")" \
		"$work/why")" "port $1, which is healthy"
}

# --- the same sockets as ss ---------------------------------------------------------------------

# ss_states [COMMAND...]: "STATE LOCAL FOREIGN" of the sockets that ss prints, sorted and with netstat's state
# names; COMMAND runs ss elsewhere. rows_states FILE: the same, of the last snapshot in FILE, which tcptrail
# -a --csv --columns state,local,foreign has printed after its stream.
ss_states() {
	"$@" ss -Htan | awk '{ print $1, $4, $5 }' | sed -e 's/[][]//g; s/::ffff://g' \
		-e 's/^ESTAB /ESTABLISHED /; s/^\([A-Z]*-[A-Z]*\)-\([12]\) /\1\2 /; s/^\([A-Z]*\)-/\1_/' \
		-e 's/ \*:/ :::/g' | sort
}

rows_states() {
	tr -d '\r' <"$1" | awk '/^state,local,foreign$/ { n = 0; next } { rows[n++] = $0 }
		END { for (i = 0; i < n; i++) print rows[i] }' | sed -e 's/[][]//g; s/::ffff://g; s/:0$/:*/' | tr ',' ' ' | sort
}
