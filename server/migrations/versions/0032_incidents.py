"""Incidents: the register, the accounts that each affects, and what was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_incidents()
    op.create_table(
        "incident_accounts",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status <> 'TOLD' OR told_at IS NOT NULL", name=op.f("ck_incident_accounts_told_at_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_accounts_incident_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "incident_id", name=op.f("pk_incident_accounts")),
    )
    op.create_index(
        op.f("ix_incident_accounts_incident_id_account_id"),
        "incident_accounts",
        ["incident_id", "account_id"],
    )
    op.create_index(
        op.f("ix_incident_accounts_incident_id_status_account_id"),
        "incident_accounts",
        ["incident_id", "status", "account_id"],
    )
    op.create_table(
        "incident_entries",
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("written_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_entries_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "number", name=op.f("pk_incident_entries")),
        sa.UniqueConstraint("incident_id", "status", name=op.f("uq_incident_entries_incident_id_status")),
    )


def downgrade() -> None:
    op.drop_table("incident_entries")
    op.drop_table("incident_accounts")
    op.drop_table("incidents")


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("queue_rank", sa.SmallInteger(), nullable=True),
        sa.Column("report_id", sa.String(length=40), nullable=True),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.LargeBinary(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=True),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("risk", sa.String(length=12), nullable=True),
        sa.Column("categories", sa.String(length=400), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("consequences", sa.LargeBinary(), nullable=True),
        sa.Column("assessed_at", sa.BigInteger(), nullable=True),
        sa.Column("criterion", sa.String(length=12), nullable=True),
        sa.Column("criterion_number", sa.Integer(), nullable=False),
        sa.Column("criterion_category", sa.String(length=60), nullable=True),
        sa.Column("criterion_from", sa.BigInteger(), nullable=True),
        sa.Column("criterion_until", sa.BigInteger(), nullable=True),
        sa.Column("scan_before", sa.BigInteger(), nullable=True),
        sa.Column("scanned_to", sa.String(length=40), nullable=True),
        sa.Column("scanned_at", sa.BigInteger(), nullable=True),
        sa.Column("notify", sa.Boolean(), nullable=True),
        sa.Column("notify_reason", sa.LargeBinary(), nullable=True),
        sa.Column("exemption", sa.String(length=16), nullable=True),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("authority", sa.LargeBinary(), nullable=True),
        sa.Column("authority_reference", sa.LargeBinary(), nullable=True),
        sa.Column("authority_notified_at", sa.BigInteger(), nullable=True),
        sa.Column("delay_reason", sa.LargeBinary(), nullable=True),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("overdue_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status <> 'CLOSED' OR closed_at IS NOT NULL", name=op.f("ck_incidents_closed_at_a_time")
        ),
        sa.CheckConstraint(
            "notify IS NULL OR notify_reason IS NOT NULL", name=op.f("ck_incidents_decided_with_a_reason")
        ),
        sa.CheckConstraint(
            "authority_notified_at IS NULL OR authority_reference IS NOT NULL",
            name=op.f("ck_incidents_notice_referenced"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("report_id", name=op.f("uq_incidents_report_id")),
    )
    op.create_index(op.f("ix_incidents_queue_rank_due_at_id"), "incidents", ["queue_rank", "due_at", "id"])
