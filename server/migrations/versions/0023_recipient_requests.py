"""What recipients ask about their data; calls without an account are counted in one place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recipient_requests",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("open_key", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_attempts_left", sa.SmallInteger(), nullable=False),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("codes_sent", sa.SmallInteger(), nullable=False),
        sa.Column("codes_since", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("queue_rank", sa.SmallInteger(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("verified_by", sa.String(length=40), nullable=True),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("ground", sa.String(length=24), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status <> 'ANSWERED' OR outcome IS NOT NULL",
            name=op.f("ck_recipient_requests_answered_with_an_outcome"),
        ),
        sa.CheckConstraint(
            "outcome <> 'REFUSED' OR ground IS NOT NULL",
            name=op.f("ck_recipient_requests_refused_on_a_ground"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_requests")),
        sa.UniqueConstraint("open_key", name=op.f("uq_recipient_requests_open_key")),
    )
    op.create_index(op.f("ix_recipient_requests_account_id_id"), "recipient_requests", ["account_id", "id"])
    op.create_index(
        op.f("ix_recipient_requests_queue_rank_due_at_id"),
        "recipient_requests",
        ["queue_rank", "due_at", "id"],
    )
    op.create_table(
        "public_calls",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("caller_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_calls")),
    )
    op.create_index(op.f("ix_public_calls_action_made_at"), "public_calls", ["action", "made_at"])
    op.create_index(
        op.f("ix_public_calls_action_caller_hash_made_at"),
        "public_calls",
        ["action", "caller_hash", "made_at"],
    )
    op.drop_index(op.f("ix_complaint_reports_reporter_hash_created_at"), "complaint_reports")
    op.drop_index(op.f("ix_complaint_reports_created_at"), "complaint_reports")
    op.drop_column("complaint_reports", "reporter_hash")


def downgrade() -> None:
    op.add_column("complaint_reports", sa.Column("reporter_hash", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_complaint_reports_created_at"), "complaint_reports", ["created_at"])
    op.create_index(
        op.f("ix_complaint_reports_reporter_hash_created_at"),
        "complaint_reports",
        ["reporter_hash", "created_at"],
    )
    op.drop_table("public_calls")
    op.drop_table("recipient_requests")
