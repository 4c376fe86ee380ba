"""What is wrong with a profile for this server: the sentences with which it refuses to start, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from server.policy.rules.checking import IN_FORCE
from server.policy.rules.disclosing import Ground
from server.policy.rules.periods import Period, is_period, period
from server.policy.rules.processing import (
    RETAIN,
    Processed,
    basis_faults,
    ground_faults,
    in_words,
    necessity_faults,
    retention_clauses,
    special_faults,
    use_faults,
    value_of,
)
from server.policy.rules.profile import POLICY, Clause, ClauseState, Profile

RELATIONSHIP = "relationship"
FOREVER = "forever"
DPO_CONTACT = "dpo.contact"
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}\Z")
_NOBODYS = re.compile(r"@example\.(com|net|org)\Z")

_CLOCKS = ("inactivity.send", "inactivity.smtp_send", "inactivity.no_login", "inactivity.erase")
"""Disabled before deactivated before the credits are lost before anything is deleted (C3)."""

CONFLICTS: Mapping[str, tuple[str, ...]] = {
    "C1": ("rights.erasure.scope",),
    "C2": ("closure.erase_within", "erasure.on_request", "minors.grace"),
    "C3": _CLOCKS,
    "C4": ("inactivity.erase.mode",),
    "C5": ("inactivity.activity",),
    "C6": ("refund.order_cancellation",),
    "C7": ("sms.sender_kinds",),
    "C8": ("fixed_ip.cancel_effect", "subscription.cancel_effect", "users.delete_effect"),
    "C9": ("rights.objection.effect",),
    "C10": ("rights.restriction.granularity",),
    "C11": ("disclosure.allowed_grounds", "processors.allowed"),
    "C12": ("sale",),
    "C13": ("acceptance.mode", "consent.bundled"),
    "C14": ("policy.change.notify", "policy.change.notice"),
    "C15": ("account.required_fields",),
    "C16": ("api_keys.issued_by",),
    "C17": ("password.max_age",),
    "C18": ("minors.verification",),
    "C19": ("stores.allowed_regions", "transfers.require_mechanism"),
    "C20": ("retain.allow_forever",),
    "C21": ("suppression.survives_stats",),
    "C22": ("audit.subject",),
    "C23": ("hold.open_cases",),
    "C24": ("closure.preventive.erase_within",),
    "C25": ("inactivity.erase.except",),
    "C26": ("deadline.respond", "deadline.extend", "breach.authority"),
    "C27": ("reseller.enabled",),
    "C28": ("cancel.fee_min", "cancel.fx"),
    "C29": ("restore.replay_erasures",),
    "C30": ("erasure.notice",),
}
"""The keys that settle each conflict of the rulebook."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What this server has: where it enforces, how it proves, and what it holds of persons.

    `retentions` maps each retention that a personal.py names to the columns that it covers. `rights` are the requests
    that it takes.
    """

    points: Collection[str]
    checks: Collection[str]
    attestations: Collection[str]
    categories: Collection[str]
    purposes: Collection[str]
    retentions: Mapping[str, Collection[str]] = field(default_factory=dict)
    rights: Collection[str] = ()
    processed: Processed = field(default_factory=Processed)


def faults(profile: Profile, installed: Installed) -> list[str]:
    """What must be mended before the server starts by this profile."""
    found = [
        fault
        for look in (
            _places,
            _retention,
            _clocks,
            _conflicts,
            _erasure,
            naming_faults,
            _collecting,
            _rights,
            dpo_faults,
            _documents,
            _texts,
        )
        for fault in look(profile, installed)
    ]
    processing = (necessity_faults, special_faults, basis_faults, use_faults, ground_faults)
    return found + [fault for look in processing for fault in look(profile, installed.processed)]


def warnings(profile: Profile) -> list[str]:
    """What is allowed, and worth a second thought."""
    found = []
    if value_of(profile, "rights.objection.effect") == "close_account":
        found.append(
            "`rights.objection.effect` is close_account, which is narrower than article 21 GDPR: a person may object "
            "to one purpose and keep the account (C9)"
        )
    if _NOBODYS.search(str(value_of(profile, DPO_CONTACT))):
        found.append(
            f"`{DPO_CONTACT}` is an address that nobody reads: extend this profile by a clause with your own (P039)"
        )
    return found


def dpo_faults(profile: Profile, _installed: object = None) -> Iterator[str]:
    """Everybody can reach the data protection officer (P039)."""
    said = value_of(profile, DPO_CONTACT)
    if not isinstance(said, str) or not _CONTACT.match(said):
        yield f"add a clause `{DPO_CONTACT}` with the e-mail address of your data protection officer (P039)"


def _places(profile: Profile, installed: Installed) -> Iterator[str]:
    for clause in profile.clauses.values():
        known = {
            "point": installed.points,
            "check": list(_named(installed.checks)),
            "attestation": installed.attestations,
        }
        for name, registered in known.items():
            said = getattr(clause, name)
            if said is not None and said not in registered:
                yield f"`{clause.key}`: there is no {name} `{said}`; take one of {in_words(registered)}"
        if (
            clause.point is not None
            and clause.check is None
            and f"{IN_FORCE}{clause.key}" not in installed.checks
        ):
            yield f"`{clause.key}`: no check proves it; name one of {in_words(_named(installed.checks))}"
    used = {clause.point for clause in profile.clauses.values()}
    for point in sorted(set(installed.points) - used):
        yield f"no clause names the point `{point}`; say what it enforces, or extend the profile `house`"


def _retention(profile: Profile, installed: Installed) -> Iterator[str]:
    said = {clause.key: clause for clause in retention_clauses(profile)}
    for name, columns in sorted(installed.retentions.items()):
        if f"{RETAIN}{name}" not in said:
            yield (
                f"{in_words(columns)} has no retention: add a clause `{RETAIN}{name}` with a period such as P1Y (Q025)"
            )
    owners: dict[str, list[str]] = {}
    for name, columns in installed.retentions.items():
        for column in columns:
            owners.setdefault(column, []).append(f"{RETAIN}{name}")
    for column, clauses in sorted(owners.items()):
        if len(clauses) > 1:
            yield f"{column} has more than one retention, {in_words(clauses)}; declare it once in its personal.py"
    for clause in said.values():
        yield from _period_fault(profile, clause)


def _period_fault(profile: Profile, clause: Clause) -> Iterator[str]:
    if clause.value == FOREVER:
        if value_of(profile, "retain.allow_forever") is not True:
            yield f"`{clause.key}` is kept forever: give a period, or set `retain.allow_forever` (B010, C20)"
    elif clause.value == RELATIONSHIP:
        if not _is_clock(profile, "inactivity.erase"):
            yield f"`{clause.key}` lasts as long as the relationship: add the clock `inactivity.erase` (C20)"
    elif not isinstance(clause.value, str) or not is_period(clause.value):
        yield f"`{clause.key}`: {clause.value!r} is no period; write P1Y, {RELATIONSHIP} or {FOREVER}"


def _clocks(profile: Profile, _installed: Installed) -> Iterator[str]:
    known: list[tuple[str, Period]] = []
    for key in _CLOCKS:
        said = value_of(profile, key)
        if isinstance(said, str) and is_period(said):
            known.append((key, period(said)))
        elif said is not None:
            yield f"`{key}`: {said!r} is no period; write P30D or P12M"
    for (before, shorter), (after, longer) in pairwise(known):
        may_be_equal = after == "inactivity.erase"
        if shorter.nominal > longer.nominal or (shorter.nominal == longer.nominal and not may_be_equal):
            yield f"`{before}` ({shorter.text}) must run out before `{after}` ({longer.text}); mend one of them (C3)"
    for key in ("closure.erase_within", "closure.preventive.erase_within"):
        window = value_of(profile, key)
        if isinstance(window, Mapping) and not _in_order(window.get("after"), window.get("by")):
            yield f"`{key}`: `after` must be a period that is not longer than `by` (C2)"


def _in_order(after: object, by: object) -> bool:
    both = isinstance(after, str) and isinstance(by, str) and is_period(after) and is_period(by)
    return both and period(str(after)).nominal <= period(str(by)).nominal


def _conflicts(profile: Profile, _installed: Installed) -> Iterator[str]:
    for conflict, keys in CONFLICTS.items():
        for key in keys:
            if key not in profile.clauses:
                yield f"conflict {conflict} is not settled: add a clause `{key}`"


def _erasure(profile: Profile, _installed: Installed) -> Iterator[str]:
    scope, held = value_of(profile, "rights.erasure.scope"), value_of(profile, "hold.billing")
    if scope == "everything" and held is True:
        yield (
            "`rights.erasure.scope` erases everything and `hold.billing` keeps billing: nobody can tell what becomes "
            "of it; set one of them otherwise (C1)"
        )
    if scope == "all_except_billing" and held is not True:
        yield "`rights.erasure.scope` leaves billing out, and nothing holds it: set `hold.billing` (C1)"
    if scope is not None and scope not in ("everything", "all_except_billing"):
        yield f"`rights.erasure.scope`: {scope!r} is neither everything nor all_except_billing (C1)"


def naming_faults(profile: Profile, installed: Installed) -> Iterator[str]:
    """Every category, purpose and source of the server's has its name among those that the profile lists."""
    for word, table, needed in (
        ("categories", profile.categories, installed.categories),
        ("purposes", profile.purposes, installed.purposes),
        ("sources", profile.sources, installed.processed.sources),
    ):
        listed = value_of(profile, word) or ()
        for name in sorted({*needed, *table}):
            served = table.get(name)
            if served is None:
                yield f"the server holds or reads data under `{name}`: say in [{word}] which of yours that is"
            elif served not in listed:
                known = in_words(listed)
                yield f"[{word}] {name} = {served!r} is none of `{word}` ({known}); add it (Q003, Q010, P006)"


