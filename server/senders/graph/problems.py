"""The refusals of senders as members of result unions."""

from __future__ import annotations

from typing import Self

import strawberry

from server.kit.graph.problems import Problem, common, problem
from server.senders import rules
from server.senders.graph.enums import DecisionFaultEnum, NameFaultEnum, SenderStatusEnum
from server.senders.rules import documents, review


@problem(rules.SenderNameInvalid)
@strawberry.type(description="A sender is 1 to 10 letters and digits.")
class SenderNameInvalid(Problem):
    fault: NameFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")

    @classmethod
    def of(cls, refusal: rules.SenderNameInvalid) -> Self:
        fault = NameFaultEnum[refusal.fault]
        return cls(**common(refusal), fault=fault, length_max=refusal.length_max)


@problem(rules.SenderNameReserved)
@strawberry.type(description="Nobody may send under this name.")
class SenderNameReserved(Problem):
    pass


@problem(rules.SenderExists)
@strawberry.type(description="The account has this sender already.")
class SenderExists(Problem):
    pass


@problem(rules.SenderLimitReached)
@strawberry.type(description="The account has as many senders as it may.")
class SenderLimitReached(Problem):
    limit: int = strawberry.field(description="How many it may have.")


@problem(rules.SenderCountriesInvalid)
@strawberry.type(description="A sender is asked for in at least one country, each by its ISO 3166-1 code.")
class SenderCountriesInvalid(Problem):
    limit: int = strawberry.field(description="In how many countries it may be asked for.")


@problem(rules.SenderNotFound)
@strawberry.type(description="There is no such sender.")
class SenderNotFound(Problem):
    pass


@problem(rules.SenderStatusConflict)
@strawberry.type(description="The sender is not in a status that allows this.")
class SenderStatusConflict(Problem):
    status: SenderStatusEnum = strawberry.field(description="Where it is.")


@problem(documents.SenderDocumentSizeInvalid)
@strawberry.type(description="A document has at least one byte, and not too many.")
class SenderDocumentSizeInvalid(Problem):
    limit_bytes: int = strawberry.field(description="How many bytes it may have.")


@problem(documents.UploadLimitReached)
@strawberry.type(description="So many uploads were asked for within a day already.")
class UploadLimitReached(Problem):
    limit: int = strawberry.field(description="How many are allowed for a sender, or for the account.")


@problem(documents.SenderDocumentsMissing)
@strawberry.type(description="An application needs both documents.")
class SenderDocumentsMissing(Problem):
    company_registration: bool = strawberry.field(
        description="Whether the company's registration is missing."
    )
    identity: bool = strawberry.field(description="Whether the identity document is missing.")


@problem(documents.SenderDocumentNotFound)
@strawberry.type(description="There is no such document, or it was deleted.")
class SenderDocumentNotFound(Problem):
    pass


@problem(review.SenderReviewOutdated)
@strawberry.type(description="The application was submitted anew since; look at it again.")
class SenderReviewOutdated(Problem):
    pass


@problem(review.SenderDecisionInvalid)
@strawberry.type(description="The decision does not hold together.")
class SenderDecisionInvalid(Problem):
    fault: DecisionFaultEnum = strawberry.field(description="What is wrong with it.")
