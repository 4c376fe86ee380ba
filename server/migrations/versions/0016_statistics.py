"""What became of the messages of campaigns: what was seen, each recipient's first events, and the sums of all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_COUNTED = """
    accepted dropped delivered deferred bounced_hard bounced_soft bounced_block bounced_undetermined
    opened opened_machine opened_bot clicked clicked_machine clicked_bot unsubscribed complained
    accepted_unique delivered_unique opened_unique opened_human_unique clicked_unique clicked_human_unique
    unsubscribed_unique complained_unique bounced_hard_unique bounced_soft_unique bounced_block_unique
    bounced_undetermined_unique segments
"""
_TABLES = (
    "statistic_buckets",
    "statistic_totals",
    "statistic_values",
    "statistic_bounces",
    "statistic_clickers",
    "statistic_recipients",
    "statistic_seen",
    "statistic_scopes",
)


def upgrade() -> None:
    op.create_table(
        "statistic_scopes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_second", sa.BigInteger(), nullable=True),
        sa.Column("last_second", sa.BigInteger(), nullable=True),
        sa.Column("bounces_due", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statistic_scopes")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_statistic_scopes_subject_id")),
    )
    op.create_index(op.f("ix_statistic_scopes_account_id"), "statistic_scopes", ["account_id"])
    op.create_table(
        "statistic_seen",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statistic_seen")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic_recipients",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_unique", sa.BigInteger(), nullable=True),
        sa.Column("delivered_unique", sa.BigInteger(), nullable=True),
        sa.Column("opened_unique", sa.BigInteger(), nullable=True),
        sa.Column("opened_human_unique", sa.BigInteger(), nullable=True),
        sa.Column("clicked_unique", sa.BigInteger(), nullable=True),
        sa.Column("clicked_human_unique", sa.BigInteger(), nullable=True),
        sa.Column("unsubscribed_unique", sa.BigInteger(), nullable=True),
        sa.Column("complained_unique", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "recipient", name=op.f("pk_statistic_recipients")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic_clickers",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("human", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "link", "recipient", name=op.f("pk_statistic_clickers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statistic_bounces",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "recipient", "key", name=op.f("pk_statistic_bounces")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistic_bounces_scope_kind_moment"), "statistic_bounces", ["scope", "kind", "moment"]
    )
    op.create_table(
        "statistic_values",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "dimension", "value", name=op.f("pk_statistic_values")),
    )
    op.create_index(
        op.f("ix_statistic_values_hash"), "statistic_values", ["scope", "dimension", "hash"], unique=True
    )
    op.create_table(
        "statistic_totals",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        *_counted(),
        sa.PrimaryKeyConstraint("scope", "dimension", "value", name=op.f("pk_statistic_totals")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_statistic_totals_scope_dimension_weight_value"),
        "statistic_totals",
        ["scope", "dimension", "weight", "value"],
    )
    op.create_table(
        "statistic_buckets",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        *_counted(),
        sa.PrimaryKeyConstraint("scope", "bucket", name=op.f("pk_statistic_buckets")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _counted() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTED.split()]
