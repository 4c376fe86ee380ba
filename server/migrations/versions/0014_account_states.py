"""Due work knows since when it is planned, contractual timers can stand still, and accounts have more states."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STATES_BEFORE = "status IN ('ACTIVE', 'SUSPENDED')"
_STATES = "status IN ('ACTIVE', 'DISABLED', 'DEACTIVATED', 'SUSPENDED', 'CLOSED')"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("status_since", sa.BigInteger(), nullable=True))
    op.add_column("accounts", sa.Column("status_reason", sa.String(length=20), nullable=True))
    _check_states(_STATES_BEFORE, _STATES)
    op.create_table(
        "account_activity",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("sending_since", sa.BigInteger(), nullable=False),
        sa.Column("active_since", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.Column("lapsed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_activity_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_activity")),
    )
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
    op.drop_table("account_activity")
    _check_states(_STATES, _STATES_BEFORE)
    op.drop_column("accounts", "status_reason")
    op.drop_column("accounts", "status_since")
    op.drop_table("due_pauses")
    op.drop_column("due_work", "scheduled_at")


def _check_states(before: str, after: str) -> None:
    """Allow other states of an account.

    SQLite cannot change a check, and other tables refer to accounts, so that the table cannot be made anew inside a
    transaction: its definition is rewritten as https://www.sqlite.org/lang_altertable.html#otheralter (the second
    procedure) says, which leaves what is stored alone.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_accounts_status"), "accounts", type_="check")
        op.create_check_constraint(op.f("ck_accounts_status"), "accounts", after)
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    rewritten = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = 'accounts'"
    )
    op.execute(rewritten.bindparams(before=before, after=after))
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
