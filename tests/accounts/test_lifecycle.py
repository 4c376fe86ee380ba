"""The states of an account, and what inactivity does at the instant and not a second before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from server.accounts import actions, reads
from server.accounts.actions.events import AccountClosed, AccountReopened, InactivityLapsed, InactivityWarned
from server.accounts.actions.lifecycle import start_missing_clocks
from server.accounts.jobs import TIMERS, handlers
from server.accounts.model import Account, AccountActivity
from server.accounts.reads.lifecycle import LossSources, SendSources
from server.accounts.rules import Terms
from server.accounts.rules.closing import Loss, LossesNotAcknowledged, decode, digest
from server.accounts.rules.lifecycle import (
    AccountNotFound,
    AccountStatus,
    AccountStatusConflict,
    ReasonRequired,
    SuspensionReason,
    add_months,
    check_transition,
)
from server.accounts.rules.people import Role, StepUpRequired
from server.kit.clock import ManualClock
from server.kit.due import DueRunner, DueWork, pauses
from server.kit.registry import Registry
from server.kit.viewer import SYSTEM, Viewer
from server.kit.work import Call, Units, Work
from tests.accounts.conftest import LOGIN, Accounts

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


class Life:
    """One account whose clocks run, and when it last sent something."""

    def __init__(self, accounts: Accounts, clock: ManualClock, terms: Registry) -> None:
        self.accounts = accounts
        self.clock = clock
        self.last_send: datetime | None = None
        self.account_id = ""
        terms.add(SendSources((lambda _read, _account_id: self.last_send,)))
        self.runner = DueRunner(accounts.units, handlers(), TIMERS)
        self.warned = accounts.told(InactivityWarned)
        self.lapsed = accounts.told(InactivityLapsed)

    async def at(self, instant: datetime) -> str:
        """The account's state once everything due by then is done, each at its instant."""
        while (due := await self.next_due()) is not None and due <= instant:
            self.clock.set(max(due, self.clock.now()))
            if await self.runner.run_due() == 0:
                break  # a pause holds it up
        self.clock.set(instant)
        await self.runner.run_due()
        return await self.status()

    async def status(self) -> str:
        row = await self.accounts.units.read(lambda read: reads.account(read, self.account_id))
        assert row is not None
        return row.status

    async def next_due(self) -> datetime | None:
        query = select(DueWork.due_at).where(DueWork.subject_id == self.account_id)
        found: datetime | None = await self.accounts.units.read(lambda read: read.scalar(query))
        return found

    async def do(self, action: Callable[[Work], Any]) -> Any:
        """What the server does by itself."""
        return await self.accounts.units.run(Call("test", SYSTEM), action)

    async def signed_in(self) -> Viewer:
        viewer = await self.accounts.viewer((await self.accounts.sign_in()).secret)
        assert viewer is not None
        return viewer


@pytest.fixture
async def life(accounts: Accounts, clock: ManualClock, terms: Registry) -> Life:
    life = Life(accounts, clock, terms)
    life.account_id = await accounts.register()
    return life


# ---- states


def test_only_these_changes_of_state_are_allowed() -> None:
    allowed = {
        (before.value, after.value)
        for before, after in product(AccountStatus, AccountStatus)
        if _allowed(before.value, after)
    }
    restricting = {("ACTIVE", "DISABLED"), ("ACTIVE", "DEACTIVATED"), ("DISABLED", "DEACTIVATED")}
    back = {("DISABLED", "ACTIVE"), ("DEACTIVATED", "ACTIVE"), ("SUSPENDED", "ACTIVE")}
    suspending = {(before, "SUSPENDED") for before in ("ACTIVE", "DISABLED", "DEACTIVATED")}
    closing = {(before, "CLOSED") for before in ("ACTIVE", "DISABLED", "DEACTIVATED", "SUSPENDED")}
    reopening = {("CLOSED", "ACTIVE")}
    assert allowed == restricting | back | suspending | closing | reopening


def _allowed(before: str, after: AccountStatus) -> bool:
    try:
        check_transition(before, after)
    except AccountStatusConflict:
        return False
    return True


@pytest.mark.rule("M083")
async def test_a_suspension_needs_a_reason_only_where_the_terms_say_so(life: Life, terms: Registry) -> None:
    await life.do(lambda work: actions.suspend_account(work, life.account_id))
    assert await life.status() == "SUSPENDED"
    await life.do(lambda work: actions.reinstate_account(work, life.account_id))
    terms.add(Terms(suspension_reason_required=True))
    with pytest.raises(ReasonRequired):
        await life.do(lambda work: actions.suspend_account(work, life.account_id))
    await life.do(lambda work: actions.suspend_account(work, life.account_id, SuspensionReason.ABUSE))
    row = await life.accounts.units.read(lambda read: reads.account(read, life.account_id))
    assert row is not None
    assert (row.status, row.status_reason, row.status_since) == ("SUSPENDED", "ABUSE", life.clock.now())


