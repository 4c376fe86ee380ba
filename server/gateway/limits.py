"""Every limit and pace of the transports. app.py fills them from the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    body_bytes_max: int = 1024 * 1024
    """Of an HTTP request; the query string of a GET is part of its head."""
    head_bytes_max: int = 64 * 1024
    """Of the request line and the headers of an HTTP request."""
    head_timeout_seconds: float = 20.0
    """For the head of an HTTP request to arrive, counted from the connection or from its first byte."""
    message_bytes_max: int = 256 * 1024
    """Of one WebSocket message; give the WebSocket server the same limit, so that it stops reading there."""
    compress_bytes_min: int = 2_048
    """Answers to queries from this size on are compressed for who takes gzip."""
    json_depth_max: int = 64
    """Of variables and extensions; deeper input would exhaust the stack of whoever walks it."""
    request_timeout_seconds: float = 30.0
    """For a query, for a mutation's answer, and for the start of a subscription."""
    tcp_connections_per_address_max: int | None = 2_500
    """Network connections, whatever they are used for; None where all come from a proxy."""
    connections_max: int = 20_000
    """Sockets and event streams together."""
    connections_per_address_max: int = 2_000
    """Sockets and event streams. Behind a company's or a provider's address there may be many people."""
    connections_per_account_max: int = 2_000
    connection_init_timeout_seconds: float = 10.0
    ping_interval_seconds: float = 20.0
    """Of silence, after which the server pings."""
    pong_deadline_seconds: float = 20.0
    """After a ping; any message counts as a sign of life."""
    operations_per_connection_max: int = 50
    """Subscriptions, queries and mutations that run at once on one socket."""
    messages_at_once_max: int = 500
    """That one socket may send in a burst: all subscriptions again after a network was lost."""
    messages_per_second_max: float = 100.0
    """That one socket may send in the long run."""
    send_queue_messages_max: int = 256
    """Waiting for a client that reads too slowly; one more closes the connection."""
    send_timeout_seconds: float = 20.0
    """For one message to be taken by the network."""
    stream_heartbeat_seconds: float = 15.0
    """Between the comments that keep an event stream open through proxies."""
    shutdown_timeout_seconds: float = 10.0
    """For mutations in flight to be answered when the server stops."""
