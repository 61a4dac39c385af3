#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Servers in order, under usual load with usual noise (health checks that reset, clients that reset
# when they have their answer, that half-close, that ask nothing): no finding is bad or a warning.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
visits=()

# serves PORT: somebody listens there.
serves() {
	ss -Hltn "sport = :$1" | grep -q .
}

if command -v nginx >/dev/null; then
	mkdir "$work/www"
	seq 1000 >"$work/www/index.html"
	chmod -R a+rX "$work"
	cat >"$work/nginx.conf" <<END
daemon off;
worker_processes 2;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path $work/body;
	proxy_temp_path $work/proxy;
	fastcgi_temp_path $work/fastcgi;
	uwsgi_temp_path $work/uwsgi;
	scgi_temp_path $work/scgi;
	upstream static { server 127.0.0.1:8001; keepalive 4; }
	server { listen 127.0.0.1:8001; root $work/www; }
	server { listen 127.0.0.1:8002; location / { proxy_pass http://static; } }
}
END
	start "$work/nginx.out" "$work/nginx.err" nginx -c "$work/nginx.conf" -p "$work"
	wait_until "nginx" serves 8002
	visits+=(8001:http 8002:http)
else
	echo "skipped: nginx is not installed"
fi

if command -v redis-server >/dev/null; then
	start "$work/redis.out" "$work/redis.err" redis-server --port 8003 --bind 127.0.0.1 \
		--save '' --appendonly no --dir "$work"
	wait_until "redis" serves 8003
	visits+=(8003:redis)
else
	echo "skipped: redis is not installed"
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

# Its checks of each server reset when they know enough.
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
for visit in "${visits[@]}"; do # the probers were there
	assert_matches "$(findings_of "${visit%:*}" '"\(.rule) \(.verdict)"')" "rst-received fine" "$visit"
done