async def test_only_what_is_suspended_is_reinstated_and_only_what_stands_still_reactivated(
    life: Life,
) -> None:
    owner = await life.signed_in()
    with pytest.raises(AccountStatusConflict):
        await life.do(lambda work: actions.reinstate_account(work, life.account_id))
    with pytest.raises(AccountStatusConflict):
        await life.accounts.act(owner, actions.reactivate_account)
    await life.do(lambda work: actions.suspend_account(work, life.account_id))
    with pytest.raises(AccountStatusConflict):
        await life.accounts.act(await life.signed_in(), actions.reactivate_account)
    for unknown in ("acc_1", "\x00", "per_01kjpwd6m0e018gwpjkvgkqawz", "acc_01kjpwd6m0e018gwpjkvgkqawz"):
        with pytest.raises(AccountNotFound):
            await life.do(lambda work, who=unknown: actions.suspend_account(work, who))


# ---- inactivity


@pytest.mark.rule("M088")
async def test_without_a_send_it_is_disabled_after_30_days(life: Life) -> None:
    start = life.clock.now()
    assert await life.at(start + 30 * DAY - SECOND) == "ACTIVE"
    assert await life.at(start + 30 * DAY) == "DISABLED"
    assert await life.at(start + 30 * DAY + SECOND) == "DISABLED"
    owner = await life.signed_in()
    assert await life.status() == "DISABLED", "a sign-in alone does not end it"
    await life.accounts.act(owner, actions.reactivate_account)
    again = life.clock.now()
    assert await life.at(again + 30 * DAY - SECOND) == "ACTIVE"
    assert await life.at(again + 30 * DAY) == "DISABLED"


@pytest.mark.rule("M088", "M090")
async def test_a_send_starts_that_clock_anew(life: Life) -> None:
    start = life.clock.now()
    life.last_send = start + 20 * DAY
    assert await life.at(start + 50 * DAY - SECOND) == "ACTIVE"
    assert await life.at(start + 50 * DAY) == "DISABLED"


@pytest.mark.rule("M087")
async def test_without_a_sent_mail_it_is_deactivated_after_180_days(life: Life) -> None:
    start = life.clock.now()
    assert await life.at(start + 180 * DAY - SECOND) == "DISABLED"
    assert await life.at(start + 180 * DAY) == "DEACTIVATED"
    row = await life.accounts.units.read(lambda read: reads.account(read, life.account_id))
    assert row is not None
    assert row.status_reason == "NO_SENDING"
    assert not life.lapsed, "credits are lost for want of sign-ins, not of sending"
    await life.accounts.act(await life.signed_in(), actions.reactivate_account)
    assert await life.status() == "ACTIVE"


@pytest.mark.rule("M036", "M047", "M048", "M089")
@pytest.mark.parametrize("beside", [-SECOND, timedelta(0), SECOND])
async def test_a_year_without_activity_lapses_to_the_second(life: Life, beside: timedelta) -> None:
    start = life.clock.now()
    a_year_later = start.replace(year=start.year + 1)
    life.last_send = a_year_later - DAY
    status = await life.at(a_year_later + beside)
    lapsed = beside >= timedelta(0)
    assert status == ("DEACTIVATED" if lapsed else "ACTIVE")
    assert bool(life.lapsed) == lapsed


@pytest.mark.rule("M036", "M047", "M090")
async def test_a_sign_in_or_a_billing_operation_starts_the_year_anew_and_a_send_does_not(
    life: Life, terms: Registry
) -> None:
    start = life.clock.now()
    life.last_send = start + 4000 * DAY
    await life.at(start + 300 * DAY)
    await life.signed_in()
    signed_in = life.clock.now()
    assert await life.at(add_months(signed_in, 12) - SECOND) == "ACTIVE"
    await life.do(lambda work: actions.note_activity(work, life.account_id))
    paid = life.clock.now()
    assert await life.at(add_months(paid, 12) - SECOND) == "ACTIVE"
    assert await life.at(add_months(paid, 12)) == "DEACTIVATED"
    assert [event.since for event in life.lapsed] == [paid.isoformat()]


async def test_a_month_before_it_is_warned_of_once(life: Life) -> None:
    start = life.clock.now()
    ends = add_months(start, 12)
    life.last_send = ends
    await life.at(ends - 30 * DAY - SECOND)
    assert life.warned == []
    await life.at(ends - 30 * DAY)
    await life.at(ends - SECOND)
    assert [event.lapses_at for event in life.warned] == [ends.isoformat()]
    await life.signed_in()
    await life.at(add_months(life.clock.now(), 12) - DAY)
    assert len(life.warned) == 2, "a new year is warned of anew"


