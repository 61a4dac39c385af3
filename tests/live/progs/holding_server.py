# SPDX-License-Identifier: BSD-2-Clause
# An HTTP server that answers /hold never and all else at once: holding_server.py PORT
import http.server
import os
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if "/hold" in self.path:
            threading.Event().wait()
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"hello\n")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print(f"pid={os.getpid()}")
print("ready", flush=True)
server.serve_forever()
