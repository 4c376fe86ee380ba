"""Second factors, passkeys, challenges, counted failures, known devices, reports of a compromise, resellers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("second_factor_at", sa.BigInteger(), nullable=True))
    op.add_column("api_keys", sa.Column("privacy_policy_url", sa.LargeBinary(), nullable=True))
    _of_sign_in()
    _of_factors()
    _of_reports()
    _of_resellers()


def downgrade() -> None:
    for table in (
        "managements",
        "resellers",
        "security_reports",
        "sign_in_challenges",
        "passkeys",
        "totps",
        "known_devices",
        "sign_in_counters",
    ):
        op.drop_table(table)
    op.drop_column("api_keys", "privacy_policy_url")
    op.drop_column("sessions", "second_factor_at")


def _of_sign_in() -> None:
    op.create_table(
        "sign_in_counters",
        sa.Column("counted", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("counted", name=op.f("pk_sign_in_counters")),
    )
    _index("sign_in_counters", "last_failed_at")
    op.create_table(
        "known_devices",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        *_owned("known_devices"),
        sa.PrimaryKeyConstraint("person_id", "mark", name=op.f("pk_known_devices")),
    )
    _index("known_devices", "account_id")
    op.create_table(
        "sign_in_challenges",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("account_id", sa.String(length=40), nullable=True),
        sa.Column("asker", sa.LargeBinary(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("attempts_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        *_owned("sign_in_challenges"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_challenges")),
    )
    for column in ("account_id", "asker", "expires_at", "person_id"):
        _index("sign_in_challenges", column)


def _of_factors() -> None:
    op.create_table(
        "totps",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        *_owned("totps"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totps")),
    )
    _index("totps", "account_id")
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        *_owned("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    for column in ("account_id", "person_id"):
        _index("passkeys", column)


def _of_reports() -> None:
    op.create_table(
        "security_reports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("reported_by", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("sessions_ended", sa.Integer(), nullable=False),
        sa.Column("keys_ended", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('UNAUTHORISED_ACCESS', 'LOSS', 'MISUSE')", name=op.f("ck_security_reports_kind")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_security_reports_account_id")),
        sa.ForeignKeyConstraint(["reported_by"], ["people.id"], name=op.f("fk_security_reports_reported_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_reports")),
    )
    for column in ("account_id", "reported_by"):
        _index("security_reports", column)


def _of_resellers() -> None:
    op.create_table(
        "resellers",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("policy_url", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_resellers_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_resellers")),
    )
    op.create_table(
        "managements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("reseller_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("powers", sa.String(length=200), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_managements_account_id")),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["resellers.account_id"], name=op.f("fk_managements_reseller_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_managements")),
    )
    for column in ("account_id", "reseller_id"):
        _index("managements", column)


def _owned(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    """Whose a row is."""
    return (
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id")),
    )


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
