#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Leaks and clients in typical Python and Node programs: which process, fd and thread it was.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

# The value of a key in $line.
word() {
	sed -nE "s/^(.* )?$1=([^ ]*).*/\2/p" <<<"$line"
}

# check_made PID THREAD BY COOKIE: a thread of that process has made it.
check_made() {
	local cookie=$4
	assert_row "$cookie" "creator_program creator_pid creator_tid creator_comm creator_thread creator_by" \
		"$1/${comm[$1]} $1 $(word tid) ${comm[$1]} $2 $3" "$line"
	assert_row "$cookie" "creator_uid creator_exited" "0 false" "$line"
	assert_equal "${args[$1]}" "$(row "$cookie" '.creator_args // [] | join(" ")')" "command line of its creator"
}

# check_held PID STATE COOKIE: that process holds it, by one fd.
check_held() {
	local cookie=$3
	assert_row "$cookie" "state program pid comm owner_holding fd" \
		"$2 $1/${comm[$1]} $1 ${comm[$1]} open $(word fd)" "$line"
	assert_equal "$1:$(word fd)" "$(row_holders "$cookie")" "holders of: $line"
}

# check_server PID THREAD LISTENING_THREAD: its sockets stay in CLOSE_WAIT, and the process that closed is
# known.
check_server() {
	local line cookie count=0
	scenario=$server
	while read -r line; do
		cookie=$(row_cookie "$(word local)" "$(word remote)")
		check_held "$1" CLOSE_WAIT "$cookie"
		check_made "$1" "$2" accept "$cookie"
		count=$((count + 1))
	done < <(scenario_lines role=subject)
	assert_equal 2 "$count" "leaked sockets"
	line=$(scenario_lines role=listener)
	cookie=$(jq -r --arg l "$(word local)" 'select(.local == $l and .state == "LISTEN") | .cookie' \
		"$work/rows")
	check_held "$1" LISTEN "$cookie"
	check_made "$1" "$3" listen "$cookie"
}

# check_client PID STATE HOLDING: the client has closed and lives: the rows name it, but it has no fd.
check_client() {
	local line mark=
	[ "$3" = closed ] || mark='[exited]'
	scenario=$client
	while read -r line; do
		assert_row "$(word cookie)" "state program pid comm owner_holding fd" \
			"$2 $1/${comm[$1]}$mark $1 ${comm[$1]} $3 -" "$line"
		assert_row "$(word cookie)" "creator_pid creator_tid creator_thread creator_by" \
			"$1 $(word tid) dialer connect" "$line"
		assert_equal "${args[$1]}" "$(row "$(word cookie)" '.creator_args // [] | join(" ")')" "command line"
	done < <(scenario_lines role=peer)
}

declare -A comm args
# known PID: its name while it lives
known() {
	comm[$1]=$(process_comm "$1")
	args[$1]=$(process_args "$1")
}

# leak ADDRESS THREAD LISTENING_THREAD END COMMAND...: two leaks by the server COMMAND, with a client that
# still lives, or has exited (END).
leak() {
	local address=$1 accepting=$2 listening=$3 end=$4 server_pid client_pid
	shift 4
	trace_start --netns "$(own_netns)" --json
	program_start "$@" "$address" 2
	server=$scenario server_pid=$started
	known "$server_pid"
	program_start python3 "$progs/client.py" close 2 "${address/#::/127.0.0.1}" "$(scenario=$server \
		scenario_get port role=listener)"
	client=$scenario client_pid=$started
	known "$client_pid"
	wait_until "both to be leaked" has_line "$work/scenario.$server" "done"
	[ "$end" = closed ] || program_end "$client_pid" "$end"
	trace_stop
	assert_trace_ok
	rows_keep
	check_server "$server_pid" "${accepting:-${comm[$server_pid]}}" "${listening:-${comm[$server_pid]}}"
	check_client "$client_pid" FIN_WAIT2 "${end/[A-Z]*/exited}"
	[ "$end" != closed ] || program_end "$client_pid"
	program_end "$server_pid"
}

python=(python3 "$progs/leaking_server.py")
leak 127.0.0.1 acceptor "" closed "${python[@]}"
leak :: acceptor "" KILL "${python[@]}"
leak 127.0.0.1 "" "" closed node "$progs/half_open_server.js"
leak 127.0.0.1 "" "" TERM node "$progs/half_open_server.js"

# Both hold the connection open: the client's fds.
program_start python3 "$progs/leaking_server.py" 127.0.0.1 1
server=$scenario server_pid=$started
trace_start --netns "$(own_netns)" --json
program_start python3 "$progs/client.py" keep 2 127.0.0.1 "$(scenario=$server scenario_get port)"
known "$started"
trace_stop
rows_keep
while read -r line; do
	check_held "$started" ESTABLISHED "$(word cookie)"
	check_made "$started" dialer connect "$(word cookie)"
done < <(scenario_lines role=peer)
program_end "$started"
program_end "$server_pid"
