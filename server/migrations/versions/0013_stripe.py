"""Stripe: whose customer is whose, which PaymentIntent is which transaction's, and the secret of an authentication."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stripe_customers",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_stripe_customers")),
    )
    op.create_table(
        "stripe_intents",
        sa.Column("transaction_id", sa.String(length=40), nullable=False),
        sa.Column("intent_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_stripe_intents")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_stripe_intents_intent_id")),
    )
    with op.batch_alter_table("top_ups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("client_secret", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.add_column(sa.Column("client_secret", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("payment_methods", "client_secret")
    op.drop_column("top_ups", "client_secret")
    op.drop_table("stripe_intents")
    op.drop_table("stripe_customers")
