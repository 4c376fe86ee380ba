"""Rows of campaigns, complaints and sign-ins that nobody should have been able to make, for the checks to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import insert, text, update

from server.accounts.model import ApiKey, ApiUse, Person, PublicCall, Session, SignInCounter
from server.campaigns.model import Bounce, Campaign, ComplaintCase, SeenEvent, StatisticScope, Suppression
from server.campaigns.rules.events import BounceClass
from server.campaigns.rules.metrics import CLASSES, moment, second_of
from server.kit.audit import AuditEntry, AuditSeal
from server.kit.registry import Registry
from server.kit.work import Work
from server.policy.model import RecipientNotice
from server.privacy.model import DataExport, DataExportChunk
from tests.policy.conftest import World

T = TypeVar("T")
Sabotage = Callable[[Work, World], Any]


class _Otherwise(Registry):
    """Terms with other ones in the place of one."""

    def __init__(self, beneath: Registry, other: object) -> None:
        super().__init__(other)
        self.beneath = beneath

    def get(self, kind: type[T]) -> T:
        try:
            return super().get(kind)
        except LookupError:
            return self.beneath.get(kind)


def under(terms: object, sabotage: Sabotage) -> Sabotage:
    """The same where the policy says this."""

    def spoil(work: Work, world: World) -> None:
        work.house = replace(work.house, terms=_Otherwise(work.house.terms, terms))
        sabotage(work, world)

    return spoil


def launched(**values: Any) -> Sabotage:
    """A campaign that was launched without a declaration."""

    def sabotage(work: Work, world: World) -> None:
        row = {
            "id": "cmp_1",
            "account_id": world.customer,
            "channel": "EMAIL",
            "status": "SENDING",
            "name": work.seal(world.customer, "content", "campaigns.name", "Spring"),
            "segments": 1,
            "recipients": 1,
            "uploaded": False,
            "credits_reserved": 0,
            "credits_captured": 0,
            "launched_at": work.now,
            "created_at": work.now,
            "updated_at": work.now,
        }
        work.execute(insert(Campaign).values(**(row | values)))

    return sabotage


def complained(**values: Any) -> Sabotage:
    """A complaint of which the customer was asked for a proof two days ago."""

    def sabotage(work: Work, world: World) -> None:
        asked_at = work.now - timedelta(days=2)
        row = {
            "id": "cpl_1",
            "account_id": world.customer,
            "campaign_id": "cmp_1",
            "category": "SPAM",
            "source": "STAFF",
            "status": "AWAITING_PROOF",
            "unsolicited": True,
            "bulk": True,
            "reports": 1,
            "queue_at": work.now,
            "received_at": asked_at,
            "asked_at": asked_at,
            "proof_due_at": work.now,
            "closed_account": False,
            "updated_at": asked_at,
        }
        work.execute(insert(ComplaintCase).values(**(row | values)))

    return sabotage


def late_complaint(work: Work, world: World) -> None:
    complained(proof_due_at=work.now - timedelta(hours=1))(work, world)


def counted(days: int, bounce: BounceClass | None = None) -> Sabotage:
    """Statistics that began so many days ago, and a bounce of then."""

    def sabotage(work: Work, world: World) -> None:
        second = second_of(work.now - timedelta(days=days))
        scope = {"subject_id": "cmp_1", "account_id": world.customer, "sequence": 1, "first_second": second}
        work.execute(insert(StatisticScope).values(number=7, **scope))
        if bounce is not None:
            at = moment(second, 0, 0, 0)
            row = {"recipient": b"1", "key": b"1", "moment": at, "kind": CLASSES.index(bounce), "code": 0}
            work.execute(insert(Bounce).values(scope=7, **row))

    return sabotage


def suppressed(**values: Any) -> Sabotage:
    """An opt-out."""

    def sabotage(work: Work, world: World) -> None:
        row = {"channel": "EMAIL", "address_hash": b"1" * 32, "reason": "MANUAL", "source": "CUSTOMER"}
        made = {"id": "spr_1", "account_id": world.customer, "created_at": work.now}
        work.execute(insert(Suppression).values(**(row | made | values)))

    return sabotage


def proved_by_nothing(work: Work, world: World) -> None:
    """A session of the staff that counts as proved by a second factor, which its person has not."""
    person = work.scalar(text("SELECT min(id) FROM people"))
    work.execute(update(Person).where(Person.id == person).values(role="STAFF"))
    at = work.now
    row = {"created_at": at, "last_used_at": at, "idle_at": at, "expires_at": at, "second_factor_at": at}
    of_person = {"account_id": world.customer, "person_id": person, "token_hash": b"1" * 32}
    work.execute(insert(Session).values(id="ses_1", **of_person, **row))


def nameless_key(work: Work, world: World) -> None:
    """An API key that names no privacy policy of its integration."""
    person = work.scalar(text("SELECT min(id) FROM people"))
    name = work.seal(world.customer, "identity", "api_keys.name", "Key")
    row = {"name": name, "secret_hash": b"1" * 32, "prefix": "pm_1234", "scopes": "account:read"}
    made = {"account_id": world.customer, "created_by": person, "created_at": work.now}
    work.execute(insert(ApiKey).values(id="key_1", **row, **made))


def remembered_failure(work: Work, _world: World) -> None:
    """A failed sign-in of long ago."""
    row = {"failures": 7, "last_failed_at": work.now - timedelta(days=3), "told": False}
    work.execute(insert(SignInCounter).values(counted=b"1" * 32, **row))


def signed_in(**since: timedelta) -> Sabotage:
    """A session that ended so long ago."""

    def sabotage(work: Work, world: World) -> None:
        person = work.scalar(text("SELECT min(id) FROM people"))
        at = {"created_at": work.now, "last_used_at": work.now, "expires_at": work.now + timedelta(days=1)}
        ends = {"idle_at": work.now + timedelta(days=1), **{k: work.now - v for k, v in since.items()}}
        of_person = {"account_id": world.customer, "person_id": person, "token_hash": b"2" * 32}
        work.execute(insert(Session).values(id="ses_2", **of_person, **(at | ends)))

    return sabotage


def told(days: int) -> Sabotage:
    """That an account was told of a class of recipients, so many days ago."""

    def sabotage(work: Work, world: World) -> None:
        row = {"recipient_class": "CARRIER", "notice_id": "ntc_1", "told_at": work.now - timedelta(days=days)}
        work.execute(insert(RecipientNotice).values(account_id=world.customer, **row))

    return sabotage


def audited(days: int) -> Sabotage:
    """An audit row whose seal is so old."""

    def sabotage(work: Work, _world: World) -> None:
        at = work.now - timedelta(days=days)
        sealed = {"entries": 1, "root": b"1", "previous": b"1", "signature": b"1"}
        work.execute(insert(AuditSeal).values(number=7, at=at, **sealed))
        row = {"at": at, "action": "test", "outcome": "OK", "request_id": "", "seal": 7}
        work.execute(insert(AuditEntry).values(id="aud_1", **row))

    return sabotage


def used(days: int) -> Sabotage:
    """A use of an API key."""

    def sabotage(work: Work, world: World) -> None:
        row = {"key_id": "key_1", "channel": "HTTP", "fields": "viewer", "status": "OK"}
        at = work.now - timedelta(days=days)
        work.execute(insert(ApiUse).values(id="use_1", account_id=world.customer, at=at, **row))

    return sabotage


def called(days: int) -> Sabotage:
    """A call of somebody without an account."""

    def sabotage(work: Work, _world: World) -> None:
        at = work.now - timedelta(days=days)
        work.execute(insert(PublicCall).values(id="pub_1", action="test", caller_hash=b"1", made_at=at))

    return sabotage


def seen(days: int) -> Sabotage:
    """An event that was counted."""

    def sabotage(work: Work, _world: World) -> None:
        day = second_of(work.now) // 86_400 - days
        work.execute(insert(SeenEvent).values(key=b"\x07" * 12, day=day))

    return sabotage


def packed(days: int, **values: Any) -> Sabotage:
    """A package that could be fetched from so many days ago on."""

    def sabotage(work: Work, world: World) -> None:
        numbers = dict.fromkeys(
            ("part", "file", "tables", "tables_total", "rows", "chunks", "size_bytes", "downloads"), 0
        )
        at = work.now - timedelta(days=days)
        row = {"id": "exp_1", "account_id": world.customer, "person_id": "per_1", "scope": "PERSON"}
        made = {"status": "READY", "created_at": at, "updated_at": at, "ready_at": at}
        work.execute(insert(DataExport).values(**(row | numbers | made | values)))
        data = work.seal(world.customer, "content", "data_export_chunks.data/exp_1/0", "PK")
        work.execute(
            insert(DataExportChunk).values(
                export_id="exp_1", position=0, account_id=world.customer, data=data
            )
        )

    return sabotage


_ENDED = timedelta(days=32)

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("campaign.require_declaration", "cmp_1", launched()),
    ("recipients.require_basis", "cmp_1", launched(launched_at=None, status="DRAFT")),
    ("lists.deny_sources", "cmp_1", launched(list_source="PURCHASED")),
    ("spam.definition", "cpl_1", complained(bulk=False)),
    ("complaint.proof_within", "cpl_1", late_complaint),
    ("complaint.on_rejected", "cpl_1", complained(status="REJECTED")),
    ("retain.statistics", "cmp_1", counted(5 * 366)),
    ("retain.bounces", "cmp_1", counted(367, BounceClass.HARD)),
    ("retain.soft_bounces", "cmp_1", counted(185, BounceClass.SOFT)),
    ("suppression.survives_stats", "spr_1", suppressed(reason="")),
    ("mfa.required_for", "ses_1", proved_by_nothing),
    ("api_keys.require_policy_url", "key_1", nameless_key),
    ("retain.sign_in_failures", "7 failures", remembered_failure),
    ("retain.sessions", "sessions ses_2", signed_in(revoked_at=_ENDED)),
    ("retain.sessions", "sessions ses_2", signed_in(idle_at=_ENDED)),
    ("retain.sessions", "sessions ses_2", signed_in(expires_at=_ENDED)),
    ("retain.registers", "/CARRIER", told(3_655)),
    ("retain.audit", "audit_entries aud_1", audited(3_655)),
    ("retain.api_log", "api_uses use_1", used(92)),
    ("retain.until_settled", "public_calls pub_1", called(32)),
    ("retain.repetitions", "statistic_seen 0707", seen(40)),
    ("retain.exports", "data_export_chunks exp_1/0", packed(9)),
    ("retain.exports", "data_export_chunks exp_1/0", packed(0, status="CANCELLED", ended_at=None)),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("campaign.require_declaration", launched(launched_at=None, recipients=0, status="DRAFT")),
    ("lists.deny_sources", launched(list_source="OWN_CUSTOMERS")),
    ("spam.definition", complained()),
    ("complaint.proof_within", complained()),
    ("retain.statistics", counted(5 * 365)),
    ("retain.bounces", counted(364, BounceClass.HARD)),
    ("retain.soft_bounces", counted(180, BounceClass.SOFT)),
    ("suppression.survives_stats", suppressed()),
    ("retain.sessions", signed_in(revoked_at=timedelta(days=30))),
    ("retain.registers", told(3_652)),
    ("retain.audit", audited(3_652)),
    ("retain.api_log", used(90)),
    ("retain.until_settled", called(30)),
    ("retain.repetitions", seen(30)),
    ("retain.exports", packed(7)),
]
"""What these checks leave alone."""
