"""Checks of the running server itself: what its schema serves to whom, and how it is reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select

from server.accounts.model import Account
from server.checks.looking import look
from server.checks.served import Offer, Served
from server.kit import personal
from server.kit.db import Base
from server.kit.graph.context import Context, Info
from server.kit.idempotency import StoredOutcome
from server.kit.ids import prefix_of
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Read, Units
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.publishing import Published

BRINGS_BACK = re.compile(
    r"restore(?!d_?per_?second)|undelete|unerase|undo|rewind|roll_?back|recover(?!y_?codes?\b)", re.IGNORECASE
)
"""Names of what would bring data back."""
_PASSWORD = re.compile(r"password(?!ChangedAt)|hash", re.IGNORECASE)
_STRANGER = Viewer("acc_00000000000000000000000000", "ses_00000000000000000000000000")
"""Somebody who is signed in for an account that has nothing."""
_REGISTRATION = frozenset({"login", "password", "acceptedPolicy"})
_MOVING = (
    "BuySeatsInput",
    "CancelOrderInput",
    "CaptureHoldInput",
    "ChangePlanInput",
    "CloseAccountInput",
    "CreateTopUpInput",
    "EraseOnRequestInput",
    "LaunchCampaignInput",
    "PlaceHoldInput",
    "PlaceOrderInput",
    "RecordUsageInput",
    "RefundTopUpInput",
    "ReleaseHoldInput",
    "RentFixedIpInput",
    "RequestErasureInput",
    "StartPlanInput",
)
"""The inputs of what moves or destroys value."""


def fields_declared(read: Read) -> Finding:
    """Every field that is served declares who may read it (H012)."""
    fields = read.terms(Served).offer.fields
    return finding(len(fields), "fields", sorted(name for name, one in fields.items() if one.access is None))


def purposes_listed(read: Read) -> Finding:
    """Every field is read, and every column held, for a purpose that the policy lists (Q010, B008, H007, M111)."""
    profile = read.terms(Published).profile
    listed = set(profile.value("purposes"))
    purposes = {
        name: one.access.purpose for name, one in read.terms(Served).offer.fields.items() if one.access
    }
    for held in read.terms(personal.Declared).held:
        purposes[held.model.__tablename__] = held.purpose
    wrong = sorted(name for name, said in purposes.items() if profile.purposes.get(said) not in listed)
    return finding(len(purposes), "fields and tables", wrong)


def usage_basis(read: Read) -> Finding:
    """The record of the use of API keys stands on the basis that the policy names (B007)."""
    said = read.terms(Published).profile.value("purposes.usage.basis")
    held = [one for one in read.terms(personal.Declared).held if one.model.__tablename__ == "api_uses"]
    return finding(
        len(held), "declarations", [one.model.__tablename__ for one in held if one.legal_basis != said]
    )


def passwords_unseen(read: Read) -> Finding:
    """No field of the schema gives a password or the hash of one, to nobody (Q018)."""
    fields = read.terms(Served).offer.fields
    read_ones = [one for one in fields if not one.startswith("Mutation.")]
    return finding(len(read_ones), "fields", sorted(one for one in read_ones if _PASSWORD.search(_name(one))))


def keys_shown_once(read: Read) -> Finding:
    """Nothing that can be read again gives a secret: only what makes it answers with it (Q012)."""
    offer = read.terms(Served).offer
    reachable = _reachable(offer)
    secrets = [one for one in offer.fields if _name(one) == "secret" and one.partition(".")[0] in reachable]
    return finding(len(reachable), "types", sorted(secrets))


def nothing_brought_back(read: Read) -> Finding:
    """No mutation, and no field of what one is given, brings data of one account back (M013)."""
    offer = read.terms(Served).offer
    names = [one for one in offer.fields if one.startswith("Mutation.")]
    names += [f"{kind}.{name}" for kind, members in offer.inputs.items() for name in members]
    return finding(len(names), "names", sorted(one for one in names if BRINGS_BACK.search(one)))


def registration_asks_little(read: Read) -> Finding:
    """To open an account takes a login, a password and the acceptance of the policy, and nothing else (Q004)."""
    asked = read.terms(Served).offer.inputs["RegisterInput"]
    wrong = sorted(name for name, needed in asked.items() if needed and name not in _REGISTRATION)
    return finding(len(asked), "fields of a registration", wrong)


def repetitions_harmless(read: Read) -> Finding:
    """Whatever moves or destroys value needs a key by which it is done once, and each key led to an outcome (Q019)."""
    inputs = read.terms(Served).offer.inputs
    keyless = [name for name in _MOVING if not inputs.get(name, {}).get("idempotencyKey")]
    of, lost = StoredOutcome.account_id, StoredOutcome.outcome.is_(None)
    return combined(
        {
            "inputs": finding(len(_MOVING), "inputs", keyless),
            "keys": look(read, "used keys", StoredOutcome, of, lost),
        }
    )


def strangers_see_nothing(read: Read) -> Finding:
    """The newest thing of each kind reads as not there for an account that it is not of (Q014)."""
    nodes = read.terms(Served).nodes
    context = Context(Units(read.house), Registry(), _STRANGER)
    info = cast(Info, SimpleNamespace(context=context))
    found = [(one, nodes[prefix_of(one) or ""]) for one in _newest(read) if prefix_of(one) in nodes]
    with context.reading(read):
        seen = [one for one, loader in found if loader(info, one) is not None]
    return finding(len(found), "things", seen)


def plain_refused(read: Read) -> Finding:
    """The server is reached over TLS and refuses what comes in plain, or nothing leaves the machine (P001, M139)."""
    transport = read.terms(Served).transport
    guarded = transport.over_tls and transport.refuses_plain
    return finding(1, "transport", [] if guarded or transport.loopback else ["plain HTTP"])


def cookies_listed(read: Read) -> Finding:
    """As many cookies as the policy lists, each out of reach of scripts and of other sites (M128)."""
    cookies = read.terms(Served).transport.cookies
    beyond = cookies[len(read.terms(Published).profile.value("cookies")) :]
    kept = {"HttpOnly", "Secure", "SameSite=Strict"}
    open_ones = [one for one in cookies if not kept <= set(one.split("; "))]
    names = [one.partition("=")[0] for one in (*beyond, *open_ones)]
    return finding(len(cookies), "cookies", names)


def clients_limited(read: Read) -> Finding:
    """Who overloads the API is restricted, and blocked when they go on (M143)."""
    terms = read.terms(Served).transport.throttle
    limits = {
        "cost_max": terms.client.cost_max,
        "restored_per_second": terms.client.restored_per_second,
        "block_after": terms.block_after,
        "block_seconds": terms.block_seconds,
        "account_factor": terms.account_factor,
    }
    return finding(len(limits), "limits", [name for name, limit in limits.items() if limit <= 0])


def _name(coordinates: str) -> str:
    return coordinates.partition(".")[2]


def _reachable(offer: Offer) -> set[str]:
    """The types that a query reaches."""
    returned: dict[str, set[str]] = {}
    for coordinates, one in offer.fields.items():
        returned.setdefault(coordinates.partition(".")[0], set()).add(one.returns)
    seen, waiting = set(), ["Query"]
    while waiting:
        kind = waiting.pop()
        if kind not in seen:
            seen.add(kind)
            waiting += returned.get(kind, ())
    return seen


def _newest(read: Read) -> Iterator[str]:
    """The id of the newest row of each table whose rows have an id and an owner."""
    for table in Base.metadata.sorted_tables:
        owned = "account_id" in table.columns or table is Account.__table__
        if owned and list(table.primary_key.columns.keys()) == ["id"]:
            newest: Any = read.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
            if newest is not None:
                yield str(newest)


CHECKS: Mapping[str, Check] = {
    "fields_declared": fields_declared,
    "purposes_listed": purposes_listed,
    "usage_basis": usage_basis,
    "passwords_unseen": passwords_unseen,
    "keys_shown_once": keys_shown_once,
    "nothing_brought_back": nothing_brought_back,
    "registration_asks_little": registration_asks_little,
    "repetitions_harmless": repetitions_harmless,
    "strangers_see_nothing": strangers_see_nothing,
    "plain_refused": plain_refused,
    "cookies_listed": cookies_listed,
    "clients_limited": clients_limited,
}
