"""Senders, complaints and messages that are not as the policy says, for the checks to find."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from server.accounts.model import Account
from server.campaigns.model import Campaign, ComplaintEvidence
from server.orders.model import Invoice
from server.senders.model import Sender, SenderCountry, SenderDocument
from server.senders.rules import Terms
from tests.policy.rows import Sabotage, all_of, changed, made, running_by
from tests.policy.spoiling import complained, launched
from tests.policy.spoiling_sales import posted

_NOW, _HOUR = timedelta(0), timedelta(hours=1)


def applied(**values: Any) -> Sabotage:
    """A sender that was accepted."""
    row: dict[str, Any] = {
        "id": "snd_1",
        "kind": "COMPANY_NAME",
        "name": "LARK",
        "status": "ACCEPTED",
        "submissions": 1,
    }
    return made(Sender, **(row | {"submission_id": "sub_1", "decided_at": _NOW} | values))


def document(kind: str, stored_at: timedelta = -_HOUR) -> Sabotage:
    return made(
        SenderDocument, id=f"doc_{kind}", sender_id="snd_1", kind=kind, size_bytes=1, stored_at=stored_at
    )


def said(**values: Any) -> Sabotage:
    """A campaign that was launched with these words."""
    return all_of(launched(), changed(Campaign, **values))


def about(category: str, **values: Any) -> Sabotage:
    return complained(category=category, unsolicited=None, bulk=None, **values)


def other_default(terms: Terms) -> Terms:
    return dataclasses.replace(terms, default_sender="other.example.com")


papers = all_of(document("COMPANY_REGISTRATION"), document("IDENTITY"))
refused = all_of(
    applied(), made(SenderCountry, sender_id="snd_1", country="CH", accepted=True, carrier_refused_at=_NOW)
)
month = timedelta(days=31)
draft = applied(status="DRAFT", decided_at=None, updated_at=-month)
forgotten = all_of(draft, document("IDENTITY", stored_at=-month))
undecided = applied(status="SUBMITTED", decided_at=None)
hearsay = made(ComplaintEvidence, id="evd_1", case_id="cpl_1", kind="HEARSAY")

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("sms.sender_kinds", "snd_1", all_of(applied(name="Lark & Sons"))),
    ("sms.sender_pattern", "snd_1", applied(name="Lark & Sons")),
    ("sms.sender_alphanumeric", "snd_1", applied(name="Lark-Sons")),
    ("sms.sender_max_len", "snd_1", applied(name="Farfartoolong")),
    ("sms.sender_life", "snd_1", all_of(applied(), changed(Account, status="CLOSED"))),
    ("retain.sender_documents", "doc_IDENTITY", all_of(applied(decided_at=-_HOUR), document("IDENTITY"))),
    ("sms.documents_wait", "doc_IDENTITY", forgotten),
    ("email.verified", "cmp_1", launched()),
    ("sms.sender_states", "snd_1", applied(status="FAVOURED")),
    ("sms.sender_states", "snd_1", applied(decided_at=None)),
    ("sms.sender_documents", "snd_1", all_of(applied(), document("IDENTITY"))),
    ("sms.sender_annual_fee", "inv_1", made(Invoice, id="inv_1", subject_id="snd_1")),
    ("sms.sender_resubmit_fee", "sub_1", posted("USAGE", -5, reference="sub_1")),
    (
        "sms.sender_countries",
        "snd_1",
        all_of(undecided, made(SenderCountry, sender_id="snd_1", country="CH", accepted=True)),
    ),
    ("sms.on_sender_refused", "snd_1 CH", all_of(refused, running_by(Terms, other_default))),
    ("sms.sender_guarantee", "nobody", running_by(Terms, other_default)),
    ("complaint.open", "cpl_1", complained(asked_at=None)),
    ("complaint.proof_fields", "cpl_1", complained(status="PROOF_SUBMITTED")),
    ("complaint.proof_fields", "evd_1", all_of(complained(), hearsay)),
    ("abuse.content", "cpl_1", about("CONTENT", status="REJECTED")),
    ("abuse.ip", "cpl_1", about("IP_RIGHTS", status="UPHELD")),
    ("abuse.ip", "cpl_1", all_of(about("IP_RIGHTS"), launched())),
    ("content.deny", "cmp_1", said(text="Pay 4111 1111 1111 1111 to us")),
    ("content.deny", "cmp_1", said(subject="IBAN CH93 0076 2011 6238 5295 7")),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("sms.sender_states", applied()),
    ("sms.sender_documents", all_of(applied(), papers)),
    ("sms.on_sender_refused", refused),
    ("complaint.open", complained()),
    ("abuse.content", all_of(about("CONTENT", status="REJECTED"), changed(Account, status="CLOSED"))),
    ("abuse.ip", about("IP_RIGHTS")),
    ("content.deny", said(text="Our spring catalogue is here", subject="Spring")),
]
"""What these checks leave alone."""
