"""One's own second factors: setting them up, proving more with them, taking them away (P003, P013)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts import actions
from server.accounts.actions import Answer, TotpOffer
from server.accounts.actions.challenges import PASSKEY_PROOF, Asked
from server.accounts.actions.email import acting_person
from server.accounts.adapters import qr
from server.accounts.adapters.passkeys import Passkeys
from server.accounts.graph.passkey_types import (
    Passkey,
    PasskeyCreation,
    PasskeyRequest,
    RegisterPasskeyInput,
)
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.graph.problems import SessionNotFoundProblem, TooManyAttemptsProblem
from server.accounts.graph.proving import unless_throttled
from server.accounts.graph.second_factor_problems import (
    ChallengeInvalidProblem,
    PasskeyInvalidProblem,
    PasskeyLimitReachedProblem,
    PasskeyNameInvalidProblem,
    PasskeyNotFoundProblem,
    SecondFactorInvalidProblem,
    SecondFactorMissingProblem,
    SecondFactorNeededProblem,
    TotpAlreadyOnProblem,
    TotpNotPendingProblem,
)
from server.accounts.graph.signing_in import SecondFactorInput, answer_of
from server.accounts.reads import second_factors
from server.accounts.rules import SELF_WRITE
from server.accounts.rules.second_factor import SecondFactorInvalid
from server.accounts.rules.throttling import TooManyAttempts
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import PASSKEY
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_OWN = Access(Who.SIGNED_IN, "security", scope=SELF_WRITE)
_SELF, _BY_PASSKEY = declare(_OWN), declare(_OWN, cost=PASSKEY)


@strawberry.input(description="What the authenticator application shows.")
class ConfirmTotpInput:
    code: str = strawberry.field(description="The six digits.")


@strawberry.input(description="One of one's second factors.")
class ConfirmSecondFactorInput:
    factor: SecondFactorInput = strawberry.field(
        description="The second factor; a passkey answers the request of `startPasskeyProof`."
    )


@strawberry.input(description="Which passkey.")
class RemovePasskeyInput:
    id: strawberry.ID = strawberry.field(description="The passkey's id.")


@exposes(OUTCOME)
@strawberry.type(
    description="What an authenticator application needs, this once. It counts after `confirmTotp`."
)
class TotpOffered:
    secret: str = strawberry.field(description="The secret in base 32, to be typed.")
    uri: str = strawberry.field(description="The same as an `otpauth:` URI, to be opened.")

    @strawberry.field(description="The URI as a QR code, to be scanned: an SVG document.")
    def qr_svg(self) -> str:
        # Drawn only for who asks, and outside of the transaction: it takes as long as ten transactions.
        return qr.svg(self.uri)


@exposes(OUTCOME)
@strawberry.type(description="The authenticator application is asked for at sign-in from now on.")
class TotpConfirmed:
    recovery_codes: list[str] = strawberry.field(
        description="New recovery codes, this once: each signs in once without the application, or sets a new "
        "password. Empty where one has unused ones."
    )


@exposes(OUTCOME)
@strawberry.type(description="The authenticator application is not asked for any more.")
class TotpDisabled:
    disabled_at: datetime = strawberry.field(description="When.")


@exposes(OUTCOME)
@strawberry.type(description="The session counts as freshly proved for a while.")
class SecondFactorConfirmed:
    stepped_up_until: datetime = strawberry.field(description="Until when.")


@exposes(OUTCOME)
@strawberry.type(description="The passkey may be used from now on.")
class PasskeyRegistered:
    passkey: Passkey = strawberry.field(description="The passkey.")


@exposes(OUTCOME)
@strawberry.type(description="The passkey is of no use here any more.")
class PasskeyRemoved:
    passkey_id: strawberry.ID = strawberry.field(description="The passkey.")


@exposes(OUTCOME)
@strawberry.type(description="A new passkey is asked for.")
class PasskeyRegistrationStarted:
    creation: PasskeyCreation = strawberry.field(description="What to ask the authenticator with.")


@exposes(OUTCOME)
@strawberry.type(description="One of one's passkeys is asked for.")
class PasskeyProofStarted:
    request: PasskeyRequest = strawberry.field(description="What to ask the passkey with.")


EnrolTotpResult = Annotated[
    TotpOffered | TotpAlreadyOnProblem | StepUpRequiredProblem | SessionNotFoundProblem,
    strawberry.union("EnrolTotpResult", description="What the application needs, or why there is nothing."),
]
ConfirmTotpResult = Annotated[
    TotpConfirmed
    | TotpNotPendingProblem
    | SecondFactorInvalidProblem
    | TooManyAttemptsProblem
    | SessionNotFoundProblem,
    strawberry.union("ConfirmTotpResult", description="That the application counts, or why not."),
]
DisableTotpResult = Annotated[
    TotpDisabled
    | SecondFactorMissingProblem
    | SecondFactorNeededProblem
    | StepUpRequiredProblem
    | SessionNotFoundProblem,
    strawberry.union("DisableTotpResult", description="That the application was removed, or why not."),
]
ConfirmSecondFactorResult = Annotated[
    SecondFactorConfirmed
    | SecondFactorMissingProblem
    | SecondFactorInvalidProblem
    | TooManyAttemptsProblem
    | SessionNotFoundProblem,
    strawberry.union(
        "ConfirmSecondFactorResult", description="Until when the proof stands, or why there is none."
    ),
]
StartPasskeyRegistrationResult = Annotated[
    PasskeyRegistrationStarted | PasskeyLimitReachedProblem | StepUpRequiredProblem | SessionNotFoundProblem,
    strawberry.union("StartPasskeyRegistrationResult", description="What to ask with, or why nothing is."),
]
RegisterPasskeyResult = Annotated[
    PasskeyRegistered
    | PasskeyNameInvalidProblem
    | PasskeyInvalidProblem
    | ChallengeInvalidProblem
    | PasskeyLimitReachedProblem
    | SessionNotFoundProblem,
    strawberry.union("RegisterPasskeyResult", description="The passkey, or why there is none."),
]
StartPasskeyProofResult = Annotated[
    PasskeyProofStarted | SessionNotFoundProblem,
    strawberry.union("StartPasskeyProofResult", description="What to ask with, or why nothing is."),
]
RemovePasskeyResult = Annotated[
    PasskeyRemoved
    | PasskeyNotFoundProblem
    | SecondFactorNeededProblem
    | StepUpRequiredProblem
    | SessionNotFoundProblem,
    strawberry.union("RemovePasskeyResult", description="That the passkey was removed, or why not."),
]


@strawberry.type
class SecondFactorMutations:
    @strawberry.mutation(
        metadata=_SELF,
        description="Begin to set up an authenticator application. Asks for a fresh proof of who one is.",
    )
    async def enrol_totp(self, info: Info) -> EnrolTotpResult:
        def present(_work: Work, offer: TotpOffer) -> TotpOffered:
            return TotpOffered(secret=offer.secret, uri=offer.uri)

        return await run(info, actions.enrol_totp, present)

    @strawberry.mutation(
        metadata=_SELF,
        description="Finish setting it up, with a code that it shows: it is asked for from now on.",
    )
    async def confirm_totp(self, info: Info, input: Annotated[ConfirmTotpInput, _ASKED]) -> ConfirmTotpResult:
        attempt = await _begin(info)
        return await run(
            info,
            lambda work: actions.attempted(
                work, attempt, lambda work: actions.confirm_totp(work, input.code)
            ),
            lambda _work, codes: TotpConfirmed(recovery_codes=codes),
        )

    @strawberry.mutation(
        metadata=_SELF,
        description="Remove the authenticator application. Asks for a fresh proof of who one is.",
    )
    async def disable_totp(self, info: Info) -> DisableTotpResult:
        return await run(info, actions.disable_totp, lambda work, _none: TotpDisabled(disabled_at=work.now))

    @strawberry.mutation(
        metadata=_BY_PASSKEY,
        description="Prove with a second factor that one is still who signed in, for the actions that ask for a fresh "
        "proof; as good as `confirmPassword`.",
    )
    async def confirm_second_factor(
        self, info: Info, input: Annotated[ConfirmSecondFactorInput, _ASKED]
    ) -> ConfirmSecondFactorResult:
        def present(
            _work: Work, outcome: datetime | SecondFactorInvalid
        ) -> SecondFactorConfirmed | SecondFactorInvalid:
            if isinstance(outcome, SecondFactorInvalid):
                return outcome
            return SecondFactorConfirmed(stepped_up_until=outcome)

        challenge = input.factor.passkey.challenge if input.factor.passkey else ""
        attempt, answer = await unless_throttled(
            info,
            lambda work: actions.begin_proof(work, info.context.viewer.credential_id or ""),
            answer_of(info, input.factor, challenge, PASSKEY_PROOF),
            Answer(),
        )
        return await run(
            info,
            lambda work: actions.attempted(
                work, attempt, lambda work: actions.confirm_second_factor(work, answer)
            ),
            present,
        )

    @strawberry.mutation(
        metadata=_BY_PASSKEY, description="Begin to register a passkey. Asks for a fresh proof of who one is."
    )
    async def start_passkey_registration(self, info: Info) -> StartPasskeyRegistrationResult:
        def present(work: Work, asked: Asked) -> PasskeyRegistrationStarted:
            person = acting_person(work)
            passkeys = second_factors.passkeys(work, person.id)
            return PasskeyRegistrationStarted(
                creation=PasskeyCreation.of(info, work, asked, person, passkeys)
            )

        return await run(info, actions.start_passkey_registration, present)

    @strawberry.mutation(
        metadata=_BY_PASSKEY,
        description="Finish registering it: it signs in from now on, and counts as second factor.",
    )
    async def register_passkey(
        self, info: Info, input: Annotated[RegisterPasskeyInput, _ASKED]
    ) -> RegisterPasskeyResult:
        made = await info.context.services.get(Passkeys).made(input.challenge, input.given())

        def present(work: Work, passkey_id: str) -> PasskeyRegistered:
            row = second_factors.passkeys_by_id(work, [passkey_id])[passkey_id]
            return PasskeyRegistered(passkey=Passkey.of(work, row))

        return await run(info, lambda work: actions.register_passkey(work, made, input.name), present)

    @strawberry.mutation(
        metadata=_BY_PASSKEY, description="Ask for one of one's passkeys, for `confirmSecondFactor`."
    )
    async def start_passkey_proof(self, info: Info) -> StartPasskeyProofResult:
        def present(work: Work, asked: Asked) -> PasskeyProofStarted:
            passkeys = second_factors.passkeys(work, acting_person(work).id)
            return PasskeyProofStarted(request=PasskeyRequest.of(info, asked, passkeys))

        return await run(info, actions.start_passkey_proof, present)

    @strawberry.mutation(
        metadata=_SELF, description="Take one of one's passkeys away. Asks for a fresh proof of who one is."
    )
    async def remove_passkey(
        self, info: Info, input: Annotated[RemovePasskeyInput, _ASKED]
    ) -> RemovePasskeyResult:
        return await run(
            info,
            lambda work: actions.remove_passkey(work, input.id),
            lambda _work, _none: PasskeyRemoved(passkey_id=input.id),
        )


async def _begin(info: Info) -> actions.Attempt | TooManyAttempts | None:
    session_id = info.context.viewer.credential_id or ""
    return await info.context.units.run_unaudited(lambda work: actions.begin_proof(work, session_id))
