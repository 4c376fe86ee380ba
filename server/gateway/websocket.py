"""GraphQL over WebSocket (graphql-transport-ws): who may open a socket, and the register of open ones."""

from __future__ import annotations

from server.gateway.connections import Connections
from server.gateway.identity import address_of, headers_of
from server.gateway.messages import SUBPROTOCOL, CloseCode
from server.gateway.operations import Operations, Ports
from server.gateway.origins import may_connect
from server.gateway.ports import Receive, Scope, Send
from server.gateway.socket import Socket


class WebSocketEndpoint:
    """The ASGI application of the GraphQL endpoint's sockets."""

    def __init__(self, ports: Ports, operations: Operations, connections: Connections) -> None:
        self._ports = ports
        self._operations = operations
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        await receive()  # websocket.connect
        if not may_connect(headers, self._ports.allowed_origins):
            await send({"type": "websocket.close"})  # before the accept this is a 403
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await _refuse(send, CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        if not self._connections.accepts(address_of(scope)):
            await _refuse(send, CloseCode.TRY_AGAIN_LATER, "Too many connections")
            return
        socket = Socket(scope, headers, send, self._ports, self._operations, self._connections)
        await self._serve(socket, receive, address_of(scope))

    async def _serve(self, socket: Socket, receive: Receive, address: str | None) -> None:
        self._connections.add(socket, address)
        try:
            with socket.lifeline:
                await socket.run(receive)
        finally:
            await socket.release()
            self._connections.remove(socket)


async def _refuse(send: Send, code: CloseCode, reason: str) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": reason})
