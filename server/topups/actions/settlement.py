"""The verbs of the gateway's side: its answers, its own events, and what the reconciler finds.

Whatever arrives twice, late or in another order, a top-up is credited at most once and taken back at most once.
"""

from __future__ import annotations

from datetime import timedelta

import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from server.kit.due import cancel, schedule
from server.kit.work import Work
from server.topups.actions.changes import (
    TopUpChallenged,
    TopUpErrored,
    TopUpFailed,
    TopUpResumed,
    TopUpSettled,
    change,
    locked,
    locked_by,
    move,
    write,
)
from server.topups.actions.reversals import (
    FORGOTTEN,
    RECONCILE,
    reinstate,
    take,
    take_disputed,
    take_refunded,
    take_what_waited,
)
from server.topups.model import ProviderEvent, TopUp
from server.topups.reads import CLIENT_SECRET_COLUMN, TopUpRow
from server.topups.rules import ProviderEventAltered, Terms, reconcile_at
from server.topups.rules.outcomes import (
    ChargedBack,
    ChargeResult,
    FailureCode,
    NeedsStepUp,
    NotFound,
    Outcome,
    Processing,
    ProviderNotice,
    ProviderReport,
    Refunded,
    Reinstated,
    Succeeded,
    TopUpStatus,
    destination,
    failure_of,
    is_stale,
)
from server.wallet.actions import Transfer, collect, post, post_unattributed
from server.wallet.rules import Counter, PostingKind, WalletsClosed


def apply_answer(work: Work, top_up_id: str, result: ChargeResult) -> None:
    """Take what the gateway answered to a charge or to a confirmation."""
    top_up = locked(work, top_up_id)
    if top_up is None:
        return
    if isinstance(result, NeedsStepUp | Processing):
        if top_up.status == TopUpStatus.PROCESSING.value:
            _ask_later(work, _wait(work, top_up, result))
    else:
        _apply_outcome(work, top_up, result)


def mark_unknown(work: Work, top_up_id: str) -> None:
    """The gateway did not answer: nobody knows whether it charged, until the reconciler has asked."""
    top_up = locked(work, top_up_id)
    if top_up is not None and top_up.status == TopUpStatus.PROCESSING.value:
        _ask_later(work, _error(work, top_up))


def apply_found(work: Work, top_up_id: str, found: ChargeResult | NotFound | None) -> None:
    """Take what the reconciler found out; None when the gateway did not answer it either."""
    top_up = locked(work, top_up_id)
    if top_up is None or top_up.status not in (TopUpStatus.PROCESSING.value, TopUpStatus.ERRORED.value):
        return
    if isinstance(found, NotFound):
        _fail(work, top_up, FailureCode.NOT_CHARGED)
    elif isinstance(found, NeedsStepUp) and _step_up_expired(work, found):
        _fail(work, top_up, FailureCode.STEP_UP_EXPIRED)
    elif isinstance(found, NeedsStepUp | Processing):
        _ask_later(work, _resume(work, top_up, found))
    elif found is None:
        _ask_later(work, top_up)
    else:
        _apply_outcome(work, top_up, found)


def apply_provider_event(work: Work, notice: ProviderNotice) -> bool:
    """Take what a gateway tells of a transaction by itself, once; see `apply_report`."""
    content = orjson.dumps([type(notice.outcome).__name__, notice])
    return apply_report(
        work,
        ProviderReport(notice.gateway, notice.event_id, content, notice.transaction_id, notice.outcome),
    )


def apply_report(work: Work, report: ProviderReport) -> bool:
    """Take an event that a gateway reports by itself, once. Returns whether it changed a top-up.

    Raises ProviderEventAltered when its id came before with another content. An event that tells nothing, or of an
    unknown transaction, is kept without effect.
    """
    if not claim(work, report) or report.outcome is None:
        return False
    of_transaction = select(TopUp.__table__).where(
        TopUp.transaction_id == report.transaction_id, TopUp.gateway == report.gateway
    )
    top_up = locked_by(work, of_transaction)
    if top_up is None:
        return False
    applied = _apply_outcome(work, top_up, report.outcome)
    this_event = (ProviderEvent.gateway == report.gateway) & (ProviderEvent.event_id == report.event_id)
    work.execute(update(ProviderEvent).where(this_event).values(top_up_id=top_up.id, applied=applied))
    return applied


def _apply_outcome(work: Work, top_up: TopUpRow, outcome: Outcome) -> bool:
    if isinstance(outcome, Reinstated):
        return reinstate(work, top_up, outcome)
    if isinstance(outcome, ChargedBack) and outcome.dispute_id is not None:
        return take_disputed(work, top_up, outcome)
    status = TopUpStatus(top_up.status)
    before_it_came = status is not TopUpStatus.SUCCEEDED
    if isinstance(outcome, Refunded) and not (
        before_it_came and outcome.refunded_minor >= top_up.amount_minor
    ):
        return take_refunded(work, top_up, outcome)
    to = destination(status, outcome)
    if to is None or is_stale(outcome, top_up.outcome_at):
        return False
    if to is TopUpStatus.SUCCEEDED and isinstance(outcome, Succeeded):
        _settle(work, top_up, outcome)
    elif to is TopUpStatus.REVERSED:
        take(work, top_up, top_up.left_minor, outcome)
    else:
        _close(work, top_up, to, TopUpFailed, outcome)
    return True


