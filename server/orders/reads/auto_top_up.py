"""Queries about automatic top-ups, and the situation that a decision is made in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from server.accounts import reads as account_reads
from server.accounts.reads.lifecycle import may_be_charged
from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.problems import Refusal
from server.kit.work import Read
from server.orders.model import AutoTopUp, AutoTopUpRun, AutoTopUpSwitch
from server.orders.reads.prices import changed_prices
from server.orders.reads.tax import tax_status
from server.orders.rules.auto_top_up import (
    AutoTopUpState,
    Caps,
    Method,
    RunStatus,
    Setting,
    Situation,
    Spent,
    Standing,
    Suspension,
    check_caps,
    check_setting,
    day_start,
    month_start,
)
from server.orders.rules.auto_top_up_terms import Channel
from server.orders.rules.items import AutomaticCreditsItem
from server.orders.rules.pricing import quote
from server.orders.rules.problems import AutoTopUpAmountInvalid, NotSoldInCurrency
from server.orders.rules.tax import Taxed, TaxTreatment, tax
from server.orders.rules.terms import Terms
from server.topups.reads.methods import MethodRow, methods_of_account, valid_method
from server.topups.rules import Terms as TopUpTerms
from server.wallet.reads import balance, balances_of

_SMTP_SCOPE = "usage:write"
"""What a relay's key must be allowed to: tell what was sent."""


class AutoTopUpRow(NamedTuple):
    """A rule: the columns of its table, by the same names."""

    id: str
    account_id: str
    unit: str
    enabled: bool
    below: int
    add_quantity: int
    currency: str
    method_id: str | None
    cap_day_minor: int | None
    cap_month_minor: int | None
    run_id: str | None
    failures: int
    next_try_at: datetime | None
    suspension: str | None
    failure_code: str | None
    verdict: str | None
    decided_at: datetime | None
    decided_available: int | None
    decided_below: int | None
    decided_amount_minor: int | None
    decided_next_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def standing(self) -> Standing:
        """What the rule remembers."""
        suspension = Suspension(self.suspension) if self.suspension is not None else None
        in_flight = self.run_id is not None
        return Standing(self.enabled, in_flight, suspension, self.failures, self.next_try_at)

    @property
    def state(self) -> AutoTopUpState:
        """Where the rule is."""
        return self.standing.state

    @property
    def setting(self) -> Setting:
        """What the rule is set to."""
        return Setting(
            self.unit,
            self.below,
            self.add_quantity,
            Currency[self.currency],
            self.method_id,
            Caps(self.cap_day_minor, self.cap_month_minor),
        )


class RunRow(NamedTuple):
    """One automatic top-up: the columns of its table, by the same names."""

    id: str
    auto_top_up_id: str
    account_id: str
    status: str
    currency: str
    amount_minor: int
    order_id: str | None
    top_up_id: str | None
    failure_code: str | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Price:
    """What one automatic top-up adds and what is paid for it; a money wallet's is the payment alone, untaxed."""

    added: int
    taxed: Taxed


def auto_top_up(read: Read, account_id: str, unit: str) -> AutoTopUpRow | None:
    """The account's rule for the unit."""
    return next((rule for rule in auto_top_ups(read, account_id) if rule.unit == unit), None)


def auto_top_ups(read: Read, account_id: str) -> Sequence[AutoTopUpRow]:
    """The account's rules, by unit: at most one a unit."""
    query = select(*_columns).where(_rules.account_id == account_id).order_by(_rules.unit)
    return [AutoTopUpRow._make(row) for row in read.rows(query)]


def auto_top_up_by_id(read: Read, auto_top_up_id: str) -> AutoTopUpRow | None:
    """A rule, whosever it is: for the server's own work."""
    row = read.first(select(*_columns).where(_rules.id == auto_top_up_id))
    return AutoTopUpRow._make(row) if row is not None else None


def rules_below(read: Read, after_id: str, limit: int) -> tuple[Sequence[str], str | None]:
    """Of the next `limit` rules behind an id, those that could start and whose balance is too low; and the last id
    that was looked at, None at the end."""
    idle = _rules.enabled & _rules.run_id.is_(None) & _rules.suspension.is_(None)
    query = select(*_columns).where(_rules.id > after_id, idle).order_by(_rules.id).limit(limit)
    rules = [AutoTopUpRow._make(row) for row in read.rows(query)]
    wallets = balances_of(read, sorted({rule.account_id for rule in rules}))
    have = {(owner, row.unit): row.available for owner, rows in wallets.items() for row in rows}
    low = [rule.id for rule in rules if have.get((rule.account_id, rule.unit), 0) < rule.below]
    return low, rules[-1].id if rules else None


def runs_of(read: Read, auto_top_up_id: str, limit: int) -> Sequence[RunRow]:
    """The rule's automatic top-ups, the newest first."""
    query = select(*_run_columns).where(_runs.auto_top_up_id == auto_top_up_id)
    return [RunRow._make(row) for row in read.rows(query.order_by(_runs.id.desc()).limit(limit))]


def runs(read: Read, run_ids: Sequence[str]) -> Mapping[str, RunRow]:
    """These automatic top-ups, by id."""
    query = select(*_run_columns).where(_runs.id.in_(run_ids))
    return {row.id: RunRow._make(row) for row in read.rows(query)}


