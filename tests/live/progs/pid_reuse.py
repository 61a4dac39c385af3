#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two processes of the same pid, one after the other, each with a connection that stands.

The first is named "before" and leaves its end in FIN_WAIT2, the second is named "after". A pid is
asked for by ns_last_pid, so others who fork may take it first: tried until it is got. As root.
"""
import os
import signal
import socket
import sys

listener = socket.create_server(('127.0.0.1', 0))


def child(name, wanted=None):
    """Connects, says so, and waits until its pipe ends. (pid, pipe), or None: another pid."""
    tell, told = os.pipe()
    held, hold = os.pipe()
    pid = os.fork()
    if pid:
        os.close(told)
        os.close(held)
        if not os.read(tell, 1):
            os.waitpid(pid, 0)
            os.close(hold)
            return None
        accepted.append(listener.accept()[0])
        return pid, hold
    if wanted and os.getpid() != wanted:
        os._exit(0)
    os.close(hold)
    with open('/proc/self/comm', 'w') as comm:
        comm.write(name)
    client = socket.create_connection(listener.getsockname())
    print(f'role={name} pid={os.getpid()} local=127.0.0.1:{client.getsockname()[1]}', flush=True)
    os.write(told, b'.')
    os.read(held, 1)
    os._exit(0)


accepted = []
first, hold_first = child('before')
os.close(hold_first)
os.waitpid(first, 0)
for attempt in range(1000):
    with open('/proc/sys/kernel/ns_last_pid', 'w') as last:
        last.write(str(first - 1))
    second = child('after', first)
    if second:
        break
else:
    sys.exit('the pid is not to be had')
print('ready', flush=True)
signal.pause()
