"""A customer's receipt endpoint in a thread of its own: keeps what comes and says that it has it."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TAKEN = {"/nxcloud": b"success"}
"""path -> what the vendor's page wants to hear; everybody else hears the words below"""
OTHERS_TAKEN = b'{"result": 0, "code": 0, "errmsg": "OK", "msg": "OK"}'


class Receiver:
    """Where receipts go, and what came."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.came: defaultdict[str, list[str]] = defaultdict(list)
        """path -> bodies"""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen inside the block, on this machine alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            said = TAKEN.get(self.path, OTHERS_TAKEN)
            self.send_response(200)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            receiver.came[self.path].append(body)

        def log_message(self, *_what: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
