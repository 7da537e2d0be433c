"""A receiver of callbacks in a thread of its own, which answers as it is told at the moment and keeps what came."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Came(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class CallbackReceiver:
    """Answers `status` and `answer`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status, self.answer = 200, b"ok"
        self.headers: dict[str, str] = {}
        self.came: list[Came] = []


@contextmanager
def receiving() -> Iterator[CallbackReceiver]:
    """Listen inside the block, on this machine alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.came.append(Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            said = receiver.answer
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_what: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = CallbackReceiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
