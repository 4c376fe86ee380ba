"""Who refused a version of the policy."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from server.kit.work import Read
from server.policy.rules.publishing import Published
from server.privacy.model import PolicyRefusal

_refusals = PolicyRefusal.__table__.c


class RefusalRow(NamedTuple):
    """A refusal: the columns of its table, by the same names."""

    account_id: str
    document: str
    version: str
    export_id: str
    refused_at: datetime
    closes_at: datetime


def refusal_of(read: Read, account_id: str) -> RefusalRow | None:
    """The version that the account refused; None when it refused none."""
    query = select(*[_refusals[name] for name in RefusalRow._fields])
    row = read.first(query.where(_refusals.account_id == account_id))
    return None if row is None else RefusalRow._make(row)


def document_of(read: Read, version: str) -> str | None:
    """The policy's name, if that version of it is in force, or announced; None for any other."""
    published = read.terms(Published)
    profiles = (published.profile, published.upcoming)
    found = [profile.policy for profile in profiles if profile is not None]
    return next((document.name for document in found if document.version == version), None)
