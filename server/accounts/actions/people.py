"""What all ways into an account share: a person's row, and values that belong to one person only."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, insert, select

from server.accounts import reads, rules
from server.accounts.model import IDENTITY, LOGINS, Person
from server.kit.blindindex import Claim
from server.kit.work import Work

_CLAIMS_LOCK = 0x706D636C61696D73
"""An advisory lock of PostgreSQL: shared by all who claim a value, alone for who waits for them."""


def insert_person(
    work: Work, account_id: str, person_id: str, role: str, login: str, password_hash: str
) -> None:
    """Write a person whose login was claimed for them."""
    work.execute(
        insert(Person).values(
            id=person_id,
            account_id=account_id,
            role=role,
            login=work.seal(account_id, IDENTITY, "people.login", login),
            password_hash=work.seal(account_id, IDENTITY, "people.password_hash", password_hash),
            password_changed_at=work.now,
            created_at=work.now,
        )
    )


def claim_login(work: Work, login: str, person_id: str) -> None:
    """Make the login the person's in the blind index, or raise LoginTaken."""
    if not claim(work, LOGINS, login, person_id, lambda holder_id: reads.person_exists(work, holder_id)):
        raise rules.LoginTaken


def claim(work: Work, kind: str, value: str, person_id: str, still_holds: Callable[[str], bool]) -> bool:
    """Make the value the person's in the blind index; False when somebody else holds it.

    The claim is committed in the key store before the person's row, and stays there when this transaction fails.
    So a claim counts only while its holder's row agrees (`still_holds`); one transaction at a time may look
    (SQLite has one writer anyway), because a row that is not yet committed cannot be seen.
    """
    if work.connection.dialect.name == "postgresql":
        work.execute(select(func.pg_advisory_xact_lock_shared(_CLAIMS_LOCK)))
        hashed = work.keyed_hash("claims", kind.encode(), value.encode())
        work.execute(select(func.pg_advisory_xact_lock(int.from_bytes(hashed[:8], "big", signed=True))))
    held = work.keys.find(kind, value)
    if held is not None and held.owner_id == person_id:
        return True
    if held is not None and still_holds(held.owner_id):
        return False
    return work.keys.claim(kind, value, Claim(person_id, person_id, work.now), instead_of=held)


def outlast_claims(work: Work) -> None:
    """Wait until every transaction has ended that claimed a value before now: what it wrote can be seen then.

    On SQLite there is none: this one is the only one that writes.
    """
    if work.connection.dialect.name == "postgresql":
        work.execute(select(func.pg_advisory_xact_lock(_CLAIMS_LOCK)))
