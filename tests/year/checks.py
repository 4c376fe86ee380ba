"""What must be true after the year, whatever the dice said. Each check compares the server with the provider's books,
or the server with itself."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from server.kit.events import StoredEvent
from server.kit.work import Read
from server.orders.model import AutoTopUpRun, Invoice, InvoiceSeries, OpenUsage, Order
from server.orders.rules.auto_top_up import month_start
from server.plans.model import PlanCharge, PlanSubscription
from server.topups.model import TopUp
from server.wallet.model import Posting, Wallet
from server.wallet.reads.proof import verify_account
from tests.year.provider import Booked, Provider


def check_ledger(read: Read, accounts: list[str]) -> None:
    """Every chain replays, and every wallet has what its postings say."""
    for account_id in accounts:
        report = verify_account(read, account_id)
        assert (report.faults, report.complete) == ([], True), account_id


def check_charges(read: Read, provider: Provider) -> None:
    """No card was charged twice for one intent, and what was captured is in the wallet."""
    rows = {row.transaction_id: row for row in read.rows(select(TopUp.__table__))}
    assert set(provider.charges) <= set(rows), "nothing is charged that nobody asked for"
    for transaction_id, row in rows.items():
        booked = provider.charges.get(transaction_id)
        captured = booked.captured_minor if booked is not None else 0
        assert captured in (0, row.amount_minor), "charged once, with what was ordered"
        assert row.status not in ("PENDING", "PROCESSING", "ERRORED"), f"{row.id} is settled: {row.status}"
        assert (row.status in ("SUCCEEDED", "REVERSED")) == (captured > 0), f"{row.id}: {row.status}"
        reversed_there = booked is not None and booked.returned_minor > 0
        assert (row.status == "REVERSED") == reversed_there, f"{row.id}: {row.status}"
    check_credited(read, rows, provider)
    check_intents(list(rows.values()), provider)


def check_credited(read: Read, rows: dict[str, Any], provider: Provider) -> None:
    moved: Tally[tuple[str, str]] = Tally()
    kinds = ("TOP_UP", "TOP_UP_REVERSED")
    for posting in read.rows(
        select(Posting.reference, Posting.kind, Posting.posted_delta).where(Posting.kind.in_(kinds))
    ):
        moved[posting.reference, posting.kind] += posting.posted_delta
    for row in rows.values():
        booked: Booked | None = provider.charges.get(row.transaction_id)
        assert moved[row.id, "TOP_UP"] == (booked.captured_minor if booked else 0), row.id
        assert 0 <= -moved[row.id, "TOP_UP_REVERSED"] <= (booked.returned_minor if booked else 0), row.id


def check_intents(rows: list[Any], provider: Provider) -> None:
    """A cycle of a plan, or one automatic top-up, is paid by one capture, unless the bank took it back."""
    captures: dict[str, int] = defaultdict(int)
    for row in rows:
        booked = provider.charges.get(row.transaction_id)
        if row.for_id is not None and booked is not None and booked.captured_minor:
            captures[row.for_id] += 1
    twice = {intent: times for intent, times in captures.items() if times > 1}
    assert not twice, f"charged more than once for one intent: {twice}"


def check_plans(read: Read) -> int:
    """Every cycle that a plan ran through was paid once, and one follows on the other. Returns the renewals."""
    charges: dict[str, list[Any]] = defaultdict(list)
    paid = select(PlanCharge.__table__).where(PlanCharge.status == "PAID").order_by(PlanCharge.number)
    for row in read.rows(paid):
        charges[row.subscription_id].append(row)
    renewals, life = 0, lives(read)
    for row in read.rows(select(PlanSubscription.__table__)):
        own = charges[row.id]
        assert [charge.number for charge in own] == list(range(1, len(own) + 1)), row.id
        assert row.number in (len(own), 0), row.id
        for before, after in pairwise(own):
            if after.reason == "RENEWAL":
                renewals += 1
                assert not life[row.account_id].restricted_at(after.created_at), (
                    f"{row.id}: not while restricted"
                )
                follows = after.period_start == before.period_end
                held = life[row.account_id].woken_within(before.period_end, after.period_start)
                assert follows or held, f"{row.id}: a gap, or two cycles at once"
            else:
                assert before.period_start < after.period_start <= before.period_end, row.id
        if row.status in ("ACTIVE", "CANCELLING"):
            waits = row.held_at is not None and life[row.account_id].restricted_at(read.now)
            assert waits or row.period_start <= read.now < row.period_end, (
                f"{row.id}: a renewal was forgotten"
            )
    live = select(func.count()).where(
        PlanSubscription.product == "PLAN",
        PlanSubscription.status.in_(("PENDING_PAYMENT", "ACTIVE", "CANCELLING")),
    )
    most = live.group_by(PlanSubscription.account_id).order_by(func.count().desc()).limit(1)
    assert (read.scalar(most) or 0) <= 1, "one plan an account"
    return renewals


def check_auto_top_ups(read: Read) -> int:
    """None is left in flight, and none began while its account was restricted. Returns how many there were."""
    life = lives(read)
    for row in read.rows(select(AutoTopUpRun.account_id, AutoTopUpRun.started_at)):
        assert not life[row.account_id].restricted_at(row.started_at), row.account_id
    states = Tally(read.execute(select(AutoTopUpRun.status)).scalars())
    assert states["IN_FLIGHT"] == 0
    return states.total()


@dataclass
class Life:
    """When an account was restricted, and when it could be used again."""

    restricted: list[datetime] = field(default_factory=list)
    woken: list[datetime] = field(default_factory=list)

    def restricted_at(self, instant: datetime) -> bool:
        """Whether it was restricted then, and not only from that very instant on or until it."""
        before = [at for at in self.restricted if at < instant]
        after = max(before, default=None)
        return after is not None and not any(after <= at <= instant for at in self.woken)

    def woken_within(self, start: datetime, end: datetime) -> bool:
        return any(start <= at <= end for at in self.woken)


def lives(read: Read) -> dict[str, Life]:
    """Of every account, from its events."""
    found: dict[str, Life] = defaultdict(Life)
    narrowed = ("AccountSuspended", "AccountDisabled", "AccountDeactivated")
    woken = ("AccountReinstated", "AccountReactivated")
    query = select(StoredEvent.account_id, StoredEvent.kind, StoredEvent.at)
    for row in read.rows(query.where(StoredEvent.kind.in_((*narrowed, *woken)))):
        life = found[row.account_id]
        (life.restricted if row.kind in narrowed else life.woken).append(row.at)
    return found


def check_usage(read: Read) -> int:
    """What was paid with money call by call is on one invoice, or waits for the end of its month. Returns how many
    invoices there are of it."""
    paid: Tally[tuple[str, str]] = Tally()
    kinds = select(Wallet.account_id, Wallet.unit, func.sum(Posting.posted_delta).label("minor"))
    mine = kinds.join(Wallet, Wallet.id == Posting.wallet_id).where(
        Posting.kind == "USAGE", Wallet.unit.not_in(("EMAIL", "SMS"))
    )
    for row in read.rows(mine.group_by(Wallet.account_id, Wallet.unit)):
        paid[row.account_id, row.unit] -= int(row.minor)
    billed: Tally[tuple[str, str]] = Tally()
    invoices = 0
    for row in read.rows(select(Invoice.__table__).where(Invoice.subject_id.like("acc_%/%"))):
        invoices += 1
        billed[row.account_id, row.currency] += row.net_minor
    for row in read.rows(select(OpenUsage.__table__)):
        assert month_start(read.now) <= row.month, "what is over is invoiced"
        billed[row.account_id, row.currency] += row.net_minor
    assert billed == paid
    return invoices


def check_invoices(read: Read) -> int:
    """Every number is there once, from 1 on. Returns how many documents there are."""
    issued: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for row in read.rows(select(Invoice.seller, Invoice.series, Invoice.year, Invoice.serial)):
        issued[row.seller, row.series, row.year].append(row.serial)
    for series, serials in issued.items():
        assert sorted(serials) == list(range(1, len(serials) + 1)), series
    counters = {
        (row.seller, row.series, row.year): row.last_serial
        for row in read.rows(select(InvoiceSeries.__table__))
    }
    assert counters == {series: len(serials) for series, serials in issued.items()}
    check_invoiced(read)
    return sum(counters.values())


def check_invoiced(read: Read) -> None:
    """What was bought is invoiced, what was given back is credited, and money that came in has its receipt."""
    subjects = {(row.series, row.subject_id) for row in read.rows(select(Invoice.series, Invoice.subject_id))}
    for order in read.rows(select(Order.id, Order.activated_at, Order.cancelled_at)):
        assert (("INVOICE", order.id) in subjects) == (order.activated_at is not None), order.id
        credited = order.activated_at is not None and order.cancelled_at is not None
        assert (("CREDIT_NOTE", order.id) in subjects) == credited, order.id
    for top_up in read.rows(select(TopUp.id, TopUp.status)):
        came = top_up.status in ("SUCCEEDED", "REVERSED")
        assert (("RECEIPT", top_up.id) in subjects) == came, top_up.id
    invoiced = set(read.execute(select(PlanCharge.invoice_id).where(PlanCharge.status == "PAID")).scalars())
    assert None not in invoiced
