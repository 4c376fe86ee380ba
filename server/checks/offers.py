"""Checks that what the policy promises that somebody can do can be done: the served schema has the door, and opens it
to whom it is promised."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from server.checks.served import Offer, Served
from server.kit.graph.access import Who
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, finding
from server.policy.rules.publishing import Published

_REQUESTS: Mapping[str, str] = {
    "access": "requestExport",
    "rectification": "requestRectification",
    "update": "setPostalAddress",
    "erasure": "requestErasure",
    "restriction": "restrictProcessing",
    "portability": "requestExport",
    "objection": "objectToProcessing",
    "consent_withdrawal": "withdrawConsent",
    "concern": "raiseConcern",
}
"""By which mutation each right is exercised."""

_DOORS: Mapping[str, tuple[str, ...]] = {
    "address_offered": ("Mutation.setPostalAddress", "Mutation.setEmail"),
    "auto_top_up_offered": ("Mutation.setAutoTopUp", "AutoTopUpInput.below", "AutoTopUpInput.add"),
    "closing_offered": ("Mutation.closeAccount",),
    "copies_offered": ("Mutation.requestExport", "Mutation.createExportLink", "Query.exportLink"),
    "correction_offered": ("Mutation.requestRectification",),
    "free_plan_left": ("Mutation.startPlan", "Mutation.closeAccount"),
    "payment_methods_offered": (
        "Mutation.savePaymentMethod",
        "Mutation.updatePaymentMethod",
        "Mutation.removePaymentMethod",
    ),
    "requests_offered": tuple(f"Mutation.{one}" for one in sorted({*_REQUESTS.values()})),
    "sign_in_offered": (
        "Mutation.signIn",
        "Mutation.signInWithPasskey",
        "Mutation.confirmTotp",
        "Mutation.createApiKey",
    ),
}
"""What customers can do by themselves."""

_PUBLIC: Mapping[str, tuple[str, ...]] = {
    "minor_reports_offered": ("Mutation.reportMinor",),
    "policy_public": ("Query.policy", "Policy.clauses", "Policy.versions", "Policy.diff", "Policy.text"),
}
"""What everybody can do, without an account."""


def offered(read: Read, doors: tuple[str, ...], everybody: bool) -> Finding:
    """Each of these fields is served, to everybody or at least to customers, and not to the staff alone."""
    offer = read.terms(Served).offer
    closed = [door for door in doors if not _is_open(offer, door, everybody)]
    return finding(len(doors), "fields", closed)


def _is_open(offer: Offer, door: str, everybody: bool) -> bool:
    kind, _, name = door.partition(".")
    if kind in offer.inputs:
        return name in offer.inputs[kind]
    access = offer.fields[door].access if door in offer.fields else None
    if access is None:
        return False
    return access.who is Who.ANYONE if everybody else access.who is not Who.STAFF


def rights_offered(read: Read) -> Finding:
    """Each right that the policy lists can be exercised (H037, B016, B017)."""
    profile = read.terms(Published).profile
    keys = [key for key in ("rights.types", "rights.types_more") if key in profile.clauses]
    listed = {right for key in keys for right in profile.value(key)}
    doors = tuple(f"Mutation.{_REQUESTS.get(right, right)}" for right in sorted(listed))
    return offered(read, doors, everybody=False)


CHECKS: Mapping[str, Check] = {
    "rights_offered": rights_offered,
    **{name: partial(offered, doors=doors, everybody=False) for name, doors in _DOORS.items()},
    **{name: partial(offered, doors=doors, everybody=True) for name, doors in _PUBLIC.items()},
}