def spent(read: Read, auto_top_up_id: str, currency: Currency) -> Spent:
    """What the rule spent, counted by when each top-up was started (UTC); failed ones cost nothing."""
    today = _runs.started_at >= day_start(read.now)
    paid = (_runs.status != RunStatus.FAILED.value) & (_runs.currency == currency.code)
    query = select(
        _sum(today & paid, _runs.amount_minor).label("today_minor"),
        _sum(paid, _runs.amount_minor).label("month_minor"),
        _sum(today, 1).label("tries_today"),
    ).where(_runs.auto_top_up_id == auto_top_up_id, _runs.started_at >= month_start(read.now))
    row = read.rows(query)[0]
    return Spent(int(row.today_minor), int(row.month_minor), int(row.tries_today))


def stopped(read: Read) -> bool:
    """Whether the operators' kill switch holds all automatic top-ups back."""
    return bool(read.scalar(select(AutoTopUpSwitch.stopped)))


def price_of(read: Read, account_id: str, setting: Setting) -> Price:
    """Raises NotSoldInCurrency, QuantityOutOfRange, CountryMissing."""
    if not setting.buys_credits:
        return Price(setting.add, Taxed(setting.add, 0, 0, TaxTreatment.OUTSIDE_SCOPE))
    terms = read.terms(Terms)
    changed = changed_prices(read, [setting.currency], read.now)
    priced = quote(AutomaticCreditsItem(setting.unit, setting.add), setting.currency, terms, changed)
    return Price(priced.credits, tax(priced.net_minor, tax_status(read, account_id), terms))


def checked_price(read: Read, account_id: str, setting: Setting) -> Price:
    """What a setting that can be meant costs each time.

    Raises AutoTopUpQuantityInvalid, AutoTopUpCapTooLow, what `price_of` raises, and AutoTopUpAmountInvalid when it
    cannot be paid at once.
    """
    check_setting(setting, read.terms(Terms).auto_top_up)
    limits = read.terms(TopUpTerms).limits.get(setting.currency.code)
    if limits is None:
        raise NotSoldInCurrency(setting.currency.code, "currency")
    price = price_of(read, account_id, setting)
    gross_minor = price.taxed.gross_minor
    if not limits.minimum_minor <= gross_minor <= limits.maximum_minor:
        raise AutoTopUpAmountInvalid(
            setting.currency.code, gross_minor, limits.minimum_minor, limits.maximum_minor
        )
    check_caps(setting, gross_minor)
    return price


def situation_of(
    read: Read, account_id: str, setting: Setting, rule_id: str | None, available: int | None = None
) -> Situation:
    """Everything that decides whether to top up now, with the given balance or the real one."""
    if available is None:
        available = balance(read, account_id, setting.unit).available
    try:
        price_minor = price_of(read, account_id, setting).taxed.gross_minor
    except Refusal:
        price_minor = None
    money = balance(read, account_id, setting.currency.code).available if setting.buys_credits else None
    return Situation(
        now=read.now,
        available=available,
        below=setting.below,
        price_minor=price_minor,
        money_minor=money,
        method=_method_state(read, account_id, setting),
        sends_by_channel=sends_by_channel(read, account_id),
        stopped=stopped(read),
        restricted=not may_be_charged(read, account_id),
        spent=spent(read, rule_id, setting.currency) if rule_id is not None else Spent(),
        caps=setting.caps,
    )


def method_of(read: Read, account_id: str, setting: Setting) -> MethodRow | None:
    """The payment method that would be charged now."""
    if setting.method_id is not None and not is_id(setting.method_id, "pm"):  # PostgreSQL takes no NUL
        return None
    return valid_method(read, account_id, setting.method_id)


def sends_by_channel(read: Read, account_id: str) -> bool:
    """Whether the account sends through a channel that automatic top-ups are for (M050).

    Who has a live API key sends through the API. The SMTP relay signs in with a key that may record usage.
    """
    wanted = read.terms(Terms).auto_top_up.channels
    if not wanted:
        return True
    keys = read.rows(account_reads.live_api_keys(read, account_id).limit(_KEYS_MAX))
    if Channel.API in wanted:
        return bool(keys)
    return any(_SMTP_SCOPE in key.scopes.split() for key in keys)


def _method_state(read: Read, account_id: str, setting: Setting) -> Method:
    if method_of(read, account_id, setting) is not None:
        return Method.VALID
    kept = methods_of_account(read, account_id, _METHODS_MAX)
    mine = [method for method in kept if setting.method_id in (None, method.id)]
    return Method.EXPIRED if any(_expired(read, method) for method in mine) else Method.GONE


def _expired(read: Read, method: MethodRow) -> bool:
    return method.expires_at is not None and method.expires_at <= read.now


def _sum(condition: Any, value: Any) -> Any:
    return func.coalesce(func.sum(case((condition, value), else_=0)), 0)


_KEYS_MAX = 1_000
_METHODS_MAX = 100
_rules: Any = AutoTopUp.__table__.c
_runs: Any = AutoTopUpRun.__table__.c
_columns = [_rules[name] for name in AutoTopUpRow._fields]
_run_columns = [_runs[name] for name in RunRow._fields]
