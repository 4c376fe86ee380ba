"""Due work of orders: deciding about automatic top-ups, looking for those that nobody woke, and invoicing usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from server.kit.due import Handler, Timer, schedule, schedule_unless_planned
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.orders.actions.auto_top_up import LOOK, SWEEP, look
from server.orders.actions.usage_invoices import USAGE_INVOICE, invoice_usage
from server.orders.reads.auto_top_up import rules_below
from server.orders.rules import Terms
from server.wallet.rules import WalletsClosed

_RULES_A_READ = 500

TIMERS: Mapping[str, Timer] = dict.fromkeys((LOOK, SWEEP, USAGE_INVOICE), Timer.OPERATIONAL)


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    return {LOOK: decide, SWEEP: sweep, USAGE_INVOICE: invoice}


def plan(work: Work) -> None:
    """Start the sweep, at start-up; what is planned already stays where it is."""
    schedule_unless_planned(work, SWEEP, "all", work.now)


async def decide(units: Units, auto_top_up_id: str) -> None:
    """Decide about one rule. An account that has ended has nothing to top up."""
    try:
        await units.run(Call(LOOK, SYSTEM), lambda work: look(work, auto_top_up_id))
    except WalletsClosed:
        return


async def invoice(units: Units, subject_id: str) -> None:
    """Invoice what an account used in a month."""
    await units.run(Call(USAGE_INVOICE, SYSTEM), lambda work: invoice_usage(work, subject_id))


async def sweep(units: Units, _subject_id: str) -> None:
    """Wake every idle rule whose balance is too low: the net under the alarms of the wallets."""
    last: str | None = ""
    while last is not None:
        low, last = await units.read(partial(rules_below, after_id=last, limit=_RULES_A_READ))
        await units.run_unaudited(partial(_wake, auto_top_up_ids=low))
    await units.run_unaudited(_plan_next)


def _wake(work: Work, auto_top_up_ids: Sequence[str]) -> None:
    for auto_top_up_id in auto_top_up_ids:
        schedule(work, LOOK, auto_top_up_id, work.now)


def _plan_next(work: Work) -> None:
    seconds = work.terms(Terms).auto_top_up.sweep_seconds
    schedule(work, SWEEP, "all", work.now + timedelta(seconds=seconds))
