"""Sending in the API: schedule a campaign, launch it, pause it, resume it, end it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.graph.people_problems import EmailNotVerifiedProblem
from server.campaigns import reads
from server.campaigns.actions.campaigns import schedule_campaign
from server.campaigns.actions.launching import launch_campaign
from server.campaigns.actions.sending import (
    cancel_campaign,
    complete_campaign,
    pause_campaign,
    resume_campaign,
)
from server.campaigns.graph.complaints_problems import ComplaintOpen
from server.campaigns.graph.presenting import ASKED, presented
from server.campaigns.graph.problems import (
    AccountCountryMissing,
    AccountNotActive,
    CampaignIncomplete,
    CampaignNotFound,
    CampaignScheduleInvalid,
    CampaignStatusConflict,
)
from server.campaigns.graph.types import WRITE, CampaignType
from server.campaigns.reads import CampaignRow
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.wallet.graph.problems import InsufficientBalanceProblem, TooManyHoldsProblem


@strawberry.input(description="When a campaign is launched.")
class ScheduleCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="The campaign, DRAFT or SCHEDULED.")
    at: datetime | None = strawberry.field(
        description="When, at most 90 days ahead; null makes it a draft again."
    )


@strawberry.input(description="Which campaign is launched.")
class LaunchCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="The campaign, DRAFT or SCHEDULED.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="Which campaign is paused.")
class PauseCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="The campaign, SENDING.")


@strawberry.input(description="Which campaign is sent again.")
class ResumeCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="The campaign, PAUSED.")


@strawberry.input(description="Which campaign was sent.")
class CompleteCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="The campaign, SENDING or PAUSED.")


@strawberry.input(description="Which campaign is given up.")
class CancelCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="The campaign, while it has not ended.")


@exposes(OUTCOME)
@strawberry.type(description="The campaign is launched at its instant, or is a draft again.")
class CampaignScheduled:
    campaign: CampaignType = strawberry.field(description="The campaign.")


@exposes(OUTCOME)
@strawberry.type(description="The credits are held, and the campaign may be sent.")
class CampaignLaunched:
    campaign: CampaignType = strawberry.field(description="The campaign as it is now.")
    credits_held: int = strawberry.field(description="What was held, in credits of its channel.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The campaign may not be sent for now.")
class CampaignPaused:
    campaign: CampaignType = strawberry.field(description="The campaign.")


@exposes(OUTCOME)
@strawberry.type(description="The campaign may be sent again.")
class CampaignResumed:
    campaign: CampaignType = strawberry.field(description="The campaign.")


@exposes(OUTCOME)
@strawberry.type(description="The campaign is over; what was left of its credits is available again.")
class CampaignEnded:
    campaign: CampaignType = strawberry.field(description="The campaign.")


ScheduleCampaignResult = Annotated[
    CampaignScheduled
    | CampaignScheduleInvalid
    | CampaignIncomplete
    | CampaignNotFound
    | CampaignStatusConflict,
    strawberry.union("ScheduleCampaignResult", description="What became of `scheduleCampaign`."),
]
LaunchCampaignResult = Annotated[
    CampaignLaunched
    | InsufficientBalanceProblem
    | TooManyHoldsProblem
    | CampaignIncomplete
    | CampaignNotFound
    | CampaignStatusConflict
    | AccountNotActive
    | AccountCountryMissing
    | EmailNotVerifiedProblem
    | ComplaintOpen
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("LaunchCampaignResult", description="What became of `launchCampaign`."),
]
PauseCampaignResult = Annotated[
    CampaignPaused | CampaignNotFound | CampaignStatusConflict,
    strawberry.union("PauseCampaignResult", description="What became of `pauseCampaign`."),
]
ResumeCampaignResult = Annotated[
    CampaignResumed
    | CampaignNotFound
    | CampaignStatusConflict
    | AccountNotActive
    | AccountCountryMissing
    | EmailNotVerifiedProblem
    | ComplaintOpen,
    strawberry.union("ResumeCampaignResult", description="What became of `resumeCampaign`."),
]
CompleteCampaignResult = Annotated[
    CampaignEnded | CampaignNotFound | CampaignStatusConflict,
    strawberry.union("CompleteCampaignResult", description="What became of `completeCampaign`."),
]
CancelCampaignResult = Annotated[
    CampaignEnded | CampaignNotFound | CampaignStatusConflict,
    strawberry.union("CancelCampaignResult", description="What became of `cancelCampaign`."),
]


@strawberry.type
class SendingMutations:
    @strawberry.mutation(
        description="Have a campaign launched at an instant. Its credits are held then, so it fails if they are not "
        "there.",
        metadata=declare(WRITE),
    )
    async def schedule_campaign(
        self, info: Info, input: Annotated[ScheduleCampaignInput, ASKED]
    ) -> ScheduleCampaignResult:
        account_id = account_of(info)

        def plan(work: Work) -> CampaignRow:
            return schedule_campaign(work, account_id, input.campaign_id, input.at)

        return await run(info, plan, presented(CampaignScheduled))

    @strawberry.mutation(
        description="Hold the credits of a campaign for 7 days and let it be sent: accepted messages spend them, what "
        "is left comes back at its end.",
        metadata=declare(WRITE),
    )
    async def launch_campaign(
        self, info: Info, input: Annotated[LaunchCampaignInput, ASKED]
    ) -> LaunchCampaignResult:
        account_id = account_of(info)

        def launch(work: Work) -> Receipt:
            row = launch_campaign(work, account_id, input.campaign_id)
            return Receipt({"campaign_id": row.id, "credits": row.credits_reserved})

        def present(work: Work, receipt: Receipt) -> CampaignLaunched:
            row = reads.campaign(work, account_id, receipt.facts["campaign_id"])
            assert row is not None, "it was launched"
            return CampaignLaunched(
                campaign=CampaignType.of(work, row),
                credits_held=receipt.facts["credits"],
                replayed=receipt.replayed,
            )

        return await run_once(info, input, launch, present)

    @strawberry.mutation(
        description="Let a campaign not be sent for now. Its credits stay held, and their time runs on.",
        metadata=declare(WRITE),
    )
    async def pause_campaign(
        self, info: Info, input: Annotated[PauseCampaignInput, ASKED]
    ) -> PauseCampaignResult:
        account_id = account_of(info)

        def pause(work: Work) -> CampaignRow:
            return pause_campaign(work, account_id, input.campaign_id)

        return await run(info, pause, presented(CampaignPaused))

    @strawberry.mutation(description="Let a paused campaign be sent again.", metadata=declare(WRITE))
    async def resume_campaign(
        self, info: Info, input: Annotated[ResumeCampaignInput, ASKED]
    ) -> ResumeCampaignResult:
        account_id = account_of(info)

        def resume(work: Work) -> CampaignRow:
            return resume_campaign(work, account_id, input.campaign_id)

        return await run(info, resume, presented(CampaignResumed))

    @strawberry.mutation(
        description="Say that a campaign was sent. Messages that are accepted later cost nothing more.",
        metadata=declare(WRITE),
    )
    async def complete_campaign(
        self, info: Info, input: Annotated[CompleteCampaignInput, ASKED]
    ) -> CompleteCampaignResult:
        account_id = account_of(info)

        def complete(work: Work) -> CampaignRow:
            return complete_campaign(work, account_id, input.campaign_id)

        return await run(info, complete, presented(CampaignEnded))

    @strawberry.mutation(
        description="Give a campaign up, a draft or one that is being sent. What its messages cost so far is not "
        "refunded.",
        metadata=declare(WRITE),
    )
    async def cancel_campaign(
        self, info: Info, input: Annotated[CancelCampaignInput, ASKED]
    ) -> CancelCampaignResult:
        account_id = account_of(info)

        def cancel(work: Work) -> CampaignRow:
            return cancel_campaign(work, account_id, input.campaign_id)

        return await run(info, cancel, presented(CampaignEnded))
