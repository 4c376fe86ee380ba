"""One subscriber, as its channel and the gateway hold it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from server.kit.graph.live.source import Epoch, Frame
from server.kit.graph.sink import CloseReason, Sink
from server.kit.viewer import Viewer


class Subscriber:
    """A sink with the position up to which it was served."""

    __slots__ = ("_left", "epoch", "open", "position", "sink", "viewer")

    def __init__(
        self, viewer: Viewer, sink: Sink, position: int, epoch: Epoch, left: Callable[[Subscriber], None]
    ) -> None:
        self.viewer = viewer
        self.sink = sink
        self.position = position
        self.epoch = epoch
        """The authority's epoch under which the viewer was last found valid."""
        self.open = True
        self._left = left

    def send(self, frames: list[Frame]) -> None:
        """Hand over the frames behind the position, each once."""
        for frame in frames:
            if frame.sequence > self.position:
                self.sink.send(frame.payload, frame.sequence)
                self.position = frame.sequence

    def expire(self, now: datetime) -> None:
        """Close when the credential has ended by time."""
        if self.viewer.expires_at is not None and self.viewer.expires_at <= now:
            self.close(CloseReason.REVOKED, "Your sign-in has expired. Sign in again.")

    def close(self, reason: CloseReason, message: str) -> None:
        """End it from our side."""
        if self.open:
            self.open = False
            self._left(self)
            self.sink.close(reason, message)

    async def cancel(self) -> None:
        """Leave, as the gateway does for a client that went."""
        if self.open:
            self.open = False
            self._left(self)
