#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Sockets whose holder is not one visible fd of one process: what holds them, or why that cannot be seen.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

traced() {
	trace_start --netns "$(own_netns)" --json
	scenario_start "$@"
	trace_stop
	assert_trace_ok
	rows_keep
	what="$* (traced)"
}

walked() {
	scenario_start "$@"
	rows_look
	what="$* (walk)"
}

# check_hidden COOKIE [PID/COMM OF ITS CREATOR] [CONTAINER]: the socket is open, but its holder is hidden.
check_hidden() {
	assert_row "$1" "program owner_holding fd holders" "${2:-}[hidden${3:+:$3}] hidden - []" "$what"
}

# --- several fds ------------------------------------------------------------------------------

check_dup() {
	local cookie pid fds
	cookie=$(scenario_get cookie role=holder)
	pid=$(scenario_get pid role=holder)
	fds=$(scenario_lines role=holder | sed -nE 's/.* fd=([0-9]+).*/\1/p' | sort)
	assert_equal 4 "$(wc -l <<<"$fds")" "fds of $what"
	assert_equal "$(sed "s/^/$pid:/" <<<"$fds")" "$(row_holders "$cookie")" "$what"
	assert_row "$cookie" "program pid owner_holding" "$pid/scenario+3 $pid open" "$what"
}

walked dup --count 3
check_dup
scenario_stop
traced dup --count 3
check_dup
assert_row "$(scenario_get cookie role=holder)" "creator_pid creator_by" \
	"$(scenario_get pid role=holder) accept" "$what"
scenario_stop

# --- io_uring: nobody called accept() or connect() ------------------------------------------------

check_uring() {
	local side cookie pid
	for side in active passive; do
		for cookie in $(scenario_lines "side=$side" | sed -nE 's/.* cookie=([0-9]+).*/\1/p'); do
			pid=$(scenario_get pid "cookie=$cookie")
			assert_row "$cookie" "program pid owner_holding fd" \
				"$pid/scenario $pid open $(scenario_get fd "cookie=$cookie")" "$side, $what"
			assert_equal "$pid:$(scenario_get fd "cookie=$cookie")" "$(row_holders "$cookie")" "$what"
		done
	done
}

walked uring --count 2
check_uring
assert_row "$(scenario_get cookie side=passive)" "owner_source creator_pid" "fd-walk -" "$what"
scenario_stop
traced uring --count 2
check_uring
assert_row "$(scenario_get cookie side=active)" "creator_by creator_pid" \
	"connect $(scenario_get pid side=active)" "$what"
assert_row "$(scenario_get cookie side=passive)" "owner_source creator_pid" "fd-walk -" "$what"
scenario_stop

# A direct descriptor is no fd: the ring holds the socket, and no process shows it.
walked uring --fixed --count 2
for cookie in $(scenario_lines role=subject | sed -nE 's/.* cookie=([0-9]+).*/\1/p'); do
	check_hidden "$cookie"
done
scenario_stop

# --- on its way in a unix socket --------------------------------------------------------------------

walked scm_rights --in-flight
check_hidden "$(scenario_get cookie role=holder)"
assert_row "$(scenario_get cookie role=holder)" "pid creator_pid" "- -" "$what"
scenario_stop
traced scm_rights --in-flight
pid=$(scenario_get pid side=listen)
check_hidden "$(scenario_get cookie role=holder)" "$pid/scenario"
assert_row "$(scenario_get cookie role=holder)" "pid creator_pid creator_by creator_exited" \
	"$pid $pid accept false" "$what"
scenario_stop

# --- another program since ----------------------------------------------------------------------------

check_exec() {
	local side by cookie pid
	while read -r side by; do
		cookie=$(scenario_get cookie "side=$side")
		pid=$(scenario_get pid "side=$side")
		assert_row "$cookie" "program pid comm owner_holding" \
			"$pid/cat $pid cat open" "$side, $what"
		assert_equal "cat" "$(row "$cookie" '.holders | map(.comm) | join(" ")')" "$side, $what"
		[ "$1" = walk ] || assert_row "$cookie" "creator_program creator_comm creator_by creator_exited" \
			"$pid/scenario scenario $by false" "$side, $what"
		[ "$1" = walk ] || assert_contains "$(row "$cookie" '.creator_args // [] | join(" ")')" "scenario exec" \
			"command line of $side, $what"
	done <<-END
		listen listen
		active connect
		passive accept
	END
}

