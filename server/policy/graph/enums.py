"""The enums of the registers."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(
    name="DisclosureGround",
    description="On which ground data is given to a third party. None is for selling.",
)
class GroundEnum(Enum):
    LEGAL_REQUEST = strawberry.enum_value("LEGAL_REQUEST", description="An authority asks for it by law.")
    LEGAL_OBLIGATION = strawberry.enum_value("LEGAL_OBLIGATION", description="The law obliges the company.")
    CONSENT = strawberry.enum_value("CONSENT", description="The account consented, and still does.")
    CONTRACT = strawberry.enum_value("CONTRACT", description="The contract with the customer needs it.")
    DELIVERY = strawberry.enum_value("DELIVERY", description="The service cannot be delivered without it.")
    CLIENT_AUTHORISED = strawberry.enum_value("CLIENT_AUTHORISED", description="The customer authorised it.")
    SECURITY_FRAUD = strawberry.enum_value("SECURITY_FRAUD", description="Against fraud, and for security.")
    OPERATION = strawberry.enum_value(
        "OPERATION",
        description="Operation needs connection information or the responsible person's name (M010).",
    )
    ENFORCE_POLICIES = strawberry.enum_value(
        "ENFORCE_POLICIES", description="To enforce the company's policies."
    )
    PROTECT_RIGHTS = strawberry.enum_value("PROTECT_RIGHTS", description="To protect rights.")
    PROTECT_PROPERTY = strawberry.enum_value("PROTECT_PROPERTY", description="To protect property.")
    PROTECT_SAFETY = strawberry.enum_value("PROTECT_SAFETY", description="To protect safety.")


@strawberry.enum(
    name="RecipientClass", description="What kind of third party somebody is. None is for marketing."
)
class RecipientClassEnum(Enum):
    AUTHORITY = strawberry.enum_value("AUTHORITY", description="A government authority.")
    PAYMENT_PROVIDER = strawberry.enum_value("PAYMENT_PROVIDER", description="Takes payments.")
    CARRIER = strawberry.enum_value("CARRIER", description="Carries messages.")
    INFRASTRUCTURE = strawberry.enum_value("INFRASTRUCTURE", description="Runs machines or networks.")
    DELIVERY_NETWORK = strawberry.enum_value(
        "DELIVERY_NETWORK", description="A delivery network or firewall."
    )
    ANALYTICS = strawberry.enum_value("ANALYTICS", description="Analyses usage.")
    AI_PROVIDER = strawberry.enum_value("AI_PROVIDER", description="Runs a model of artificial intelligence.")
    ADVISER = strawberry.enum_value("ADVISER", description="Advises the company, such as a lawyer.")
    OPERATING_PARTNER = strawberry.enum_value(
        "OPERATING_PARTNER", description="Helps to operate the service."
    )


@strawberry.enum(name="ProcessorRole", description="As what a third party handles data.")
class ProcessorRoleEnum(Enum):
    PROCESSOR = strawberry.enum_value("PROCESSOR", description="For the company, on its instructions.")
    CONTROLLER = strawberry.enum_value("CONTROLLER", description="For itself, on its own responsibility.")
    SUBPROCESSOR = strawberry.enum_value("SUBPROCESSOR", description="For another processor.")


@strawberry.enum(name="ProcessorStatus", description="Whether a processor may get data.")
class ProcessorStatusEnum(Enum):
    DRAFT = strawberry.enum_value("DRAFT", description="Not yet: it has no agreement.")
    ACTIVE = strawberry.enum_value("ACTIVE", description="It may.")
    ENDED = strawberry.enum_value("ENDED", description="Not any more.")


@strawberry.enum(name="TransferMechanism", description="What safeguards data that leaves the EEA.")
class MechanismEnum(Enum):
    SCC = strawberry.enum_value("SCC", description="Standard contractual clauses.")
    ADEQUACY = strawberry.enum_value(
        "ADEQUACY", description="A decision that the country protects data well."
    )
    OTHER = strawberry.enum_value("OTHER", description="Another legal mechanism.")


@strawberry.enum(name="DisclosureFault", description="What an entry of the register of disclosures lacks.")
class DisclosureFaultEnum(Enum):
    RECIPIENT = strawberry.enum_value("RECIPIENT", description="Who gets the data.")
    AUTHORITY = strawberry.enum_value("AUTHORITY", description="Which authority asks.")
    LEGAL_BASIS = strawberry.enum_value("LEGAL_BASIS", description="By which law.")
    REFERENCE = strawberry.enum_value("REFERENCE", description="The reference of the request.")
    CATEGORIES = strawberry.enum_value(
        "CATEGORIES", description="Which categories of data, as the policy lists them."
    )
