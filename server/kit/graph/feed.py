"""The source of a live subscription, as a slice offers it; `live.py` shares and delivers it (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Protocol

import strawberry

from server.kit.graph.scalars import BigInt
from server.kit.work import Read


@strawberry.enum(description="How a subscription treats changes that come faster than they can be delivered.")
class FeedMode(Enum):
    LATEST = strawberry.enum_value(
        "latest", description="For displays: intermediate states may be skipped, the newest always arrives."
    )
    EVERY = strawberry.enum_value(
        "every",
        description="For accounting: every sequence arrives exactly once, in order; a consumer that is too slow is "
        "closed and resumes with `after`.",
    )


@strawberry.enum(description="Why this message was sent.")
class FeedEventKind(Enum):
    SNAPSHOT = strawberry.enum_value("snapshot", description="The state when the subscription joined.")
    CHANGE = strawberry.enum_value("change", description="One change, with the next sequence.")
    RESET = strawberry.enum_value(
        "reset",
        description="The history after the given sequence is gone (erased or pruned) or was never reached: start "
        "again from this state.",
    )


OnlyId = Annotated[strawberry.ID | None, strawberry.argument(description="Only this one; all when null.")]
ResumeAfter = Annotated[
    BigInt | None,
    strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
]
DeliveryMode = Annotated[
    FeedMode,
    strawberry.argument(
        description="EVERY delivers each change; LATEST skips to the newest, whichever thing it is about."
    ),
]
"""The arguments that subscription fields share."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One message: `value` is what the subscription field resolves to."""

    sequence: int
    value: Any


class Feed(Protocol):
    """A contiguous, commit-ordered stream of numbered changes.

    All functions run inside one read snapshot. `key` names the stream and every argument that changes what is
    delivered, except `after`; two feeds of equal key deliver equal values to viewers of equal authority.
    """

    key: Hashable
    topic: str
    """What to be woken by: the wake-ups that `work.wake(topic)` sends after commit."""
    account_id: str
    after: int | None
    mode: FeedMode

    def head(self, read: Read) -> int:
        """The newest sequence, 0 when nothing has happened yet. Asked in every read.

        Raises PublicError or a Refusal when there is no such stream for this account, or no longer.
        """

    def oldest(self, read: Read) -> int:
        """The smallest `after` from which the history is still complete."""

    def state(self, read: Read, kind: FeedEventKind) -> FeedEvent:
        """The present state with its sequence, as a SNAPSHOT or a RESET."""

    def since(self, read: Read, after: int, limit: int) -> Sequence[FeedEvent]:
        """The changes with `after < sequence`, in order, at most `limit` of them.

        A stream may leave out sequences that do not concern it, but never delays or reorders one.
        """

    def latest(self, read: Read, after: int) -> FeedEvent | None:
        """The newest change with `after < sequence`, for LATEST consumers."""
