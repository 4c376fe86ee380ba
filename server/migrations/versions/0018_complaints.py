"""Complaints and their proof, and since when an account is closed by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PREVENTIVE_ERASE_AFTER_MICROSECONDS = 180 * 24 * 3600 * 1_000_000


def upgrade() -> None:
    op.create_table(
        "complaint_cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("unsolicited", sa.Boolean(), nullable=True),
        sa.Column("bulk", sa.Boolean(), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("queue_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("proof_due_at", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("appealed_at", sa.BigInteger(), nullable=True),
        sa.Column("appeal", sa.LargeBinary(), nullable=True),
        sa.Column("closed_account", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "category <> 'SPAM' OR source = 'AUTOMATIC' OR campaign_id IS NOT NULL",
            name=op.f("ck_complaint_cases_spam_of_campaign"),
        ),
        sa.CheckConstraint(
            "status <> 'AWAITING_PROOF' OR proof_due_at IS NOT NULL",
            name=op.f("ck_complaint_cases_asked_has_a_deadline"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_cases")),
    )
    op.create_index(op.f("ix_complaint_cases_account_id_id"), "complaint_cases", ["account_id", "id"])
    op.create_index(op.f("ix_complaint_cases_account_id_status"), "complaint_cases", ["account_id", "status"])
    op.create_index(
        op.f("ix_complaint_cases_campaign_id_status"), "complaint_cases", ["campaign_id", "status"]
    )
    op.create_index(
        op.f("ix_complaint_cases_status_queue_at_id"), "complaint_cases", ["status", "queue_at", "id"]
    )
    op.create_table(
        "account_closures",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("closing", sa.String(length=12), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("erase_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "closing <> 'PREVENTIVE' OR erase_at IS NOT NULL",
            name=op.f("ck_account_closures_preventive_has_a_clock"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_closures_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_closures")),
    )
    op.create_table(
        "complaint_decisions",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("credential_id", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "accepted OR reason_code IS NOT NULL", name=op.f("ck_complaint_decisions_rejected_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_cases.id"], name=op.f("fk_complaint_decisions_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "stage", name=op.f("pk_complaint_decisions")),
    )
    op.create_index(op.f("ix_complaint_decisions_account_id"), "complaint_decisions", ["account_id"])
    op.create_table(
        "complaint_evidence",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'CONSENT_TIME' OR consented_at IS NOT NULL",
            name=op.f("ck_complaint_evidence_consent_has_a_time"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_cases.id"], name=op.f("fk_complaint_evidence_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_evidence")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_complaint_evidence_case_id_kind")),
    )
    op.create_index(op.f("ix_complaint_evidence_account_id"), "complaint_evidence", ["account_id"])
    op.create_table(
        "complaint_reports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("complainant", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("reporter_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_cases.id"], name=op.f("fk_complaint_reports_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_reports")),
    )
    op.create_index(op.f("ix_complaint_reports_account_id"), "complaint_reports", ["account_id"])
    op.create_index(op.f("ix_complaint_reports_case_id_id"), "complaint_reports", ["case_id", "id"])
    op.create_index(op.f("ix_complaint_reports_created_at"), "complaint_reports", ["created_at"])
    op.create_index(
        op.f("ix_complaint_reports_reporter_hash_created_at"),
        "complaint_reports",
        ["reporter_hash", "created_at"],
    )

    op.execute(sa.text(_CLOSED_BEFORE).bindparams(erase_after=_PREVENTIVE_ERASE_AFTER_MICROSECONDS))


_CLOSED_BEFORE = """
    INSERT INTO account_closures (account_id, closing, closed_at, erase_at)
    SELECT id,
        CASE WHEN status_reason = 'VOLUNTARY' THEN 'VOLUNTARY' ELSE 'PREVENTIVE' END,
        COALESCE(status_since, created_at),
        CASE WHEN status_reason = 'VOLUNTARY' THEN NULL ELSE COALESCE(status_since, created_at) + :erase_after END
    FROM accounts WHERE status = 'CLOSED'
"""
"""Only its owner closes an account without another reason than that."""


def downgrade() -> None:
    for table in (
        "complaint_reports",
        "complaint_evidence",
        "complaint_decisions",
        "complaint_cases",
        "account_closures",
    ):
        op.drop_table(table)
