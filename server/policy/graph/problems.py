"""The refusals of the registers as members of result unions."""

from __future__ import annotations

import strawberry

from server.kit.graph.problems import Problem, problem
from server.policy.graph.enums import (
    DisclosureFaultEnum,
    GroundEnum,
    ProcessorStatusEnum,
    RecipientClassEnum,
)
from server.policy.rules import consenting, disclosing


@problem(disclosing.GroundNotAllowed)
@strawberry.type(description="The policy does not allow data to be given on this ground.")
class GroundNotAllowed(Problem):
    allowed: list[GroundEnum] = strawberry.field(description="The grounds that it allows.")


@problem(disclosing.DisclosureIncomplete)
@strawberry.type(description="The entry does not say all that the register needs, in plain lines.")
class DisclosureIncomplete(Problem):
    fault: DisclosureFaultEnum = strawberry.field(description="What is missing or not plain.")
    length_max: int = strawberry.field(description="The longest line, in characters.")


@problem(disclosing.LegalityNotChecked)
@strawberry.type(description="A legal request is answered only after its legality was checked and found.")
class LegalityNotChecked(Problem):
    pass


@problem(disclosing.ConsentMissing)
@strawberry.type(description="There is no consent of this account that is still given.")
class ConsentMissing(Problem):
    pass


@problem(disclosing.RecipientNotAnnounced)
@strawberry.type(
    description="The account was not told yet of this kind of recipient: `announceRecipientClass` does it."
)
class RecipientNotAnnounced(Problem):
    recipient_class: RecipientClassEnum = strawberry.field(description="Which kind.")


@problem(disclosing.ProcessorNotActive)
@strawberry.type(
    description="There is no active processor with this id that may get these categories of data."
)
class ProcessorNotActive(Problem):
    pass


@problem(disclosing.ProcessorNotFound)
@strawberry.type(description="There is no such processor.")
class ProcessorNotFound(Problem):
    pass


@problem(disclosing.ProcessorInvalid)
@strawberry.type(
    description="A processor has a plain name, a known country, and categories within its limits."
)
class ProcessorInvalid(Problem):
    length_max: int = strawberry.field(description="The longest name, in characters.")


@problem(disclosing.ProcessorsNotAllowed)
@strawberry.type(description="This policy gives personal data to no processor.")
class ProcessorsNotAllowed(Problem):
    pass


@problem(disclosing.AgreementMissing)
@strawberry.type(description="A processor becomes active with its agreement's reference and a future review.")
class AgreementMissing(Problem):
    pass


@problem(disclosing.MechanismMissing)
@strawberry.type(description="A recipient outside the EEA needs a mechanism that the policy accepts.")
class MechanismMissing(Problem):
    region: str = strawberry.field(description="Where it is, ISO 3166-1 alpha-2.")


@problem(disclosing.ProcessorStatusConflict)
@strawberry.type(description="The processor is not in a status that allows this.")
class ProcessorStatusConflict(Problem):
    status: ProcessorStatusEnum = strawberry.field(description="Where it is.")


@problem(consenting.PurposeUnknown)
@strawberry.type(description="This purpose needs no consent here.")
class PurposeUnknown(Problem):
    purposes: list[str] = strawberry.field(description="Those that do.")


@problem(consenting.NoConsent)
@strawberry.type(description="No consent to this purpose is given.")
class NoConsent(Problem):
    pass


@problem(consenting.AttestationUnknown)
@strawberry.type(description="The policy has no attestation of this name.")
class AttestationUnknown(Problem):
    kinds: list[str] = strawberry.field(description="Those that it has.")


@problem(consenting.AttestationInvalid)
@strawberry.type(
    description="An attestation names an office, was made not later than now, and says plainly where it is kept."
)
class AttestationInvalid(Problem):
    length_max: int = strawberry.field(description="The longest line, in characters.")
