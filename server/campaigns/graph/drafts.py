"""Drafts in the API: begin a campaign, change it, declare its audience, fill in its recipients."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.campaigns.actions.campaigns import create_campaign, declare_audience, update_campaign
from server.campaigns.actions.recipients import Added, add_recipients, count_recipients
from server.campaigns.graph.enums import LawfulBasisEnum, ListSourceEnum
from server.campaigns.graph.inputs import CampaignMessageInput, RecipientCountInput
from server.campaigns.graph.presenting import ASKED, presented
from server.campaigns.graph.problems import (
    AudienceNotDeclared,
    CampaignChannelFixed,
    CampaignLimitReached,
    CampaignNameInvalid,
    CampaignNotFound,
    CampaignStatusConflict,
    ListSourceRefused,
    MergeFieldInvalid,
    MessageTextInvalid,
    MessageTextSensitive,
    RecipientCountInvalid,
    RecipientLimitReached,
    RecipientsConflict,
    RecipientsInvalid,
    TooManySegments,
)
from server.campaigns.graph.types import WRITE, CampaignType
from server.campaigns.reads import CampaignRow
from server.campaigns.rules.lifecycle import LawfulBasis, ListSource
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work

_NAME = "A name for the customer: one line of up to 120 characters."
_DRAFT = "The campaign, a DRAFT."


@strawberry.input(description="A new campaign.")
class CreateCampaignInput:
    name: str = strawberry.field(description=_NAME)
    message: CampaignMessageInput = strawberry.field(description="What is sent.")


@strawberry.input(description="A campaign as it is to be from now on.")
class UpdateCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description=_DRAFT)
    name: str = strawberry.field(description=_NAME)
    message: CampaignMessageInput = strawberry.field(description="What is sent, by the same channel.")


@strawberry.input(description="What the customer declares of a campaign's recipients.")
class DeclareCampaignAudienceInput:
    campaign_id: strawberry.ID = strawberry.field(description=_DRAFT)
    lawful_basis: LawfulBasisEnum = strawberry.field(
        description="Why the customer may write to them, by the law of the customer's country and theirs."
    )
    list_source: ListSourceEnum = strawberry.field(description="Where their addresses come from.")


@strawberry.input(description="Addresses for a campaign.")
class AddCampaignRecipientsInput:
    campaign_id: strawberry.ID = strawberry.field(description=f"{_DRAFT} Its audience is declared.")
    recipients: list[str] = strawberry.field(
        description="E-mail addresses, or phone numbers with their plus sign; at most 1,000. Repeat the call for more."
    )


@strawberry.input(description="How many recipients a campaign has, whose addresses are not uploaded.")
class SetCampaignRecipientCountInput:
    campaign_id: strawberry.ID = strawberry.field(description=_DRAFT)
    count: RecipientCountInput = strawberry.field(description="How many; it replaces what was said before.")


@exposes(OUTCOME)
@strawberry.type(description="The campaign is begun: declare its audience, give it recipients, launch it.")
class CampaignCreated:
    campaign: CampaignType = strawberry.field(description="The campaign.")


@exposes(OUTCOME)
@strawberry.type(description="The campaign was changed.")
class CampaignUpdated:
    campaign: CampaignType = strawberry.field(description="The campaign.")


@exposes(OUTCOME)
@strawberry.type(description="It is on record what was declared, when, and under which credential.")
class CampaignAudienceDeclared:
    campaign: CampaignType = strawberry.field(description="The campaign.")


@exposes(OUTCOME)
@strawberry.type(description="What became of the addresses; together they are all that were given.")
class CampaignRecipientsAdded:
    campaign: CampaignType = strawberry.field(description="The campaign.")
    added: int = strawberry.field(description="How many recipients are new.")
    duplicates: int = strawberry.field(description="How many were there already; each counts once.")
    suppressed: list[int] = strawberry.field(
        description="The positions, from 0, of those who want nothing more; they are no recipients."
    )
    invalid: list[int] = strawberry.field(
        description="The positions, from 0, of those that are no addresses of the channel."
    )


@exposes(OUTCOME)
@strawberry.type(description="The recipients are counted.")
class CampaignRecipientCountSet:
    campaign: CampaignType = strawberry.field(description="The campaign.")


CreateCampaignResult = Annotated[
    CampaignCreated
    | CampaignNameInvalid
    | MessageTextInvalid
    | MessageTextSensitive
    | MergeFieldInvalid
    | TooManySegments
    | CampaignLimitReached,
    strawberry.union("CreateCampaignResult", description="What became of `createCampaign`."),
]
UpdateCampaignResult = Annotated[
    CampaignUpdated
    | CampaignNameInvalid
    | MessageTextInvalid
    | MessageTextSensitive
    | MergeFieldInvalid
    | TooManySegments
    | CampaignChannelFixed
    | CampaignNotFound
    | CampaignStatusConflict,
    strawberry.union("UpdateCampaignResult", description="What became of `updateCampaign`."),
]
DeclareCampaignAudienceResult = Annotated[
    CampaignAudienceDeclared | ListSourceRefused | CampaignNotFound | CampaignStatusConflict,
    strawberry.union(
        "DeclareCampaignAudienceResult", description="What became of `declareCampaignAudience`."
    ),
]
AddCampaignRecipientsResult = Annotated[
    CampaignRecipientsAdded
    | RecipientsInvalid
    | RecipientLimitReached
    | RecipientsConflict
    | AudienceNotDeclared
    | CampaignNotFound
    | CampaignStatusConflict,
    strawberry.union("AddCampaignRecipientsResult", description="What became of `addCampaignRecipients`."),
]
SetCampaignRecipientCountResult = Annotated[
    CampaignRecipientCountSet
    | RecipientCountInvalid
    | RecipientLimitReached
    | RecipientsConflict
    | CampaignNotFound
    | CampaignStatusConflict,
    strawberry.union(
        "SetCampaignRecipientCountResult", description="What became of `setCampaignRecipientCount`."
    ),
]


@strawberry.type
class DraftMutations:
    @strawberry.mutation(
        description="Begin a campaign, as a draft. A text with card numbers, bank details or health data is refused.",
        metadata=declare(WRITE),
    )
    async def create_campaign(
        self, info: Info, input: Annotated[CreateCampaignInput, ASKED]
    ) -> CreateCampaignResult:
        account_id, message = account_of(info), input.message.message()

        def create(work: Work) -> CampaignRow:
            return create_campaign(work, account_id, input.name, message)

        return await run(info, create, presented(CampaignCreated))

    @strawberry.mutation(description="Change the name and the message of a draft.", metadata=declare(WRITE))
    async def update_campaign(
        self, info: Info, input: Annotated[UpdateCampaignInput, ASKED]
    ) -> UpdateCampaignResult:
        account_id, message = account_of(info), input.message.message()

        def update(work: Work) -> CampaignRow:
            return update_campaign(work, account_id, input.campaign_id, input.name, message)

        return await run(info, update, presented(CampaignUpdated))

    @strawberry.mutation(
        description="Declare why the recipients of a draft may be written to, and where their addresses come from. "
        "Nothing is uploaded or launched without it.",
        metadata=declare(WRITE),
    )
    async def declare_campaign_audience(
        self, info: Info, input: Annotated[DeclareCampaignAudienceInput, ASKED]
    ) -> DeclareCampaignAudienceResult:
        account_id = account_of(info)
        basis, source = LawfulBasis[input.lawful_basis.name], ListSource[input.list_source.name]

        def declare_it(work: Work) -> CampaignRow:
            return declare_audience(work, account_id, input.campaign_id, basis, source)

        return await run(info, declare_it, presented(CampaignAudienceDeclared))

    @strawberry.mutation(
        description="Add addresses to a draft; they are kept encrypted. A repetition adds nothing twice.",
        metadata=declare(WRITE),
    )
    async def add_campaign_recipients(
        self, info: Info, input: Annotated[AddCampaignRecipientsInput, ASKED]
    ) -> AddCampaignRecipientsResult:
        account_id = account_of(info)

        def add(work: Work) -> Added:
            return add_recipients(work, account_id, input.campaign_id, input.recipients)

        def present(work: Work, added: Added) -> CampaignRecipientsAdded:
            return CampaignRecipientsAdded(
                campaign=CampaignType.of(work, added.campaign),
                added=added.added,
                duplicates=added.duplicates,
                suppressed=list(added.suppressed),
                invalid=list(added.invalid),
            )

        return await run(info, add, present)

    @strawberry.mutation(
        description="Say how many recipients a draft has, without uploading their addresses.",
        metadata=declare(WRITE),
    )
    async def set_campaign_recipient_count(
        self, info: Info, input: Annotated[SetCampaignRecipientCountInput, ASKED]
    ) -> SetCampaignRecipientCountResult:
        account_id, count = account_of(info), input.count.count()

        def set_count(work: Work) -> CampaignRow:
            return count_recipients(work, account_id, input.campaign_id, count)

        return await run(info, set_count, presented(CampaignRecipientCountSet))
