"""How long each kind of row is kept: the clocks of all slices, and the open cases that hold them up.

A retention of a personal.py without a clock here lasts as long as the relationship, or belongs to the books: it goes
with its account, or with its wallet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from server.accounts import rules as account_rules
from server.accounts.actions.api_log import PRUNE_API_LOG
from server.accounts.actions.lifecycle import INACTIVITY
from server.accounts.actions.pruning import PRUNING
from server.accounts.model import ApiUse, KnownDevice, PublicCall, Session, SignInChallenge, SignInCounter
from server.accounts.model.restrictions import Restriction
from server.campaigns.actions.complaints import LAPSE
from server.campaigns.actions.statistics import DELETE_BOUNCES, DELETE_STATISTICS
from server.campaigns.jobs.statistics import PRUNE_SEEN
from server.campaigns.model import Bounce, ComplaintCase, IndustryBenchmark, SeenEvent, StatisticScope
from server.campaigns.rules.complaints import HOLDING, ComplaintStatus
from server.campaigns.rules.events import BounceClass
from server.campaigns.rules.metrics import CLASSES, moment, second_of
from server.campaigns.rules.recording import RecordingTerms
from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.kit.allowances import RateBucket
from server.kit.audit import AuditEntry, AuditSeal
from server.kit.db import Base
from server.kit.registry import Registry
from server.kit.retention import Clock, Clocks, Hold, Holds, Kept, Step
from server.notices.actions.delivery import DELIVER
from server.notices.model import OutboxMessage
from server.policy.model import (
    Attestation,
    Consent,
    Disclosure,
    LegalityCheck,
    Processor,
    RecipientNotice,
    UsageCount,
)
from server.privacy.actions.exporting import DELETE as DELETE_EXPORT
from server.privacy.actions.recipient_events import STEP
from server.privacy.model import (
    DataExport,
    DataExportChunk,
    PrivacyRequest,
    RecipientRequest,
    RetentionCount,
    RetentionRun,
)
from server.privacy.rules.exporting import ExportStatus
from server.privacy.rules.recipient_requests import RecipientRequestTerms
from server.privacy.rules.requests import PrivacyRequestKind
from server.senders.actions.documents import DELETE_DOCUMENTS
from server.support.actions.events import STEP as SUPPORT_STEP
from server.support.model import Ticket

_SECONDS_A_DAY = 24 * 60 * 60
_OPEN_COMPLAINTS = sorted({*HOLDING, ComplaintStatus.RECEIVED, ComplaintStatus.APPEALED})
_KEEPING = sorted({PrivacyRequestKind.ACCESS, PrivacyRequestKind.PORTABILITY, PrivacyRequestKind.RESTRICTION})
_STATISTICS = frozenset({"statistics", "bounces", "soft_bounces"})


def _since(column: Any, *more: ColumnElement[bool]) -> Callable[[datetime], ColumnElement[bool]]:
    """The clock begins at the instant in the column, for rows of which the rest is true."""

    def began_by(instant: datetime) -> ColumnElement[bool]:
        reached: ColumnElement[bool] = column <= instant
        for condition in more:
            reached &= condition
        return reached

    return began_by


def _register(model: type[Base], column: Any, *more: ColumnElement[bool], account: Any = None) -> Clock:
    return Clock("registers", model, _since(column, *more), account=account, freed=bool(more))


def _session_ended(instant: datetime) -> ColumnElement[bool]:
    ends = (Session.revoked_at, Session.idle_at, Session.expires_at)
    return or_(*(end <= instant for end in ends))


def _sealed_by(instant: datetime) -> ColumnElement[bool]:
    """An audit row goes with its seal, which is younger than all of its rows."""
    ended: ColumnElement[bool] = AuditEntry.seal.in_(select(AuditSeal.number).where(AuditSeal.at <= instant))
    return ended


def _incident_over(instant: datetime) -> ColumnElement[bool]:
    """The clock begins when an incident is opened, so that an erasure can say when the last of an account goes; what
    is open stays."""
    return (Incident.opened_at <= instant) & Incident.closed_at.is_not(None)


def _of_incident(model: type[IncidentAccount | IncidentEntry]) -> Callable[[datetime], ColumnElement[bool]]:
    """What belongs to an incident goes with it."""

    def began_by(instant: datetime) -> ColumnElement[bool]:
        over: ColumnElement[bool] = model.incident_id.in_(select(Incident.id).where(_incident_over(instant)))
        return over

    return began_by


def _rows_of(model: type[IncidentAccount | IncidentEntry]) -> ColumnElement[bool]:
    return select(model.incident_id).where(model.incident_id == Incident.id).exists()


def _disclosed_for(column: Any, key: Any) -> ColumnElement[bool]:
    """What a disclosure stands on is kept as long as the disclosure."""
    return select(Disclosure.id).where(column == key).exists()


def _bounced_by(soft: bool) -> Callable[[datetime], ColumnElement[bool]]:
    kinds = [number for number, kind in enumerate(CLASSES) if (kind is BounceClass.SOFT) == soft]

    def began_by(instant: datetime) -> ColumnElement[bool]:
        return Bounce.kind.in_(kinds) & (Bounce.moment <= moment(second_of(instant), 0, 0, 0))

    return began_by


def _counted_since(instant: datetime) -> ColumnElement[bool]:
    of_campaign = StatisticScope.subject_id != StatisticScope.account_id
    return of_campaign & (StatisticScope.first_second <= second_of(instant))


def _seen_by(instant: datetime) -> ColumnElement[bool]:
    seen: ColumnElement[bool] = SeenEvent.day < second_of(instant) // _SECONDS_A_DAY
    return seen


def _packed_by(instant: datetime) -> ColumnElement[bool]:
    """A package is kept from when it could be fetched, and one that was given up no longer at all."""
    over = or_(DataExport.ready_at <= instant, DataExport.status == ExportStatus.CANCELLED.value)
    packed: ColumnElement[bool] = DataExportChunk.export_id.in_(select(DataExport.id).where(over))
    return packed


def _failures(terms: Registry) -> Kept:
    said = terms.get(account_rules.Terms)
    patience = (said.patience_with_client, said.patience_with_login, said.patience_with_address)
    return Kept(time=max(one.window for one in patience))


def _devices(terms: Registry) -> Kept:
    return Kept(time=terms.get(account_rules.Terms).known_device_age_max)


def _repeatable(terms: Registry) -> Kept:
    return Kept(time=terms.get(RecordingTerms).event_age_max)


def _answered(terms: Registry) -> Kept:
    return Kept(time=terms.get(RecipientRequestTerms).kept_after_end)


CLOCKS = Clocks(
    rows=(
        Clock("sessions", Session, _session_ended, account=Session.account_id),
        Clock("until_settled", PublicCall, _since(PublicCall.made_at)),
        _register(Disclosure, Disclosure.disclosed_at, account=Disclosure.account_id),
        _register(
            LegalityCheck,
            LegalityCheck.checked_at,
            ~_disclosed_for(Disclosure.legality_check_id, LegalityCheck.id),
            account=LegalityCheck.account_id,
        ),
        _register(
            Consent,
            Consent.withdrawn_at,
            ~_disclosed_for(Disclosure.consent_id, Consent.id),
            account=Consent.account_id,
        ),
        _register(RecipientNotice, RecipientNotice.told_at, account=RecipientNotice.account_id),
        _register(Processor, Processor.ended_at, ~_disclosed_for(Disclosure.processor_id, Processor.id)),
        _register(PrivacyRequest, PrivacyRequest.ended_at, account=PrivacyRequest.account_id),
        _register(Attestation, Attestation.review_at),
        _register(UsageCount, UsageCount.counted_at),
        _register(IndustryBenchmark, IndustryBenchmark.counted_at),
        Clock("incidents", IncidentEntry, _of_incident(IncidentEntry)),
        Clock(
            "incidents",
            IncidentAccount,
            _of_incident(IncidentAccount),
            account=IncidentAccount.account_id,
        ),
        Clock(
            "incidents",
            Incident,
            lambda instant: _incident_over(instant) & ~_rows_of(IncidentEntry) & ~_rows_of(IncidentAccount),
            freed=True,
        ),
        Clock(
            "registers",
            RetentionCount,
            lambda instant: RetentionCount.run_id.in_(
                select(RetentionRun.id).where(RetentionRun.ended_at <= instant)
            ),
        ),
        _register(
            RetentionRun,
            RetentionRun.ended_at,
            ~select(RetentionCount.run_id).where(RetentionCount.run_id == RetentionRun.id).exists(),
        ),
        Clock("audit", AuditEntry, _sealed_by, account=AuditEntry.account_id),
        Clock("api_log", ApiUse, _since(ApiUse.at), account=ApiUse.account_id, step=PRUNE_API_LOG),
        Clock(
            "sign_in_failures", SignInCounter, _since(SignInCounter.last_failed_at), _failures, step=PRUNING
        ),
        Clock(
            "sign_in_failures",
            SignInChallenge,
            _since(SignInChallenge.expires_at),
            lambda _terms: Kept(),
            step=PRUNING,
        ),
        Clock("sessions", KnownDevice, _since(KnownDevice.last_used_at), _devices, step=PRUNING),
        Clock(
            "statistics",
            StatisticScope,
            _counted_since,
            account=StatisticScope.account_id,
            step=DELETE_STATISTICS,
        ),
        Clock("bounces", Bounce, _bounced_by(soft=False), step=DELETE_BOUNCES),
        Clock("soft_bounces", Bounce, _bounced_by(soft=True), step=DELETE_BOUNCES),
        Clock("repetitions", SeenEvent, _seen_by, _repeatable, step=PRUNE_SEEN),
        Clock(
            "until_settled",
            OutboxMessage,
            _since(OutboxMessage.created_at, OutboxMessage.address.is_not(None)),
            account=OutboxMessage.account_id,
            step=DELIVER,
        ),
        Clock(
            "until_settled",
            RecipientRequest,
            _since(RecipientRequest.ended_at, RecipientRequest.address.is_not(None)),
            _answered,
            step=STEP,
        ),
        Clock("support", Ticket, _since(Ticket.closed_at, Ticket.account_id.is_(None)), step=SUPPORT_STEP),
        Clock("until_settled", RateBucket, _since(RateBucket.full_at), lambda _terms: Kept()),
        Clock("exports", DataExportChunk, _packed_by, step=DELETE_EXPORT),
    ),
    steps=(Step("inactivity", INACTIVITY), Step("sender_documents", DELETE_DOCUMENTS), Step("proof", LAPSE)),
)
"""All of them; the sweep goes through its own in this order, what refers to another row before that row."""


def _complaints() -> Select[Any]:
    return select(ComplaintCase.account_id).where(ComplaintCase.status.in_(_OPEN_COMPLAINTS))


def _recipients() -> Select[Any]:
    return select(RecipientRequest.account_id).where(
        RecipientRequest.ended_at.is_(None), RecipientRequest.verified_at.is_not(None)
    )


def _requests() -> Select[Any]:
    """Who asks for an erasure wants less to be kept, not more."""
    return select(PrivacyRequest.account_id).where(
        PrivacyRequest.ended_at.is_(None),
        PrivacyRequest.verified_at.is_not(None),
        PrivacyRequest.kind.in_(_KEEPING),
    )


def _restricted() -> Select[Any]:
    return select(Restriction.account_id).where(
        Restriction.by_right == PrivacyRequestKind.RESTRICTION.value, Restriction.lifted_at.is_(None)
    )


HOLDS = Holds(
    (
        Hold(_complaints, _STATISTICS),
        Hold(_recipients, _STATISTICS),
        Hold(_requests),
        Hold(_restricted),
    )
)
"""Who has an open case, and what it needs: complaints and recipients the statistics and bounces that they may be about,
the account's own requests all that is asked for, and a restriction all that is restricted (article 18(1) GDPR).
"""
