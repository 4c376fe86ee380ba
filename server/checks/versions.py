"""Checks of how the versions of the policy are dated, and told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from server.checks.looking import look
from server.kit.work import Read
from server.policy.model import PolicyVersion
from server.policy.rules.checking import Check, Finding, finding
from server.policy.rules.publishing import ChangeTerms, Published, Telling

_TOLD_WITHIN = timedelta(days=1)


def versions_dated(read: Read) -> Finding:
    """Each version of the documents in force carries the date that was published for it (H040, M105)."""
    documents = read.terms(Published).profile.documents
    wrong = []
    for document in documents:
        this = (PolicyVersion.document == document.name) & (PolicyVersion.version == document.version)
        if read.scalar(select(PolicyVersion.effective_at).where(this)) != document.effective_at:
            wrong.append(f"{document.name} {document.version}")
    return finding(len(documents), "documents", wrong)


def versions_told(read: Read) -> Finding:
    """Every version was told to all accounts within a day (M002, P035)."""
    late = PolicyVersion.announced_at.is_(None) & (PolicyVersion.recorded_at <= read.now - _TOLD_WITHIN)
    return look(read, "versions", PolicyVersion, PolicyVersion.id, late)


def updates_told(read: Read) -> Finding:
    """What is important is told in each of the ways that the policy names (P012)."""
    named = {Telling(way) for way in read.terms(Published).profile.value("notify.important_updates")}
    return finding(len(named), "ways", sorted(named - read.terms(ChangeTerms).telling))


CHECKS: Mapping[str, Check] = {
    "versions_dated": versions_dated,
    "versions_told": versions_told,
    "updates_told": updates_told,
}
