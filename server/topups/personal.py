"""What the slice holds of persons. Ids are opaque; the token and the code are sealed and go when they have served."""

from __future__ import annotations

from server.kit.personal import Held
from server.topups.model import ProviderEvent, SandboxCharge, TopUp

HELD = (
    Held(
        model=TopUp,
        columns=(
            "id",
            "account_id",
            "currency",
            "amount_minor",
            "received_minor",
            "status",
            "transaction_id",
            "failure_code",
            "created_at",
            "updated_at",
        ),
        category="financial",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
    ),
    Held(
        model=TopUp,
        columns=("payment_token", "step_up_code"),
        category="financial",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="until_settled",
        erasure="shred",
        retention_class="billing",
        exported=False,
    ),
    Held(
        model=TopUp,
        columns=(
            "gateway",
            "provider_reference",
            "next_action",
            "confirmations",
            "reconciliations",
            "outcome_at",
        ),
        category="technical",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=ProviderEvent,
        columns=("gateway", "event_id", "digest", "top_up_id", "applied", "reported_at"),
        category="technical",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=SandboxCharge,
        columns=(
            "transaction_id",
            "token",
            "received_minor",
            "state",
            "failure_code",
            "confirmation_id",
            "wrong_codes",
            "charged_at",
            "changed_at",
        ),
        category="financial",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
        exported=False,
    ),
)
