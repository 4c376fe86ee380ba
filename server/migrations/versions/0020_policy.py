"""Versions of the policy, its registers and the results of its checks; an acceptance says of which text it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("acceptances", sa.Column("language", sa.String(length=2), nullable=True))
    op.add_column("acceptances", sa.Column("text_hash", sa.String(length=64), nullable=True))
    op.add_column("acceptances", sa.Column("withdrawn_at", sa.BigInteger(), nullable=True))
    _versions_and_checks()
    _processors_and_consents()
    _disclosures()


def downgrade() -> None:
    for table in (
        "disclosures",
        "recipient_notices",
        "legality_checks",
        "consents",
        "attestations",
        "processors",
        "clause_checks",
        "policy_versions",
    ):
        op.drop_table(table)
    for column in ("withdrawn_at", "text_hash", "language"):
        op.drop_column("acceptances", column)


def _versions_and_checks() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("authentic", sa.String(length=2), nullable=False),
        sa.Column("languages", sa.String(length=60), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("announced_to", sa.String(length=40), nullable=True),
        sa.Column("announced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint("document", "version", name=op.f("uq_policy_versions_document_version")),
    )
    op.create_index(
        op.f("ix_policy_versions_document_effective_at"),
        "policy_versions",
        ["document", "effective_at"],
        unique=True,
    )
    op.create_table(
        "clause_checks",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(length=400), nullable=False),
        sa.Column("ran_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clause_checks")),
    )


def _processors_and_consents() -> None:
    op.create_table(
        "processors",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("recipient_class", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("categories", sa.String(length=200), nullable=False),
        sa.Column("mechanism", sa.String(length=12), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("agreement", sa.String(length=200), nullable=True),
        sa.Column("review_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("activated_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('PROCESSOR', 'CONTROLLER', 'SUBPROCESSOR')", name=op.f("ck_processors_role")
        ),
        sa.CheckConstraint("status IN ('DRAFT', 'ACTIVE', 'ENDED')", name=op.f("ck_processors_status")),
        sa.CheckConstraint(
            "status <> 'ACTIVE' OR (agreement IS NOT NULL AND review_at IS NOT NULL)",
            name=op.f("ck_processors_active_bound"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processors")),
    )
    op.create_table(
        "attestations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("attested_at", sa.BigInteger(), nullable=False),
        sa.Column("review_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
    )
    op.create_index(op.f("ix_attestations_kind_attested_at"), "attestations", ["kind", "attested_at"])
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("policy_version", sa.String(length=60), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_account_id_purpose_id"), "consents", ["account_id", "purpose", "id"])


def _disclosures() -> None:
    op.create_table(
        "legality_checks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("lawful", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.String(length=40), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legality_checks")),
    )
    op.create_index(op.f("ix_legality_checks_account_id"), "legality_checks", ["account_id"])
    op.create_table(
        "recipient_notices",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("recipient_class", sa.String(length=20), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "recipient_class", name=op.f("pk_recipient_notices")),
    )
    op.create_table(
        "disclosures",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("recipient_class", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("authority", sa.LargeBinary(), nullable=True),
        sa.Column("legal_basis", sa.LargeBinary(), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("categories", sa.String(length=200), nullable=False),
        sa.Column("legality_check_id", sa.String(length=40), nullable=True),
        sa.Column("consent_id", sa.String(length=40), nullable=True),
        sa.Column("processor_id", sa.String(length=40), nullable=True),
        sa.Column("disclosed_by", sa.String(length=40), nullable=False),
        sa.Column("disclosed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["legality_check_id"],
            ["legality_checks.id"],
            name=op.f("fk_disclosures_legality_check_id"),
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_disclosures_consent_id")),
        sa.ForeignKeyConstraint(
            ["processor_id"], ["processors.id"], name=op.f("fk_disclosures_processor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index(op.f("ix_disclosures_account_id_id"), "disclosures", ["account_id", "id"])
