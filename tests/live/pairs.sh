#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# If both ends are on this host, each row names the other's process. Where that is not certain, it names none.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

# check_end COOKIE OTHER WHAT: one row says of the other what the other row says of itself.
check_end() {
	local want
	want=$(row_words "$2" cookie pid comm state netns)
	assert_row "$1" "peer_cookie peer_pid peer_comm peer_state peer_netns" "$want" "$3"
}

# check_pair COOKIE PID OTHER PID: two ends whose processes are known.
check_pair() {
	assert_row "$1" "pid peer_program peer_pid" "$2 $4/scenario $4" "$what"
	assert_row "$3" "pid peer_program peer_pid" "$4 $2/scenario $2" "$what"
	check_end "$1" "$3" "$what"
	check_end "$3" "$1" "$what"
}

# COOKIE PID COOKIE PID of each connection that the scenario prints both ends of; "-": no process.
connections() {
	scenario_lines 'side=(active|passive)' | awk '
		{
			for (i = 1; i <= NF; i++) {
				split($i, part, "=")
				v[part[1]] = part[2]
			}
			end = v["cookie"] " " v["pid"]
			if (v["side"] == "active")
				active[v["local"] " " v["remote"]] = end
			else
				passive[v["remote"] " " v["local"]] = end
		}
		END { for (key in active) if (key in passive) print active[key], passive[key] }'
}

# check_connections NUMBER
check_connections() {
	connections >"$work/connections"
	assert_equal "$1" "$(wc -l <"$work/connections")" "connections of $what"
	while read -r a a_pid p p_pid; do
		if [ "$a_pid" != - ]; then
			check_pair "$a" "$a_pid" "$p" "$p_pid"
		else
			check_end "$a" "$p" "$what"
			check_end "$p" "$a" "$what"
		fi
	done <"$work/connections"
}

check_none() {
	assert_row "$1" "peer_program peer_pid peer_comm peer_cookie peer_state peer_netns" "- - - - - -" "$2"
}

declare -A standing
stand() {
	scenario_start "$@"
	standing[$*]=$scenario
}

of() {
	scenario=${standing[$*]}
	what="$* ($how)"
}

check_all() {
	local option made listener
	for option in --port --ipv6 --mapped; do
		# shellcheck disable=SC2046 # a port is two words
		of prefork --workers 2 $option $([ $option != --port ] || echo 0)
		check_connections 2
		check_none "$(scenario_get cookie side=listen)" "a listener"
	done
	of two_netns
	check_connections 2
	[ "$(scenario_get netns side=active)" != "$(scenario_get netns side=passive)" ] ||
		fail "two_netns is in one"

	# A socket in the accept queue is attributed to its listener.
	of accept_queue
	listener=$(scenario_get pid side=listen)
	read -r a a_pid p _ < <(connections)
	assert_row "$a" peer_pid "$listener" "$what"
	assert_row "$p" "peer_program peer_pid" "$a_pid/scenario $a_pid" "$what"
	check_end "$a" "$p" "$what"
	check_end "$p" "$a" "$what"

	# The process of one end has ended.
	of leave
	read -r a _ p p_pid < <(connections)
	check_end "$a" "$p" "$what"
	check_end "$p" "$a" "$what"
	assert_row "$p" "peer_state" FIN_WAIT2 "$what"
	made=-
	[ "$how" = walk ] || made=$(scenario_get made_by role=subject)
	assert_row "$p" peer_pid "$made" "$what"

	# There is no other end.
	of time_wait
	check_none "$(scenario_get cookie role=subject)" "$what"
	of syn_sent
	check_none "$(scenario_get cookie role=subject)" "$what"
}

stand_all() {
	stand prefork --workers 2 --port 0
	stand prefork --workers 2 --ipv6
	stand prefork --workers 2 --mapped
	stand two_netns
	stand accept_queue
	stand leave
	stand time_wait
	stand syn_sent
}

# --- followed, then by a walk alone -----------------------------------------------------------------

how=trace
trace_start --json
stand_all
program_start python3 "$progs/leaking_server.py" :: 1
server=$scenario server_pid=$started
program_start python3 "$progs/client.py" keep 1 127.0.0.1 "$(scenario=$server scenario_get port)"
client=$scenario client_pid=$started
trace_stop
assert_trace_ok
rows_keep
check_all

# An IPv4 socket whose peer is an IPv6 socket.
check_families() {
	local a p near far scenario=$client
	a=$(scenario_get cookie role=peer)
	near=$(scenario_get local role=peer) far=$(scenario_get remote role=peer)
	p=$(row_cookie "$far" "$near")
	assert_row "$a" "proto peer_pid" "tcp $server_pid" "the client of a dual-stack server ($how)"
	assert_row "$p" "proto peer_pid" "tcp6 $client_pid" "a dual-stack server ($how)"
	check_end "$a" "$p" "the client of a dual-stack server ($how)"
	check_end "$p" "$a" "a dual-stack server ($how)"
}
check_families

how=walk
rows_look
check_all
check_families
program_end "$client_pid"
program_end "$server_pid"
for number in "${standing[@]}"; do
	scenario_stop "$number"
done

# --- the same addresses in namespaces that have nothing to do with each other -------------------------

# check_right_or_none COOKIE OTHER: right or not known, but never the process of another connection.
check_right_or_none() {
	local got
	got=$(row_words "$1" peer_cookie peer_pid peer_netns)
	[ "$got" = "- - -" ] || check_end "$1" "$2" "$what"
}

scenario_start two_netns
first=$scenario
scenario_start two_netns
second=$scenario
rows_look
for scenario in "$first" "$second"; do
	what="one of two_netns twice"
	while read -r a _ p _; do
		check_right_or_none "$a" "$p"
		check_right_or_none "$p" "$a"
	done < <(connections)
done

# The client's end of one connection is left, and the server's end of another. They do not belong together.
end_silently() { # PID: its established connection, its peer not told
	nsenter -t "$1" -n ip -o link | sed -nE 's/^[0-9]+: (left|right)@.*/\1/p' |
		while read -r device; do
			nsenter -t "$1" -n ip link set "$device" down
		done
	nsenter -t "$1" -n ss -HKtn state established >/dev/null
	[ -z "$(nsenter -t "$1" -n ss -Htn state established)" ]
}
if end_silently "$(scenario=$first scenario_get pid side=active)" &&
	end_silently "$(scenario=$second scenario_get pid side=listen)"; then
	rows_look
	check_none "$(scenario=$first scenario_get cookie side=passive state=ESTABLISHED)" \
		"a server whose client is gone, while another has the client's addresses"
	check_none "$(scenario=$second scenario_get cookie side=active state=ESTABLISHED)" \
		"a client whose server is gone, while another has the server's addresses"
else
	echo "skipped: ends of unrelated connections: ss -K does not work here"
fi
scenario_stop "$first"
scenario_stop "$second"

# On loopback both ends are in one namespace: that is certain, even if other namespaces use the same
# addresses.
few_ports=$work/few_ports
cat >"$few_ports" <<END
#!/bin/sh
exec unshare -n -- sh -c 'ip link set lo up &&
	echo "7000 7003" >/proc/sys/net/ipv4/ip_local_port_range && exec "\$@"' sh "$SCENARIO" "\$@"
END
chmod +x "$few_ports"
SCENARIO=$few_ports
for number in 1 2 3; do
	scenario_start established --port 8080 --count 2
done
rows_look
for scenario in $((scenario - 2)) $((scenario - 1)) "$scenario"; do
	what="one of three on the same loopback addresses"
	check_connections 2
done
