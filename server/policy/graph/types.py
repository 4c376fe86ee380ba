"""The registers as the API shows them, and who may read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row

from server.accounts.rules.accesses import LegalDuty
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.work import Read
from server.policy.graph.enums import (
    GroundEnum,
    MechanismEnum,
    ProcessorRoleEnum,
    ProcessorStatusEnum,
    RecipientClassEnum,
)
from server.policy.reads.registers import AttestationState, ProcessorRow, text_of

OFFICERS = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({StaffRole.PRIVACY_OFFICER.value, StaffRole.ADMIN.value}),
    duty=LegalDuty.DISCLOSURES.value,
)
WATCHERS = replace(OFFICERS, staff_roles=OFFICERS.staff_roles | {StaffRole.DPO.value})
"""Who may read of it, the data protection officer among them; those above also change it (P039)."""
READ = Access(Who.SIGNED_IN, "identification", "account:read")
WRITE = Access(Who.SIGNED_IN, "identification", "account:write")
OWN = Access(Who.SIGNED_IN, "identification")
"""For the fields of what a customer sees of the registers: whoever was let through the field that leads to it."""


@exposes(WATCHERS)
@strawberry.type(description="A third party that handles data.")
class Processor:
    id: strawberry.ID = strawberry.field(description="Its id, `prc_…`.")
    name: str = strawberry.field(description="Its name.")
    role: ProcessorRoleEnum = strawberry.field(description="As what it handles data.")
    recipient_class: RecipientClassEnum = strawberry.field(description="What kind of third party it is.")
    region: str = strawberry.field(description="Where, ISO 3166-1 alpha-2.")
    categories: list[str] = strawberry.field(description="Which categories of data it may get at most.")
    mechanism: MechanismEnum | None = strawberry.field(
        description="What safeguards the transfer; null inside the EEA."
    )
    status: ProcessorStatusEnum = strawberry.field(description="Whether it may get data.")
    agreement: str | None = strawberry.field(description="The reference of its agreement; null for a draft.")
    review_at: datetime | None = strawberry.field(description="When the agreement is reviewed next.")
    review_overdue: bool = strawberry.field(description="Whether that review is due.")
    created_at: datetime = strawberry.field(description="When it was entered.")
    activated_at: datetime | None = strawberry.field(description="Since when it may get data.")
    ended_at: datetime | None = strawberry.field(description="Since when it may not any more.")

    @classmethod
    def of(cls, read: Read, row: ProcessorRow) -> Processor:
        overdue = row.status == "ACTIVE" and row.review_at is not None and row.review_at <= read.now
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            role=ProcessorRoleEnum[row.role],
            recipient_class=RecipientClassEnum[row.recipient_class],
            region=row.region,
            categories=row.categories.split(),
            mechanism=None if row.mechanism is None else MechanismEnum[row.mechanism],
            status=ProcessorStatusEnum[row.status],
            agreement=row.agreement,
            review_at=row.review_at,
            review_overdue=overdue,
            created_at=row.created_at,
            activated_at=row.activated_at,
            ended_at=row.ended_at,
        )


@exposes(OWN)
@strawberry.type(description="That data of an account was given to somebody.")
class Disclosure:
    id: strawberry.ID = strawberry.field(description="Its id, `dsc_…`.")
    account_id: strawberry.ID = strawberry.field(description="Whose data.")
    ground: GroundEnum = strawberry.field(description="On which ground.")
    recipient_class: RecipientClassEnum = strawberry.field(description="What kind of recipient.")
    recipient: str | None = strawberry.field(description="Who got it; null once it was erased.")
    categories: list[str] = strawberry.field(description="Which categories of data.")
    disclosed_at: datetime = strawberry.field(description="When.")
    consent_id: strawberry.ID | None = strawberry.field(
        description="The consent it stands on, where it does."
    )
    processor_id: strawberry.ID | None = strawberry.field(
        description="The processor that got it, where one did."
    )
    row: strawberry.Private[Row[Any]]

    @strawberry.field(metadata=declare(WATCHERS), description="For staff: which authority asked.")
    def authority(self, info: Info) -> str | None:
        return text_of(info.context.read, self.row, "authority")

    @strawberry.field(metadata=declare(WATCHERS), description="For staff: by which law.")
    def legal_basis(self, info: Info) -> str | None:
        return text_of(info.context.read, self.row, "legal_basis")

    @strawberry.field(metadata=declare(WATCHERS), description="For staff: the reference of the request.")
    def reference(self, info: Info) -> str | None:
        return text_of(info.context.read, self.row, "reference")

    @strawberry.field(metadata=declare(WATCHERS), description="For staff: the legality check it stands on.")
    def legality_check_id(self) -> strawberry.ID | None:
        return _id(self.row.legality_check_id)

    @classmethod
    def of(cls, read: Read, row: Row[Any]) -> Disclosure:
        return cls(
            id=strawberry.ID(row.id),
            account_id=strawberry.ID(row.account_id),
            ground=GroundEnum[row.ground],
            recipient_class=RecipientClassEnum[row.recipient_class],
            recipient=text_of(read, row, "recipient"),
            categories=row.categories.split(),
            disclosed_at=row.disclosed_at,
            consent_id=_id(row.consent_id),
            processor_id=_id(row.processor_id),
            row=row,
        )


@exposes(OWN)
@strawberry.type(description="A consent to one purpose, apart from the acceptance of any document.")
class Consent:
    id: strawberry.ID = strawberry.field(description="Its id, `cns_…`.")
    purpose: str = strawberry.field(description="To what.")
    policy_version: str = strawberry.field(description="The version of the policy in force at that time.")
    given_at: datetime = strawberry.field(description="Since when.")
    withdrawn_at: datetime | None = strawberry.field(
        description="When it was taken back; null while it is given."
    )

    @classmethod
    def of(cls, row: Row[Any]) -> Consent:
        return cls(
            id=strawberry.ID(row.id),
            purpose=row.purpose,
            policy_version=row.policy_version,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
        )


@exposes(WATCHERS)
@strawberry.type(description="Something that the company attests because no code can enforce it.")
class Attestation:
    kind: str = strawberry.field(description="What, such as `security_review`.")
    overdue: bool = strawberry.field(description="Whether it is missing, or its review is due.")
    owner: str | None = strawberry.field(description="The office that answers for it; null before the first.")
    reference: str | None = strawberry.field(description="Where the proof is kept.")
    attested_at: datetime | None = strawberry.field(description="When it was made.")
    review_at: datetime | None = strawberry.field(description="When it is reviewed next.")

    @classmethod
    def of(cls, state: AttestationState) -> Attestation:
        newest = state.newest
        return cls(
            kind=state.kind,
            overdue=state.overdue,
            owner=newest and newest.owner,
            reference=newest and newest.reference,
            attested_at=newest and newest.attested_at,
            review_at=newest and newest.review_at,
        )


def _id(found: str | None) -> strawberry.ID | None:
    return None if found is None else strawberry.ID(found)
