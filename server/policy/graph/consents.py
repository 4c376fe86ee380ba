"""Consent, given and taken back, and what an account sees of the registers."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.policy.actions import consents as actions
from server.policy.graph.problems import NoConsent, PurposeUnknown
from server.policy.graph.types import READ, WRITE, Consent, Disclosure
from server.policy.reads import registers

CONSENTS_SHOWN_MAX = 200
_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="One purpose. Consent is given to each by itself, and never with a document.")
class ConsentInput:
    purpose: str = strawberry.field(description="Which purpose, as `purposesWithConsent` lists them.")


@exposes(OUTCOME)
@strawberry.type(description="The purpose is on.")
class ConsentGiven:
    consent: Consent = strawberry.field(description="The consent.")


@exposes(OUTCOME)
@strawberry.type(description="The purpose is off, at once.")
class ConsentWithdrawn:
    consent: Consent = strawberry.field(description="What was taken back.")


GiveConsentResult = Annotated[
    ConsentGiven | PurposeUnknown,
    strawberry.union("GiveConsentResult", description="The consent, or why there is none."),
]
WithdrawConsentResult = Annotated[
    ConsentWithdrawn | NoConsent,
    strawberry.union("WithdrawConsentResult", description="What was taken back, or that there was nothing."),
]


@strawberry.type
class ConsentMutations:
    @strawberry.mutation(
        metadata=declare(WRITE),
        description="Consent to a purpose that is off until then (B004). Twice is as good as once.",
    )
    async def give_consent(self, info: Info, input: Annotated[ConsentInput, _ASKED]) -> GiveConsentResult:
        def present(work: Work, consent_id: str) -> ConsentGiven:
            return ConsentGiven(consent=_consent(work, consent_id))

        return await run(info, lambda work: actions.give_consent(work, input.purpose), present)

    @strawberry.mutation(metadata=declare(WRITE), description="Take a consent back; it counts at once.")
    async def withdraw_consent(
        self, info: Info, input: Annotated[ConsentInput, _ASKED]
    ) -> WithdrawConsentResult:
        def present(work: Work, consent_id: str) -> ConsentWithdrawn:
            return ConsentWithdrawn(consent=_consent(work, consent_id))

        return await run(info, lambda work: actions.withdraw_consent(work, input.purpose), present)


@strawberry.field(
    description="The account's consents, given and taken back, the newest first; at most 200.",
    metadata=declare(READ),
)
def consents(account: strawberry.Parent[Account], info: Info) -> list[Consent]:
    return [
        Consent.of(row) for row in registers.consents_of(info.context.read, account.id, CONSENTS_SHOWN_MAX)
    ]


@strawberry.field(
    description="To whom data of the account was given, and on which ground, the newest first.",
    metadata=declare(READ),
)
def disclosures(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[Disclosure]:
    read = info.context.read
    rows = registers.disclosures(read, rows_wanted(first), key_after(after), account_id=account.id)
    return page(rows, first, after, lambda row: Disclosure.of(read, row), lambda row: row.id)


def _consent(work: Work, consent_id: str) -> Consent:
    return Consent.of(registers.consent(work, consent_id))


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, consents), (Account, disclosures)]
