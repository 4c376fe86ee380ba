"""A TCP relay before a server of the tests, that loses answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from selectors import EVENT_READ, DefaultSelector
from socketserver import BaseRequestHandler, ThreadingTCPServer

_CHUNK = 65536


class Relay(ThreadingTCPServer):
    """Forwards everything but the answer to the first request in which each of `loses` is: there it cuts the line."""

    daemon_threads = True

    def __init__(self, origin: str, loses: tuple[bytes, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.server_port = int(origin.rsplit(":", 1)[1])
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.lost: list[bytes] = []
        self._loses = loses

    def cuts(self, asked: bytes) -> bool:
        found = next((text for text in self._loses if text in asked and text not in self.lost), None)
        if found is not None:
            self.lost.append(found)
        return found is not None


class _Connection(BaseRequestHandler):
    server: Relay
    request: socket.socket

    def handle(self) -> None:
        there = socket.create_connection(("127.0.0.1", self.server.server_port))
        with there, DefaultSelector() as selector:
            other_end = {self.request: there, there: self.request}
            for end in other_end:
                selector.register(end, EVENT_READ, end)
            asked = b""
            while True:
                for ready, _ in selector.select():
                    data = ready.data.recv(_CHUNK)
                    if ready.data is self.request:
                        asked += data
                    if not data or (ready.data is there and self.server.cuts(asked)):
                        return
                    other_end[ready.data].sendall(data)


@contextmanager
def relaying(origin: str, *loses: bytes) -> Iterator[Relay]:
    """A relay before the server at `origin`, until the block ends."""
    with Relay(origin, loses) as relay:
        thread = threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield relay
        finally:
            relay.shutdown()
            thread.join()
