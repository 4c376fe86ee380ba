"""The staff's side of disclosures: tell first, check first, then enter, and only then give."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.accounts.graph.restricting import ProcessingRestrictedProblem
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.policy.actions import disclosures as actions
from server.policy.graph.enums import GroundEnum, RecipientClassEnum
from server.policy.graph.problems import (
    ConsentMissing,
    DisclosureIncomplete,
    GroundNotAllowed,
    LegalityNotChecked,
    ProcessorNotActive,
    RecipientNotAnnounced,
)
from server.policy.graph.types import OFFICERS, Disclosure
from server.policy.reads import registers
from server.policy.rules.disclosing import Ground, Recipient, RecipientClass

_ASKED = strawberry.argument(description="What is asked for.")
_ACCOUNT = "The account whose data it is."
_LINE = "at most 200 characters"


@strawberry.input(description="Which request for an account's data was checked, and with which outcome.")
class CheckLegalityInput:
    account_id: strawberry.ID = strawberry.field(description=_ACCOUNT)
    reference: str = strawberry.field(description=f"The reference of the request, {_LINE}.")
    lawful: bool = strawberry.field(description="Whether it is lawful.")


@strawberry.input(description="Of which kind of recipients an account is told.")
class AnnounceRecipientClassInput:
    account_id: strawberry.ID = strawberry.field(description=_ACCOUNT)
    recipient_class: RecipientClassEnum = strawberry.field(description="Which kind.")


@strawberry.input(description="To whom data of an account is given, and on which ground.")
class RecordDisclosureInput:
    account_id: strawberry.ID = strawberry.field(description=_ACCOUNT)
    ground: GroundEnum = strawberry.field(description="On which ground; the policy's list is closed.")
    recipient: str = strawberry.field(description=f"Who gets it, {_LINE}.")
    recipient_class: RecipientClassEnum = strawberry.field(description="What kind of third party that is.")
    categories: list[str] = strawberry.field(
        description="Which categories of data, as the policy lists them."
    )
    authority: str | None = strawberry.field(default=None, description=f"Which authority asks, {_LINE}.")
    legal_basis: str | None = strawberry.field(default=None, description=f"By which law, {_LINE}.")
    reference: str | None = strawberry.field(
        default=None, description=f"The reference of the request, {_LINE}."
    )
    legality_check_id: strawberry.ID | None = strawberry.field(
        default=None, description="The check that found a legal request lawful."
    )
    consent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The account's consent, which must still be given."
    )
    processor_id: strawberry.ID | None = strawberry.field(
        default=None, description="The registered processor that gets it, if it is one."
    )


@exposes(OUTCOME)
@strawberry.type(description="The check is in the register.")
class LegalityChecked:
    legality_check_id: strawberry.ID = strawberry.field(description="Its id, for `recordDisclosure`.")


@exposes(OUTCOME)
@strawberry.type(description="The account is told.")
class RecipientClassAnnounced:
    notice_id: strawberry.ID = strawberry.field(description="The notice.")


@exposes(OUTCOME)
@strawberry.type(description="The disclosure is in the register, and may be made.")
class DisclosureRecorded:
    disclosure: Disclosure = strawberry.field(description="The entry.")


CheckLegalityResult = Annotated[
    LegalityChecked | AccountNotFoundProblem | DisclosureIncomplete,
    strawberry.union("CheckLegalityResult", description="The check, or why it is none."),
]
AnnounceRecipientClassResult = Annotated[
    RecipientClassAnnounced | AccountNotFoundProblem,
    strawberry.union("AnnounceRecipientClassResult", description="The notice, or that there is no account."),
]
RecordDisclosureResult = Annotated[
    DisclosureRecorded
    | AccountNotFoundProblem
    | GroundNotAllowed
    | DisclosureIncomplete
    | LegalityNotChecked
    | ConsentMissing
    | ProcessorNotActive
    | RecipientNotAnnounced
    | ProcessingRestrictedProblem,
    strawberry.union("RecordDisclosureResult", description="The entry, or why nothing may be given."),
]


@strawberry.type
class DisclosureMutations:
    @strawberry.mutation(
        metadata=declare(OFFICERS),
        description="For staff: note that the legality of a request for data was checked (P020).",
    )
    async def check_legality(
        self, info: Info, input: Annotated[CheckLegalityInput, _ASKED]
    ) -> CheckLegalityResult:
        return await run(
            info,
            lambda work: actions.check_legality(work, input.account_id, input.reference, input.lawful),
            lambda _work, check_id: LegalityChecked(legality_check_id=strawberry.ID(check_id)),
        )

    @strawberry.mutation(
        metadata=declare(OFFICERS),
        description="For staff: tell an account that its data may go to another kind of recipient (M129).",
    )
    async def announce_recipient_class(
        self, info: Info, input: Annotated[AnnounceRecipientClassInput, _ASKED]
    ) -> AnnounceRecipientClassResult:
        kind = RecipientClass[input.recipient_class.name]
        return await run(
            info,
            lambda work: actions.announce_recipient(work, input.account_id, kind),
            lambda _work, notice_id: RecipientClassAnnounced(notice_id=strawberry.ID(notice_id)),
        )

    @strawberry.mutation(
        metadata=declare(OFFICERS),
        description="For staff: enter that data of an account is given to somebody, before it is.",
    )
    async def record_disclosure(
        self, info: Info, input: Annotated[RecordDisclosureInput, _ASKED]
    ) -> RecordDisclosureResult:
        wanted = Recipient(
            account_id=input.account_id,
            ground=Ground[input.ground.name],
            recipient=input.recipient,
            recipient_class=RecipientClass[input.recipient_class.name],
            categories=tuple(dict.fromkeys(input.categories)),
            authority=input.authority,
            legal_basis=input.legal_basis,
            reference=input.reference,
            legality_check_id=input.legality_check_id,
            consent_id=input.consent_id,
            processor_id=input.processor_id,
        )

        def present(work: Work, disclosure_id: str) -> DisclosureRecorded:
            row = registers.disclosure(work, disclosure_id)
            return DisclosureRecorded(disclosure=Disclosure.of(work, row))

        return await run(info, lambda work: actions.record_disclosure(work, wanted), present)
