#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// close_wait.c in Node: close_wait.js MODE [KEEP]. "passed" sends its connections to a child by IPC.
//
// With allowHalfOpen Node leaves it to the program to answer a FIN. "forgotten" never reads, so
// it is "stuck" if there are data. Without KEEP, "queued" is an event loop that something keeps busy.
'use strict';
const childProcess = require('child_process');
const net = require('net');

const mode = process.argv[2];
const keepMost = process.argv[3] === undefined ? Infinity : Number(process.argv[3]);
// pause() later on does not do it: Node reads ahead, the end of stream included.
const pauseOnConnect = mode === 'forgotten' || mode === 'stuck' || mode === 'passed';
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

function leak(socket) {
	socket.on('end', () => keep(socket));
	socket.resume();
}

if (mode === 'keeper') {
	process.on('message', (message, socket) => {
		socket.allowHalfOpen = true;
		socket.on('error', () => {});
		leak(socket);
	});
	process.on('disconnect', () => process.exit());
	return;
}
const keeper = mode === 'passed' &&
	childProcess.fork(__filename, ['keeper', ...process.argv.slice(3)]);

const modes = {
	queued: (socket) => {
		socket.resume();
		socket.on('end', () => socket.end());
	},
	leak,
	forgotten: keep,
	stuck: keep,
	passed: (socket) => keeper.send('', socket),
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
	process.stdout.write(`port=${server.address().port} pid=${(keeper || process).pid}\nready\n`, () => {
		if (mode === 'queued' && keepMost === Infinity)
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	});
});
