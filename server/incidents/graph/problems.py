"""The refusals of incidents as members of result unions."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from server.campaigns.graph.complaints_enums import TextFaultEnum
from server.incidents.graph.enums import LackEnum, RiskEnum, StateEnum
from server.incidents.rules import refusals as rules
from server.kit.graph.problems import Problem, common, problem


@problem(rules.IncidentNotFound)
@strawberry.type(description="There is no such incident.")
class IncidentNotFound(Problem):
    pass


@problem(rules.IncidentStatusConflict)
@strawberry.type(description="The incident is not in a state that allows this: a closed one never changes.")
class IncidentStatusConflict(Problem):
    state: StateEnum = strawberry.field(description="Where it is.")

    @classmethod
    def of(cls, refusal: rules.IncidentStatusConflict) -> Self:
        return cls(**common(refusal), state=StateEnum[refusal.status])


@problem(rules.IncidentSkipUnexplained)
@strawberry.type(description="No state is skipped without a written reason (H021).")
class IncidentSkipUnexplained(Problem):
    skipped: list[StateEnum] = strawberry.field(description="The states that would be skipped.")


@problem(rules.IncidentIncomplete)
@strawberry.type(description="Something has to be done before the incident goes on.")
class IncidentIncomplete(Problem):
    lacks: list[LackEnum] = strawberry.field(description="What it is.")


@problem(rules.IncidentTextInvalid)
@strawberry.type(description="A text cannot be kept as it is.")
class IncidentTextInvalid(Problem):
    fault: TextFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")


@problem(rules.IncidentInstantInvalid)
@strawberry.type(description="An instant lies in the past, not too long ago, and after what it follows from.")
class IncidentInstantInvalid(Problem):
    days_max: int = strawberry.field(description="How many days ago an incident may have become known.")


@problem(rules.IncidentAccountUnknown)
@strawberry.type(description="There is no such account of a customer.")
class IncidentAccountUnknown(Problem):
    account_id: strawberry.ID = strawberry.field(description="The id that was given.")


@problem(rules.IncidentAccountTold)
@strawberry.type(description="The account was told that the incident affects it.")
class IncidentAccountTold(Problem):
    account_id: strawberry.ID = strawberry.field(description="The account.")


@problem(rules.IncidentAccountsTooMany)
@strawberry.type(description="So many accounts are not named at once.")
class IncidentAccountsTooMany(Problem):
    limit: int = strawberry.field(description="How many may be.")


@problem(rules.IncidentCriterionInvalid)
@strawberry.type(
    description="A criterion names a category of the policy, or two instants in order of which sign-ins are kept."
)
class IncidentCriterionInvalid(Problem):
    days_kept: int = strawberry.field(description="For how many days it is known who signed in.")


@problem(rules.IncidentScopeInvalid)
@strawberry.type(
    description="An assessment names categories of the policy; where there is a risk it is one to people, through some "
    "data."
)
class IncidentScopeInvalid(Problem):
    categories: list[str] = strawberry.field(description="The policy's categories of data.")


@problem(rules.IncidentNoticeRequired)
@strawberry.type(description="Of such a risk customers are told, unless an exemption applies (H023).")
class IncidentNoticeRequired(Problem):
    risk: RiskEnum = strawberry.field(description="The risk.")


@problem(rules.IncidentDecisionFinal)
@strawberry.type(description="It was decided that customers are told, which cannot be taken back.")
class IncidentDecisionFinal(Problem):
    pass


@problem(rules.IncidentAuthorityNotified)
@strawberry.type(description="The notice to the authority is recorded; what follows is a note.")
class IncidentAuthorityNotified(Problem):
    pass


@problem(rules.IncidentDelayUnexplained)
@strawberry.type(description="A notice after the due date says why it is late (GDPR article 33(1)).")
class IncidentDelayUnexplained(Problem):
    due_at: datetime = strawberry.field(description="The due date.")


@problem(rules.IncidentEntryLimitReached)
@strawberry.type(description="So much is written about the incident that nothing more can be.")
class IncidentEntryLimitReached(Problem):
    limit: int = strawberry.field(description="How many entries there may be.")
