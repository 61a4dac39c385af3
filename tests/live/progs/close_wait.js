#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// close_wait.c in Node: close_wait.js MODE [KEEP]. There is no "passed".
//
// With allowHalfOpen Node leaves it to the program to answer a FIN. "forgotten" never reads, so
// it is "stuck" if there are data. Without KEEP, "queued" is an event loop that something keeps busy.
'use strict';
const net = require('net');

const mode = process.argv[2];
const keepMost = process.argv[3] === undefined ? Infinity : Number(process.argv[3]);
// pause() later on does not do it: Node reads ahead, the end of stream included.
const pauseOnConnect = mode === 'forgotten' || mode === 'stuck';
const kept = [];
const ANSWER = Buffer.alloc(4 << 20); // more than the buffers of both ends take

function keep(socket) {
	kept.push(socket);
	if (kept.length <= keepMost)
		return;
	const old = kept.shift();
	old.on('data', () => {});
	old.resume();
	old.end();
}

const modes = {
	queued: (socket) => {
		socket.resume();
		socket.on('end', () => socket.end());
	},
	leak: (socket) => {
		socket.on('end', () => keep(socket));
		socket.resume();
	},
	forgotten: keep,
	stuck: keep,
	blocked: (socket) => {
		socket.on('end', () => {
			socket.write(ANSWER);
			keep(socket);
		});
		socket.resume();
	},
};

const server = net.createServer({ allowHalfOpen: true, pauseOnConnect }, (socket) => {
	socket.on('error', () => {});
	modes[mode](socket);
});

server.listen(0, '127.0.0.1', () => {
	process.stdout.write(`port=${server.address().port} pid=${process.pid}\nready\n`, () => {
		if (mode === 'queued' && keepMost === Infinity)
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	});
});
