"""Servers that serve what they should not, or not what the policy promises, for the checks to find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from server.campaigns.model import Campaign
from server.checks.served import Offer, Served, ServedField, Transport
from server.gateway.throttle import ThrottleTerms
from server.kit.graph.access import Access, Who
from server.kit.idempotency import StoredOutcome
from server.kit.personal import Declared
from server.kit.work import Work
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, made, running_by

_STAFF = Access(Who.STAFF, "security")


def offering(change: Callable[[Offer], Offer]) -> Sabotage:
    return running_by(Served, lambda served: replace(served, offer=change(served.offer)))


def field(coordinates: str, access: Access | None = _STAFF) -> Sabotage:
    """One field more."""
    one = {coordinates: ServedField(access, "String")}
    return offering(lambda offer: replace(offer, fields={**offer.fields, **one}))


def asking(name: str, **members: bool) -> Sabotage:
    """An input type that asks for this."""
    return offering(lambda offer: replace(offer, inputs={**offer.inputs, name: members}))


def for_staff(*coordinates: str) -> Sabotage:
    """Fields that only the staff may ask for."""
    staff = {one: ServedField(_STAFF, "String") for one in coordinates}
    return offering(lambda offer: replace(offer, fields={**offer.fields, **staff}))


def without(*coordinates: str) -> Sabotage:
    """Fields, or fields of inputs, that are not served."""

    def change(offer: Offer) -> Offer:
        fields = {name: one for name, one in offer.fields.items() if name not in coordinates}
        inputs = {
            kind: {name: need for name, need in one.items() if f"{kind}.{name}" not in coordinates}
            for kind, one in offer.inputs.items()
        }
        return replace(offer, fields=fields, inputs=inputs)

    return offering(change)


def reached(change: Callable[[Transport], Transport]) -> Sabotage:
    return running_by(Served, lambda served: replace(served, transport=change(served.transport)))


def seen_by_all(work: Work, world: World) -> None:
    """A campaign that everybody finds by its id."""
    made(Campaign, id=work.ids.new("cmp"), channel="EMAIL")(work, world)

    def find(_info: Any, key: str) -> str:
        return key

    running_by(Served, lambda served: replace(served, nodes={**served.nodes, "cmp": find}))(work, world)


def on_another_basis(declared: Declared) -> Declared:
    return Declared(tuple(replace(held, legal_basis="legitimate_interest") for held in declared.held))


_TRACKER = "tracker=1; HttpOnly; Secure; SameSite=Strict"

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("roles", "Query.leak", field("Query.leak", None)),
    ("purposes", "Query.leak", field("Query.leak", Access(Who.STAFF, "advertising"))),
    ("purposes.closed", "Query.leak", field("Query.leak", Access(Who.STAFF, "advertising"))),
    ("staff.password_visible", "Person.passwordHash", field("Person.passwordHash")),
    ("api_keys.reveal", "ApiKey.secret", field("ApiKey.secret")),
    ("restore.per_account", "Mutation.restoreAccount", field("Mutation.restoreAccount")),
    ("restore.per_account", "In.recoverFrom", asking("In", recoverFrom=False)),
    ("account.required_fields", "phone", asking("RegisterInput", login=True, phone=True)),
    ("guards.confirm_destructive", "PlaceOrderInput", asking("PlaceOrderInput", item=True)),
    ("guards.confirm_destructive", "acc_", made(StoredOutcome)),
    ("authz.deny_as", "cmp_", seen_by_all),
    ("transport.tls", "plain HTTP", reached(lambda one: replace(one, over_tls=False))),
    ("api.tls", "plain HTTP", reached(lambda one: replace(one, refuses_plain=False))),
    ("cookies", "tracker", reached(lambda one: replace(one, cookies=(*one.cookies, _TRACKER)))),
    ("cookies", "open", reached(lambda one: replace(one, cookies=("open=1; Secure",)))),
    ("api.limits", "block_after", reached(lambda one: replace(one, throttle=ThrottleTerms(block_after=0)))),
    ("closure.require_ack", "CloseAccountInput", asking("CloseAccountInput", idempotencyKey=True)),
    ("closure.self_service", "Mutation.closeAccount", for_staff("Mutation.closeAccount")),
    ("export.self_service", "Mutation.requestExport", without("Mutation.requestExport")),
    ("payment.self_service", "Mutation.removePaymentMethod", without("Mutation.removePaymentMethod")),
    ("auto_topup.user_configurable", "AutoTopUpInput.below", without("AutoTopUpInput.below")),
    ("plan.free.transitions", "Mutation.startPlan", for_staff("Mutation.startPlan")),
    ("auth", "Mutation.signInWithPasskey", without("Mutation.signInWithPasskey")),
    ("minors.public_report", "Mutation.reportMinor", for_staff("Mutation.reportMinor")),
    ("policy.public", "Policy.diff", without("Policy.diff")),
    ("rights.types", "Mutation.raiseConcern", without("Mutation.raiseConcern")),
    ("rights.rectification.self_service", "Mutation.setEmail", for_staff("Mutation.setEmail")),
]
"""Each clause with what its check names, and what was done against it."""

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "platform": [
        ("rights.access.min_interval", "Query.exportLink", without("Query.exportLink")),
        ("rights.rectification", "Mutation.requestRectification", without("Mutation.requestRectification")),
        ("intake.hours", "Mutation.objectToProcessing", for_staff("Mutation.objectToProcessing")),
    ],
    "helpdesk": [("policy.versions.public", "Policy.versions", for_staff("Policy.versions"))],
    "qboxmail": [
        ("rights.types_more", "Mutation.restrictProcessing", without("Mutation.restrictProcessing")),
        ("purposes.usage.basis", "api_uses", running_by(Declared, on_another_basis)),
    ],
}
"""The same of clauses that only other profiles have."""

KEPT: list[tuple[str, Sabotage]] = [
    ("transport.tls", reached(lambda one: replace(one, over_tls=False, loopback=True))),
    ("guards.confirm_destructive", made(StoredOutcome, outcome="{}")),
]
"""What these checks leave alone."""