def _collecting(profile: Profile, _installed: Installed) -> Iterator[str]:
    asked = set(value_of(profile, "collect.allow") or ())
    needs = {
        "account.order_needs_address": (True, "postal_address"),
        "account.kind": ("business_only", "professional_use"),
    }
    for key, (value, detail) in needs.items():
        if value_of(profile, key) == value and detail not in asked:
            yield f"`{key}` needs `{detail}`, which `collect.allow` does not list; add it, or change the clause (C15)"
    monitored = value_of(profile, "api.monitoring")
    if monitored and "usage" not in (value_of(profile, "collect.technical") or ()):
        yield "`api.monitoring` needs `usage`, which `collect.technical` does not list; mend one of them (P008)"
    for ground in value_of(profile, "disclosure.allowed_grounds") or ():
        if ground.upper() not in Ground.__members__:
            yield f"`disclosure.allowed_grounds`: there is no ground `{ground}`; {in_words(g.lower() for g in Ground)}"


def _rights(profile: Profile, installed: Installed) -> Iterator[str]:
    for key in ("rights.types", "rights.types_more"):
        for kind in value_of(profile, key) or ():
            if kind not in installed.rights and kind != "update":  # by oneself, or as a rectification
                yield f"`{key}`: nobody takes a request of `{kind}`; take some of {in_words(installed.rights)} (H037)"


