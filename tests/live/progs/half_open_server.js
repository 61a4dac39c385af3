#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// A server that never ends its side: half_open_server.js ADDRESS COUNT.
//
// With allowHalfOpen Node leaves it to the program to answer a FIN, and this one does not: its
// sockets stay in CLOSE_WAIT. Prints the listener and "ready", then COUNT of them and "done".
'use strict';
const net = require('net');

const [address, count] = [process.argv[2], Number(process.argv[3])];
const kept = [];

function endpoint(host, port) {
	return net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function words(fd, local) {
	return `pid=${process.pid} fd=${fd} tid=${process.pid} local=${local}`;
}

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
	const local = endpoint(socket.localAddress, socket.localPort);
	const remote = endpoint(socket.remoteAddress, socket.remotePort);

	socket.on('end', () => {
		kept.push(socket);
		console.log(`side=passive role=subject remote=${remote} ` +
			words(socket._handle.fd, local));
		if (kept.length === count)
			console.log('done');
	});
	socket.resume();
});

server.listen(0, address, () => {
	const port = server.address().port;

	console.log(`side=listen role=listener port=${port} ` +
		words(server._handle.fd, endpoint(address, port)));
	console.log('ready');
});
