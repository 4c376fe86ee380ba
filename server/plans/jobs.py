"""Due work of plans. Each step is one transaction, and changes nothing when it was done before; the telling of a price
is several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.plans.actions.billing import give_up, remind, renew, retry
from server.plans.actions.changes import GIVE_UP, REMIND, RENEW, RETRY
from server.plans.actions.members import WITHDRAW, withdraw
from server.plans.actions.price_changes import TELL_PRICE, tell_page

TIMERS: Mapping[str, Timer] = {
    **dict.fromkeys((RENEW, REMIND, RETRY, WITHDRAW), Timer.CONTRACTUAL),
    **dict.fromkeys((GIVE_UP, TELL_PRICE), Timer.OPERATIONAL),
}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    steps: Mapping[str, Callable[[Work, str], None]] = {
        RENEW: renew,
        RETRY: retry,
        GIVE_UP: give_up,
        REMIND: remind,
        WITHDRAW: withdraw,
    }
    return {TELL_PRICE: tell_price, **{kind: _handler(kind, step) for kind, step in steps.items()}}


async def tell_price(units: Units, change_id: str) -> None:
    """Tell everybody whom an announced price concerns, some in each transaction."""
    last: str | None = ""
    while last is not None:
        call, page = Call(TELL_PRICE, SYSTEM), partial(tell_page, change_id=change_id, after_id=last)
        last = await units.run(call, page)


def _handler(kind: str, step: Callable[[Work, str], None]) -> Handler:
    async def handle(units: Units, subject_id: str) -> None:
        await units.run(Call(kind, SYSTEM), lambda work: step(work, subject_id))

    return handle
