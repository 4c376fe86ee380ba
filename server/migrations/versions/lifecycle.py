"""Due work knows since when it is planned, and contractual timers can stand still."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "lifecycle"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("due_work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scheduled_at", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "due_pauses",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_pauses")),
        sa.UniqueConstraint("starts_at", name=op.f("uq_due_pauses_starts_at")),
    )


def downgrade() -> None:
    op.drop_table("due_pauses")
    op.drop_column("due_work", "scheduled_at")
