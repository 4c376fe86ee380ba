"""What the slice holds of persons: who asks what about their data, until it was answered and forgotten."""

from __future__ import annotations

from server.kit.db import Base
from server.kit.personal import Held, Told
from server.privacy.model import (
    DataExport,
    DataExportChunk,
    DataExportFile,
    Erasure,
    MinorReport,
    PolicyRefusal,
    PrivacyRequest,
    RecipientRequest,
    RetentionCount,
    RetentionRun,
)

RECIPIENT = Told("source", {"PUBLIC": "form", "MAIL": "mail"})
CUSTOMER = Told(
    "source",
    {
        "SELF": "form",
        "STAFF": "contact",
        "MAIL": "mail",
        "TICKET": "contact",
        "CLOSURE": "form",
        "REPORT": "contact",
    },
)

_SEALED = ("address", "text", "message_id", "answer")
_SEALED_WORDS = ("text", "message_id", "answer")
_SEALED_REPORT = ("named", "text")

_TOLD = (
    "id",
    "account_id",
    "person_id",
    "scope",
    "request_id",
    "status",
    "rows",
    "size_bytes",
    "created_at",
    "ready_at",
    "expires_at",
    "ended_at",
    "downloads",
)


def _report(model: type[Base]) -> Held:
    """Figures of sweeps, of nobody."""
    return Held(
        model,
        tuple(column.name for column in model.__table__.columns),
        category="technical",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",
        exported=False,
        owner=None,
    )


HELD = (
    Held(
        model=RecipientRequest,
        columns=_SEALED,
        category="identification",
        source=RECIPIENT,
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
        source=RECIPIENT,
        purpose="security",
        legal_basis="legal_obligation",
        retention="account",
        erasure="delete",
        exported=False,
    ),
    *(_report(model) for model in (RetentionRun, RetentionCount)),
    Held(
        model=DataExport,
        columns=_TOLD,
        category="activity",
        source="form",
        purpose="identification",
        legal_basis="legal_obligation",
        retention="account",
        erasure="delete",
    ),
    Held(
        model=DataExport,
        columns=tuple(column.name for column in DataExport.__table__.columns if column.name not in _TOLD),
        category="technical",
        source="form",
        purpose="identification",
        legal_basis="legal_obligation",
        retention="account",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=DataExportFile,
        columns=tuple(column.name for column in DataExportFile.__table__.columns),
        category="technical",
        source="use",
        purpose="identification",
        legal_basis="legal_obligation",
        retention="exports",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=DataExportChunk,
        columns=("export_id", "position", "account_id"),
        category="technical",
        source="use",
        purpose="identification",
        legal_basis="legal_obligation",
        retention="exports",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=DataExportChunk,
        columns=("data",),
        category="identification",
        source="use",
        purpose="identification",
        legal_basis="legal_obligation",
        retention="exports",
        erasure="shred",
        retention_class="content",
        exported=False,  # a copy holds no copies
    ),
    Held(
        model=PrivacyRequest,
        columns=_SEALED_WORDS,
        category="activity",
        source=CUSTOMER,
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
        source=CUSTOMER,
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",  # that a request was answered in time must be shown after it, too
    ),
    Held(
        model=MinorReport,
        columns=_SEALED_REPORT,
        category="identification",
        source="contact",
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
        source="contact",
        purpose="security",
        legal_basis="legal_obligation",
        retention="registers",
        erasure="keep_pseudonymous",
        exported=False,
    ),
    Held(
        model=PolicyRefusal,
        columns=("account_id", "document", "version", "export_id", "refused_at", "closes_at"),
        category="activity",
        purpose="identification",
        legal_basis="contract",
        retention="account",
        erasure="delete",
        source="form",
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
