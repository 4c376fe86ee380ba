"""What sweeps of the retention did, and what was deleted between them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_index(op.f("ix_retention_runs_started_at"), "retention_runs", ["started_at"])
    op.create_table(
        "retention_counts",
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("table", sa.String(length=60), nullable=True),
        sa.Column("flagged", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["retention_runs.id"], name=op.f("fk_retention_counts_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_retention_counts")),
    )
    op.create_index(op.f("ix_retention_counts_run_id_done_at"), "retention_counts", ["run_id", "done_at"])
    op.create_table(
        "retention_tallies",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_retention_tallies")),
    )


def downgrade() -> None:
    op.drop_table("retention_tallies")
    op.drop_table("retention_counts")
    op.drop_table("retention_runs")
