"""One's own e-mail address, forgotten passwords, fresh proofs, and the account's postal address, as mutations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts import actions
from server.accounts.adapters.passwords import Passwords
from server.accounts.graph.people_problems import (
    EmailCodeInvalidProblem,
    EmailInvalidProblem,
    EmailTakenProblem,
    NothingToVerifyProblem,
    PostalAddressInvalidProblem,
    RecoveryCodeInvalidProblem,
    ResetTokenInvalidProblem,
    StepUpRequiredProblem,
    TooManyMailsProblem,
)
from server.accounts.graph.problems import (
    CredentialsInvalidProblem,
    DetailNotCollectedProblem,
    PasswordTooWeakProblem,
    SessionNotFoundProblem,
    TooManyAttemptsProblem,
)
from server.accounts.graph.proving import unless_throttled
from server.accounts.graph.types import PostalAddress
from server.accounts.rules import SELF_WRITE, LoginInvalid, Terms, normal_login
from server.accounts.rules.address import Address
from server.accounts.rules.people import EmailCodeInvalid
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import PASSWORD
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_ANYONE = Access(Who.ANYONE, "security")
_OWN = Access(Who.SIGNED_IN, "security", scope=SELF_WRITE)
_OPEN, _SELF = declare(_ANYONE), declare(_OWN)
_RESETTING = declare(_ANYONE, cost=PASSWORD)
_ACCOUNT = declare(Access(Who.SIGNED_IN, "identification", scope="account:write"))
_NEW_PASSWORD = "The new password: 12 to 256 characters, without the login in it."  # noqa: S105 - a description


@strawberry.input(description="The present password.")
class ConfirmPasswordInput:
    password: str = strawberry.field(description="The password of who is signed in.")


@strawberry.input(description="An e-mail address.")
class SetEmailInput:
    email: str = strawberry.field(description="The address, at most 254 characters.")


@strawberry.input(description="What arrived by e-mail.")
class VerifyEmailInput:
    code: str = strawberry.field(description="The eight digits.")


@strawberry.input(description="Whose password is forgotten.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The person's verified e-mail address.")


@strawberry.input(description="What arrived by e-mail, and a new password.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The token of the link.")
    password: str = strawberry.field(description=_NEW_PASSWORD)


@strawberry.input(description="A recovery code, and a new password.")
class ResetPasswordWithCodeInput:
    login: str = strawberry.field(description="The login, in any case.")
    code: str = strawberry.field(description="One of the person's unused recovery codes.")
    password: str = strawberry.field(description=_NEW_PASSWORD)


@strawberry.input(description="Where the account's letters go. Each line has at most 120 characters.")
class PostalAddressInput:
    name: str = strawberry.field(description="The name of the person or company.")
    street: str = strawberry.field(description="The street, without the number.")
    number: str = strawberry.field(description="The number in the street.")
    postal_code: str = strawberry.field(description="The postal code; empty where there are none.")
    city: str = strawberry.field(description="The town.")
    country: str = strawberry.field(description="Two upper-case letters of ISO 3166-1, such as CH.")


@exposes(OUTCOME)
@strawberry.type(description="The session counts as freshly proved for a while.")
class PasswordConfirmed:
    stepped_up_until: datetime = strawberry.field(description="Until when.")


@exposes(OUTCOME)
@strawberry.type(description="A code was sent to the address; `verifyEmail` takes it.")
class EmailCodeSent:
    expires_at: datetime = strawberry.field(description="Until when the code is good.")


@exposes(OUTCOME)
@strawberry.type(description="The address is verified.")
class EmailVerified:
    verified_at: datetime = strawberry.field(description="When.")


@exposes(OUTCOME)
@strawberry.type(
    description="If the address is somebody's verified address, a link was sent there. It is not said whether it is."
)
class PasswordResetRequested:
    expires_at: datetime = strawberry.field(description="Until when such a link is good.")


@exposes(OUTCOME)
@strawberry.type(description="The password was changed and all sessions of the person have ended.")
class PasswordWasReset:
    changed_at: datetime = strawberry.field(description="When.")


@exposes(OUTCOME)
@strawberry.type(description="New recovery codes; earlier ones are of no use any more.")
class RecoveryCodesCreated:
    codes: list[str] = strawberry.field(
        description="The codes, this once: write them down. Each sets a new password once."
    )


@exposes(OUTCOME)
@strawberry.type(description="The address is stored.")
class PostalAddressSet:
    postal_address: PostalAddress = strawberry.field(
        description="The address, without blanks around its lines."
    )


ConfirmPasswordResult = Annotated[
    PasswordConfirmed | CredentialsInvalidProblem | TooManyAttemptsProblem,
    strawberry.union("ConfirmPasswordResult", description="Until when the proof stands, or that it failed."),
]
SetEmailResult = Annotated[
    EmailCodeSent
    | EmailInvalidProblem
    | StepUpRequiredProblem
    | TooManyMailsProblem
    | DetailNotCollectedProblem
    | SessionNotFoundProblem,
    strawberry.union("SetEmailResult", description="That a code was sent, or why not."),
]
ResendEmailCodeResult = Annotated[
    EmailCodeSent | NothingToVerifyProblem | TooManyMailsProblem | SessionNotFoundProblem,
    strawberry.union("ResendEmailCodeResult", description="That another code was sent, or why not."),
]
VerifyEmailResult = Annotated[
    EmailVerified
    | EmailCodeInvalidProblem
    | NothingToVerifyProblem
    | EmailTakenProblem
    | SessionNotFoundProblem,
    strawberry.union("VerifyEmailResult", description="That the address is verified, or why not."),
]
RequestPasswordResetResult = Annotated[
    PasswordResetRequested | EmailInvalidProblem,
    strawberry.union("RequestPasswordResetResult", description="The same answer for every address."),
]
ResetPasswordResult = Annotated[
    PasswordWasReset | ResetTokenInvalidProblem | PasswordTooWeakProblem,
    strawberry.union("ResetPasswordResult", description="That the password was changed, or why not."),
]
ResetPasswordWithCodeResult = Annotated[
    PasswordWasReset | RecoveryCodeInvalidProblem | PasswordTooWeakProblem,
    strawberry.union("ResetPasswordWithCodeResult", description="That the password was changed, or why not."),
]
CreateRecoveryCodesResult = Annotated[
    RecoveryCodesCreated | StepUpRequiredProblem | SessionNotFoundProblem,
    strawberry.union("CreateRecoveryCodesResult", description="New recovery codes, or why there are none."),
]
SetPostalAddressResult = Annotated[
    PostalAddressSet | PostalAddressInvalidProblem | DetailNotCollectedProblem,
    strawberry.union("SetPostalAddressResult", description="The stored address, or what is wrong with it."),
]


@strawberry.type
class PeopleMutations:
    @strawberry.mutation(
        metadata=declare(_OWN, cost=PASSWORD),
        description="Prove one's password again, for the actions that ask for a fresh proof.",
    )
    async def confirm_password(
        self, info: Info, input: Annotated[ConfirmPasswordInput, _ASKED]
    ) -> ConfirmPasswordResult:
        session_id = info.context.viewer.credential_id or ""
        attempt, proof = await unless_throttled(
            info,
            lambda work: actions.begin_proof(work, session_id),
            info.context.services.get(Passwords).confirm(session_id, input.password),
            None,
        )
        return await run(
            info,
            lambda work: actions.attempted(work, attempt, lambda work: actions.confirm_password(work, proof)),
            lambda _work, until: PasswordConfirmed(stepped_up_until=until),
        )

    @strawberry.mutation(
        metadata=_SELF,
        description="Say that an e-mail address is one's own: a code is sent there. An address that one has stays "
        "until the new one is verified. Asks for a fresh proof of the password.",
    )
    async def set_email(self, info: Info, input: Annotated[SetEmailInput, _ASKED]) -> SetEmailResult:
        return await run(info, lambda work: actions.set_email(work, input.email), _code_sent)

    @strawberry.mutation(
        metadata=_SELF, description="Send another code to the address that waits; the one before is void."
    )
    async def resend_email_code(self, info: Info) -> ResendEmailCodeResult:
        return await run(info, actions.resend_email_code, _code_sent)

    @strawberry.mutation(metadata=_SELF, description="Verify the address that waits, with the code from it.")
    async def verify_email(self, info: Info, input: Annotated[VerifyEmailInput, _ASKED]) -> VerifyEmailResult:
        def present(work: Work, wrong: EmailCodeInvalid | None) -> EmailVerified | EmailCodeInvalid:
            return wrong or EmailVerified(verified_at=work.now)

        return await run(info, lambda work: actions.verify_email(work, input.code), present)

    @strawberry.mutation(
        metadata=_OPEN, description="Have a link sent that sets a new password. Needs a verified address."
    )
    async def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, _ASKED]
    ) -> RequestPasswordResetResult:
        def present(work: Work, _none: None) -> PasswordResetRequested:
            return PasswordResetRequested(expires_at=work.now + work.terms(Terms).password_reset_age_max)

        return await run(info, lambda work: actions.ask_password_reset(work, input.email), present)

    @strawberry.mutation(
        metadata=_RESETTING, description="Set a new password with the token of a mailed link."
    )
    async def reset_password(
        self, info: Info, input: Annotated[ResetPasswordInput, _ASKED]
    ) -> ResetPasswordResult:
        password = await info.context.services.get(Passwords).prepare_for(
            lambda read: actions.person_of_reset(read, input.token), input.password
        )
        return await run(
            info,
            lambda work: actions.reset_password(work, input.token, password),
            lambda work, _none: PasswordWasReset(changed_at=work.now),
        )

    @strawberry.mutation(
        metadata=_RESETTING, description="Set a new password with a recovery code, which is used up."
    )
    async def reset_password_with_code(
        self, info: Info, input: Annotated[ResetPasswordWithCodeInput, _ASKED]
    ) -> ResetPasswordWithCodeResult:
        login = _normal_or_nobody(info, input.login)
        password = await info.context.services.get(Passwords).prepare_for(
            lambda read: actions.person_of_recovery_code(read, login, input.code), input.password
        )
        return await run(
            info,
            lambda work: actions.reset_password_with_code(work, login, input.code, password),
            lambda work, _none: PasswordWasReset(changed_at=work.now),
        )

    @strawberry.mutation(
        metadata=_SELF,
        description="Make ten codes, each of which sets a new password once. Asks for a fresh proof of the password.",
    )
    async def create_recovery_codes(self, info: Info) -> CreateRecoveryCodesResult:
        return await run(
            info, actions.create_recovery_codes, lambda _work, codes: RecoveryCodesCreated(codes=codes)
        )

    @strawberry.mutation(
        metadata=_ACCOUNT,
        description="Store where the account's letters go; its country becomes the account's.",
    )
    async def set_postal_address(
        self, info: Info, input: Annotated[PostalAddressInput, _ASKED]
    ) -> SetPostalAddressResult:
        address = Address(
            input.name, input.street, input.number, input.postal_code, input.city, input.country
        )

        def present(work: Work, _none: None) -> PostalAddressSet:
            stored = PostalAddress.of_account(work, work.actor.account_id or "")
            assert stored is not None
            return PostalAddressSet(postal_address=stored)

        return await run(info, lambda work: actions.set_postal_address(work, address), present)


def _code_sent(work: Work, _none: None) -> EmailCodeSent:
    return EmailCodeSent(expires_at=work.now + work.terms(Terms).email_code_age_max)


def _normal_or_nobody(info: Info, login: str) -> str:
    """The login in its normal form; one that nobody can have is nobody's."""
    try:
        return normal_login(info.context.units.house.terms.get(Terms), login)
    except LoginInvalid:
        return ""
