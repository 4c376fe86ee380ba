"""Signing in: with login and password, with a second factor beside them, or with a passkey instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from server.accounts import actions
from server.accounts.actions import Answer, Issued, SecondFactorAsked
from server.accounts.actions.challenges import PASSKEY_SIGN_IN, SECOND_FACTOR
from server.accounts.adapters.authenticator import SESSION_COOKIE
from server.accounts.adapters.passkeys import Passkeys
from server.accounts.adapters.passwords import Passwords
from server.accounts.graph.passkey_types import PasskeyAnswerInput, PasskeyRequest
from server.accounts.graph.problems import CredentialsInvalidProblem, TooManyAttemptsProblem
from server.accounts.graph.proving import device_of, unless_throttled
from server.accounts.graph.second_factor_problems import (
    ChallengeInvalidProblem,
    PasskeyInvalidProblem,
    SecondFactorInvalidProblem,
)
from server.accounts.graph.types import Requirement
from server.accounts.reads import second_factors, team
from server.accounts.reads.standing import requirements_of
from server.accounts.rules.second_factor import SecondFactorInvalid
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Cookie, Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import PASSKEY, PASSWORD
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_ANYONE = Access(Who.ANYONE, "identification")
_BY_PASSWORD, _BY_PASSKEY = declare(_ANYONE, cost=PASSWORD), declare(_ANYONE, cost=PASSKEY)
_DEVICE_TOKEN = "The `deviceToken` of an earlier sign-in on this device, if there was one."  # noqa: S105


@strawberry.enum(description="How a client keeps its session token.")
class Transport(Enum):
    COOKIE = strawberry.enum_value(
        "COOKIE",
        description="For browsers: an HttpOnly cookie, which no script can read. The answer has no token.",
    )
    BEARER = strawberry.enum_value(
        "BEARER",
        description="For other clients: the answer has the token, sent as `Authorization: Bearer …`.",
    )


@strawberry.enum(description="What proves a second time who somebody is.")
class SecondFactor(Enum):
    TOTP = strawberry.enum_value("TOTP", description="A code of an authenticator application (RFC 6238).")
    PASSKEY = strawberry.enum_value("PASSKEY", description="A passkey.")
    RECOVERY_CODE = strawberry.enum_value("RECOVERY_CODE", description="A code that was written down.")


@strawberry.input(description="Login and password.")
class SignInInput:
    login: str = strawberry.field(description="The login, in any case.")
    password: str = strawberry.field(description="The password.")
    transport: Transport = strawberry.field(description="How the session token is kept.")
    device_token: str | None = strawberry.field(default=None, description=_DEVICE_TOKEN)


@strawberry.input(one_of=True, description="A second factor: exactly one of these.")
class SecondFactorInput:
    code: str | None = strawberry.field(
        default=strawberry.UNSET, description="The six digits that an authenticator application shows."
    )
    recovery_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="One of the person's unused recovery codes."
    )
    passkey: PasskeyAnswerInput | None = strawberry.field(
        default=strawberry.UNSET, description="What a passkey of the person signed."
    )


@strawberry.input(description="The second factor that `signIn` asked for.")
class CompleteSignInInput:
    challenge: str = strawberry.field(description="The `challenge` of `SecondFactorRequired`.")
    factor: SecondFactorInput = strawberry.field(description="The second factor.")
    transport: Transport = strawberry.field(description="How the session token is kept.")
    device_token: str | None = strawberry.field(default=None, description=_DEVICE_TOKEN)


@strawberry.input(description="A passkey instead of login and password.")
class SignInWithPasskeyInput:
    passkey: PasskeyAnswerInput = strawberry.field(description="What the passkey signed.")
    transport: Transport = strawberry.field(description="How the session token is kept.")
    device_token: str | None = strawberry.field(default=None, description=_DEVICE_TOKEN)


@exposes(OUTCOME)
@strawberry.type(description="A session was started.")
class SignedIn:
    session_id: strawberry.ID = strawberry.field(description="The session.")
    token: str | None = strawberry.field(
        description="The session token, this once; null where a cookie carries it."
    )
    expires_at: datetime = strawberry.field(description="When the session ends in any case.")
    device_token: str = strawberry.field(
        description="Keep it on this device and give it at the next sign-in: attackers elsewhere can then not make "
        "its owner wait. It gives no authority."
    )
    requirements: list[Requirement] = strawberry.field(
        description="What has to be done before the session may do what the role allows; mostly nothing."
    )


@exposes(OUTCOME)
@strawberry.type(description="Login and password are right; `completeSignIn` takes the second factor.")
class SecondFactorRequired:
    challenge: str = strawberry.field(description="What names this sign-in in `completeSignIn`.")
    factors: list[SecondFactor] = strawberry.field(description="What may be given.")
    expires_at: datetime = strawberry.field(description="Until when it may be given.")
    passkey: PasskeyRequest | None = strawberry.field(
        description="What to ask a passkey with; null where the person has none."
    )


@exposes(OUTCOME)
@strawberry.type(description="Any passkey of this host may answer, and says whose it is.")
class PasskeySignInStarted:
    request: PasskeyRequest = strawberry.field(description="What to ask the passkey with.")


SignInResult = Annotated[
    SignedIn | SecondFactorRequired | CredentialsInvalidProblem | TooManyAttemptsProblem,
    strawberry.union("SignInResult", description="A session, what else is asked for, or why there is none."),
]
CompleteSignInResult = Annotated[
    SignedIn
    | ChallengeInvalidProblem
    | SecondFactorInvalidProblem
    | CredentialsInvalidProblem
    | TooManyAttemptsProblem,
    strawberry.union("CompleteSignInResult", description="A session, or why there is none."),
]
StartPasskeySignInResult = Annotated[
    PasskeySignInStarted,
    strawberry.union("StartPasskeySignInResult", description="What to ask a passkey with."),
]
SignInWithPasskeyResult = Annotated[
    SignedIn | ChallengeInvalidProblem | PasskeyInvalidProblem | CredentialsInvalidProblem,
    strawberry.union("SignInWithPasskeyResult", description="A session, or why there is none."),
]


@strawberry.type
class SignInMutations:
    @strawberry.mutation(
        metadata=_BY_PASSWORD,
        description="Start a session with login and password; who set up a second factor is asked for it.",
    )
    async def sign_in(self, info: Info, input: Annotated[SignInInput, _ASKED]) -> SignInResult:
        device = device_of(info, input.device_token)
        attempt, proof = await unless_throttled(
            info,
            lambda work: actions.begin_attempt(work, input.login, device),
            info.context.services.get(Passwords).prove(input.login, input.password),
            None,
        )
        return await _start(
            info,
            lambda work: actions.attempted(work, attempt, lambda work: actions.sign_in(work, proof, device)),
            input.transport,
        )

    @strawberry.mutation(metadata=_BY_PASSKEY, description="Give the second factor that `signIn` asked for.")
    async def complete_sign_in(
        self, info: Info, input: Annotated[CompleteSignInInput, _ASKED]
    ) -> CompleteSignInResult:
        device = device_of(info, input.device_token)
        attempt, answer = await unless_throttled(
            info,
            lambda work: actions.begin_answer(work, input.challenge, device),
            answer_of(info, input.factor, input.challenge, SECOND_FACTOR),
            Answer(),
        )
        return await _start(
            info,
            lambda work: actions.attempted(
                work, attempt, lambda work: actions.complete_sign_in(work, input.challenge, answer, device)
            ),
            input.transport,
        )

    @strawberry.mutation(
        metadata=_BY_PASSKEY, description="Ask for a passkey instead of login and password; nobody is named."
    )
    async def start_passkey_sign_in(self, info: Info) -> StartPasskeySignInResult:
        return await run(
            info,
            lambda work: actions.start_passkey_sign_in(work, info.context.remote_address),
            lambda _work, asked: PasskeySignInStarted(request=PasskeyRequest.of(info, asked)),
        )

    @strawberry.mutation(
        metadata=_BY_PASSKEY,
        description="Start a session with a passkey that verified its person; it stands for both factors.",
    )
    async def sign_in_with_passkey(
        self, info: Info, input: Annotated[SignInWithPasskeyInput, _ASKED]
    ) -> SignInWithPasskeyResult:
        device = device_of(info, input.device_token)
        given = input.passkey
        proof = await info.context.services.get(Passkeys).proof(
            given.challenge, PASSKEY_SIGN_IN, given.given()
        )
        return await _start(
            info, lambda work: actions.sign_in_with_passkey(work, proof, device), input.transport
        )


async def answer_of(info: Info, factor: SecondFactorInput, challenge: str, kind: str) -> Answer:
    """The second factor with what can be verified of it before the unit of work."""
    if factor.passkey:
        given = factor.passkey.given()
        return Answer(
            passkey=await info.context.services.get(Passkeys).proof(challenge, kind, given),
            challenge=challenge,
        )
    return Answer(code=factor.code or None, recovery_code=factor.recovery_code or None)


async def _start(
    info: Info,
    action: Callable[[Work], Issued | SecondFactorAsked | SecondFactorInvalid],
    transport: Transport,
) -> Any:
    """Run what may start a session, and hand its token over in the way that was asked for."""

    def present(work: Work, outcome: Issued | SecondFactorAsked | SecondFactorInvalid) -> Any:
        if isinstance(outcome, SecondFactorAsked):
            return _second_factor_required(info, work, outcome)
        if isinstance(outcome, SecondFactorInvalid):
            return outcome
        return outcome, _signed_in(work, outcome, transport)

    outcome = await run(info, action, present)
    if not isinstance(outcome, tuple):
        return outcome
    issued, signed_in = outcome
    if transport is Transport.COOKIE:
        age_max = signed_in.expires_at - info.context.units.house.clock.now()
        info.context.cookies.append(Cookie(SESSION_COOKIE, issued.secret, int(age_max.total_seconds())))
    return signed_in


def _signed_in(work: Work, issued: Issued, transport: Transport) -> SignedIn:
    session = team.session(work, issued.id)
    assert session is not None
    assert issued.device_token is not None
    return SignedIn(
        session_id=strawberry.ID(issued.id),
        token=issued.secret if transport is Transport.BEARER else None,
        expires_at=session.expires_at,
        device_token=issued.device_token,
        requirements=[Requirement(one.value) for one in requirements_of(work, issued.id)],
    )


def _second_factor_required(info: Info, work: Work, outcome: SecondFactorAsked) -> SecondFactorRequired:
    passkeys = second_factors.passkeys(work, outcome.person_id)
    return SecondFactorRequired(
        challenge=outcome.asked.token,
        factors=[SecondFactor(factor.value) for factor in outcome.factors],
        expires_at=outcome.asked.expires_at,
        passkey=PasskeyRequest.of(info, outcome.asked, passkeys) if passkeys else None,
    )
