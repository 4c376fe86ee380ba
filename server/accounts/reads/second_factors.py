"""Which second factors a person has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from server.accounts.model import Passkey, SignInChallenge, Totp
from server.accounts.reads import team
from server.accounts.rules.second_factor import Factor
from server.kit.crypto import token_hash
from server.kit.work import Read


def totp(read: Read, person_id: str) -> Row[Any] | None:
    """The person's authenticator application, confirmed or not."""
    return read.first(select(Totp.__table__).where(Totp.person_id == person_id))


def passkeys(read: Read, person_id: str) -> Sequence[Row[Any]]:
    """The person's passkeys, newest first; the terms limit how many there are."""
    mine = select(Passkey.__table__).where(Passkey.person_id == person_id)
    return read.rows(mine.order_by(Passkey.id.desc()))


def passkeys_by_id(read: Read, passkey_ids: Iterable[str]) -> dict[str, Row[Any]]:
    query = select(Passkey.__table__).where(Passkey.id.in_(sorted(set(passkey_ids))))
    return {row.id: row for row in read.rows(query)}


def passkey_by_credential(read: Read, credential_id: bytes) -> Row[Any] | None:
    return read.first(select(Passkey.__table__).where(Passkey.credential_id == credential_id))


def factors(read: Read, person_id: str) -> tuple[Factor, ...]:
    """What can be asked of the person beside the password; nothing where no second factor is set up."""
    application = totp(read, person_id)
    found = [Factor.TOTP] if application is not None and application.confirmed_at is not None else []
    if passkeys(read, person_id):
        found.append(Factor.PASSKEY)
    if found and team.recovery_codes_left(read, person_id):
        found.append(Factor.RECOVERY_CODE)
    return tuple(found)


def challenge(read: Read, token: str, kind: str) -> Row[Any] | None:
    """The open challenge of this kind with this token; None when it is unknown, spent or too old."""
    if not token.isascii():
        return None
    return read.first(
        select(SignInChallenge.__table__).where(
            SignInChallenge.token_hash == token_hash(token),
            SignInChallenge.kind == kind,
            SignInChallenge.attempts_left > 0,
            SignInChallenge.expires_at > read.now,
        )
    )
