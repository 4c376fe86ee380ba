"""An account to act in, and a password hasher that is fast and counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

import argon2
import pytest

from server.accounts import actions, reads
from server.accounts.actions import Answer, Device, Issued, SecondFactorAsked
from server.accounts.actions.events import EmailVerificationAsked
from server.accounts.adapters.authenticator import Authenticator
from server.accounts.adapters.passwords import Argon2id, Passwords
from server.accounts.rules import MAILPRO, Terms
from server.accounts.rules.people import Role
from server.accounts.rules.second_factor import SecondFactorInvalid
from server.accounts.rules.throttling import TooManyAttempts
from server.kit.events import DomainEvent
from server.kit.registry import Registry
from server.kit.viewer import Credentials, Viewer
from server.kit.work import Call, Read, Units, Work
from server.terms import default_terms

T = TypeVar("T")
E = TypeVar("E", bound=DomainEvent)

LOGIN = "marigold.works"
PASSWORD = "correct horse battery staple"
ACCEPTED = (MAILPRO.document, MAILPRO.version)
DEVICE = Device("Mozilla/5.0 (Canary 77)", "203.0.113.77")


class CountingHasher(Argon2id):
    """argon2id at its cheapest."""

    def __init__(self, time_cost: int = 1) -> None:
        cheap = argon2.profiles.CHEAPEST
        super().__init__(
            argon2.Parameters(
                cheap.type,
                cheap.version,
                cheap.salt_len,
                cheap.hash_len,
                time_cost,
                cheap.memory_cost,
                cheap.parallelism,
            )
        )
        self.hashes: list[bytes] = []
        self.verified: list[str] = []

    def hash(self, password: bytes) -> str:
        self.hashes.append(password)
        return super().hash(password)

    def verify(self, stored: str, password: bytes) -> bool:
        self.verified.append(stored)
        return super().verify(stored, password)


@pytest.fixture
def terms() -> Registry:
    """A team without a plan that would limit it (M061 has tests of its own)."""
    terms = default_terms()
    terms.add(Terms(people_max=100, second_factor_required_for=frozenset()))
    return terms


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
async def passwords(units: Units, hasher: CountingHasher) -> AsyncIterator[Passwords]:
    passwords = Passwords(units, hasher)
    yield passwords
    passwords.close()


@pytest.fixture
def authenticator(units: Units) -> Authenticator:
    return Authenticator(units)


@dataclass
class Accounts:
    """The slice as its API calls it, in few words."""

    units: Units
    passwords: Passwords
    authenticator: Authenticator

    async def register(self, login: str = LOGIN, password: str = PASSWORD) -> str:
        prepared = await self.passwords.prepare(login, password)
        return await self.units.run(
            Call("register"), lambda work: actions.register(work, login, prepared, ACCEPTED)
        )

    async def sign_in(self, login: str = LOGIN, password: str = PASSWORD) -> Issued:
        proof = await self.passwords.prove(login, password)
        return await self.units.run(Call("signIn"), lambda work: actions.start_session(work, proof, DEVICE))

    async def try_to_sign_in(
        self, password: str = PASSWORD, device: Device = DEVICE, login: str = LOGIN
    ) -> Issued | SecondFactorAsked:
        """Sign in as the API does, where attempts are counted."""
        counted = await self.units.run_unaudited(lambda work: actions.begin_attempt(work, login, device))
        waits = isinstance(counted, TooManyAttempts)
        proof = None if waits else await self.passwords.prove(login, password)
        return await self.units.run(
            Call("signIn"),
            lambda work: actions.attempted(work, counted, lambda work: actions.sign_in(work, proof, device)),
        )

    async def answer(
        self, asked: SecondFactorAsked, answer: Answer, device: Device = DEVICE
    ) -> Issued | SecondFactorInvalid:
        """Give a second factor as the API does."""
        challenge = asked.asked.token
        counted = await self.units.run_unaudited(lambda work: actions.begin_answer(work, challenge, device))
        try:
            return await self.units.run(
                Call("completeSignIn"),
                lambda work: actions.attempted(
                    work, counted, lambda work: actions.complete_sign_in(work, challenge, answer, device)
                ),
            )
        except SecondFactorInvalid as refusal:
            return refusal

    async def viewer(self, token: str) -> Viewer | None:
        return await self.authenticator.authenticate(Credentials(bearer=token))

    async def signed_in(self, login: str = LOGIN) -> Viewer:
        """Register, sign in, and act."""
        await self.register(login)
        viewer = await self.viewer((await self.sign_in(login)).secret)
        assert viewer is not None
        return viewer

    async def joined(self, owner: Viewer, role: Role, login: str = "second.person") -> Viewer:
        """Somebody whom the owner invited, who accepted, and signed in."""
        issued = await self.act(owner, lambda work: actions.invite_member(work, role, None))
        prepared = await self.passwords.prepare(login, PASSWORD)
        await self.units.run(
            Call("acceptInvitation"),
            lambda work: actions.accept_invitation(work, issued.secret, login, prepared),
        )
        viewer = await self.viewer((await self.sign_in(login)).secret)
        assert viewer is not None
        return viewer

    async def act(self, actor: Viewer, action: Callable[[Work], T]) -> T:
        """What the actor does, as a unit of work behind the guard."""
        call = Call("removeMember", actor)

        def guarded(work: Work) -> T:
            actions.guard(work, call)
            return action(work)

        return await self.units.run(call, guarded)

    async def person_id(self, actor: Viewer) -> str:
        def find(read: Read) -> str:
            person = reads.person_of_session(read, actor.credential_id or "")
            assert person is not None
            return str(person.id)

        return await self.units.read(find)

    async def verify_email(self, actor: Viewer, email: str) -> None:
        """Make the address the actor's, with the code that is sent there."""
        sent = await self.ask_email(actor, email)
        wrong = await self.act(actor, lambda work: actions.verify_email(work, sent.code))
        assert wrong is None

    async def ask_email(self, actor: Viewer, email: str) -> EmailVerificationAsked:
        """Ask for a code; returns what is sent."""
        mails = self.told(EmailVerificationAsked)
        await self.act(actor, lambda work: actions.set_email(work, email))
        return mails[-1]

    def told(self, kind: type[E]) -> list[E]:
        """The events of this kind from now on, as reactions get them."""
        events: list[E] = []
        self.units.house.reactions.on(kind, lambda _work, event: events.append(event))
        return events

    async def create_key(self, actor: Viewer, *scopes: str, **options: object) -> Issued:
        expires_at = options.get("expires_at")
        return await self.units.run(
            Call("createApiKey", actor),
            lambda work: actions.create_api_key(
                work, "nightly import", scopes or ("balance:read",), expires_at
            ),
        )


@pytest.fixture
def accounts(units: Units, passwords: Passwords, authenticator: Authenticator) -> Accounts:
    return Accounts(units, passwords, authenticator)
