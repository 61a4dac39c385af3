// SPDX-License-Identifier: BSD-2-Clause

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;

/**
 * close_wait.c in Java: java CloseWait MODE... with MODE "NAME" or "NAME:KEEP". All in one process,
 * each in a thread of its own behind a port of its own.
 * There is no "passed": what the JDK starts closes all fds above 2 (closeDescriptors(), childproc.c).
 */
public class CloseWait {
	static final byte[] ANSWER = new byte[4 << 20]; // more than the buffers of both ends take

	final String mode;
	final int keepMost;
	final ArrayDeque<Socket> kept = new ArrayDeque<>();
	final ServerSocket server = new ServerSocket(0, 128, InetAddress.getByName("127.0.0.1"));

	CloseWait(String word) throws IOException {
		String[] parts = word.split(":");
		mode = parts[0];
		keepMost = parts.length > 1 ? Integer.parseInt(parts[1]) : Integer.MAX_VALUE;
	}

	static void readAll(Socket socket) throws IOException {
		byte[] room = new byte[4096];
		while (socket.getInputStream().read(room) >= 0) {
		}
	}

	void keep(Socket socket) throws IOException {
		kept.add(socket);
		if (kept.size() <= keepMost)
			return;
		try (Socket old = kept.remove()) {
			readAll(old);
		}
	}

	void block(Socket socket) throws IOException {
		readAll(socket);
		new Thread(() -> {
			try (socket) {
				socket.getOutputStream().write(ANSWER);
			} catch (IOException error) {
				// the peer has gone
			}
		}, "writer").start();
	}

	void serve(Socket socket) throws IOException {
		switch (mode) {
		case "leak":
			readAll(socket);
			keep(socket);
			break;
		case "forgotten":
			socket.getOutputStream().write(socket.getInputStream().readNBytes(4));
			keep(socket);
			break;
		case "blocked":
			block(socket);
			break;
		default:
			keep(socket);
		}
	}

	void serveAll() {
		try {
			if (mode.equals("queued") && keepMost > 0)
				new CountDownLatch(1).await();
			while (true)
				serve(server.accept());
		} catch (IOException | InterruptedException error) {
			error.printStackTrace();
			System.exit(1);
		}
	}

	public static void main(String[] args) throws IOException {
		for (String word : args) {
			CloseWait one = new CloseWait(word);
			new Thread(one::serveAll, one.mode).start();
			System.out.println("mode=" + word + " port=" + one.server.getLocalPort() +
				" pid=" + ProcessHandle.current().pid());
		}
		System.out.println("ready");
	}
}
