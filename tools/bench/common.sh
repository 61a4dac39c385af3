#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Sourced by every benchmark: programs, a working directory, and output.
#
# Each benchmark compares within one run and prints ratios with targets, because figures of one machine do not
# apply to another. All traffic is on the loopback of a network namespace of its own.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C
[ -n "${BENCH_NETNS:-}" ] || BENCH_NETNS=1 exec unshare -n -m -- bash "$0" "$@"
ip link set lo up
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing # other tools need it
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TCPTRAIL=${TCPTRAIL:-$here/build/tcptrail}
SCENARIO=${SCENARIO:-$here/build/scenario}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/tcptrail-bench.XXXXXX")
pids=()
cleanup() {
	local pid
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT

# storm: makes 2 x 20,000 connections, 400,000 transitions, as fast as possible, and prints the ms. In a new
# network namespace, so without TIME_WAIT sockets of earlier storms.
storm() {
	unshare -n sh -c 'ip link set lo up; exec "$0" "$@"' \
		"$SCENARIO" storm --count 40000 --pairs 2 --no-stdin --hold 0 |
		sed -nE 's/.*elapsed_ms=([0-9]+).*/\1/p'
}

# begin READY COMMAND...: runs it in the background and waits until it has printed READY; its pid: $began
begin() {
	local ready=$1
	shift
	"$@" >"$work/out" 2>"$work/err" &
	began=$!
	pids+=("$began")
	until grep -qE "$ready" "$work/out" "$work/err"; do
		kill -0 "$began" || { cat "$work/err" >&2; exit 1; }
		sleep 0.05
	done
}

# end [SIGNAL]: ends the last command of `begin`. Returns its exit status.
end() {
	kill -"${1:-INT}" "$began"
	wait "$began"
}

# beside NAME READY COMMAND...: runs the storm beside a command; writes ms to $work/NAME.
beside() {
	local name=$1
	shift
	begin "$@"
	storm >>"$work/$name"
	end || true
}

# cpu_ticks: CPU ticks that the last command of `begin` has used
cpu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$began/stat"
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ratio NUMERATOR DENOMINATOR
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

# line WHAT VALUE UNIT [<= or >=, NUMBER]: prints the value and, with a target, whether it is met.
line() {
	awk -v w="$1" -v v="$2" -v u="$3" -v op="${4:-}" -v t="${5:-}" 'BEGIN {
		printf "%-62s %10s %-10s", w, v, u
		if (op) {
			met = op == "<=" ? v + 0 <= t : v + 0 >= t
			printf " target %s %-7s %s", op, t, met ? "met" : "NOT MET"
		}
		print ""
	}'
}

# cost COMMAND...: user plus system time in s, maximum memory in KiB, elapsed time in s, and user time.
cost() {
	python3 - "$@" <<-'END'
		import resource, subprocess, sys, time
		began = time.monotonic()
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		usage = resource.getrusage(resource.RUSAGE_CHILDREN)
		print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, time.monotonic() - began,
		      usage.ru_utime)
	END
}

# took NAME COMMAND...: seconds, the least of three runs, or one run if that takes long.
took() {
	local name=$1 best=999999 i now
	shift
	command -v "$1" >/dev/null || { echo "$name: not installed" >&2; return; }
	for i in 1 2 3; do
		read -r _ _ now _ < <(cost "$@")
		best=$(awk -v a="$best" -v b="$now" 'BEGIN { print a < b ? a : b }')
		awk -v t="$now" 'BEGIN { exit !(t > 5) }' && break
	done
	echo "$best" >"$work/$name"
}

# against NAME OURS WHAT TARGET: how much longer the other tool takes.
against() {
	[ -e "$work/$1" ] || return 0
	line "$3: $(printf %.2f "$(cat "$work/$1")") s, we $(printf %.2f "$(cat "$work/$2")") s" \
		"$(ratio "$(cat "$work/$1")" "$(cat "$work/$2")")" x ">=" "$4"
}
