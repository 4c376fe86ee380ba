"""What the slice holds of a person, column by column (Q003)."""

from __future__ import annotations

from server.kit.personal import Held
from server.orders.model import Order, RegistryEntry

HELD = (
    Held(
        model=RegistryEntry,
        columns=("parameters",),
        category="activity",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="account",
        erasure="shred",
        retention_class="content",
    ),
    Held(
        model=RegistryEntry,
        columns=("order_id", "account_id", "registered_at"),
        category="activity",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="keep_pseudonymous",
    ),
    Held(
        model=Order,
        columns=(
            "id",
            "account_id",
            "status",
            "product",
            "quantity",
            "fulfilled",
            "currency",
            "unit_price_minor",
            "priced_units",
            "net_minor",
            "credit_unit",
            "credits",
            "fx_numerator",
            "fx_denominator",
            "payment_transfer_id",
            "cancel_reason",
            "fee_minor",
            "refund_minor",
            "refund_transfer_id",
            "placed_at",
            "activated_at",
            "completed_at",
            "cancelled_at",
        ),
        category="financial",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="keep_pseudonymous",
    ),
)
