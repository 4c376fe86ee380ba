"""Every limit and pace of the transports. app.py fills them from the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    body_bytes_max: int = 1024 * 1024
    """Of an HTTP request; the query string of a GET is bounded by the HTTP server."""
    message_bytes_max: int = 256 * 1024
    """Of one WebSocket message; give the WebSocket server the same limit, so that it stops reading there."""
    json_depth_max: int = 64
    """Of variables and extensions; deeper input would exhaust the stack of whoever walks it."""
    request_timeout_seconds: float = 30.0
    """For a query, for a mutation's answer, and for the start of a subscription."""
    connections_max: int = 20_000
    """Sockets and event streams together."""
    connection_init_timeout_seconds: float = 10.0
    ping_interval_seconds: float = 20.0
    """Of silence, after which the server pings."""
    pong_deadline_seconds: float = 20.0
    """After a ping; any message counts as a sign of life."""
    operations_per_connection_max: int = 50
    """Subscriptions, queries and mutations that run at once on one socket."""
    send_queue_messages_max: int = 256
    """Waiting for a client that reads too slowly; one more closes the connection."""
    send_timeout_seconds: float = 20.0
    """For one message to be taken by the network."""
    stream_heartbeat_seconds: float = 15.0
    """Between the comments that keep an event stream open through proxies."""
    shutdown_timeout_seconds: float = 10.0
    """For mutations in flight to be answered when the server stops."""
