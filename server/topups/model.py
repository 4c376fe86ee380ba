"""Tables of top-ups and of what gateways report about them. Amounts are minor units of the row's currency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class TopUp(Base):
    """One payment in: what was ordered, what came, and where it is (Q008).

    `outcome_at` is the gateway's own instant of the newest outcome that was applied. `reconciliations` and
    `confirmations` count the questions to the gateway and the payer's answers to challenges.
    """

    __tablename__ = "top_ups"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    received_minor: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    transaction_id: Mapped[str] = mapped_column(String(40), unique=True)
    gateway: Mapped[str] = mapped_column(String(20))
    provider_reference: Mapped[str | None] = mapped_column(String(80))
    payment_token: Mapped[bytes | None] = mapped_column(Sealed)
    step_up_code: Mapped[bytes | None] = mapped_column(Sealed)
    client_secret: Mapped[bytes | None] = mapped_column(Sealed)
    next_action: Mapped[str | None] = mapped_column(String(20))
    failure_code: Mapped[str | None] = mapped_column(String(24))
    confirmations: Mapped[int] = mapped_column(Integer)
    reconciliations: Mapped[int] = mapped_column(Integer)
    outcome_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("gateway", "provider_reference"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("received_minor > 0", name="received_positive"),
        CheckConstraint("status <> 'SUCCEEDED' OR received_minor IS NOT NULL", name="succeeded_received"),
        Index(None, "account_id", "id"),
        Index(None, "account_id", "status", "id"),
    )


class ProviderEvent(Base):
    """An event that a gateway reported: its id is used up, so a repetition changes nothing.

    `digest` is a hash of its content. `top_up_id` is null when no top-up had that transaction, and `applied`
    says whether it changed one.
    """

    __tablename__ = "provider_events"
    gateway: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    top_up_id: Mapped[str | None] = mapped_column(String(40), index=True)
    applied: Mapped[bool]
    reported_at: Mapped[datetime] = mapped_column(Instant)


class SandboxCharge(Base):
    """The sandbox gateway's own books, as a real provider keeps them elsewhere: they survive a restart."""

    __tablename__ = "sandbox_charges"
    transaction_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token: Mapped[str] = mapped_column(String(64))
    received_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    failure_code: Mapped[str | None] = mapped_column(String(24))
    confirmation_id: Mapped[str | None] = mapped_column(String(60))
    wrong_codes: Mapped[int] = mapped_column(Integer)
    charged_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class StripeCustomer(Base):
    """The customer at Stripe that an account's saved cards belong to."""

    __tablename__ = "stripe_customers"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)


class StripeIntent(Base):
    """The PaymentIntent at Stripe that a transaction is charged with."""

    __tablename__ = "stripe_intents"
    transaction_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    intent_id: Mapped[str] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
