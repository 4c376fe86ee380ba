"""What a profile must say of the data that is held: its purpose, its basis, and the ground on which it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.policy.rules.profile import Clause, Profile

RETAIN = "retain."
NOT_PERIODS = frozenset({f"{RETAIN}allow_forever", f"{RETAIN}grounds", f"{RETAIN}required"})
GROUNDS = "retain.grounds"
ACCOUNT_BASIS = "purposes.account.basis"
BASES = ("contract", "precontract")
"""What accounts are for rests on these (B003, GDPR article 6(1)(b))."""
OF_ACCOUNTS = frozenset({"identification", "api_use", "balance_and_orders"})
"""The purposes that accounts are for (B003); the other is security."""
BESIDE_BASES = frozenset({"contract", "legal_obligation"})
"""What data for those purposes may be held on: what the profile says of them, and the law."""
_SPECIAL_GROUNDS = ("explicit_consent", "vital_interest", "legal_claim", "public_interest", "made_public")
"""What lets data of a special category be processed here (GDPR article 9(2))."""


@dataclass(frozen=True, slots=True)
class Processed:
    """What the server does with personal data, for a profile to be compared with.

    `sources` are where it is from. `needs` maps each detail that customers give to the purpose that needs it. `bases`
    maps each legal basis to the columns that are held on it for what accounts are for. `special` are the columns of a
    special category. `uses` maps each use of a login or an address to the kinds of notices that make it.
    """

    sources: Collection[str] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, Collection[str]] = field(default_factory=dict)
    special: Collection[str] = ()
    uses: Mapping[str, Collection[str]] = field(default_factory=dict)


def necessity_faults(profile: Profile, processed: Processed) -> Iterator[str]:
    """Each detail that is asked for is needed for a purpose of the profile (H003)."""
    purposes = value_of(profile, "purposes") or ()
    for detail in value_of(profile, "collect.allow") or ():
        purpose = processed.needs.get(detail)
        if purpose is not None and profile.purposes.get(purpose) not in purposes:
            yield (
                f"`collect.allow` asks for `{detail}`, which `{purpose}` needs: say in [purposes] which of yours that "
                "is, or do not ask for it (H003)"
            )


def special_faults(profile: Profile, processed: Processed) -> Iterator[str]:
    """Nothing of a special category is held unless the profile names why it may be (H006)."""
    rule = value_of(profile, "special_categories")
    if isinstance(rule, Mapping):
        if rule.get("purpose") not in (value_of(profile, "purposes") or ()):
            yield "`special_categories`: name one of your `purposes` as its `purpose` (H006)"
        if rule.get("ground") not in _SPECIAL_GROUNDS:
            yield f"`special_categories`: its `ground` is one of {in_words(_SPECIAL_GROUNDS)} (H006)"
        return
    if rule != "deny":
        yield "`special_categories`: write deny, or a table with `purpose` and `ground` (H006)"
    for column in sorted(processed.special):
        yield (
            f"{column} is of a special category, which `special_categories` denies: name its purpose and ground there, "
            "or do not hold it (H006)"
        )


def basis_faults(profile: Profile, processed: Processed) -> Iterator[str]:
    """What accounts are for rests on the contract or what comes before it; beside it there is only the law (B003)."""
    rule = value_of(profile, ACCOUNT_BASIS)
    if rule not in BASES:
        yield f"`{ACCOUNT_BASIS}`: {rule!r} is none of {in_words(BASES)} (B003)"
    for basis in sorted(processed.bases.keys() - BESIDE_BASES):
        yield (
            f"{in_words(processed.bases[basis])} is held for what accounts are for by {basis}: `{ACCOUNT_BASIS}` "
            "leaves contract and legal_obligation (B003)"
        )


def use_faults(profile: Profile, processed: Processed) -> Iterator[str]:
    """Logins and addresses are used for what the profile lists, and so not to advertise (Q011)."""
    uses = value_of(profile, "purposes.identification.uses") or ()
    for use in sorted(processed.uses.keys() - set(uses)):
        yield (
            f"notices {in_words(processed.uses[use])} write to customers for `{use}`, which "
            f"`purposes.identification.uses` ({in_words(uses)}) does not list (Q011)"
        )


def ground_faults(profile: Profile, _processed: Processed) -> Iterator[str]:
    """Everything is kept on a ground that the profile allows (H026)."""
    for clause in ungrounded(profile):
        allowed = in_words(value_of(profile, GROUNDS) or ())
        yield f"`{clause.key}`: say `ground`, one of {allowed}, or keep nothing under it (`{GROUNDS}`, H026)"


def ungrounded(profile: Profile) -> Iterator[Clause]:
    """The clauses that keep something, and say no ground that `retain.grounds` lists."""
    allowed = value_of(profile, GROUNDS) or ()
    return (clause for clause in retention_clauses(profile) if clause.ground not in allowed)


def retention_clauses(profile: Profile) -> Iterator[Clause]:
    """The clauses that say how long something is kept."""
    return (
        clause
        for clause in profile.clauses.values()
        if clause.key.startswith(RETAIN) and clause.key not in NOT_PERIODS
    )


def value_of(profile: Profile, key: str) -> Any:
    """What the clause says; None where there is none."""
    clause = profile.clauses.get(key)
    return None if clause is None else clause.value


def in_words(names: Iterable[str]) -> str:
    """Names for a sentence."""
    return ", ".join(sorted(names)) or "none"
