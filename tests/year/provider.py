"""A payment provider behind a bad network: it answers late or never, and tells things twice, late, in any order.

Its books are the truth about cards: what it captured of which intent, whatever the server believes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from server.kit.clock import Clock
from server.topups.adapters.gateway import GatewayTimeout, GatewayUnreachable
from server.topups.rules.methods import SavedMethod, SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargedBack,
    ChargeRequest,
    ChargeResult,
    ConfirmRequest,
    Declined,
    FailureCode,
    NotFound,
    Outcome,
    Processing,
    ProviderNotice,
    RefundRequest,
    RefundResult,
    Succeeded,
)

TOKEN = "tok_bank_card"
REQUESTS_LOST = 0.03
ANSWERS_LOST = 0.03
CARDS_REFUSED = 0.04

STORIES = {"succeeds": 78, "declined": 9, "later": 7, "later_declined": 2, "charged_back": 4}
"""How many of a hundred charges go that way."""


@dataclass
class Booked:
    """One charge in the provider's books."""

    request: ChargeRequest
    result: ChargeResult
    captured_minor: int = 0
    returned_minor: int = 0


@dataclass
class Provider:
    """The gateway, and the far side of it."""

    random: Random
    clock: Clock
    name: str = "bank"
    enabled: bool = True
    calm: bool = False
    """Whether nothing goes wrong any more."""
    charges: dict[str, Booked] = field(default_factory=dict)
    methods: dict[str, SaveResult] = field(default_factory=dict)
    _later: list[tuple[datetime, int, str, str]] = field(default_factory=list)
    _post: list[tuple[datetime, int, ProviderNotice]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def knows(self, token: str) -> bool:
        return token == TOKEN

    # ---- the gateway's side

    async def charge(self, request: ChargeRequest) -> ChargeResult:
        self._lose(REQUESTS_LOST, GatewayUnreachable)
        booked = self.charges.get(request.transaction_id)
        if booked is None:
            booked = self._book(request)
        assert booked.request == request, "a transaction id stands for one charge"
        self._lose(ANSWERS_LOST, GatewayTimeout)
        return booked.result

    async def find(self, transaction_id: str) -> ChargeResult | NotFound:
        self._lose(REQUESTS_LOST, GatewayUnreachable)
        booked = self.charges.get(transaction_id)
        return booked.result if booked is not None else NotFound()

    async def confirm(self, request: ConfirmRequest) -> ChargeResult:
        raise AssertionError("this provider challenges nobody")

    async def save_method(self, request: SaveRequest) -> SaveResult:
        self._lose(REQUESTS_LOST, GatewayUnreachable)
        if request.method_id not in self.methods:
            self.methods[request.method_id] = self._card(request.method_id)
        self._lose(ANSWERS_LOST, GatewayTimeout)
        return self.methods[request.method_id]

    async def forget_method(self, provider_reference: str) -> None:
        self._lose(REQUESTS_LOST, GatewayUnreachable)

    async def forget_customer(self, account_id: str) -> None:
        self._lose(REQUESTS_LOST, GatewayUnreachable)

    async def refund(self, request: RefundRequest) -> RefundResult:
        raise AssertionError("nobody asks for a refund here")

    # ---- what happens there by itself

    def next_at(self) -> datetime | None:
        """When something happens there, or a notice arrives."""
        return min((queue[0][0] for queue in (self._later, self._post) if queue), default=None)

    def arrived(self) -> list[ProviderNotice]:
        """The notices that have come by now, in the order in which the network brought them."""
        now = self.clock.now()
        while self._later and self._later[0][0] <= now:
            _, _, transaction_id, what = heapq.heappop(self._later)
            self._go_on(self.charges[transaction_id], what)
        notices = []
        while self._post and self._post[0][0] <= now:
            notices.append(heapq.heappop(self._post)[2])
        return notices

    def _book(self, request: ChargeRequest) -> Booked:
        now = self.clock.now()
        reference = f"bank-{request.transaction_id}"
        story = "succeeds" if self.calm else self.random.choices(list(STORIES), list(STORIES.values()))[0]
        if story == "declined":
            result: ChargeResult = Declined(FailureCode.DECLINED, now)
        elif story in ("later", "later_declined"):
            result = Processing(reference, now)
            self._schedule(request, story, timedelta(hours=self.random.randint(1, 60)))
        else:
            result = Succeeded(request.money.minor, reference, now)
        booked = self.charges[request.transaction_id] = Booked(request, result)
        if isinstance(result, Succeeded):
            booked.captured_minor += request.money.minor
            if story == "charged_back":
                self._schedule(request, story, timedelta(days=self.random.randint(1, 40)))
        if isinstance(result, Outcome):
            self._tell(booked, result)
        return booked

    def _go_on(self, booked: Booked, story: str) -> None:
        now, money = self.clock.now(), booked.request.money
        if story == "later":
            booked.result = Succeeded(money.minor, f"bank-{booked.request.transaction_id}", now)
            booked.captured_minor += money.minor
        elif story == "later_declined":
            booked.result = Declined(FailureCode.DECLINED, now)
        else:
            booked.result = ChargedBack(now)
            booked.returned_minor += money.minor
        self._tell(booked, booked.result)

    def _card(self, method_id: str) -> SaveResult:
        now = self.clock.now()
        if self.random.random() < CARDS_REFUSED:
            return Declined(FailureCode.DECLINED, now)
        expires = now + timedelta(days=self.random.randint(20, 700))
        return SavedMethod(
            provider_reference=f"card-{method_id}",
            brand="visa",
            last4=f"{self.random.randint(0, 9999):04}",
            exp_month=expires.month,
            exp_year=expires.year,
        )

    def _schedule(self, request: ChargeRequest, what: str, after: timedelta) -> None:
        at = self.clock.now() + after
        heapq.heappush(self._later, (at, next(self._order), request.transaction_id, what))

    def _tell(self, booked: Booked, outcome: Outcome) -> None:
        """Send one to three copies of the notice, each on its own way."""
        transaction_id = booked.request.transaction_id
        event_id = f"evt_{transaction_id}_{type(outcome).__name__.lower()}"
        notice = ProviderNotice(self.name, event_id, transaction_id, outcome)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            delay = timedelta(minutes=self.random.choice((0, 0, 1, 7, 90, 3_000)))
            heapq.heappush(self._post, (self.clock.now() + delay, next(self._order), notice))

    def _lose(self, share: float, fault: type[Exception]) -> None:
        if not self.calm and self.random.random() < share:
            raise fault("the network lost it")
