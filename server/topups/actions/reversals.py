"""Money that goes again after it came, whole or in part, and that may come back: disputes, and refunds made at the
gateway.

Each part that is taken is a row. A dispute has one, by the gateway's own id of it, so that whatever is told of it, in
any order and however often, takes once and gives back once. What was refunded at the gateway is told as a total: what
is new in it is taken.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from server.kit.due import cancel, schedule
from server.kit.work import Work
from server.topups.actions.changes import (
    TopUpChange,
    TopUpErrored,
    TopUpPartlyReversed,
    TopUpReinstated,
    TopUpReversed,
    move,
    write,
)
from server.topups.model import Reversal
from server.topups.reads import TopUpRow
from server.topups.rules.outcomes import (
    ChargedBack,
    FailureCode,
    Outcome,
    Refunded,
    Reinstated,
    TopUpStatus,
    check_move,
    destination,
    failure_of,
)
from server.topups.rules.reversals import (
    ReversalKind,
    ReversalState,
    disputed_minor,
    refunded_elsewhere_minor,
)
from server.wallet.actions import Transfer, collect, post, post_unattributed, reverse, reverse_unattributed
from server.wallet.rules import Counter, PostingKind, WalletsClosed

RECONCILE = "topups.reconcile"
FORGOTTEN = {"payment_token": None, "step_up_code": None, "client_secret": None, "next_action": None}
"""What a resolved top-up no longer needs (M115)."""


def take_disputed(work: Work, top_up: TopUpRow, outcome: ChargedBack) -> bool:
    """A bank takes back what a card holder disputes; whether that was news.

    Of a payment that is not here yet, all of it: it will never be credited. A part waits for the payment.
    """
    assert outcome.dispute_id is not None
    if _of_dispute(work, top_up, outcome.dispute_id) is not None:
        return False
    status = TopUpStatus(top_up.status)
    amount_minor = disputed_minor(outcome, top_up.currency, top_up.received_minor or top_up.amount_minor)
    if status is TopUpStatus.SUCCEEDED:
        take(work, top_up, min(amount_minor, top_up.left_minor), outcome)
    elif status is TopUpStatus.REVERSED:
        _keep(work, top_up, ReversalKind.DISPUTE, 0, ReversalState.TAKEN, outcome.dispute_id)
    elif amount_minor < top_up.amount_minor or destination(status, outcome) is None:
        _keep(work, top_up, ReversalKind.DISPUTE, amount_minor, ReversalState.WAITING, outcome.dispute_id)
    else:
        take(work, top_up, 0, outcome)
    return True


def take_refunded(work: Work, top_up: TopUpRow, outcome: Refunded) -> bool:
    """So much of a payment was given back all in all; whether some of it was neither by us nor known yet."""
    if outcome.refunded_minor > top_up.gateway_refunded_minor:
        top_up = write(work, top_up, gateway_refunded_minor=outcome.refunded_minor)
    return take_refunded_elsewhere(work, top_up, outcome)


def take_refunded_elsewhere(work: Work, top_up: TopUpRow, outcome: Refunded) -> bool:
    """Take what the gateway's total has more than our own refunds and what was taken before; whether there is more.

    A refund of ours that is on its way counts as ours: should the gateway not have it yet, its total grows when it has,
    and tells this again.
    """
    taken = select(func.sum(Reversal.amount_minor)).where(
        Reversal.top_up_id == top_up.id, Reversal.kind == ReversalKind.REFUND.value
    )
    known_minor = top_up.refunded_minor + int(work.scalar(taken) or 0)
    more_minor = refunded_elsewhere_minor(top_up.gateway_refunded_minor, known_minor, top_up.left_minor)
    if top_up.status != TopUpStatus.SUCCEEDED.value or more_minor == 0:
        return False
    take(work, top_up, more_minor, outcome)
    return True


def take(work: Work, top_up: TopUpRow, amount_minor: int, outcome: Outcome) -> TopUpRow:
    """Take a part of a locked top-up back out of the wallet. With the last part it is REVERSED."""
    disputed = isinstance(outcome, ChargedBack)
    reference = outcome.dispute_id if isinstance(outcome, ChargedBack) else None
    kind = ReversalKind.of(outcome)
    part_id = _keep(work, top_up, kind, amount_minor, ReversalState.TAKEN, reference)
    if amount_minor:
        _debit(work, top_up, amount_minor, Counter.CHARGEBACKS if disputed else Counter.PAYMENTS)
    reversed_minor = top_up.reversed_minor + amount_minor
    if amount_minor < top_up.left_minor:
        changed = write(work, top_up, updated_at=work.now, reversed_minor=reversed_minor)
        return _tell(work, TopUpPartlyReversed, changed, amount_minor, part_id)
    check_move(TopUpStatus(top_up.status), TopUpStatus.REVERSED)
    failure = failure_of(TopUpStatus(top_up.status), outcome)
    changed = write(
        work,
        top_up,
        **FORGOTTEN,
        status=TopUpStatus.REVERSED.value,
        failure_code=failure.value if failure else None,
        outcome_at=outcome.occurred_at,
        updated_at=work.now,
        reversed_minor=reversed_minor,
    )
    cancel(work, RECONCILE, top_up.id)
    return _tell(work, TopUpReversed, changed, amount_minor, part_id)


def take_what_waited(work: Work, top_up: TopUpRow, occurred: Outcome) -> None:
    """The payment came: take the parts of it that were disputed or refunded before it did."""
    waiting = select(Reversal.__table__).where(
        Reversal.top_up_id == top_up.id, Reversal.state == ReversalState.WAITING.value
    )
    for row in work.rows(waiting.order_by(Reversal.id).with_for_update()):
        amount_minor = min(row.amount_minor, top_up.left_minor)
        if amount_minor:
            _debit(work, top_up, amount_minor, Counter.CHARGEBACKS)
        _write(work, row.id, ReversalState.TAKEN, amount_minor)
        changed = write(
            work, top_up, updated_at=work.now, reversed_minor=top_up.reversed_minor + amount_minor
        )
        top_up = _tell(work, TopUpPartlyReversed, changed, amount_minor, row.id)
    take_refunded_elsewhere(work, top_up, Refunded(top_up.gateway_refunded_minor, occurred.occurred_at))


def reinstate(work: Work, top_up: TopUpRow, outcome: Reinstated) -> bool:
    """The bank gave back what was disputed: so does the wallet's counter-account; whether that was news.

    Told before the dispute itself, it leaves nothing to take. Of a payment that was never credited because its
    dispute came first, the gateway is asked again.
    """
    row = _of_dispute(work, top_up, outcome.dispute_id)
    if row is None:
        _keep(work, top_up, ReversalKind.DISPUTE, 0, ReversalState.RETURNED, outcome.dispute_id)
        return True
    if row.state == ReversalState.RETURNED.value:
        return False
    _write(work, row.id, ReversalState.RETURNED, row.amount_minor)
    if row.state == ReversalState.WAITING.value:
        return True
    if row.amount_minor:
        _give_back(work, top_up, row)
    elif top_up.status == TopUpStatus.REVERSED.value and top_up.received_minor is None:
        unknown = FailureCode.OUTCOME_UNKNOWN.value
        move(
            work,
            top_up,
            TopUpStatus.ERRORED,
            TopUpErrored,
            failure_code=unknown,
            outcome_at=None,
            reconciliations=0,
        )
        schedule(work, RECONCILE, top_up.id, work.now)
    return True


def _give_back(work: Work, top_up: TopUpRow, row: Row[Any]) -> None:
    kind = PostingKind.TOP_UP_REINSTATED
    back = Transfer(
        top_up.account_id, top_up.currency, row.amount_minor, Counter.CHARGEBACKS, kind, top_up.id
    )
    try:
        post(work, [back])
        collect(work, top_up.account_id, top_up.currency)
    except WalletsClosed:
        post_unattributed(work, [back])  # refused before anything was written
    if top_up.status != TopUpStatus.SUCCEEDED.value:
        check_move(TopUpStatus(top_up.status), TopUpStatus.SUCCEEDED)
    changed = write(
        work,
        top_up,
        status=TopUpStatus.SUCCEEDED.value,
        failure_code=None,
        updated_at=work.now,
        reversed_minor=top_up.reversed_minor - row.amount_minor,
    )
    _tell(work, TopUpReinstated, changed, row.amount_minor, row.id)


def _debit(work: Work, top_up: TopUpRow, amount_minor: int, counter: Counter) -> None:
    kind = PostingKind.TOP_UP_REVERSED
    back = Transfer(top_up.account_id, top_up.currency, -amount_minor, counter, kind, top_up.id)
    try:
        reverse(work, back.account_id, back.unit, amount_minor, back.counter, back.kind, back.reference)
    except WalletsClosed:
        reverse_unattributed(work, back)


def _of_dispute(work: Work, top_up: TopUpRow, dispute_id: str) -> Row[Any] | None:
    theirs = (Reversal.top_up_id == top_up.id) & (Reversal.dispute_id == dispute_id)
    return work.first(select(Reversal.__table__).where(theirs).with_for_update())


def _keep(
    work: Work,
    top_up: TopUpRow,
    kind: ReversalKind,
    amount_minor: int,
    state: ReversalState,
    dispute_id: str | None,
) -> str:
    part_id = work.ids.new("trv")
    work.execute(
        insert(Reversal).values(
            id=part_id,
            top_up_id=top_up.id,
            account_id=top_up.account_id,
            kind=kind.value,
            dispute_id=dispute_id,
            amount_minor=amount_minor,
            state=state.value,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    return part_id


def _write(work: Work, part_id: str, state: ReversalState, amount_minor: int) -> None:
    values = {"state": state.value, "amount_minor": amount_minor, "updated_at": work.now}
    work.execute(update(Reversal).where(Reversal.id == part_id).values(values))


def _tell(work: Work, event: type[TopUpChange], changed: TopUpRow, part_minor: int, part_id: str) -> TopUpRow:
    work.record(event.of(changed, part_minor, part_id))
    return changed
