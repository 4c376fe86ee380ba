"""What is processed of an account: made from the slices' declarations and from the policy, not from prose (Q021)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from server.kit.personal import Declared, Held, Told
from server.kit.work import Read
from server.policy.reads.registers import active_processors
from server.policy.rules.processing import ACCOUNT_BASIS, RETAIN, value_of
from server.policy.rules.profile import Clause, Profile
from server.policy.rules.publishing import Published


@dataclass(frozen=True, slots=True)
class Processing:
    """Data that shares its purpose and its fate, in the words of the policy.

    `columns` are `table.column`; `sources` are where they are from, and `source_column` the one that says it of each
    row where there are several. `kept` is the clause that says how long. `recipients` are the processors that may get
    data of this category.
    """

    category: str
    purpose: str
    legal_basis: str
    sources: tuple[str, ...]
    source_column: str | None
    kept: Clause
    columns: tuple[str, ...]
    recipients: tuple[str, ...]


def processing(read: Read) -> Sequence[Processing]:
    """All that is held of accounts, by purpose and category; the company's own is left out."""
    profile = read.terms(Published).profile
    alike: dict[tuple[object, ...], list[Held]] = defaultdict(list)
    for held in read.terms(Declared).held:
        if held.owner is not None:
            key = (held.category, held.purpose, held.legal_basis, held.retention, held.sources, told_by(held))
            alike[key].append(held)
    receiving = [(each.name, each.categories.split()) for each in active_processors(read)]
    found = [_processing(group, profile, receiving) for group in alike.values()]
    return sorted(found, key=lambda one: (one.purpose, one.category, one.columns))


def sources_of(held: Held, profile: Profile) -> tuple[str, ...]:
    """Where it is from, as the policy names it."""
    return tuple(sorted({profile.sources[source] for source in held.sources}))


def basis_of(held: Held, profile: Profile) -> str:
    """Its legal basis: what accounts are for rests on what the policy says (B003)."""
    return str(value_of(profile, ACCOUNT_BASIS)) if held.legal_basis == "contract" else held.legal_basis


def clause_of(held: Held, profile: Profile) -> Clause:
    """The clause that says how long it is kept, and why."""
    return profile.clauses[f"{RETAIN}{held.retention}"]


def told_by(held: Held) -> str | None:
    """The column that says of each row where it is from; None where all are from one source."""
    return f"{held.model.__tablename__}.{held.source.column}" if isinstance(held.source, Told) else None


def _processing(
    group: Sequence[Held], profile: Profile, receiving: Sequence[tuple[str, Sequence[str]]]
) -> Processing:
    first = group[0]
    category = profile.categories[first.category]
    return Processing(
        category=category,
        purpose=profile.purposes[first.purpose],
        legal_basis=basis_of(first, profile),
        sources=sources_of(first, profile),
        source_column=told_by(first),
        kept=clause_of(first, profile),
        columns=tuple(sorted(name for held in group for name in held.names())),
        recipients=tuple(sorted(name for name, categories in receiving if category in categories)),
    )
