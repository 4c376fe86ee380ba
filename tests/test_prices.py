"""What fields cost that keep the server busy with more than reading and writing rows (M143)."""

from __future__ import annotations

import pytest

from server.gateway.engine import Engine, Limits
from server.gateway.engine.cost import FIELD, own_cost
from server.gateway.throttle import USUAL
from server.kit.graph.prices import COUNT, EXPORT, PASSKEY, PASSWORD, PROOF
from server.schema import schema

DEAR = (
    (PASSWORD, "register signIn confirmPassword acceptInvitation resetPassword resetPasswordWithCode"),
    (2 * PASSWORD, "changePassword"),
    (
        PASSKEY,
        "completeSignIn startPasskeySignIn signInWithPasskey confirmSecondFactor startPasskeyRegistration "
        "registerPasskey startPasskeyProof",
    ),
    (COUNT, "retentionPreview"),
    (EXPORT, "exportLink requestExport refusePolicy"),
    (PROOF, "verifyLedger verifyAudit checkPolicy"),
)


@pytest.mark.rule("M143")
def test_what_keeps_the_server_busy_costs_more_and_nothing_else_does() -> None:
    declared = {
        each.coordinates.partition(".")[2]: own_cost(
            each, is_mutation=each.coordinates.startswith("Mutation.")
        )
        for each in Engine(schema)._bindings.declared()
        if not each.open and each.field is not None and "cost" in each.field.metadata
    }
    assert declared == {name: cost for cost, names in DEAR for name in names.split()}


def test_each_can_be_asked_for_and_not_without_end() -> None:
    """By the limits of a new installation: one is no problem, and what flows back bounds the rest."""
    for cost, _ in DEAR:
        assert FIELD < cost <= Limits().cost_max / 5
        assert 0.5 <= USUAL.restored_per_second / cost <= 20
