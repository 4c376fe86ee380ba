"""Telling every account of a new version, a bounded number at a time (M002, P012, P035, C14)."""

from __future__ import annotations

from sqlalchemy import update

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.kit.due import schedule
from server.kit.work import Work
from server.notices import actions as notices
from server.notices.rules import Channel
from server.policy.model import PolicyVersion
from server.policy.reads.versions import VersionRow, version_by_id
from server.policy.rules.publishing import ChangeTerms, Telling

ANNOUNCE = "policy.announce"


def announce(work: Work, version_id: str) -> None:
    """Tell some more accounts of the version, and plan the next step until all are told.

    Who opened an account since the version was published has seen it, and is not told.
    """
    found = version_by_id(work, version_id)
    if found is None or found.announced_at is not None:
        return
    limit = work.terms(ChangeTerms).accounts_a_step
    accounts = account_reads.customers_after(work, found.announced_to, limit, opened_before=found.recorded_at)
    for account_id in accounts:
        _tell(work, account_id, found)
    this = update(PolicyVersion).where(PolicyVersion.id == version_id)
    if len(accounts) == limit:
        work.execute(this.values(announced_to=accounts[-1]))
        schedule(work, ANNOUNCE, version_id, work.now)
    else:
        work.execute(this.values(announced_at=work.now))


def _tell(work: Work, account_id: str, version: VersionRow) -> None:
    telling = work.terms(ChangeTerms).telling
    email = team.billing_email(work, account_id) if Telling.EMAIL in telling else None
    # Without an address it is told in the application (C15).
    channels = (Channel.IN_APP,) if email is None else (Channel.IN_APP, Channel.EMAIL)
    notices.notify(
        work,
        account_id,
        "policy_changed",
        {"document": version.document, "version": version.version, "at": version.effective_at.isoformat()},
        channels=channels,
        email=email,
        dedupe_key=f"policy:{version.document}:{version.version}",
    )
