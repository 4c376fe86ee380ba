"""Campaigns, who they go to, and whom an account must not write to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("merge_fields", sa.LargeBinary(), nullable=True),
        sa.Column("sender", sa.LargeBinary(), nullable=True),
        sa.Column("lawful_basis", sa.String(length=24), nullable=True),
        sa.Column("list_source", sa.String(length=24), nullable=True),
        sa.Column("declared_at", sa.BigInteger(), nullable=True),
        sa.Column("declared_by", sa.String(length=40), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("uploaded", sa.Boolean(), nullable=False),
        sa.Column("credits_reserved", sa.Integer(), nullable=False),
        sa.Column("credits_captured", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.String(length=40), nullable=True),
        sa.Column("pause_reason", sa.String(length=24), nullable=True),
        sa.Column("failure_code", sa.String(length=40), nullable=True),
        sa.Column("scheduled_at", sa.BigInteger(), nullable=True),
        sa.Column("launched_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("recipients >= 0", name=op.f("ck_campaigns_recipients_counted")),
        sa.CheckConstraint(
            "credits_captured <= credits_reserved", name=op.f("ck_campaigns_captured_was_reserved")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(op.f("ix_campaigns_account_id_id"), "campaigns", ["account_id", "id"])
    op.create_index(op.f("ix_campaigns_account_id_status"), "campaigns", ["account_id", "status"])
    op.create_table(
        "campaign_recipients",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_recipients_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "address_hash", name=op.f("pk_campaign_recipients")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_campaign_recipients_account_id"), "campaign_recipients", ["account_id"])
    op.create_table(
        "campaign_countries",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("credits_a_segment", sa.Integer(), nullable=True),
        sa.CheckConstraint("recipients >= 0", name=op.f("ck_campaign_countries_recipients_counted")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_countries_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "country", name=op.f("pk_campaign_countries")),
    )
    op.create_index(op.f("ix_campaign_countries_account_id"), "campaign_countries", ["account_id"])
    op.create_table(
        "suppressions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint(
            "account_id",
            "channel",
            "address_hash",
            name=op.f("uq_suppressions_account_id_channel_address_hash"),
        ),
    )
    op.create_index(op.f("ix_suppressions_account_id_id"), "suppressions", ["account_id", "id"])
    op.create_table(
        "suppression_removals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("suppressed_for", sa.String(length=16), nullable=False),
        sa.Column("suppressed_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("removed_by", sa.String(length=40), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression_removals")),
    )
    op.create_index(
        op.f("ix_suppression_removals_account_id_id"), "suppression_removals", ["account_id", "id"]
    )


def downgrade() -> None:
    for table in (
        "suppression_removals",
        "suppressions",
        "campaign_countries",
        "campaign_recipients",
        "campaigns",
    ):
        op.drop_table(table)
