"""Sender IDs for SMS, their countries, and the documents that prove them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "senders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=True),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason_code", sa.String(length=24), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status <> 'SUBMITTED' OR submission_id IS NOT NULL", name=op.f("ck_senders_submitted_named")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_senders_submission_id")),
    )
    op.create_index(op.f("ix_senders_account_id_id"), "senders", ["account_id", "id"])
    op.create_index(op.f("ix_senders_status_submission_id"), "senders", ["status", "submission_id"])

    op.create_table(
        "sender_countries",
        sa.Column("sender_id", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("carrier_refused_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], name=op.f("fk_sender_countries_sender_id")),
        sa.PrimaryKeyConstraint("sender_id", "country", name=op.f("pk_sender_countries")),
    )
    op.create_index(op.f("ix_sender_countries_account_id"), "sender_countries", ["account_id"])

    op.create_table(
        "sender_documents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sender_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(length=40), nullable=True),
        sa.Column("for_submission", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("stored_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "deleted_at IS NULL OR stored_at IS NOT NULL", name=op.f("ck_sender_documents_deleted_was_stored")
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_sender_documents_size_positive")),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], name=op.f("fk_sender_documents_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_documents")),
    )
    op.create_index(
        op.f("ix_sender_documents_account_id_created_at"), "sender_documents", ["account_id", "created_at"]
    )
    op.create_index(
        op.f("ix_sender_documents_sender_id_created_at"), "sender_documents", ["sender_id", "created_at"]
    )

    op.create_table(
        "sender_names",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sender_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], name=op.f("fk_sender_names_sender_id")),
        sa.PrimaryKeyConstraint("account_id", "name_hash", name=op.f("pk_sender_names")),
        sa.UniqueConstraint("sender_id", name=op.f("uq_sender_names_sender_id")),
    )
    op.create_index(op.f("ix_sender_names_name_hash"), "sender_names", ["name_hash"])

    op.create_table(
        "sender_document_chunks",
        sa.Column("document_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["sender_documents.id"], name=op.f("fk_sender_document_chunks_document_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_sender_document_chunks")),
    )
    op.create_index(op.f("ix_sender_document_chunks_account_id"), "sender_document_chunks", ["account_id"])


def downgrade() -> None:
    op.drop_table("sender_document_chunks")
    op.drop_table("sender_names")
    op.drop_table("sender_documents")
    op.drop_table("sender_countries")
    op.drop_table("senders")
