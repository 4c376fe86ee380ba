"""What the slice holds of persons: opaque ids, instants and amounts."""

from __future__ import annotations

from server.kit.personal import Held
from server.plans.model import IpAddress, IpAssignment, PlanCharge, PlanSubscription, PlanWithdrawal

_INTERNAL_OF_CHARGES = ("attempts", "failure", "top_up_id")

HELD = (
    Held(
        model=PlanSubscription,
        columns=tuple(column.name for column in PlanSubscription.__table__.columns),
        category="financial",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
    ),
    Held(
        model=PlanCharge,
        columns=tuple(
            column.name for column in PlanCharge.__table__.columns if column.name not in _INTERNAL_OF_CHARGES
        ),
        category="financial",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
    ),
    Held(
        model=PlanCharge,
        columns=_INTERNAL_OF_CHARGES,
        category="technical",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=PlanWithdrawal,
        columns=tuple(column.name for column in PlanWithdrawal.__table__.columns),
        category="activity",
        purpose="identification",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        model=IpAddress,
        columns=tuple(column.name for column in IpAddress.__table__.columns),
        category="technical",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="account",
        erasure="keep_pseudonymous",
        exported=False,
    ),
    Held(
        model=IpAssignment,
        columns=tuple(column.name for column in IpAssignment.__table__.columns),
        category="activity",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="delete",
    ),
)
