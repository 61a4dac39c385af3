#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Servers that hang or are at a limit, while their clients wait: the finding says that requests wait
# unanswered, and names the end that must act. Twins that answer, or delay answers on purpose, have no such
# finding.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
. "$progs/servers.sh"
declare -A has

# ask PORT WORD...: starts clients in the background.
ask() {
	program_start python3 "$progs/askers.py" "$@"
}

program_start python3 "$progs/holding_server.py" 9001
program_start python3 "$progs/holding_server.py" 9002 # the twin
ask 9002 quick:get:6 wait:hold:6 ask:get:8

# Whose clients do not wait for long: for one that answers nobody any more, for one that answers few, or so shortly that
# hardly one waits when it is looked at.
if serve_redis 8023 && serve_redis 8033; then
	for port in 8023 8033; do
		ask "$port" quick:ping:8
		redis-cli -p "$port" client pause 10000000 >"$work/redis-cli"
	done
	ask 8023 leave:ping:3000
	ask 8033 leave:ping:1050
fi
if serve_redis 8043 && serve_redis 8053; then
	ask 8043 leave:ping:3000 leave:pop:3000 leave:pop:3000
	ask 8053 leave:ping:3000 leave:ping:3000 leave:pop:3000 # the twin
fi
if serve_redis 8003 && serve_redis 8013; then
	has[redis]=1
	ask 8013 quick:ping:8 wait:pop:10 ask:ping:20
	ask 8003 quick:ping:8
	redis-cli -p 8003 client pause 10000000 >"$work/redis-cli"
	ask 8003 wait:ping:6
fi
if serve_nginx 8002 "location / { proxy_pass http://127.0.0.1:9001; proxy_read_timeout 1000s; }"; then
	has[nginx]=1
	ask 8002 wait:hold:20
fi
if serve_gunicorn 8004; then
	has[gunicorn]=1
	ask 8004 wait:hold:14
fi
if serve_postgres 8005; then
	has[postgres]=1
	start "$work/lock" "$work/lock.err" "${psql[@]}" -p 8005 -c "BEGIN; LOCK TABLE things; SELECT pg_sleep(1000)"
	wait_until "a lock" sql_finds 8005 "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
	for ((i = 0; i < 8; i++)); do
		start "$work/waits.$i" "$work/waits.$i.err" "${psql[@]}" -p 8005 -c "SELECT count(*) FROM things"
	done
	wait_until "8 that wait" sql_finds 8005 \
		"SELECT 1 WHERE (SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock') = 8"
fi

sleep 6 # the requests must wait this long, however short the watch is
why_start --for 10m -v
if [ "${has[redis]:-}" ]; then
	ask 8003 come:ping:25 # for longer than 5 s
	wait_until "all to have come" in_state established 8003 39
fi
sleep 6 # the last of them waits for long, too
kill -INT "$why_pid"
why_end

# of PORT: rule, level and program of the most important finding about the port.
of() {
	findings_of "$1" 'select(.state == "ESTABLISHED" or .state == "LISTEN") | "\(.rule) \(.verdict) \(.comm)"' | sed -n 1p
}

assert_equal "established-unanswered steady python3" "$(of 9002)" "a server that holds some answers"
if [ "${has[redis]:-}" ]; then
	assert_equal "established-unanswered warning redis-server" "$(of 8043)" "one that answers one in three"
	assert_equal "" "$(findings_of 8053 'select(.verdict == "bad" or .verdict == "warning")')" "one that answers two"
	assert_equal "established-unanswered bad redis-server" "$(of 8023)" "clients that give up"
	assert_contains "$(findings_of 8023 '.summary')" "clients give up after their request"
	# Some of these wait at the same time on a slow host; a golden has those of which none waits.
	assert_matches "$(of 8033)" "^(listen|established)-unanswered bad redis-server$" "clients that give up soon"
	assert_matches "$(findings_of 8003 '.evidence[]')" "half of them [0-9.]+ms, and at most [1-8] of these waited at once"
	assert_equal "established-unanswered bad redis-server" "$(of 8003)" "CLIENT PAUSE"
	assert_matches "$(findings_of 8003 '.evidence[]')" \
		"on 31 of 39 connections at the same time all data were read and nothing was sent since"
	assert_contains "$(findings_of 8003 '.evidence[]')" "on 8 other connections the last answer took"
	assert_equal "established-unanswered steady redis-server" "$(of 8013)" "a job queue"
fi
if [ "${has[nginx]:-}" ]; then
	assert_equal "established-unanswered unclear python3" "$(of 9001)" "an upstream that hangs"
	# The kernel decides how many connections each worker gets; a few are not a pile of their own.
	assert_matches "$(findings_of 9001 '.evidence[]')" "this blocks: [0-9]+ ESTABLISHED of port 8002 in"
	assert_contains "$(findings_of 9001 '.evidence[]')" "this blocks: 20 ESTABLISHED to 127.0.0.1:8002 in"
fi
if [ "${has[gunicorn]:-}" ]; then
	assert_equal "listen-queue-waiting bad gunicorn" "$(of 8004)" "workers that are all busy"
	assert_contains "$(findings_of 8004 '.evidence[]')" "4 of these, in 4 processes, wait for an answer"
	assert_contains "$(findings_of 8004 '.evidence[]')" "this blocks: 14 ESTABLISHED to 127.0.0.1:8004 in"
fi
if [ "${has[postgres]:-}" ]; then
	assert_equal "established-unanswered unclear postgres" "$(of 8005)" "all wait for one lock"
	assert_contains "$(findings_of 8005 '.evidence[]')" "at the same time all data were read and nothing was sent since"
fi
