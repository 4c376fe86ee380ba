"""What the slice holds of persons: the registers of disclosures and consents. The rest is about the company."""

from __future__ import annotations

from server.kit.personal import Held
from server.policy.model import (
    ApiChange,
    ApiRelease,
    Attestation,
    ClauseCheck,
    Consent,
    Disclosure,
    LegalityCheck,
    PolicyVersion,
    Processor,
    RecipientNotice,
    UsageCount,
)

_SEALED = ("recipient", "authority", "legal_basis", "reference")

HELD = (
    Held(
        model=Disclosure,
        columns=_SEALED,
        category="activity",
        source="use",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="shred",
        retention_class="content",
    ),
    Held(
        model=Disclosure,
        columns=tuple(column.name for column in Disclosure.__table__.columns if column.name not in _SEALED),
        category="activity",
        source="use",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",
    ),
    Held(
        model=LegalityCheck,
        columns=("reference",),
        category="activity",
        source="use",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="shred",
        retention_class="content",
        exported=False,
    ),
    Held(
        model=LegalityCheck,
        columns=("id", "account_id", "lawful", "checked_by", "checked_at"),
        category="activity",
        source="use",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",
        exported=False,
    ),
    Held(
        model=RecipientNotice,
        columns=("account_id", "recipient_class", "notice_id", "told_at"),
        category="activity",
        source="use",
        purpose="security",
        legal_basis="contract",
        retention="registers",
        erasure="keep_pseudonymous",
    ),
    Held(
        model=Consent,
        columns=(
            "id",
            "account_id",
            "purpose",
            "policy_version",
            "given_by",
            "given_at",
            "withdrawn_at",
        ),
        category="activity",
        source="form",
        purpose="identification",
        legal_basis="legal_obligation",  # that a consent was given must be shown (GDPR article 7(1))
        retention="registers",
        erasure="keep_pseudonymous",
    ),
    Held(  # numbers of accounts, and none of the accounts (P009, M134)
        model=UsageCount,
        columns=("day", "event", "accounts", "counted_at"),
        category="activity",
        purpose="balance_and_orders",
        legal_basis="legitimate_interest",
        retention="registers",
        erasure="delete",
        exported=False,
        owner=None,
    ),
    *(
        Held(
            model=model,
            columns=tuple(column.name for column in model.__table__.columns),
            category="technical",
            purpose="security",
            legal_basis="legal_obligation",
            retention="registers",
            erasure="delete",
            exported=False,
            owner=None,
        )
        for model in (PolicyVersion, Processor, Attestation, ClauseCheck, ApiRelease, ApiChange)
    ),
)
