"""A subscriber with a card, a till that plays the card's bank, and a clock and due work that tests drive by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import insert, select

from server.accounts import actions as account_actions
from server.accounts import rules as account_rules
from server.accounts.model import Session
from server.accounts.reads import team
from server.accounts.rules import NewPassword
from server.accounts.rules.people import Role
from server.accounts.rules.signing import Signing
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import StoredEvent, after
from server.kit.idempotency import Receipt
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Read, Units, Work
from server.orders.model import Invoice
from server.plans import jobs, reads
from server.plans.actions import members, ordering, seats
from server.plans.actions.events import PLAN_EVENTS
from server.plans.model import PlanCharge
from server.plans.reads import ChargeRow, Current, SubscriptionRow
from server.plans.rules.terms import Cycle
from server.reactions import reactions
from server.topups import jobs as topup_jobs
from server.topups.actions import methods
from server.topups.actions.settlement import apply_answer
from server.topups.adapters.gateway import Gateways, GatewayTimeout
from server.topups.adapters.sandbox import Sandbox
from server.topups.reads import TopUpRow, top_up
from server.topups.reads.methods import methods_of_account
from server.topups.rules.methods import SavedFor, SavedMethod, SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargeRequest,
    ChargeResult,
    ConfirmRequest,
    Declined,
    FailureCode,
    NotFound,
    Processing,
    RefundRequest,
    RefundResult,
    Succeeded,
)
from server.wallet.actions import Transfer, post
from server.wallet.reads import balance
from server.wallet.rules import Counter, PostingKind

T = TypeVar("T")
GATEWAY = "till"
_logins = itertools.count(1)


class Till:
    """A gateway in memory, idempotent by transaction id. `fate` is what becomes of new charges:

    ok, declined, short (banks keep a part), later (accepted, no outcome yet), silent (charged, but the answer is
    lost), lost (the request is lost).
    """

    name = GATEWAY
    enabled = True

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.fate = "ok"
        self.expires = (12, 2099)
        self.books: dict[str, ChargeResult] = {}
        self.taken: list[int] = []

    def knows(self, token: str) -> bool:
        return True

    async def charge(self, request: ChargeRequest) -> ChargeResult:
        if request.transaction_id not in self.books:
            if self.fate == "lost":
                raise GatewayTimeout("the request was lost")
            self.books[request.transaction_id] = self._outcome(request)
            if self.fate == "silent":
                raise GatewayTimeout("the answer was lost")
        return self.books[request.transaction_id]

    async def confirm(self, request: ConfirmRequest) -> ChargeResult:
        raise AssertionError("nobody is there")

    async def find(self, transaction_id: str) -> ChargeResult | NotFound:
        return self.books.get(transaction_id, NotFound())

    async def save_method(self, request: SaveRequest) -> SaveResult:
        return SavedMethod(f"saved-{request.method_id}", "Till", "0000", *self.expires)

    async def forget_method(self, provider_reference: str) -> None:
        pass

    async def forget_customer(self, account_id: str) -> None:
        pass

    async def refund(self, request: RefundRequest) -> RefundResult:
        raise AssertionError("plans refund nothing")

    def succeed(self, transaction_id: str, minor: int) -> Succeeded:
        """The bank moves the money, whatever it said before."""
        self.taken.append(minor)
        result = Succeeded(minor, f"ref-{transaction_id}", self.clock.now())
        self.books[transaction_id] = result
        return result

    def _outcome(self, request: ChargeRequest) -> ChargeResult:
        if self.fate == "declined":
            return Declined(FailureCode.DECLINED, self.clock.now())
        if self.fate == "later":
            return Processing(f"ref-{request.transaction_id}", self.clock.now())
        minor = request.money.minor
        return self.succeed(request.transaction_id, minor - 100 if self.fate == "short" else minor)


@dataclass
class Subscriber:
    """One account, through the slices' own actions; every call is a unit of work."""

    units: Units
    clock: ManualClock
    till: Till
    account_id: str
    owner_id: str
    session_id: str

    async def run(self, action: Callable[[Work], T]) -> T:
        return await self.units.run(Call("test", Viewer(self.account_id, self.session_id)), action)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)

    @property
    def runner(self) -> DueRunner:
        sandbox = Sandbox(self.units, enabled=False)
        steps = {**jobs.handlers(), **topup_jobs.handlers(Gateways([self.till]), sandbox)}
        return DueRunner(self.units, steps)

    async def settle(self) -> None:
        """Do all that is due now."""
        await self.runner.run_due()

    async def at(self, instant: datetime) -> None:
        """Let the time come, and do what is due then."""
        self.clock.set(instant)
        await self.settle()

    async def add_card(
        self, saved_for: SavedFor = SavedFor.PLAN, expires: tuple[int, int] | None = None
    ) -> str:
        self.till.expires = expires or (12, 2099)
        method = await self.run(
            lambda work: methods.save_method(
                work, self.account_id, "tok_till_card", GATEWAY, saved_for, make_default=True
            )
        )
        await self.settle()
        return method.id

    async def cards(self) -> list[str]:
        rows = await self.read(lambda read: methods_of_account(read, self.account_id, 20))
        return [row.id for row in rows]

    async def remove_card(self, method_id: str) -> None:
        await self.run(lambda work: methods.remove_method(work, self.account_id, method_id))

    async def remove_cards_but(self, kept: str | None = None) -> None:
        for card in await self.cards():
            if card != kept:
                await self.remove_card(card)

    async def order(self, plan: str = "STARTER", cycle: Cycle = Cycle.MONTHLY) -> str:
        """Choose a plan, without its payment."""
        receipt: Receipt = await self.run(
            lambda work: ordering.start_plan(work, self.account_id, plan, cycle)
        )
        return str(receipt.facts["subscription_id"])

    async def start(self, plan: str = "STARTER", cycle: Cycle = Cycle.MONTHLY) -> SubscriptionRow:
        """Choose a plan and pay."""
        subscription_id = await self.order(plan, cycle)
        await self.settle()
        return await self.subscription(subscription_id)

    async def change(self, plan: str, cycle: Cycle = Cycle.MONTHLY, *, at_once: bool) -> None:
        await self.run(lambda work: ordering.change_plan(work, self.account_id, plan, cycle, at_once=at_once))

    async def cancel(self) -> SubscriptionRow:
        return await self.run(lambda work: ordering.cancel_plan(work, self.account_id))

    async def resume(self) -> SubscriptionRow:
        return await self.run(lambda work: ordering.resume_plan(work, self.account_id))

    async def buy_seats(self, count: int, cycle: Cycle = Cycle.MONTHLY) -> SubscriptionRow:
        receipt: Receipt = await self.run(lambda work: seats.buy_seats(work, self.account_id, count, cycle))
        await self.settle()
        return await self.subscription(receipt.facts["subscription_id"])

    async def remove_seats(self, seats_id: str, count: int) -> SubscriptionRow:
        return await self.run(lambda work: seats.remove_seats(work, self.account_id, seats_id, count))

    async def invite(self) -> str:
        """The secret of an invitation."""
        issued = await self.run(lambda work: account_actions.invite_member(work, Role.VIEWER, None))
        return issued.secret

    async def join(self, token: str) -> str:
        """Accept an invitation; the new person's id."""
        login, password = f"member{next(_logins)}", NewPassword(hash="unused")
        return await self.units.run(
            Call("acceptInvitation"),
            lambda work: account_actions.accept_invitation(work, token, login, password),
        )

    async def add_member(self) -> str:
        return await self.join(await self.invite())

    async def members(self) -> set[str]:
        return {row.id for row in await self.read(lambda read: read.rows(team.members(self.account_id)))}

    async def withdraw(self, person_id: str) -> datetime:
        return await self.run(lambda work: members.plan_withdrawal(work, self.account_id, person_id))

    async def subscription(self, subscription_id: str) -> SubscriptionRow:
        found = await self.read(lambda read: reads.subscription(read, self.account_id, subscription_id))
        assert found is not None
        return found

    async def plan_id(self) -> str:
        row = (await self.current()).subscription
        assert row is not None
        return row.id

    async def top_up(self) -> TopUpRow:
        """The newest payment that was asked of the card."""
        top_up_id = (await self.charges())[-1].top_up_id
        assert top_up_id is not None
        found = await self.read(lambda read: top_up(read, self.account_id, top_up_id))
        assert found is not None
        return found

    async def hear(self, row: TopUpRow, result: ChargeResult) -> None:
        """The gateway says what became of a payment."""
        await self.run(lambda work: apply_answer(work, row.id, result))

    async def arrive(self, row: TopUpRow | None = None) -> None:
        """The money of a payment comes, late; of the newest one, if none is given."""
        late = row or await self.top_up()
        await self.hear(late, self.till.succeed(late.transaction_id, late.amount_minor))

    async def current(self) -> Current:
        return await self.read(lambda read: reads.current(read, self.account_id))

    async def plan(self) -> str:
        return (await self.current()).plan.code

    async def charges(self) -> list[ChargeRow]:
        """All of them, the oldest first."""
        rows = await self.read(lambda read: read.rows(select(PlanCharge.__table__).order_by(PlanCharge.id)))
        return [ChargeRow(**row._mapping) for row in rows]

    async def users_max(self) -> int:
        """How many people accounts lets in."""
        return await self.read(lambda read: team.people_max(read, self.account_id))

    async def available(self, unit: str = "USD") -> int:
        return (await self.read(lambda read: balance(read, self.account_id, unit))).available

    async def receive(self, minor: int) -> None:
        """Money out of nowhere."""
        await self.run(
            lambda work: post(
                work,
                [
                    Transfer(
                        self.account_id,
                        "USD",
                        minor,
                        Counter.PAYMENTS,
                        PostingKind.TOP_UP,
                        work.ids.new("top"),
                    )
                ],
            )
        )

    async def invoices(self) -> int:
        return len(
            await self.read(lambda read: read.rows(select(Invoice.id).where(Invoice.series == "INVOICE")))
        )

    async def events(self) -> list[StoredEvent]:
        kinds = [event.__name__ for event in PLAN_EVENTS]
        return list(await self.read(lambda read: after(read.connection, self.account_id, 0, kinds, 1000)))

    async def told(self) -> list[str]:
        """The kinds of the account's plan events, in order."""
        return [event.kind for event in await self.events()]