async def test_what_lapsed_lapses_once_and_after_a_reactivation_again(life: Life) -> None:
    start = life.clock.now()
    assert await life.at(start + 4 * 366 * DAY) == "DEACTIVATED"
    assert len(life.lapsed) == 1
    assert await life.next_due() is None
    await life.accounts.act(await life.signed_in(), actions.reactivate_account)
    assert await life.at(life.clock.now() + 366 * DAY) == "DEACTIVATED"
    assert len(life.lapsed) == 2


async def test_a_suspended_account_is_not_disabled_and_lapses_without_being_freed(life: Life) -> None:
    start = life.clock.now()
    await life.do(lambda work: actions.suspend_account(work, life.account_id))
    assert await life.at(start + 300 * DAY) == "SUSPENDED"
    assert await life.at(start + 367 * DAY) == "SUSPENDED"
    assert len(life.lapsed) == 1
    await life.do(lambda work: actions.reinstate_account(work, life.account_id))
    freed = life.clock.now()
    assert await life.at(freed + 30 * DAY - SECOND) == "ACTIVE", "nothing could be sent meanwhile"
    assert await life.at(freed + 30 * DAY) == "DISABLED"


@pytest.mark.rule("M103")
async def test_force_majeure_stops_these_clocks(life: Life) -> None:
    start = life.clock.now()
    await life.at(start + 29 * DAY)
    await life.do(lambda work: pauses.begin(work, work.now, "An earthquake."))
    assert await life.at(start + 100 * DAY) == "ACTIVE"
    await life.do(lambda work: pauses.end(work, life.runner.timers.contractual))
    assert await life.at(start + 101 * DAY - SECOND) == "ACTIVE"
    assert await life.at(start + 101 * DAY) == "DISABLED"


async def test_a_step_that_is_repeated_changes_nothing_more(life: Life) -> None:
    step = handlers()["accounts.inactivity"]
    await life.at(life.clock.now() + 30 * DAY)
    before = await life.next_due()
    for _ in range(3):
        await step(life.accounts.units, life.account_id)
    assert await life.status() == "DISABLED"
    assert await life.next_due() == before


async def test_accounts_from_before_the_clocks_get_them_at_start_up(life: Life, units: Units) -> None:
    def forget(work: Work) -> None:
        work.execute(AccountActivity.__table__.delete())
        work.execute(DueWork.__table__.delete())

    await units.run_unaudited(forget)
    assert await units.run_unaudited(lambda work: start_missing_clocks(work, 10)) == 1
    assert await units.run_unaudited(lambda work: start_missing_clocks(work, 10)) == 0
    assert await life.next_due() == life.clock.now() + 30 * DAY


@pytest.mark.parametrize(
    ("instant", "months", "later"),
    [
        ("2028-02-29T09:30", 12, "2029-02-28T09:30"),
        ("2027-02-28T09:30", 12, "2028-02-28T09:30"),
        ("2027-12-31T23:59", 2, "2028-02-29T23:59"),
        ("2027-08-31T00:00", 1, "2027-09-30T00:00"),
        ("2027-12-01T00:00", 1, "2028-01-01T00:00"),
    ],
)
def test_months_are_those_of_the_calendar(instant: str, months: int, later: str) -> None:
    begin = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert add_months(begin, months) == datetime.fromisoformat(later).replace(tzinfo=UTC)


# ---- closing

LOST = [Loss("CREDITS", "EMAIL", 1_200), Loss("PLAN", None, 1, "pls_1", "2026-04-01T00:00:00+00:00")]


@pytest.fixture
def losses(terms: Registry) -> list[Loss]:
    """What another slice says the account would lose; a test may change it."""
    lost = list(LOST)
    terms.add(LossSources((lambda _read, _account_id: lost,)))
    return lost


@pytest.mark.rule("M081", "M082", "M086")
async def test_an_owner_closes_who_acknowledges_exactly_what_is_lost(life: Life, losses: list[Loss]) -> None:
    owner = await life.signed_in()
    key = await life.accounts.create_key(owner)
    closed = life.accounts.told(AccountClosed)
    for wrong in ("", "x", digest([]), digest(losses[:1])):
        with pytest.raises(LossesNotAcknowledged) as caught:
            await life.accounts.act(owner, lambda work, said=wrong: actions.close_account(work, said))
        assert sorted(decode(caught.value.losses)) == sorted(losses)
    acknowledged = digest(losses)
    losses[0] = Loss("CREDITS", "EMAIL", 1_199)
    with pytest.raises(LossesNotAcknowledged) as caught:
        await life.accounts.act(owner, lambda work: actions.close_account(work, acknowledged))
    assert caught.value.digest == digest(losses)
    await life.accounts.act(owner, lambda work: actions.close_account(work, caught.value.digest))
    assert await life.status() == "CLOSED"
    assert [(event.closing, event.losses) for event in closed] == [("VOLUNTARY", tuple(losses))]
    assert await life.accounts.viewer(key.secret) is None
    assert await life.next_due() is None, "its clocks have stopped"


