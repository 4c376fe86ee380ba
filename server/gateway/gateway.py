"""The façade: the engine and the other ports in, routes for Starlette out."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route, WebSocketRoute

from server.gateway.connections import Connections
from server.gateway.http import HttpEndpoint
from server.gateway.operations import Operations, Ports
from server.gateway.ports import ASGIApp
from server.gateway.sse import EventStreams
from server.gateway.websocket import WebSocketEndpoint


class Gateway:
    """GraphQL over HTTP, server-sent events and WebSocket, at one path.

    `ide` answers browsers that open the path as a page. Serve it with `uvicorn_options`, and `shutdown` it
    before the HTTP server stops (`GracefulServer`), which otherwise waits for streams that nobody ends.
    """

    def __init__(self, ports: Ports, ide: ASGIApp | None = None) -> None:
        self._connections = Connections(ports.limits)
        self._operations = Operations(ports)
        streams = EventStreams(ports, self._connections)
        self.http = HttpEndpoint(ports, self._operations, streams, ide)
        self.websocket = WebSocketEndpoint(ports, self._operations, self._connections)

    def routes(self, path: str) -> list[BaseRoute]:
        return [
            Route(path, self.http, name="graphql"),
            WebSocketRoute(path, self.websocket, name="graphql_socket"),
        ]

    @property
    def connections_open(self) -> int:
        """Sockets and event streams."""
        return len(self._connections)

    @property
    def mutations_in_flight(self) -> int:
        return self._operations.mutations_in_flight

    async def shutdown(self) -> None:
        """Send every client away to come back later, accept no new ones, let the mutations in flight end."""
        self._connections.send_away()
        await self._operations.settle()
