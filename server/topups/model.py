"""Tables of top-ups and of what gateways report about them. Amounts are minor units of the row's currency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class TopUp(Base):
    """One payment in: what was ordered, what came, and where it is (Q008).

    `outcome_at` is the gateway's own instant of the newest outcome that was applied. `reconciliations` and
    `confirmations` count the questions to the gateway and the payer's answers to challenges. `refunded_minor` is
    what we gave back of it or are giving back, `reversed_minor` what others took back, and `gateway_refunded_minor` the
    gateway's own total of all refunds, ours among them. `for_id` is the opaque id of what it pays for, if anything.
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
    purpose: Mapped[str] = mapped_column(String(12), server_default="MANUAL")
    method_id: Mapped[str | None] = mapped_column(String(40))
    for_id: Mapped[str | None] = mapped_column(String(40))
    refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reversed_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    gateway_refunded_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    __table_args__ = (
        UniqueConstraint("gateway", "provider_reference"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("received_minor > 0", name="received_positive"),
        CheckConstraint("status <> 'SUCCEEDED' OR received_minor IS NOT NULL", name="succeeded_received"),
        Index(None, "account_id", "id"),
        Index(None, "account_id", "status", "id"),
    )


class PaymentMethod(Base):
    """A token that a gateway keeps for us, never the card's number (M039).

    `expires_at` is the first instant after its expiry month. `wants_default` is what was asked at saving; of one
    account at most one is the default. `tries` counts the questions to the gateway that stay without an answer, and
    `confirmations` the payer's answers to challenges.
    """

    __tablename__ = "payment_methods"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    gateway: Mapped[str] = mapped_column(String(20))
    provider_reference: Mapped[bytes | None] = mapped_column(Sealed)
    payment_token: Mapped[bytes | None] = mapped_column(Sealed)
    step_up_code: Mapped[bytes | None] = mapped_column(Sealed)
    client_secret: Mapped[bytes | None] = mapped_column(Sealed)
    brand: Mapped[str | None] = mapped_column(String(20))
    last4: Mapped[bytes | None] = mapped_column(Sealed)
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(8))
    next_action: Mapped[str | None] = mapped_column(String(20))
    failure_code: Mapped[str | None] = mapped_column(String(24))
    saved_for: Mapped[str] = mapped_column(String(12))
    is_default: Mapped[bool] = mapped_column(Boolean)
    wants_default: Mapped[bool] = mapped_column(Boolean)
    confirmations: Mapped[int] = mapped_column(Integer)
    tries: Mapped[int] = mapped_column(Integer)
    expiry_told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        Index(None, "account_id", "id"),
        CheckConstraint("NOT is_default OR status = 'ACTIVE'", name="default_active"),
        CheckConstraint(
            "status <> 'ACTIVE' OR (provider_reference IS NOT NULL AND expires_at IS NOT NULL)",
            name="active_saved",
        ),
        Index(
            "uq_payment_methods_default",
            "account_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )


class Refund(Base):
    """A part of a payment that staff gives back. `ordered_by` is the credential of who did, for the audit."""

    __tablename__ = "top_up_refunds"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    top_up_id: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    failure_code: Mapped[str | None] = mapped_column(String(24))
    ordered_by: Mapped[str] = mapped_column(String(40))
    tries: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        Index(None, "top_up_id", "id"),
        Index(None, "account_id", "id"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )


class Reversal(Base):
    """A part of a payment that went again, not by our doing. `dispute_id` is the gateway's, null of a refund."""

    __tablename__ = "top_up_reversals"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    top_up_id: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    dispute_id: Mapped[str | None] = mapped_column(String(80))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("top_up_id", "dispute_id"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
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


class SandboxMethod(Base):
    """A token that the sandbox gateway keeps, and how far its saving came."""

    __tablename__ = "sandbox_methods"
    method_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    answers: Mapped[int] = mapped_column(Integer)
    wrong_codes: Mapped[int] = mapped_column(Integer)
    exp_month: Mapped[int] = mapped_column(Integer)
    exp_year: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime] = mapped_column(Instant)


class SandboxRefund(Base):
    """A refund in the sandbox gateway's books."""

    __tablename__ = "sandbox_refunds"
    refund_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    transaction_id: Mapped[str] = mapped_column(String(40))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime] = mapped_column(Instant)


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
