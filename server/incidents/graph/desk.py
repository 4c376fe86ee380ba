"""What the staff does about incidents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from server.incidents.actions import deciding, scoping
from server.incidents.actions.deciding import AuthorityNotice, Decision
from server.incidents.actions.opening import Opening, open_incident
from server.incidents.graph.cases import IncidentCase
from server.incidents.graph.inputs import (
    AssessIncidentInput,
    DecideIncidentNoticeInput,
    MoveIncidentInput,
    NameIncidentAccountsInput,
    NoteIncidentInput,
    OpenIncidentInput,
    RecordIncidentAuthorityNoticeInput,
    SetIncidentCriterionInput,
)
from server.incidents.graph.problems import (
    IncidentAccountsTooMany,
    IncidentAccountTold,
    IncidentAccountUnknown,
    IncidentAuthorityNotified,
    IncidentCriterionInvalid,
    IncidentDecisionFinal,
    IncidentDelayUnexplained,
    IncidentEntryLimitReached,
    IncidentIncomplete,
    IncidentInstantInvalid,
    IncidentNotFound,
    IncidentNoticeRequired,
    IncidentScopeInvalid,
    IncidentSkipUnexplained,
    IncidentStatusConflict,
    IncidentTextInvalid,
)
from server.incidents.graph.types import OFFICERS, OPENERS
from server.incidents.reads import IncidentRow
from server.incidents.rules.lifecycle import (
    Assessment,
    EntryKind,
    Exemption,
    IncidentKind,
    IncidentSource,
    IncidentStatus,
    Risk,
)
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")


@exposes(OUTCOME)
@strawberry.type(description="The incident is in the register, and its clock runs.")
class IncidentOpened:
    incident_id: strawberry.ID = strawberry.field(description="The incident, `inc_…`.")


@exposes(OUTCOME)
@strawberry.type(description="The incident has changed.")
class IncidentChanged:
    incident: IncidentCase = strawberry.field(description="The incident.")


OpenIncidentResult = Annotated[
    IncidentOpened
    | IncidentInstantInvalid
    | IncidentTextInvalid
    | IncidentAccountUnknown
    | IncidentAccountsTooMany,
    strawberry.union("OpenIncidentResult", description="What became of `openIncident`."),
]
NameIncidentAccountsResult = Annotated[
    IncidentChanged
    | IncidentNotFound
    | IncidentStatusConflict
    | IncidentAccountUnknown
    | IncidentAccountTold
    | IncidentAccountsTooMany,
    strawberry.union("NameIncidentAccountsResult", description="What became of `nameIncidentAccounts`."),
]
SetIncidentCriterionResult = Annotated[
    IncidentChanged | IncidentNotFound | IncidentStatusConflict | IncidentCriterionInvalid,
    strawberry.union("SetIncidentCriterionResult", description="What became of `setIncidentCriterion`."),
]
AssessIncidentResult = Annotated[
    IncidentChanged | IncidentNotFound | IncidentStatusConflict | IncidentScopeInvalid | IncidentTextInvalid,
    strawberry.union("AssessIncidentResult", description="What became of `assessIncident`."),
]
DecideIncidentNoticeResult = Annotated[
    IncidentChanged
    | IncidentNotFound
    | IncidentStatusConflict
    | IncidentDecisionFinal
    | IncidentIncomplete
    | IncidentNoticeRequired
    | IncidentTextInvalid,
    strawberry.union("DecideIncidentNoticeResult", description="What became of `decideIncidentNotice`."),
]
RecordIncidentAuthorityNoticeResult = Annotated[
    IncidentChanged
    | IncidentNotFound
    | IncidentStatusConflict
    | IncidentAuthorityNotified
    | IncidentInstantInvalid
    | IncidentDelayUnexplained
    | IncidentTextInvalid,
    strawberry.union(
        "RecordIncidentAuthorityNoticeResult", description="What became of `recordIncidentAuthorityNotice`."
    ),
]
NoteIncidentResult = Annotated[
    IncidentChanged
    | IncidentNotFound
    | IncidentStatusConflict
    | IncidentTextInvalid
    | IncidentEntryLimitReached,
    strawberry.union("NoteIncidentResult", description="What became of `noteIncident`."),
]
MoveIncidentResult = Annotated[
    IncidentChanged
    | IncidentNotFound
    | IncidentStatusConflict
    | IncidentSkipUnexplained
    | IncidentIncomplete
    | IncidentTextInvalid,
    strawberry.union("MoveIncidentResult", description="The incident in its next state, or why it has none."),
]


@strawberry.type
class IncidentMutations:
    @strawberry.mutation(
        description="Enter an incident into the register: 72 hours after it became known the authority has to be told, "
        "unless no risk is likely. For the staff.",
        metadata=declare(OPENERS),
    )
    async def open_incident(
        self, info: Info, input: Annotated[OpenIncidentInput, _ASKED]
    ) -> OpenIncidentResult:
        opening = Opening(
            IncidentKind[input.kind.name],
            IncidentSource[input.source.name],
            input.known_at,
            summary=input.summary,
            occurred_at=input.occurred_at,
            message_id=input.message_id,
            account_ids=input.account_ids,
        )
        return await run(
            info,
            lambda work: open_incident(work, opening),
            lambda _work, row: IncidentOpened(incident_id=strawberry.ID(row.id)),
        )

    @strawberry.mutation(
        description="Say which accounts an incident affects. If customers are told of it, those are told too. For the "
        "staff.",
        metadata=declare(OFFICERS),
    )
    async def name_incident_accounts(
        self, info: Info, input: Annotated[NameIncidentAccountsInput, _ASKED]
    ) -> NameIncidentAccountsResult:
        return await _change(
            info, lambda work: scoping.name_accounts(work, input.incident_id, input.add, input.remove)
        )

    @strawberry.mutation(
        description="Say by what affected accounts are found; it is applied to all accounts, some at a time. For the "
        "staff.",
        metadata=declare(OFFICERS),
    )
    async def set_incident_criterion(
        self, info: Info, input: Annotated[SetIncidentCriterionInput, _ASKED]
    ) -> SetIncidentCriterionResult:
        criteria = None if input.criterion is None else input.criterion.criteria()
        return await _change(info, lambda work: scoping.set_criterion(work, input.incident_id, criteria))

    @strawberry.mutation(
        description="Say what an incident affects, and at which risk; again, as more becomes known (H022). For the "
        "staff.",
        metadata=declare(OFFICERS),
    )
    async def assess_incident(
        self, info: Info, input: Annotated[AssessIncidentInput, _ASKED]
    ) -> AssessIncidentResult:
        assessment = Assessment(
            Risk[input.risk.name], frozenset(input.categories), input.people, input.consequences
        )
        return await _change(info, lambda work: deciding.assess(work, input.incident_id, assessment))

    @strawberry.mutation(
        description="Decide whether the customers are told of an incident, and why (H023). They get a notice, by "
        "e-mail too, some at a time. For the staff.",
        metadata=declare(OFFICERS),
    )
    async def decide_incident_notice(
        self, info: Info, input: Annotated[DecideIncidentNoticeInput, _ASKED]
    ) -> DecideIncidentNoticeResult:
        exemption = None if input.exemption is None else Exemption[input.exemption.name]
        decision = Decision(input.notify, input.reason, exemption, input.message)
        return await _change(info, lambda work: deciding.decide_notice(work, input.incident_id, decision))

    @strawberry.mutation(
        description="Record that the authority was told of an incident, which ends its clock. For the staff.",
        metadata=declare(OFFICERS),
    )
    async def record_incident_authority_notice(
        self, info: Info, input: Annotated[RecordIncidentAuthorityNoticeInput, _ASKED]
    ) -> RecordIncidentAuthorityNoticeResult:
        notice = AuthorityNotice(input.authority, input.reference, input.notified_at, input.delay_reason)
        return await _change(
            info, lambda work: deciding.record_authority_notice(work, input.incident_id, notice)
        )

    @strawberry.mutation(
        description="Write a note or a corrective action about an incident into the register (H024). For the staff.",
        metadata=declare(OFFICERS),
    )
    async def note_incident(
        self, info: Info, input: Annotated[NoteIncidentInput, _ASKED]
    ) -> NoteIncidentResult:
        kind = EntryKind[input.kind.name]
        return await _change(info, lambda work: deciding.note(work, input.incident_id, kind, input.text))

    @strawberry.mutation(
        description="Let an incident go on to a later state; no state is skipped without a reason (H021). For the "
        "staff.",
        metadata=declare(OFFICERS),
    )
    async def move_incident(
        self, info: Info, input: Annotated[MoveIncidentInput, _ASKED]
    ) -> MoveIncidentResult:
        to = IncidentStatus[input.to.name]
        return await _change(
            info, lambda work: deciding.move_incident(work, input.incident_id, to, input.skip_reason)
        )


async def _change(info: Info, action: Callable[[Work], IncidentRow]) -> Any:
    return await run(info, action, lambda work, row: IncidentChanged(incident=IncidentCase.of(work, row)))
