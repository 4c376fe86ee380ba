"""A policy profile: the clauses by which a deployment runs, read from what a TOML file says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

POLICY = "policy"
"""The document of clauses that name none: the first one of the profile."""

_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*\Z")
_ID = re.compile(r"[QPHBM]\d{3}\Z")
_LANGUAGE = re.compile(r"[a-z]{2}\Z")
_PROOFS = ("point", "attestation", "statement", "planned")
_CLAUSE_FIELDS = frozenset(
    {"key", "ids", "kind", "value", "ground", "section", "document", "check", "text", *_PROOFS}
)
_PROFILE_FIELDS = frozenset(
    {
        "name",
        "extends",
        "seed",
        "title",
        "authentic",
        "languages",
        "categories",
        "purposes",
        "sources",
        "document",
        "clause",
    }
)

Value = bool | int | str | tuple[str, ...] | Mapping[str, Any]


class ClauseState(StrEnum):
    """How a clause is kept. Only what code enforces now is ENFORCED."""

    ENFORCED = "ENFORCED"
    ATTESTED = "ATTESTED"
    TEXT = "TEXT"
    NOT_YET = "NOT_YET"


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise: what it is called, what it says, which code keeps it, and which check proves it.

    `planned` names the slice that is to keep it; such a clause does not count as kept. `ids` are of the rulebook.
    `ground` is why something is kept: of clauses `retain.…` only.
    """

    key: str
    kind: str
    value: Value
    ids: tuple[str, ...] = ()
    ground: str | None = None
    seed: str | None = None
    section: str | None = None
    document: str = POLICY
    point: str | None = None
    check: str | None = None
    attestation: str | None = None
    statement: bool = False
    planned: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> ClauseState:
        if self.point is not None:
            return ClauseState.ENFORCED
        if self.attestation is not None:
            return ClauseState.ATTESTED
        return ClauseState.TEXT if self.statement else ClauseState.NOT_YET

    @property
    def source(self) -> str | None:
        """Seed file and section; None for a clause of the house's own."""
        return None if self.seed is None else f"{self.seed} [{self.section}]"


@dataclass(frozen=True, slots=True)
class Document:
    """A text that customers accept as a whole. `effective_at` is when this version comes into force."""

    name: str
    version: str
    effective_at: datetime
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Profile:
    """All clauses of a deployment, by key, its own over those of the profile it extends.

    `purposes`, `categories` and `sources` say under which name of the profile's own each one of the server's falls.
    """

    name: str
    authentic: str
    languages: tuple[str, ...]
    documents: tuple[Document, ...]
    clauses: Mapping[str, Clause]
    categories: Mapping[str, str]
    purposes: Mapping[str, str]
    sources: Mapping[str, str]

    @property
    def policy(self) -> Document:
        return self.documents[0]

    def document(self, name: str) -> Document | None:
        """The document of this name."""
        return next((each for each in self.documents if each.name == name), None)

    def of_document(self, name: str) -> list[Clause]:
        """The clauses of a document, in the order in which they are published."""
        main = name == self.policy.name
        return [
            clause
            for clause in self.clauses.values()
            if clause.document == name or (main and clause.document == POLICY)
        ]

    def value(self, key: str) -> Any:
        """What the clause says. Raises LookupError for a key that no clause has."""
        try:
            return self.clauses[key].value
        except KeyError:
            raise LookupError(f"the profile has no clause `{key}`") from None


