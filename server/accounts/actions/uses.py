"""What follows from the use of credentials, written in batches after the fact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, union, update

from server.accounts.actions.registration import accept
from server.accounts.model import Acceptance, ApiKey, Session
from server.accounts.rules import AcceptanceMode, Terms
from server.kit.work import Work


def touch(work: Work, used: Mapping[str, datetime]) -> None:
    """Store when credentials were last used; using the service may accept its policy (Q001).

    `used` has at most a few hundred credential ids; a time that is not newer than the stored one is ignored.
    """
    terms = work.terms(Terms)
    for credential_id, at in sorted(used.items()):
        session = (Session.id == credential_id) & (Session.last_used_at < at)
        idle_at = at + terms.session_idle_max
        work.execute(update(Session).where(session).values(last_used_at=at, idle_at=idle_at))
        never_or_before = ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at < at)
        work.execute(
            update(ApiKey).where(ApiKey.id == credential_id, never_or_before).values(last_used_at=at)
        )
    if terms.acceptance_by_use:
        _accept_by_use(work, list(used))


def _accept_by_use(work: Work, credential_ids: list[str]) -> None:
    policy = work.terms(Terms).policy
    accepted = select(Acceptance.account_id).where(
        Acceptance.document == policy.document, Acceptance.version == policy.version
    )
    silent = union(
        *(
            select(table.account_id).where(
                table.id.in_(credential_ids),
                table.last_used_at >= policy.effective_at,
                table.account_id.not_in(accepted),
            )
            for table in (Session, ApiKey)
        )
    )
    for account_id in sorted(work.execute(silent).scalars()):
        accept(work, account_id, policy, AcceptanceMode.BY_USE)
