"""What operators see of the day, and of accounts: postings by time, failing work, accounts by status."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_accounts_status_id"), "accounts", ["status", "id"])
    op.create_index(op.f("ix_postings_at"), "postings", ["at"])
    failing = sa.text("last_error IS NOT NULL")
    op.create_index(
        "ix_due_work_failing", "due_work", ["due_at"], sqlite_where=failing, postgresql_where=failing
    )


def downgrade() -> None:
    op.drop_index("ix_due_work_failing", table_name="due_work")
    op.drop_index(op.f("ix_postings_at"), table_name="postings")
    op.drop_index(op.f("ix_accounts_status_id"), table_name="accounts")
