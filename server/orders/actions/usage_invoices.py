"""The monthly invoice of what was used and paid with money, call by call (M029, M102).

Each money usage adds to a sum of its month, product and tax. At the first instant of the next month, in UTC, the sums
of each currency become one invoice and go; both in one transaction, so that nothing is invoiced twice or never. What
was used in a month and is committed after its invoice goes to the next one, on a line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.kit.clock import to_micros
from server.kit.db import Prepared
from server.kit.due import schedule
from server.kit.money import Currency
from server.kit.work import Work
from server.orders.actions.events import UsageBilled
from server.orders.actions.invoicing import issue_invoice
from server.orders.model import OpenUsage
from server.orders.reads.invoices import invoice_of_subject
from server.orders.rules.auto_top_up import month_start, next_month
from server.orders.rules.invoices import Line, Series
from server.orders.rules.tax import Taxed, TaxTreatment
from server.orders.rules.terms import PRICED_UNITS, Terms
from server.wallet.reads.erasure import is_closed

USAGE_INVOICE = "orders.usage_invoice"


@dataclass(frozen=True, slots=True)
class PaidUsage:
    """One money usage: so many calls at a price for PRICED_UNITS, and what was taken for them."""

    product: str
    calls: int
    currency: str
    unit_price_minor: int
    taxed: Taxed


def note_usage(work: Work, account_id: str, paid: Iterable[PaidUsage]) -> None:
    """Add what was charged to the sums of this month. Call it after the charge: the wallet's lock is theirs."""
    month, fresh = month_start(work.now), False
    for kind, used in sorted(_by_kind(paid).items()):
        currency, product, rate_basis_points, treatment = kind
        calls = sum(one.calls for one in used)
        ((summed,),) = _add.run(
            work.connection,
            account_id=account_id,
            month=to_micros(month),
            currency=currency,
            product=product,
            rate_basis_points=rate_basis_points,
            treatment=treatment,
            calls=calls,
            unit_price_minor=used[0].unit_price_minor,
            net_minor=sum(one.taxed.net_minor for one in used),
            tax_minor=sum(one.taxed.tax_minor for one in used),
        )
        fresh = fresh or summed == calls
    if fresh:
        _plan(work, account_id, month)


def invoice_usage(work: Work, subject_id: str) -> None:
    """Invoice what the account used in the month that the subject names, and before it."""
    account_id, _, named = subject_id.partition("/")
    month = datetime.fromisoformat(f"{named}-01T00:00:00+00:00")
    if work.now < next_month(month):
        _plan(work, account_id, month)
        return
    billed, waits = defaultdict(list), False
    mine = (OpenUsage.account_id == account_id) & (OpenUsage.month <= month)
    for row in work.rows(select(OpenUsage.__table__).where(mine).order_by(*_ORDER).with_for_update()):
        billed[row.currency].append(row)
    if is_closed(work, account_id):
        work.execute(delete(OpenUsage).where(mine))  # erased with everything: nobody is left to bill
        return
    for currency, rows in sorted(billed.items()):
        waits = not _bill(work, account_id, currency, month, rows) or waits
    if waits:
        _plan(work, account_id, month_start(work.now))


def _bill(work: Work, account_id: str, currency: str, month: datetime, rows: Sequence[Row[Any]]) -> bool:
    """Make the month's invoice of one currency, unless it was made: what came late waits for the next one."""
    subject_id = f"{account_id}/{month:%Y-%m}/{currency}"
    if invoice_of_subject(work, Series.INVOICE, subject_id) is not None:
        return False
    lines_max = work.terms(Terms).invoicing.lines_max
    taken, left = rows[:lines_max], rows[lines_max:]
    for row in taken:
        same = [getattr(OpenUsage, name) == getattr(row, name) for name in _KEY]
        work.execute(delete(OpenUsage).where(*same))
    work.record(UsageBilled(account_id, account_id, f"{month:%Y-%m}", currency))
    period = (taken[0].month, next_month(month))
    issue_invoice(
        work,
        account_id,
        Currency[currency],
        [_line(row) for row in taken],
        subject_id=subject_id,
        period=period,
    )
    return not left


def _line(row: Row[Any]) -> Line:
    treatment = TaxTreatment(row.treatment)
    taxed = Taxed(row.net_minor, row.rate_basis_points, row.tax_minor, treatment)
    params = {"month": f"{row.month:%Y-%m}"}
    return Line(f"USAGE_{row.product}", params, row.calls, row.unit_price_minor, PRICED_UNITS, taxed)


def _by_kind(paid: Iterable[PaidUsage]) -> dict[tuple[str, str, int, str], list[PaidUsage]]:
    found: dict[tuple[str, str, int, str], list[PaidUsage]] = defaultdict(list)
    for one in paid:
        taxed = one.taxed
        key = (one.currency, one.product, taxed.rate_basis_points, taxed.treatment.value)
        found[key].append(one)
    return found


def _plan(work: Work, account_id: str, month: datetime) -> None:
    """Come back at the first instant after the month. Each month has due work of its own: none moves another."""
    schedule(work, USAGE_INVOICE, f"{account_id}/{month:%Y-%m}", next_month(month))


_KEY = ("account_id", "month", "currency", "product", "rate_basis_points", "treatment")
_ORDER = [getattr(OpenUsage, name) for name in _KEY]
_sums = upsert(OpenUsage).values({column.name: bindparam(column.name) for column in OpenUsage.__table__.c})
_add = Prepared(
    _sums.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={
            name: getattr(OpenUsage, name) + getattr(_sums.excluded, name)
            for name in ("calls", "net_minor", "tax_minor")
        },
    ).returning(OpenUsage.calls)
)
