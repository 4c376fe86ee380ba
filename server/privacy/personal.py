"""What the slice holds of persons: who asks what about their data, until it was answered and forgotten."""

from __future__ import annotations

from server.kit.personal import Held
from server.privacy.model import Erasure, MinorReport, PrivacyRequest, RecipientRequest

_SEALED = ("address", "text", "message_id", "answer")
_SEALED_WORDS = ("text", "message_id", "answer")
_SEALED_REPORT = ("named", "text")

HELD = (
    Held(
        model=RecipientRequest,
        columns=_SEALED,
        category="identification",
        purpose="security",
        legal_basis="legal_obligation",
        retention="until_settled",
        erasure="shred",
        retention_class="content",
        exported=False,  # they are of the recipient, not of the customer
    ),
    Held(
        model=RecipientRequest,
        columns=tuple(
            column.name for column in RecipientRequest.__table__.columns if column.name not in _SEALED
        ),
        category="activity",
        purpose="security",
        legal_basis="legal_obligation",
        retention="account",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=PrivacyRequest,
        columns=_SEALED_WORDS,
        category="activity",
        purpose="security",
        legal_basis="legal_obligation",
        retention="account",
        erasure="shred",
        retention_class="content",
    ),
    Held(
        model=PrivacyRequest,
        columns=tuple(
            column.name for column in PrivacyRequest.__table__.columns if column.name not in _SEALED_WORDS
        ),
        category="activity",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",  # that a request was answered in time must be shown after it, too
    ),
    Held(
        model=MinorReport,
        columns=_SEALED_REPORT,
        category="identification",
        purpose="security",
        legal_basis="legal_obligation",
        retention="age_evidence",
        erasure="shred",
        retention_class="content",
        exported=False,  # they are of whoever reports
    ),
    Held(
        model=MinorReport,
        columns=tuple(
            column.name for column in MinorReport.__table__.columns if column.name not in _SEALED_REPORT
        ),
        category="activity",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",
        exported=False,
    ),
    Held(
        model=Erasure,
        columns=tuple(column.name for column in Erasure.__table__.columns),
        category="activity",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",
        exported=False,
        owner=None,  # it forgets the account by itself, when it is done
    ),
)
