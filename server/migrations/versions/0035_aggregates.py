"""Numbers across customers, releases of the API and what they changed, and who refused a version of the policy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "industry_benchmarks",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=True),
        sa.Column("clicked", sa.Integer(), nullable=True),
        sa.Column("unsubscribed", sa.Integer(), nullable=True),
        sa.Column("complained", sa.Integer(), nullable=True),
        sa.Column("bounced", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "industry", name=op.f("pk_industry_benchmarks")),
    )
    op.create_table(
        "usage_counts",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "event", name=op.f("pk_usage_counts")),
    )
    op.create_table(
        "api_releases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.Column("announced_to", sa.String(length=40), nullable=True),
        sa.Column("announced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_releases")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_releases_digest")),
    )
    op.create_table(
        "api_changes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("breaking", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["api_releases.id"], name=op.f("fk_api_changes_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_changes")),
    )
    op.create_index(op.f("ix_api_changes_release_id"), "api_changes", ["release_id"])
    op.create_table(
        "policy_refusals",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("export_id", sa.String(length=40), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_policy_refusals")),
    )
    op.create_index(op.f("ix_erasures_pseudonym"), "erasures", ["pseudonym"])


def downgrade() -> None:
    op.drop_index(op.f("ix_erasures_pseudonym"), "erasures")
    op.drop_table("policy_refusals")
    op.drop_table("api_changes")
    op.drop_table("api_releases")
    op.drop_table("usage_counts")
    op.drop_table("industry_benchmarks")