def _settle(work: Work, top_up: TopUpRow, outcome: Succeeded) -> None:
    # Credited is what was received, not what was ordered (M031).
    payment = Transfer(
        top_up.account_id,
        top_up.currency,
        outcome.received_minor,
        Counter.PAYMENTS,
        PostingKind.TOP_UP,
        top_up.id,
    )
    try:
        post(work, [payment])
        collect(work, top_up.account_id, top_up.currency)
    except WalletsClosed:
        post_unattributed(work, [payment])  # refused before anything was written
    settled = _close(
        work,
        top_up,
        TopUpStatus.SUCCEEDED,
        TopUpSettled,
        outcome,
        received_minor=outcome.received_minor,
        provider_reference=outcome.provider_reference,
    )
    take_what_waited(work, settled, outcome)


def _close(
    work: Work,
    top_up: TopUpRow,
    to: TopUpStatus,
    event: type[TopUpSettled] | type[TopUpFailed],
    outcome: Outcome,
    **changes: object,
) -> TopUpRow:
    failure = failure_of(TopUpStatus(top_up.status), outcome)
    closed = move(
        work,
        top_up,
        to,
        event,
        **FORGOTTEN,
        failure_code=failure.value if failure else None,
        outcome_at=outcome.occurred_at,
        **changes,
    )
    cancel(work, RECONCILE, top_up.id)
    return closed


def _fail(work: Work, top_up: TopUpRow, code: FailureCode) -> None:
    # Our conclusion, not the gateway's word: `outcome_at` stays open, so that a late success still counts.
    move(work, top_up, TopUpStatus.FAILED, TopUpFailed, **FORGOTTEN, failure_code=code.value)


def _error(work: Work, top_up: TopUpRow) -> TopUpRow:
    code = FailureCode.OUTCOME_UNKNOWN.value
    return move(
        work,
        top_up,
        TopUpStatus.ERRORED,
        TopUpErrored,
        failure_code=code,
        next_action=None,
        step_up_code=None,
        client_secret=None,
    )


def _wait(work: Work, top_up: TopUpRow, result: NeedsStepUp | Processing) -> TopUpRow:
    if isinstance(result, NeedsStepUp):
        return change(
            work,
            top_up,
            TopUpChallenged,
            next_action=result.challenge.value,
            step_up_code=None,
            client_secret=_sealed_secret(work, top_up, result),
        )
    return write(work, top_up, provider_reference=result.provider_reference, step_up_code=None)


def _resume(work: Work, top_up: TopUpRow, found: NeedsStepUp | Processing) -> TopUpRow:
    if top_up.status == TopUpStatus.PROCESSING.value:
        return top_up
    return move(
        work,
        top_up,
        TopUpStatus.PROCESSING,
        TopUpResumed,
        failure_code=None,
        next_action=found.challenge.value if isinstance(found, NeedsStepUp) else None,
        client_secret=_sealed_secret(work, top_up, found),
        provider_reference=found.provider_reference if isinstance(found, Processing) else None,
    )


def _sealed_secret(work: Work, top_up: TopUpRow, result: NeedsStepUp | Processing) -> bytes | None:
    if not isinstance(result, NeedsStepUp) or result.client_secret is None:
        return None
    return work.seal(top_up.account_id, "billing", CLIENT_SECRET_COLUMN, result.client_secret)


def _ask_later(work: Work, top_up: TopUpRow) -> None:
    """Let the reconciler ask; after the last of its tries the top-up stays ERRORED for a person to look at."""
    at = reconcile_at(work.now, top_up.reconciliations, work.terms(Terms))
    if at is not None:
        write(work, top_up, reconciliations=top_up.reconciliations + 1)
        schedule(work, RECONCILE, top_up.id, at)
    elif top_up.status == TopUpStatus.PROCESSING.value:
        _error(work, top_up)


def _step_up_expired(work: Work, found: NeedsStepUp) -> bool:
    return work.now - found.occurred_at >= timedelta(seconds=work.terms(Terms).step_up_seconds_max)


def claim(work: Work, report: ProviderReport) -> bool:
    """Use up the event's id; False when it was used up before. Raises ProviderEventAltered."""
    digest = work.keyed_hash("provider_events", report.content)
    values = {
        "gateway": report.gateway,
        "event_id": report.event_id,
        "digest": digest,
        "applied": False,
        "reported_at": work.now,
    }
    # Reads the same on SQLite; on PostgreSQL it also waits for a concurrent delivery.
    fresh = insert(ProviderEvent).values(values).on_conflict_do_nothing().returning(ProviderEvent.event_id)
    if work.first(fresh) is not None:
        return True
    known = select(ProviderEvent.digest).where(
        ProviderEvent.gateway == report.gateway, ProviderEvent.event_id == report.event_id
    )
    if work.scalar(known) != digest:
        raise ProviderEventAltered
    return False
