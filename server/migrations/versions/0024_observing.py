"""Audit rows with origin, purpose, what a read showed, a link and a seal; the seals; and the log of API use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_NEW = ("origin", "purpose", "fields", "subjects", "link", "seal")
_FIXED = (
    "id, at, account_id, credential_id, action, outcome, request_id, origin, purpose, fields, subjects, link"
)


def upgrade() -> None:
    # Not in batch mode, which on SQLite would copy the table and lose its trigger.
    op.add_column("audit_entries", sa.Column("origin", sa.String(length=32), nullable=True))
    op.add_column("audit_entries", sa.Column("purpose", sa.String(length=40), nullable=True))
    op.add_column("audit_entries", sa.Column("fields", sa.Text(), nullable=True))
    op.add_column("audit_entries", sa.Column("subjects", sa.Text(), nullable=True))
    op.add_column("audit_entries", sa.Column("link", sa.LargeBinary(), nullable=True))
    op.add_column("audit_entries", sa.Column("seal", sa.BigInteger(), nullable=True))
    _index("ix_audit_entries_unsealed", "id", "seal IS NULL")
    _index("ix_audit_entries_seal", "seal", "seal IS NOT NULL")
    _drop_trigger("audit_entries_append_only")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OF {_FIXED} ON audit_entries "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()"
        )
        op.execute(
            "CREATE TRIGGER audit_entries_sealed_once BEFORE UPDATE OF seal ON audit_entries "
            "FOR EACH ROW WHEN (OLD.seal IS NOT NULL) EXECUTE FUNCTION audit_entries_append_only()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OF {_FIXED} ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER audit_entries_sealed_once BEFORE UPDATE OF seal ON audit_entries "
            "WHEN OLD.seal IS NOT NULL BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "api_uses",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("fields", sa.String(length=400), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_uses")),
    )
    op.create_index("ix_api_uses_account_id_id", "api_uses", ["account_id", "id"])
    op.create_index("ix_api_uses_at", "api_uses", ["at"])


def downgrade() -> None:
    op.drop_table("api_uses")
    op.drop_table("audit_seals")
    _drop_trigger("audit_entries_sealed_once")
    _drop_trigger("audit_entries_append_only")
    op.drop_index("ix_audit_entries_seal", "audit_entries")
    op.drop_index("ix_audit_entries_unsealed", "audit_entries")
    for column in _NEW:
        op.drop_column("audit_entries", column)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE ON audit_entries "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()"
        )
    else:
        op.execute(
            "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE ON audit_entries "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )


def _index(name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "audit_entries", [column], sqlite_where=where, postgresql_where=where)


def _drop_trigger(name: str) -> None:
    on_table = " ON audit_entries" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {name}{on_table}")
