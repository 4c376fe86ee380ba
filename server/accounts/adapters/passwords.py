"""Password hashing in a few worker threads, off the event loop; a plaintext password goes no further than here.

One argon2id hash costs about a tenth of a second of a core and 64 MiB (RFC 9106, second recommended option). argon2
releases the interpreter's lock while it computes.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

import argon2
from sqlalchemy import Row

from server.accounts.actions import PasswordProof
from server.accounts.adapters.strength import strength
from server.accounts.reads import open_or_none, person_by_login, person_of_session, team
from server.accounts.rules import (
    LoginInvalid,
    NewPassword,
    Personal,
    Terms,
    guessable,
    normal_login,
    password_fault,
)
from server.kit.problems import overloaded
from server.kit.work import Read, Units

T = TypeVar("T")

WORKERS = 2
WAITING_MAX = 64


class Hasher(Protocol):
    """A slow, salted password hash."""

    def hash(self, password: bytes) -> str: ...

    def verify(self, stored: str, password: bytes) -> bool: ...

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than new ones are."""

    def unmatchable(self) -> str:
        """A stored hash that no password matches, and that costs as much to verify as a true one."""


class Argon2id:
    """argon2id with the library's RFC 9106 parameters, or given ones."""

    parameters: ClassVar[argon2.Parameters] = argon2.profiles.RFC_9106_LOW_MEMORY

    def __init__(self, parameters: argon2.Parameters | None = None) -> None:
        self._parameters = parameters or self.parameters
        self._argon2 = argon2.PasswordHasher.from_parameters(self._parameters)

    def hash(self, password: bytes) -> str:
        return self._argon2.hash(password)

    def verify(self, stored: str, password: bytes) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except argon2.exceptions.VerifyMismatchError:
            return False

    def is_outdated(self, stored: str) -> bool:
        return self._argon2.check_needs_rehash(stored)

    def unmatchable(self) -> str:
        used = self._parameters
        salt, tag = _random_base64(used.salt_len), _random_base64(used.hash_len)
        costs = f"m={used.memory_cost},t={used.time_cost},p={used.parallelism}"
        return f"$argon2id$v={used.version}${costs}${salt}${tag}"


@dataclass(frozen=True, slots=True)
class _Stored:
    """Whose password is to be verified, and against what."""

    account_id: str
    person_id: str
    personal: Personal = field(repr=False)
    password_hash: str = field(repr=False)


class Passwords:
    """Proves and prepares passwords. At most `workers` hashes run and `waiting_max` wait; more are refused."""

    def __init__(
        self,
        units: Units,
        hasher: Hasher | None = None,
        workers: int = WORKERS,
        waiting_max: int = WAITING_MAX,
    ) -> None:
        self._units = units
        self._hasher = hasher or Argon2id()
        self._unmatchable = self._hasher.unmatchable()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="password")
        self._pending = 0
        self._pending_max = workers + waiting_max

    @property
    def pending(self) -> int:
        """Passwords that are hashed now, or wait for it."""
        return self._pending

    def close(self) -> None:
        """Stop the threads, after the hashes that run."""
        self._pool.shutdown(cancel_futures=True)

    async def prepare(self, login: str, password: str, email: str | None = None) -> NewPassword:
        """Hash the first password of a person, or say why it is refused. Raises PublicError OVERLOADED."""
        return await self._prepare(Personal(login, email), password)

    async def prove(self, login: str, password: str) -> PasswordProof | None:
        """Verify a password for a login; None when they do not belong together. Raises PublicError OVERLOADED.

        An unknown login is verified too, against a hash that nothing matches, and so costs the same.
        """
        stored = await self._units.read(lambda read: _stored(read, _person_by_login(read, login)))
        return await self._verify(stored, password)

    async def replace(
        self, session_id: str, password: str, new_password: str
    ) -> tuple[PasswordProof | None, NewPassword]:
        """Verify the password of a session's person and prepare another one for them."""
        stored = await self._units.read(lambda read: _stored(read, person_of_session(read, session_id)))
        proof = await self._verify(stored, password)
        if stored is None or proof is None:
            return None, NewPassword()
        return proof, await self._prepare(stored.personal, new_password)

    async def confirm(self, session_id: str, password: str) -> PasswordProof | None:
        """Verify the password of a session's person."""
        stored = await self._units.read(lambda read: _stored(read, person_of_session(read, session_id)))
        return await self._verify(stored, password)

    async def prepare_for(self, find: Callable[[Read], Row[Any] | None], password: str) -> NewPassword:
        """Hash a new password for the person that `find` finds; for nobody there is none, and no hash is made."""
        stored = await self._units.read(lambda read: _stored(read, find(read)))
        return NewPassword() if stored is None else await self._prepare(stored.personal, password)

    async def _prepare(self, personal: Personal, password: str) -> NewPassword:
        terms = self._units.house.terms.get(Terms)
        fault = password_fault(terms, personal, password)
        if fault is not None:
            return NewPassword(fault=fault)

        def judge_and_hash() -> NewPassword:
            guessed = strength(password, personal.known())
            weak = guessable(terms, guessed.score, guessed.hint)
            return NewPassword(fault=weak) if weak else NewPassword(self._hasher.hash(_normal(password)))

        return await self._in_pool(judge_and_hash)

    async def _verify(self, stored: _Stored | None, password: str) -> PasswordProof | None:
        against = stored.password_hash if stored else self._unmatchable
        too_long = len(password) > self._units.house.terms.get(Terms).password_length_max
        typed = b"" if too_long else _normal(password)
        matches = await self._in_pool(lambda: self._hasher.verify(against, typed))
        if not matches or stored is None:
            return None
        rehashed = None
        if self._hasher.is_outdated(against):
            rehashed = await self._in_pool(lambda: self._hasher.hash(typed))
        return PasswordProof(stored.account_id, stored.person_id, against, rehashed)

    async def _in_pool(self, function: Callable[[], T]) -> T:
        if self._pending >= self._pending_max:
            raise overloaded("password checks", 2)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function)
        finally:
            self._pending -= 1


def _person_by_login(read: Read, login: str) -> Row[Any] | None:
    try:
        return person_by_login(read, normal_login(read.terms(Terms), login))
    except LoginInvalid:
        return None


def _stored(read: Read, person: Row[Any] | None) -> _Stored | None:
    if person is None:
        return None
    login = open_or_none(read, "people.login", person.login)
    password_hash = open_or_none(read, "people.password_hash", person.password_hash)
    if login is None or password_hash is None:
        return None
    address = team.postal_address(read, person.account_id)
    personal = Personal(
        login, open_or_none(read, "people.email", person.email), address.name if address else None
    )
    return _Stored(person.account_id, person.id, personal, password_hash)


def _normal(password: str) -> bytes:
    """The bytes that are hashed: the same however a keyboard composes its accents (NIST SP 800-63B §5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


def _random_base64(length_bytes: int) -> str:
    return base64.b64encode(secrets.token_bytes(length_bytes)).decode().rstrip("=")