@pytest.fixture
def units(house: House) -> Units:
    """With the reactions of the assembled server."""
    return Units(replace(house, reactions=reactions()))


@pytest.fixture
def till(clock: ManualClock) -> Till:
    return Till(clock)


async def new_subscriber(
    units: Units, clock: ManualClock, till: Till, country: str | None = None
) -> Subscriber:
    """A registered account without a card. Without a country it is billed in USD, and bears no tax."""
    login = f"subscriber{next(_logins)}"

    def register(work: Work) -> str:
        policy = work.terms(account_rules.Terms).policy
        accepted = (policy.document, policy.version)
        signing = Signing(country=country)
        return account_actions.register(work, login, NewPassword(hash="unused"), accepted, signing)

    account_id = await units.run(Call("register"), register)
    owner_id = (await units.read(lambda read: read.rows(team.members(account_id))))[0].id
    session_id = await units.run(Call("signIn"), lambda work: _signed_in(work, account_id, owner_id))
    return Subscriber(units, clock, till, account_id, owner_id, session_id)


def _signed_in(work: Work, account_id: str, person_id: str) -> str:
    """A session whose proof of the password stays fresh: to sign in is another slice's matter."""
    session_id, far = work.ids.new("ses"), work.now + timedelta(days=10_000)
    ends = {"idle_at": far, "expires_at": far, "stepped_up_until": far}
    work.execute(
        insert(Session).values(
            id=session_id,
            account_id=account_id,
            person_id=person_id,
            token_hash=session_id.encode(),
            created_at=work.now,
            last_used_at=work.now,
            **ends,
        )
    )
    return session_id


@pytest.fixture
async def subscriber(units: Units, clock: ManualClock, till: Till) -> Subscriber:
    """One with a card."""
    made = await new_subscriber(units, clock, till)
    await made.add_card()
    return made