def _documents(profile: Profile, _installed: Installed) -> Iterator[str]:
    names = [document.name for document in profile.documents]
    for name in value_of(profile, "acceptance.documents") or ():
        if name not in names:
            yield f"`acceptance.documents` names `{name}`: add a [[document]] for it (M020)"
    for name in {clause.document for clause in profile.clauses.values()} - {POLICY, *names}:
        yield f"a clause is of the document `{name}`: add a [[document]] for it"


def _texts(profile: Profile, _installed: Installed) -> Iterator[str]:
    for clause in profile.clauses.values():
        if profile.authentic not in clause.texts:
            yield f"`{clause.key}` has no text in the authentic language `{profile.authentic}`; write it (M107)"


def missing_texts(profile: Profile) -> Mapping[str, list[str]]:
    """By language, the keys of the clauses that have no text in it."""
    return {
        language: [clause.key for clause in profile.clauses.values() if language not in clause.texts]
        for language in profile.languages
    }


def states(profile: Profile) -> Mapping[str, list[Clause]]:
    """The clauses by the ids of the rulebook that they carry."""
    found: dict[str, list[Clause]] = {}
    for clause in profile.clauses.values():
        for rule in clause.ids:
            found.setdefault(rule, []).append(clause)
    return found


def weakest(clauses: Iterable[Clause]) -> ClauseState:
    """The state of a rule whose clauses are in several: what is not yet kept everywhere is not kept."""
    order = (ClauseState.NOT_YET, ClauseState.TEXT, ClauseState.ATTESTED, ClauseState.ENFORCED)
    return min((clause.state for clause in clauses), key=order.index)


def _is_clock(profile: Profile, key: str) -> bool:
    said = value_of(profile, key)
    return isinstance(said, str) and is_period(said)


def _named(checks: Iterable[str]) -> Iterator[str]:
    """Those that a clause may name: it has the others by its key."""
    return (name for name in checks if not name.startswith(IN_FORCE))
