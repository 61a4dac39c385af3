#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Healthy servers under usual load with usual noise (health checks that reset, clients that reset after their
# answer, that half-close, that send nothing): no finding is bad or a warning.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
visits=()

. "$progs/servers.sh"

if serve_nginx 8001 ""; then
	serve_nginx 8002 "location / { proxy_pass http://127.0.0.1:8001; }"
	visits+=(8001:http 8002:http)
fi
serve_redis 8003 && visits+=(8003:redis)
serve_gunicorn 8005 && visits+=(8005:http)
if serve_postgres 8006; then # a pool that is used, an idle pool, and a connection for each query
	as_postgres pgbench -q -i -s 1 -h 127.0.0.1 -p 8006 postgres >"$work/pgbench.i" 2>&1
	start "$work/pool" "$work/pool.err" pgbench -n -S -h 127.0.0.1 -p 8006 -U postgres -c 10 -R 50 \
		-T 1000 postgres
	start "$work/each" "$work/each.err" pgbench -n -S -h 127.0.0.1 -p 8006 -U postgres -C -R 5 \
		-T 1000 postgres
	for ((i = 0; i < 12; i++)); do
		start "$work/idle.$i" "$work/idle.$i.err" "${psql[@]}" -p 8006 -c "SELECT 1" -c "\\! sleep 1000"
	done
	visits+=(8006:sql)
fi
if is_here memcached memcached; then
	start "$work/memcached" "$work/memcached.err" memcached -u nobody -l 127.0.0.1 -p 8007
	wait_until "memcached" serves 8007
	visits+=(8007:memcached)
fi

if command -v node >/dev/null; then
	cat >"$work/server.js" <<'END'
require('http').createServer((_, to) => to.end('hello\n')).listen(8004, '127.0.0.1');
END
	start "$work/node.out" "$work/node.err" node "$work/server.js"
	wait_until "node" serves 8004
	visits+=(8004:http)
else
	echo "skipped: node is not installed"
fi

# Its health checks reset each server's connections after the answer.
if command -v haproxy >/dev/null && [ "${#visits[@]}" -gt 0 ]; then
	{
		echo "defaults"
		echo "  mode tcp"
		echo "  timeout connect 5s"
		echo "  timeout client 30s"
		echo "  timeout server 30s"
		for visit in "${visits[@]}"; do
			echo "listen to${visit%:*}"
			echo "  bind 127.0.0.1:$((${visit%:*} + 1000))"
			echo "  server s 127.0.0.1:${visit%:*} check inter 100ms"
		done
	} >"$work/haproxy.cfg"
	start "$work/haproxy.out" "$work/haproxy.err" haproxy -db -f "$work/haproxy.cfg"
	for visit in "${visits[@]}"; do
		wait_until "haproxy" serves "$((${visit%:*} + 1000))"
		visits+=("$((${visit%:*} + 1000)):${visit#*:}")
	done
else
	echo "skipped: haproxy is not installed"
fi

[ "${#visits[@]}" -gt 0 ] || skip "no server is installed"
program_start python3 "$progs/healthy_clients.py" "${visits[@]}"
why_start --for 12s -v
why_end
accused=$(jq -r 'select(.verdict == "bad" or .verdict == "warning") |
	"\(.verdict) \(.rule) \(.comm) \(.local_port // .foreign): \(.summary) \(.evidence | join("; "))"' "$work/why")
assert_equal "" "$accused" "what is said of servers in order"
for visit in "${visits[@]}"; do # the health checks have run
	assert_matches "$(findings_of "${visit%:*}" '"\(.rule) \(.verdict)"')" "rst-received fine" "$visit"
done
