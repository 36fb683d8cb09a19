# SPDX-License-Identifier: MIT
"""live_server - what the page expects of a server, for its test alone

Sends the lines of a log as batches of server-sent events, takes faults and
pauses and remembers them. Listens on a free port of the loopback interface.
"""
import http.server
import queue
import threading
import urllib.parse

META = '<meta name="tarn-live" content="/_tarn/events">'


class LiveServer:
    def __init__(self, page):
        server = self
        self.page = page.replace("<title>", META + "<title>", 1).encode()
        self.asked = []
        self.batches = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                server.get(self)

            def do_POST(self):
                server.post(self)

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def get(self, request):
        request.send_response(200)
        events = request.path == "/_tarn/events"
        request.send_header("Content-Type", "text/event-stream" if events
                            else "text/html")
        request.end_headers()
        if not events:
            request.wfile.write(self.page)
            return
        self.event(request, "hello", '{"own_conn":1}')
        while True:
            kind, data = self.batches.get()
            if kind is None:
                return
            self.event(request, kind, data)

    @staticmethod
    def event(request, kind, data):
        lines = "".join(f"data: {line}\n" for line in data.split("\n"))
        head = f"event: {kind}\n" if kind != "message" else ""
        request.wfile.write((head + lines + "\n").encode())
        request.wfile.flush()

    def post(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length).decode()
        self.asked.append((urllib.parse.unquote(request.path), body))
        wrong = "corrupt" in body
        request.send_response(400 if wrong else 204)
        answer = b"not this one\n" if wrong else b""
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def send(self, data, kind="message"):
        self.batches.put((kind, data))

    def close(self):
        self.batches.put((None, None))
        self.http.shutdown()
        self.http.server_close()
