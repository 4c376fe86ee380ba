"""What somebody has to do before their session may do what their role allows."""

from __future__ import annotations

from sqlalchemy import select

from server.accounts.model import AgeJudgement, Person, Session
from server.accounts.rules import Terms
from server.accounts.rules.standing import Requirement, Standing, requirements
from server.kit.work import Read


def requirements_of(read: Read, session_id: str) -> tuple[Requirement, ...]:
    """What the session's person has to do first; nothing for an API key."""
    row = read.first(
        select(Person.role, Person.password_changed_at, Session.second_factor_at, AgeJudgement.method)
        .join(Session, Session.person_id == Person.id)
        .outerjoin(AgeJudgement, AgeJudgement.account_id == Person.account_id)
        .where(Session.id == session_id)
    )
    if row is None:
        return ()
    standing = Standing(row.role, row.second_factor_at, row.password_changed_at, row.method)
    return requirements(read.terms(Terms), standing, read.now)