walked exec
check_exec walk
scenario_stop
traced exec
check_exec trace
scenario_stop

# --- in another pid namespace ---------------------------------------------------------------------------

# All processes are outside of tcptrail's pid namespace.
look_from_inside() {
	rows_look unshare --pid --fork --mount-proc --kill-child
}

scenario_start prefork --workers 2
look_from_inside
what="seen from another pid namespace"
for cookie in $(scenario_lines 'state=(ESTABLISHED|LISTEN)' | sed -nE 's/.* cookie=([0-9]+).*/\1/p' | sort -u); do
	check_hidden "$cookie"
	assert_row "$cookie" "pid comm owner_source creator_pid" "- - - -" "$what"
done
scenario_stop

# A socket in the accept queue has no holder that could be hidden; its listener has.
scenario_start accept_queue
look_from_inside
assert_row "$(scenario_get cookie side=passive)" "pid owner_holding" "- queue" "$what"
scenario_stop

# The container comes from the cgroup of the socket.
hidden_container() {
	local top id=3f4e5d6c7b8a90123f4e5d6c7b8a90123f4e5d6c7b8a90123f4e5d6c7b8a9012
	local plain=$SCENARIO
	top=$(awk '$3 == "cgroup2" { print $2 }' /proc/mounts | sed -n 1p)
	if [ -z "$top" ] || ! mkdir "$top/docker-$id.scope" 2>/dev/null; then
		echo "skipped: a container that is hidden: no cgroup can be made here"
		return
	fi
	made_cgroups+=("$top/docker-$id.scope")
	cat >"$work/in_cgroup" <<-END
		#!/bin/sh
		echo \$\$ >"$top/docker-$id.scope/cgroup.procs" && exec "$plain" "\$@"
	END
	chmod +x "$work/in_cgroup"
	SCENARIO=$work/in_cgroup
	scenario_start established
	SCENARIO=$plain
	look_from_inside
	check_hidden "$(scenario_get cookie side=passive)" "" "docker:${id:0:12}"
	scenario_stop
}
hidden_container

# The other way round: a process in a child namespace has the pid that it has here.
plain=$SCENARIO
cat >"$work/below" <<END
#!/bin/sh
exec unshare --pid --fork --kill-child -- "$plain" "\$@"
END
chmod +x "$work/below"

check_below() { # SIDE [CREATED]: was it seen to be made?
	local cookie pid inside
	cookie=$(scenario_get cookie "side=$1")
	inside=$(scenario_get pid "side=$1")
	pid=$(ps -o pid= --ppid "${scenario_pids[scenario]}" | tr -d ' ')
	[ "$pid" != "$inside" ] || fail "the scenario is in our pid namespace"
	assert_row "$cookie" "program pid owner_holding fd" \
		"$pid/scenario $pid open $(scenario_get fd "side=$1")" "$what"
	[ -z "${2:-}" ] || assert_row "$cookie" "creator_pid" "$pid" "$what"
}

SCENARIO=$work/below
walked established
check_below active
check_below passive
scenario_stop
traced established
check_below active created
check_below passive created
scenario_stop
SCENARIO=$plain

# --- the kernel's own -------------------------------------------------------------------------------------

# The kernel's MPTCP listens on the port of an endpoint that it announces.
if ip mptcp endpoint add 127.0.0.1 dev lo port 7777 signal 2>"$work/mptcp.err" &&
	[ -n "$(ss -Hltnp 'sport = :7777')" ]; then
	assert_lacks "$(ss -Hltnp 'sport = :7777')" users: "ss of a socket of the kernel"
	rows_look
	cookie=$(jq -r 'select(.local_port == 7777 and .proto == "tcp") | .cookie' "$work/rows")
	assert_row "$cookie" "state program owner_holding pid creator_pid holders" \
		"LISTEN [kernel] kernel - - []" "MPTCP's own listener"
	assert_equal "mptcp [kernel]" "$(csv proto,program snapshot -anp --lport 7777 --netns "$(own_netns)" | grep ^mptcp)" \
		"the MPTCP socket of it"
	ip mptcp endpoint flush
else
	echo "skipped: a listener of the kernel: $(cat "$work/mptcp.err")"
fi
