"""Replaying a wallet: what every posting must be, given those before it. The proof behind `ledger verify`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from server.wallet.rules import Counter, HoldState, PostingKind
from server.wallet.rules.chain import link

_COUNTERS = frozenset(counter.value for counter in Counter)
_RESOLVING = {
    PostingKind.HOLD_RELEASED.value: HoldState.RELEASED.value,
    PostingKind.HOLD_EXPIRED.value: HoldState.EXPIRED.value,
}


class PostingFacts(Protocol):
    """A posting as it is stored; `at` in microseconds since 1970."""

    @property
    def sequence(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def posted_delta(self) -> int: ...
    @property
    def held_delta(self) -> int: ...
    @property
    def posted_after(self) -> int: ...
    @property
    def held_after(self) -> int: ...
    @property
    def counter(self) -> str | None: ...
    @property
    def transfer_id(self) -> str | None: ...
    @property
    def hold_id(self) -> str | None: ...
    @property
    def reference(self) -> str: ...
    @property
    def at_micros(self) -> int: ...
    @property
    def link(self) -> bytes: ...


@dataclass(slots=True)
class HoldFigures:
    """What the postings say of a hold."""

    quantity: int
    reference: str
    captured: int = 0
    released: int = 0
    state: str = HoldState.OPEN.value

    @property
    def remaining(self) -> int:
        return self.quantity - self.captured - self.released


class Replay:
    """One wallet's figures, posting by posting. After a fault it goes on from what is stored, to name each once."""

    def __init__(self, secret: bytes, wallet_id: str, genesis: bytes) -> None:
        self._secret = secret
        self._wallet_id = wallet_id
        self.sequence = 0
        self.posted = 0
        self.held = 0
        self.head = genesis
        self.holds: dict[str, HoldFigures] = {}
        self._knows_holds = True

    def resume(self, posting: PostingFacts) -> None:
        """Go on behind this posting, taking it for true: for a look at the newest postings only."""
        self._stand_at(posting)
        self._knows_holds = False

    def step(self, posting: PostingFacts) -> Iterator[str]:
        """Take the next posting; yields what is wrong with it."""
        if posting.sequence != self.sequence + 1:
            yield f"postings {self.sequence + 1} to {posting.sequence - 1} are missing"
        elif posting.link != self._link_of(posting):
            yield "the posting is not what was chained"
        if posting.posted_after != self.posted + posting.posted_delta:
            yield "the posted balance does not follow from the posting before"
        if posting.held_after != self.held + posting.held_delta:
            yield "the held balance does not follow from the posting before"
        if posting.held_after < 0 or posting.posted_after < posting.held_after:
            yield "available or held is below zero"
        yield from self._counter_faults(posting)
        if posting.hold_id is not None:
            yield from self._hold_faults(posting, posting.hold_id)
        elif posting.held_delta:
            yield "a change of holds names no hold"
        self._stand_at(posting)

    def wallet_faults(self, sequence: int, posted: int, held: int, head: bytes) -> Iterator[str]:
        """After the last posting: what is wrong with the wallet's own row."""
        if sequence != self.sequence:
            yield f"the wallet is at sequence {sequence}, its postings end at {self.sequence}"
        if (posted, held) != (self.posted, self.held):
            yield "the wallet's balance is not what its postings add up to"
        if head != self.head:
            yield "the wallet's head is not the link of its last posting"

    def hold_faults(
        self, hold_id: str, quantity: int, captured: int, released: int, state: str, reference: str
    ) -> Iterator[str]:
        """After the last posting: what is wrong with the row of a hold. Each hold is asked about once."""
        told = self.holds.pop(hold_id, None)
        if told is None:
            yield f"hold {hold_id} was never placed by a posting"
        elif told != HoldFigures(quantity, reference, captured, released, state):
            yield f"hold {hold_id} is not what its postings say"

    def _stand_at(self, posting: PostingFacts) -> None:
        self.sequence, self.head = posting.sequence, posting.link
        self.posted, self.held = posting.posted_after, posting.held_after

    def _link_of(self, posting: PostingFacts) -> bytes:
        return link(
            self._secret,
            self.head,
            self._wallet_id,
            posting.sequence,
            posting.kind,
            posting.posted_delta,
            posting.held_delta,
            posting.posted_after,
            posting.held_after,
            posting.counter,
            posting.transfer_id,
            posting.hold_id,
            posting.reference,
            posting.at_micros,
        )

    def _counter_faults(self, posting: PostingFacts) -> Iterator[str]:
        moves = posting.posted_delta != 0
        if moves != (posting.counter is not None) or moves != (posting.transfer_id is not None):
            yield "money moves without its counter-account, or a counter-account without money"
        if posting.counter is not None and posting.counter not in _COUNTERS:
            yield "the counter-account does not exist"

    def _hold_faults(self, posting: PostingFacts, hold_id: str) -> Iterator[str]:
        if posting.kind == PostingKind.HOLD_PLACED.value:
            if hold_id in self.holds or posting.held_delta <= 0 or posting.posted_delta:
                yield f"hold {hold_id} is placed twice, or holds nothing"
            self.holds[hold_id] = HoldFigures(posting.held_delta, posting.reference)
            return
        hold = self.holds.get(hold_id)
        if hold is None:
            if self._knows_holds:
                yield f"hold {hold_id} was never placed"
            return
        if hold.remaining <= 0 or not 0 < -posting.held_delta <= hold.remaining:
            yield f"hold {hold_id} is resolved twice, or for more than it holds"
        yield from self._resolve(posting, hold)

    def _resolve(self, posting: PostingFacts, hold: HoldFigures) -> Iterator[str]:
        ending = _RESOLVING.get(posting.kind)
        if ending is None:
            if posting.posted_delta != posting.held_delta:
                yield "a capture takes from the balance what it takes from the hold"
            hold.captured -= posting.held_delta
            hold.state = HoldState.CAPTURED.value if hold.remaining == 0 else HoldState.OPEN.value
            return
        hold.released -= posting.held_delta
        if hold.remaining:
            yield "a hold is given back whole"
        hold.state = ending
