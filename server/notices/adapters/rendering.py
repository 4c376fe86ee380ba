"""Puts values into a wording as its language writes them. Nothing in a value can make a line of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from server.notices.rules.templates import Catalog

Values = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in one language: `language` is the one that was found."""

    language: str
    title: str
    text: str


def in_app(catalog: Catalog, kind: str, values: Values, language: str) -> Rendered:
    """What the application shows."""
    found, wording = catalog.wording(kind, language)
    shown = _shown(catalog, kind, values, found)
    return Rendered(found, wording.title.format_map(shown), wording.text.strip().format_map(shown))


def by_email(catalog: Catalog, kind: str, values: Values, language: str) -> Rendered:
    """The subject and the body of the e-mail."""
    found, wording = catalog.wording(kind, language)
    shown = _shown(catalog, kind, values, found)
    return Rendered(found, wording.title.format_map(shown), wording.email.strip().format_map(shown) + "\n")


def _shown(catalog: Catalog, kind: str, values: Values, language: str) -> Mapping[str, str]:
    types = catalog.values_of(kind)
    return {name: _written(types[name], value, language) for name, value in values.items() if name in types}


def _written(type_: str, value: str | int, language: str) -> str:
    locale = language.replace("-", "_")
    if isinstance(value, int):
        return format_decimal(value, locale=locale)
    if type_ == "money":
        amount, _, code = value.partition(" ")
        return format_currency(Decimal(amount), code, locale=locale)
    if type_ == "instant":
        return format_datetime(datetime.fromisoformat(value), "long", tzinfo=UTC, locale=locale)
    return "".join(character if character.isprintable() else " " for character in value)