@pytest.mark.rule("M082")
async def test_closing_needs_a_fresh_proof(life: Life, losses: list[Loss]) -> None:
    owner = await life.signed_in()
    life.clock.advance(timedelta(minutes=15))
    with pytest.raises(StepUpRequired):
        await life.accounts.act(owner, lambda work: actions.close_account(work, digest(losses)))


async def test_nobody_gets_into_a_closed_account(life: Life, losses: list[Loss]) -> None:
    owner = await life.signed_in()
    member = await life.accounts.joined(owner, Role.ADMIN)
    invited = await life.accounts.act(owner, lambda work: actions.invite_member(work, Role.VIEWER, None))
    await life.accounts.act(owner, lambda work: actions.close_account(work, digest(losses)))
    assert await life.accounts.units.read(lambda read: reads.still_valid(read, [owner, member])) == set()
    prepared = await life.accounts.passwords.prepare("late.comer", "correct horse battery staple")
    for attempt in (
        life.accounts.sign_in(LOGIN),
        life.accounts.sign_in("second.person"),
        life.do(lambda work: actions.accept_invitation(work, invited.secret, "late.comer", prepared)),
    ):
        with pytest.raises(Exception, match=r"do not belong together|unknown, was used"):
            await attempt
    with pytest.raises(AccountStatusConflict):
        await life.do(lambda work: actions.reinstate_account(work, life.account_id))


@pytest.mark.rule("M026", "M083")
@pytest.mark.parametrize("before", ["ACTIVE", "SUSPENDED", "DISABLED"])
async def test_the_company_closes_from_any_state_without_asking(
    life: Life, losses: list[Loss], before: str
) -> None:
    if before == "SUSPENDED":
        await life.do(lambda work: actions.suspend_account(work, life.account_id))
    elif before == "DISABLED":
        await life.at(life.clock.now() + 30 * DAY)
    closed = life.accounts.told(AccountClosed)
    reason = SuspensionReason.COMPLAINT
    await life.do(lambda work: actions.close_preventively(work, life.account_id, reason))
    assert [(event.closing, event.reason, event.losses) for event in closed] == [
        ("PREVENTIVE", "COMPLAINT", None)
    ]
    with pytest.raises(AccountStatusConflict):
        await life.do(lambda work: actions.close_preventively(work, life.account_id, None))


async def test_only_a_preventive_closing_is_taken_back(life: Life, losses: list[Loss]) -> None:
    async def refused() -> str:
        with pytest.raises(AccountStatusConflict) as conflict:
            await life.do(lambda work: actions.reopen_account(work, life.account_id))
        return conflict.value.status

    assert await refused() == "ACTIVE"
    await life.do(lambda work: actions.suspend_account(work, life.account_id))
    assert await refused() == "SUSPENDED"
    closed_at = life.clock.now()
    await life.do(lambda work: actions.close_preventively(work, life.account_id, None))
    assert await life.next_due() is None
    life.clock.advance(DAY)
    reopened = life.accounts.told(AccountReopened)
    await life.do(lambda work: actions.reopen_account(work, life.account_id))
    assert [event.closed_at for event in reopened] == [closed_at.isoformat()]
    assert (await life.status(), await life.next_due()) == ("ACTIVE", life.clock.now() + 30 * DAY)
    owner = await life.signed_in()
    await life.accounts.act(owner, lambda work: actions.close_account(work, digest(losses)))
    assert await refused() == "CLOSED"


# ---- leaving


async def test_a_member_leaves_and_the_last_owner_stays(life: Life) -> None:
    owner = await life.signed_in()
    member = await life.accounts.joined(owner, Role.DEVELOPER)
    key = await life.accounts.create_key(member, "orders:write")
    await life.accounts.act(member, actions.leave_account)
    assert await life.accounts.viewer(key.secret) is None
    with pytest.raises(Exception, match="do not belong together"):
        await life.accounts.sign_in("second.person")
    with pytest.raises(Exception, match="last owner"):
        await life.accounts.act(owner, actions.leave_account)


def test_the_table_allows_no_other_state() -> None:
    (check,) = [one for one in Account.__table__.constraints if one.name == "ck_accounts_status"]
    assert all(f"'{status.value}'" in str(check.sqltext) for status in AccountStatus)  # type: ignore[attr-defined]
