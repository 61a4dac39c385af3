#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A proxy forwards the end of stream to a backend that never closes: one finding, about the backend.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

program_start python3 "$progs/half_close_proxy.py" backend
back=$(scenario_get port) back_pid=$(scenario_get pid)
program_start python3 "$progs/half_close_proxy.py" proxy "$back"
front=$(scenario_get port) front_pid=$(scenario_get pid)

visit() { # COUNT ALL
	program_start python3 "$progs/close_wait_clients.py" "$1" 0.1 "send:$front"
	wait_until "$2 at the backend" in_state close-wait "$back" "$2"
	wait_until "$2 at the proxy" in_state close-wait "$front" "$2"
}

# visits ALL: twelve; a connection younger than a second may still be closed, and the last comes when it is asked.
visits() {
	visit 11 $(($1 - 1))
	sleep 2
	visit 1 "$1"
	kill -INT "$why_pid"
	why_end
}

why_start --for 10m
visits 12
assert_finding "$back" "rule verdict mover count pid" "close-wait-leak bad application 12 $back_pid"
assert_equal "" "$(jq -r "select(.pid == $front_pid) | .rule" "$work/why")" "findings about the proxy"
evidence=$(findings_of "$back" '.evidence[]')
assert_contains "$evidence" "this blocks: 12 CLOSE_WAIT of port $front in $front_pid/proxy" "the proxy"
assert_contains "$evidence" "this blocks: 12 FIN_WAIT2 to 127.0.0.1:$back in $front_pid/proxy" "its other side"

# With the state given there is also a finding about the proxy, but it says no leak.
why_start --for 10m close_wait
visits 24
assert_finding "$back" "rule verdict mover count pid" "close-wait-leak bad application 24 $back_pid"
assert_finding "$front" "verdict mover count pid" "fine peer 24 $front_pid"
assert_contains "$(findings_of "$front" .summary)" "$front_pid/proxy waits until $back_pid/backend acts"

# The same if the filter leaves out the backend.
assert_traces "$TCPTRAIL" why --pid "$front_pid" -n --json --for 1s close_wait
assert_equal "peer" "$(jq -r "select(.pid == $front_pid) | .mover" <<<"$out")" "the proxy alone"
assert_contains "$out" "see why $back_pid/backend does not close"