class ProfileInvalid(ValueError):
    """A profile cannot be read; `faults` are sentences that say what is wrong and how to mend it."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(self.faults))


def profile_of(said: Mapping[str, Any], base: Profile | None = None) -> Profile:
    """The profile that a file says. `base` is the one it extends. Raises ProfileInvalid."""
    faults = [
        f"`{name}` is no field of a profile; remove it" for name in sorted(said.keys() - _PROFILE_FIELDS)
    ]
    own, clause_faults = _clauses(said)
    faults += clause_faults
    documents = tuple(_documents(said.get("document", []), faults)) or (base.documents if base else ())
    if not documents:
        faults.append("a profile needs at least one [[document]] with name, version and effective")
    languages = tuple(said.get("languages", base.languages if base else ("en",)))
    faults += [
        f"`{one}` is no language; write two small letters" for one in languages if not _is_language(one)
    ]
    authentic = said.get("authentic", base.authentic if base else "en")
    if authentic not in languages:
        faults.append(f"the authentic language `{authentic}` is none of `languages`; add it there (M107)")
    if faults:
        raise ProfileInvalid(faults)
    inherited = {key: one for key, one in base.clauses.items() if key not in own} if base else {}
    return Profile(
        name=str(said.get("name", base.name if base else "")),
        authentic=authentic,
        languages=languages,
        documents=documents,
        clauses=MappingProxyType({**own, **inherited}),
        categories=MappingProxyType({**(base.categories if base else {}), **said.get("categories", {})}),
        purposes=MappingProxyType({**(base.purposes if base else {}), **said.get("purposes", {})}),
        sources=MappingProxyType({**(base.sources if base else {}), **said.get("sources", {})}),
    )


def _clauses(said: Mapping[str, Any]) -> tuple[dict[str, Clause], list[str]]:
    found: dict[str, Clause] = {}
    faults = []
    for entry in said.get("clause", []):
        wrong = list(_entry_faults(entry))
        key = entry.get("key")
        if key in found:
            wrong.append(f"`{key}` is said twice; keep one clause")
        faults += wrong
        if not wrong:
            found[key] = _clause(entry, said.get("seed"))
    return found, faults


def _entry_faults(entry: Mapping[str, Any]) -> Iterable[str]:
    key = entry.get("key")
    if not isinstance(key, str) or not _KEY.match(key):
        yield f"a clause needs a key of small letters, digits and dots, not {key!r}"
        return
    for name in sorted(entry.keys() - _CLAUSE_FIELDS):
        yield f"`{key}`: there is no field `{name}`; remove it"
    proofs = [name for name in _PROOFS if entry.get(name)]
    if len(proofs) != 1:
        yield f"`{key}`: say exactly one of point, attestation, statement or planned, not {proofs or 'none'}"
    if entry.get("check") and not entry.get("point"):
        yield f"`{key}`: only a clause with a point has a check; remove it or name the point"
    if "value" not in entry or not _is_value(entry["value"]):
        yield f"`{key}`: its value is a truth value, a whole number, a text, a list of texts, or a table"
    if "ground" in entry and not key.startswith("retain."):
        yield f"`{key}`: only a clause `retain.…` has a ground; remove it (H026)"
    if not entry.get("kind"):
        yield f"`{key}`: name its kind"
    for rule in entry.get("ids", []):
        if not _ID.match(rule):
            yield f"`{key}`: {rule!r} is no id of the rulebook"
    for language in entry.get("text", {}):
        if not _is_language(language):
            yield f"`{key}`: `text.{language}` is no language"


def _clause(entry: Mapping[str, Any], seed: str | None) -> Clause:
    ids = tuple(entry.get("ids", ()))
    return Clause(
        key=entry["key"],
        kind=entry["kind"],
        value=_frozen(entry["value"]),
        ids=ids,
        ground=entry.get("ground"),
        seed=seed if ids else None,
        section=entry.get("section"),
        document=entry.get("document", POLICY),
        point=entry.get("point"),
        check=entry.get("check"),
        attestation=entry.get("attestation"),
        statement=bool(entry.get("statement")),
        planned=entry.get("planned"),
        texts=MappingProxyType(dict(entry.get("text", {}))),
    )


def _documents(said: Iterable[Mapping[str, Any]], faults: list[str]) -> Iterable[Document]:
    for entry in said:
        effective = entry.get("effective")
        if not entry.get("name") or not entry.get("version") or not isinstance(effective, datetime):
            faults.append(
                "a document needs name, version and effective, an instant such as 2026-01-01T00:00:00Z (H040)"
            )
            continue
        at = effective if effective.tzinfo is not None else effective.replace(tzinfo=UTC)
        yield Document(entry["name"], entry["version"], at, MappingProxyType(dict(entry.get("title", {}))))


def _is_language(text: object) -> bool:
    return isinstance(text, str) and _LANGUAGE.match(text) is not None


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, bool | int | str | Mapping)


def _frozen(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Mapping):
        return MappingProxyType(dict(value))
    known: Value = value
    return known
