"""By which law a customer's request is answered. Those of before were counted in calendar months, as the GDPR does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode, which on SQLite would copy the table and lose its checks.
    column = sa.Column("regime", sa.String(length=8), server_default="GDPR", nullable=False)
    op.add_column("privacy_requests", column)


def downgrade() -> None:
    op.drop_column("privacy_requests", "regime")
