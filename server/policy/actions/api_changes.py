"""Recording what a new schema of the API changes, and telling those who use the API of it (M142)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.kit.due import schedule
from server.kit.work import Work
from server.notices import actions as notices
from server.notices.rules import Channel
from server.policy.model import ApiChange, ApiRelease
from server.policy.reads.api_changes import newest_release, release, told_of
from server.policy.rules.api_changes import ApiChangeKind, Change, concerns
from server.policy.rules.publishing import ChangeTerms, Telling

ANNOUNCE_API = "policy.announce_api"


@dataclass(frozen=True, slots=True)
class Release:
    """A schema that is new: its SHA-256, its text compressed, the release it was compared with, and how it differs."""

    digest: str
    text: bytes
    before: str | None
    changes: Sequence[Change]


def record_release(work: Work, release: Release) -> int:
    """Record the schema and its changes, and plan to tell of them; returns how many there are.

    Nothing is recorded when another process was first: it compared with the same one.
    """
    newest = newest_release(work)
    if (None if newest is None else newest.id) != release.before:
        return 0
    release_id, told = work.ids.new("rel"), concerns(release.changes)
    values = {"id": release_id, "digest": release.digest, "text": release.text, "released_at": work.now}
    values["announced_at"] = None if told else work.now
    once = upsert(ApiRelease).values(values).on_conflict_do_nothing().returning(ApiRelease.id)
    if work.first(once) is None:
        return 0
    rows = [_row(work, release_id, change) for change in release.changes]
    if rows:
        work.connection.execute(insert(ApiChange), rows)
    if told:
        schedule(work, ANNOUNCE_API, release_id, work.now)
    return len(rows)


def announce_api(work: Work, release_id: str) -> None:
    """Tell some more of those who have API keys, and plan the next step until all are told, each once."""
    found = release(work, release_id)
    if found is None or found.announced_at is not None:
        return
    limit = work.terms(ChangeTerms).accounts_a_step
    accounts = account_reads.key_holders_after(work, found.announced_to, limit, made_before=found.released_at)
    told = told_of(work, release_id)
    for account_id in accounts:
        _tell(work, account_id, release_id, told)
    this = update(ApiRelease).where(ApiRelease.id == release_id)
    if len(accounts) == limit:
        work.execute(this.values(announced_to=accounts[-1]))
        schedule(work, ANNOUNCE_API, release_id, work.now)
    else:
        work.execute(this.values(announced_at=work.now))


def _tell(work: Work, account_id: str, release_id: str, told: Mapping[str, int]) -> None:
    by_email = Telling.EMAIL in work.terms(ChangeTerms).api_telling
    email = team.billing_email(work, account_id) if by_email else None
    deprecated = told.get(ApiChangeKind.DEPRECATED.value, 0)
    notices.notify(
        work,
        account_id,
        "api_changed",
        {"breaking": sum(told.values()) - deprecated, "deprecated": deprecated},
        channels=(Channel.IN_APP,) if email is None else (Channel.IN_APP, Channel.EMAIL),
        email=email,
        dedupe_key=f"api:{release_id}",
    )


def _row(work: Work, release_id: str, change: Change) -> dict[str, object]:
    return {
        "id": work.ids.new("chg"),
        "release_id": release_id,
        "kind": change.kind.value,
        "place": change.place,
        "breaking": change.breaking,
        "detail": change.detail,
        "changed_at": work.now,
    }
