"""The texts of notices by kind and language, checked as a whole: a text that could fail stops the start.

A text holds placeholders such as `{amount}`. What each kind's values are is declared once; every language uses
only those. A `secret` (a code, a link that lets somebody in) stands in the e-mail only, never in the application.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from string import Formatter

from server.kit.money import AmountError, Currency, parse_decimal
from server.notices.rules import DEFAULT_LANGUAGE

VALUE_TYPES = frozenset({"text", "number", "money", "instant", "secret"})
"""`money` is written `12.50 EUR`, `instant` in RFC 3339; both are shown as the language writes them."""
SECRET = "secret"  # noqa: S105 - the name of a type
TITLE_LENGTH_MAX = 120
USE, CONTRACT = "use", "contract"
"""What a kind writes to customers for: the contract, unless it says `use = "…"` among its values (Q011)."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One kind in one language. `email` is the body of the e-mail, its subject is the title."""

    title: str
    text: str
    email: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """All kinds with the types of their values and their uses, and all wordings by language and kind."""

    kinds: Mapping[str, Mapping[str, str]]
    uses: Mapping[str, str]
    wordings: Mapping[str, Mapping[str, Wording]]

    def values_of(self, kind: str) -> Mapping[str, str]:
        """The names and types of a kind's values. Raises LookupError: an unknown kind is a bug of the caller."""
        if kind not in self.kinds:
            raise LookupError(f"there is no notice template {kind!r}")
        return self.kinds[kind]

    def wording(self, kind: str, language: str) -> tuple[str, Wording]:
        """The best wording for a BCP 47 tag, and the language it is in: `fr-ch`, else `fr`, else English."""
        for tag in (language, language.partition("-")[0]):
            found = self.wordings.get(tag, {}).get(kind)
            if found is not None:
                return tag, found
        return DEFAULT_LANGUAGE, self.wordings[DEFAULT_LANGUAGE][kind]

    def missing_translations(self, languages: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """By language, the kinds that are told in English instead; languages that lack nothing are left out."""
        lacking = {
            language: sorted(self.kinds.keys() - self.wordings.get(language, {}).keys())
            for language in languages
        }
        return {language: kinds for language, kinds in lacking.items() if kinds}


def catalog_of(
    kinds: Mapping[str, Mapping[str, str]], texts: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> Catalog:
    """The catalog of what the data files say. Raises ValueError that lists every fault."""
    uses = {kind: values.get(USE, CONTRACT) for kind, values in kinds.items()}
    kinds = {
        kind: {name: type_ for name, type_ in values.items() if name != USE} for kind, values in kinds.items()
    }
    faults = list(_faults(kinds, texts))
    if faults:
        raise ValueError("notice templates:\n" + "\n".join(f"  {fault}" for fault in faults))
    wordings = {
        language: {
            kind: Wording(text["title"], text["text"], text.get("email", text["text"]))
            for kind, text in by_kind.items()
        }
        for language, by_kind in texts.items()
    }
    return Catalog(kinds, uses, wordings)


def check_values(
    kind: str,
    types: Mapping[str, str],
    values: Mapping[str, str | int],
    length_max: int,
    secret_length_max: int,
) -> None:
    """Raises ValueError unless there is one fitting value for each name: a caller's bug, told where it happens."""
    if values.keys() != types.keys():
        raise ValueError(f"a notice {kind} has the values {sorted(types)}, not {sorted(values)}")
    for name, value in values.items():
        if not _fits(types[name], value, secret_length_max if types[name] == SECRET else length_max):
            raise ValueError(f"the value {name} of a notice {kind} is no {types[name]}")


def _fits(type_: str, value: str | int, length_max: int) -> bool:
    if isinstance(value, int):
        return type_ == "number"
    if type_ == "number" or len(value) > length_max:
        return False
    try:
        if type_ == "money":
            amount, _, code = value.partition(" ")
            parse_decimal(amount), Currency[code]
        elif type_ == "instant":
            return datetime.fromisoformat(value).tzinfo is not None
    except (AmountError, KeyError, ValueError):
        return False
    return True


def _faults(
    kinds: Mapping[str, Mapping[str, str]], texts: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> Iterator[str]:
    for kind, values in kinds.items():
        for name, type_ in values.items():
            if type_ not in VALUE_TYPES:
                yield f"{kind}.{name} is of no known type: {type_!r}"
    for kind in sorted(kinds.keys() - texts.get(DEFAULT_LANGUAGE, {}).keys()):
        yield f"{kind} has no text in {DEFAULT_LANGUAGE}, which stands in for all others"
    for language, by_kind in texts.items():
        for kind, text in by_kind.items():
            where = f"{language}.{kind}"
            if kind not in kinds:
                yield f"{where} is of no declared kind"
            else:
                yield from _faults_of_text(where, kinds[kind], text)


def _faults_of_text(where: str, values: Mapping[str, str], text: Mapping[str, str]) -> Iterator[str]:
    parts = [field.name for field in fields(Wording)]
    for missing in sorted({"title", "text"} - text.keys()):
        yield f"{where} has no {missing}"
    for part, template in text.items():
        if part not in parts:
            yield f"{where}.{part} is no part of a wording"
            continue
        if part == "title" and (len(template) > TITLE_LENGTH_MAX or "\n" in template):
            yield f"{where}.title is one line of at most {TITLE_LENGTH_MAX} characters"
        shown = {name for name, type_ in values.items() if part == "email" or type_ != SECRET}
        for name in sorted(_placeholders(template) - shown):
            yield f"{where}.{part} may not use {{{name}}}"


def _placeholders(template: str) -> set[str]:
    """The names in braces, with whatever stands beside them: `{a!r}` and `{a.b}` are no declared names."""
    try:
        found = list(Formatter().parse(template))
    except ValueError:
        return {"unbalanced braces"}
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in found
        if name is not None
    }
