"""Entries of the registers, consents and versions that nobody should have been able to make, for the checks to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from server.kit.work import Work
from server.policy.model import Consent, Disclosure, PolicyVersion, Processor
from server.policy.rules.consenting import ConsentTerms
from server.policy.rules.publishing import ChangeTerms
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, all_of, changed, made, running_by

_NOW, _SECOND, _DAY = timedelta(0), timedelta(seconds=1), timedelta(days=1)


def disclosed(**values: Any) -> Sabotage:
    row = {"id": "dsc_1", "ground": "OPERATION", "categories": "technical", "recipient_class": "CARRIER"}
    return made(Disclosure, **(row | values))


def processing(**values: Any) -> Sabotage:
    """An active processor."""
    row: dict[str, Any] = {
        "id": "prc_1",
        "name": "Stripe",
        "role": "PROCESSOR",
        "recipient_class": "INFRASTRUCTURE",
    }
    bound = {
        "status": "ACTIVE",
        "agreement": "DPA-1",
        "review_at": _DAY,
        "region": "IT",
        "categories": "technical",
    }
    return made(Processor, **(row | bound | values))


def consented(**values: Any) -> Sabotage:
    return made(Consent, **({"id": "cns_1", "purpose": "newsletter", "given_by": "ses_1"} | values))


def announced_late(work: Work, world: World) -> None:
    """A second version, which takes effect a day after it was recorded."""
    document = work.scalar(PolicyVersion.__table__.select().with_only_columns(PolicyVersion.document))
    made(PolicyVersion, id="pol_9", document=document, version="9", effective_at=_DAY)(work, world)


def time_passes(work: Work, _world: World) -> None:
    """A year goes by without a review."""
    work.now += timedelta(days=366)


def nothing_published(work: Work, _world: World) -> None:
    work.execute(delete(PolicyVersion))


def always_on(terms: ConsentTerms) -> ConsentTerms:
    return dataclasses.replace(terms, purposes=terms.purposes - {"newsletter", "ai", "analytics"})


def told_nowhere(terms: ChangeTerms) -> ChangeTerms:
    return dataclasses.replace(terms, telling=frozenset())


to_ai = disclosed(recipient_class="AI_PROVIDER")

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("disclosure.allowed_grounds", "dsc_1", disclosed(ground="DELIVERY")),
    ("disclosure.operation", "dsc_1", disclosed(categories="")),
    ("disclosure.require", "dsc_1", disclosed(ground="LEGAL_OBLIGATION")),
    ("disclosure.legality_check", "dsc_1", disclosed(ground="LEGAL_OBLIGATION")),
    ("disclosure.consent_ref", "dsc_1", disclosed(ground="CONSENT")),
    ("disclosure.notify_before", "dsc_1", disclosed()),
    ("sale", "dsc_1", disclosed(recipient_class="BROKER")),
    ("sale", "prc_1", processing(recipient_class="BROKER")),
    ("ai.consent", "ai", running_by(ConsentTerms, always_on)),
    ("ai.consent", "dsc_1", to_ai),
    ("processors.require_agreement", "prc_1", processing(review_at=_NOW)),
    (
        "processors.cdn_categories",
        "prc_1",
        processing(recipient_class="DELIVERY_NETWORK", categories="financial"),
    ),
    ("processors.ai_require_mechanism", "prc_1", processing(region="US")),
    ("transfers.require_mechanism", "prc_1", processing(region="US")),
    ("processors", "prc_1", processing(recipient_class="PAYMENT_PROVIDER", name="Other")),
    ("processors.allowed", "prc_1", processing(categories="")),
    ("consent.bundled", "cns_1", consented(purpose="advertising")),
    ("consent.purposes", "cns_1", consented(purpose="advertising")),
    ("purposes.newsletter.basis", "newsletter", running_by(ConsentTerms, always_on)),
    ("purposes.newsletter.basis", "cns_1", consented(given_by=None)),
    ("attest.confidentiality", "review due", time_passes),
    ("policy.one_in_force", "mailpro", nothing_published),
    ("policy.languages", "mailpro", changed(PolicyVersion, text_hash="0" * 64)),
    ("policy.change.any_time", "mailpro", changed(PolicyVersion, effective_at=_NOW)),
    ("policy.change.notify", "pol_", changed(PolicyVersion, announced_at=None, recorded_at=-_DAY)),
]
"""Each clause with what its check names, and what was done against it."""

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "quix": [("processors.allowed", "prc_1", processing())],
    "platform": [
        ("notify.important_updates", "email", running_by(ChangeTerms, told_nowhere)),
        ("preferences.analytics", "analytics", running_by(ConsentTerms, always_on)),
        ("processors.analytics", "prc_1", processing(recipient_class="ANALYTICS", name="Other")),
        ("policy.change.notice", " 9", announced_late),
    ],
    "helpdesk": [
        ("policy.dated", "helpdesk", changed(PolicyVersion, effective_at=_NOW)),
        ("purposes.change", "helpdesk", changed(PolicyVersion, text_hash="0" * 64)),
        ("stores.region", "prc_1", processing(region="")),
    ],
    "qboxmail": [("recipients.role", "prc_1", processing(role="PROCESSOR", agreement="A", review_at=_NOW))],
}
"""The same of clauses that only other profiles have, or have with another value."""

KEPT: list[tuple[str, Sabotage]] = [
    ("ai.consent", all_of(consented(purpose="ai"), to_ai)),
    ("consent.purposes", consented()),
    ("purposes.newsletter.basis", consented()),
    ("processors.allowed", processing()),
    ("policy.change.notify", changed(PolicyVersion, announced_at=None, recorded_at=_SECOND - _DAY)),
]
"""What these checks leave alone."""
