"""What a server must know to run on this schema, beside the schema's own version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alembic_version", sa.Column("needs", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("alembic_version", "needs")
