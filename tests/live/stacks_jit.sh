#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Frames of JIT compiled code have the names in /tmp/perf-PID.map.
. "$(dirname "$0")/lib.sh"
in_parts in_node in_java
in_fresh_netns "$@"

# in_own_tmp: a command prefix that gives the command a /tmp of its own for the names, which has no path in
# our mount namespace.
mkdir "$work/tmp"
in_own_tmp=(unshare -m sh -c 'mount --bind "$0" /tmp && exec "$@"' "$work/tmp")

functions='[.stack[]? | .function // "?"] | join("<")'

# stacks STATE COMM: the stacks of its sockets recorded so far. Events are printed at once, but symbols of the
# largest programs may take longer.
stacks() {
	head -n -1 "$work/facts" >"$work/facts.whole"
	"$TCPTRAIL" snapshot -an --from "$work/facts.whole" --state "$1" --json --columns comm,stack |
		jq -r "select(.comm == \"$2\" and .stack) | $functions" | sort -u
}

named() {
	stacks "$1" "$2" | grep "$3" >"$work/named"
}

trace() {
	trace_start events --facts --stacks --output "$work/facts"
}

in_node() {
	if ! command -v node >/dev/null; then
		echo "skipped: node is not installed"
		return
	fi
	cat >"$work/tmp/server.js" <<-'END'
		const net = require('net');
		const server = net.createServer(() => {});
		function openUpstream() { net.connect(server.address().port, '127.0.0.1'); }
		function begin() { openUpstream(); server.once('connection', () => console.log('ready')); }
		server.listen(0, '127.0.0.1', begin);
	END
	trace
	# Without the second option all interpreted functions of V8 have the same name.
	start "$work/node.out" "$work/node.err" "${in_own_tmp[@]}" \
		node --perf-basic-prof --interpreted-frames-native-stack --logfile=/dev/null /tmp/server.js
	node=$started
	wait_until "node" has_line "$work/node.out" ready
	wait_until "names of who listens in JavaScript" named LISTEN node '^listen<.*<[^<]*istenHandle'
	wait_until "names of who connects in JavaScript" named ESTABLISHED node '^connect<.*<[^<]*nternalConnect'
	# The C++ frames between JavaScript and the system call are unwound too.
	assert_matches "$(stacks LISTEN node)" 'uv_listen|TCPWrap|\?<' "C++ below JavaScript"
	# libuv's loop accepted it. Which of its functions have names depends on the build.
	wait_until "stack of who accepted" named ESTABLISHED node '^accept4\?<'
	trace_stop
	assert_trace_ok
}

in_java() {
	local tool
	for tool in java javac jcmd; do
		command -v $tool >/dev/null || { echo "skipped: no JDK is installed"; return; }
	done
	java_server >"$work/Server.java"
	javac -d "$work/tmp" "$work/Server.java"
	# By default compiled code of the JVM keeps no frame pointer, and it has no unwind information.
	mkfifo "$work/java.in"
	start "$work/java.out" "$work/java.err" sh -c 'exec "$@" <"$0"' "$work/java.in" "${in_own_tmp[@]}" \
		java -Xbatch -XX:+PreserveFramePointer -cp /tmp Server
	java=$started
	exec {java_in}>"$work/java.in"
	wait_until "java to have compiled" has_line "$work/java.out" ready
	trace
	echo >&"$java_in"
	wait_until "stacks of java" named ESTABLISHED java '^accept<'
	assert_lacks "$(stacks ESTABLISHED java)" "serveOne" "before the JVM has written its names"
	# The names appear after the JVM was asked to write them.
	nsenter -m -t "$java" jcmd "$java" Compiler.perfmap >/dev/null
	wait_until "names of who accepts in Java" named ESTABLISHED java 'ServerSocket.accept().*<[^<]*Server.serveOne'
	wait_until "names of who connects in Java" named ESTABLISHED java '^connect<.*<[^<]*Server.dialUpstream'
	assert_matches "$(stacks ESTABLISHED java)" '<(JavaMain|\?)<' "C++ above Java"
	trace_stop
	assert_trace_ok
}

java_server() {
	cat <<'END'
import java.net.*;

public class Server {
	static Socket dialUpstream(int port) throws Exception {
		Socket socket = new Socket("127.0.0.1", port);
		return socket;
	}

	static Socket serveOne(ServerSocket server) throws Exception {
		Socket socket = server.accept();
		return socket;
	}

	public static void main(String[] args) throws Exception {
		ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		for (int i = 0; i < 3000; i++) { /* until it is compiled, which -Xbatch waits for */
			Socket client = dialUpstream(server.getLocalPort());
			serveOne(server).close();
			client.close();
		}
		System.out.println("ready");
		while (System.in.read() >= 0) {
			dialUpstream(server.getLocalPort());
			serveOne(server);
		}
	}
}
END
}

"$part"
