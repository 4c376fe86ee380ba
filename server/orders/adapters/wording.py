"""The words, dates and figures of a document in one language: texts from the template files, the rest from CLDR."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from server.kit.money import Money, to_decimal
from server.orders.rules.invoices import LINE_PARAMETERS, Line

DEFAULT_LANGUAGE = "en"
_FIGURES = "#,##0.00"
_CODE_AT_NUMBER = re.compile(r"(?<=[A-Z])(?=[-\d])")
"""Where CLDR wants a space, which Babel leaves out: CHF 12.50, but $12.50."""

Texts = Mapping[str, Mapping[str, str]]


class Wording:
    """What is written in a language (a BCP 47 tag); English words with local figures where it has no texts."""

    def __init__(self, language: str) -> None:
        self.language, self._texts = _texts_for(language)
        self._locale = _locale_of(language)
        fits = self._locale.language == self.language
        self._words = self._locale if fits else Locale.parse(self.language)

    def title(self, kind: str) -> str:
        return self._texts["titles"][kind]

    def label(self, name: str, **values: str) -> str:
        return self._texts["labels"][name].format(**values)

    def total(self, kind: str) -> str:
        return self._texts["totals"][kind]

    def note(self, name: str) -> str:
        return self._texts["notes"][name]

    def line(self, line: Line) -> str:
        types = LINE_PARAMETERS[line.code]
        shown = {
            name: self.count(int(value)) if types[name] == "number" else value
            for name, value in line.params.items()
        }
        return self._texts["lines"][line.code].format(**shown)

    def money(self, money: Money) -> str:
        """With the currency, as a total is written."""
        amount = to_decimal(money.minor, money.currency)
        shown = format_currency(amount, money.currency.code, locale=self._locale)
        return _CODE_AT_NUMBER.sub("\u00a0", shown)

    def figure(self, money: Money) -> str:
        """Without the currency, as in a column of amounts."""
        amount = to_decimal(money.minor, money.currency)
        shown: str = format_currency(amount, money.currency.code, format=_FIGURES, locale=self._locale)
        return shown.replace("-", "−")

    def count(self, number: int) -> str:
        return format_decimal(number, locale=self._locale)

    def rate(self, basis_points: int) -> str:
        pattern = self._locale.percent_formats[None].pattern.replace("#,##0", "#,##0.##")
        return format_percent(Decimal(basis_points) / 10_000, format=pattern, locale=self._locale)

    def date(self, instant: datetime) -> str:
        """The day in UTC, as the number's year is."""
        return format_date(instant.astimezone(UTC).date(), "long", locale=self._words)

    def country(self, code: str) -> str:
        return str(self._words.territories.get(code, code))


@lru_cache(maxsize=1)
def all_texts() -> Mapping[str, Texts]:
    """The texts of every language, by section and key."""
    folder = files("server.orders") / "templates"
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }


def _texts_for(language: str) -> tuple[str, Texts]:
    texts = all_texts()
    for tag in (language, language.partition("-")[0]):
        if tag in texts:
            return tag, texts[tag]
    return DEFAULT_LANGUAGE, texts[DEFAULT_LANGUAGE]


def _locale_of(language: str) -> Locale:
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(DEFAULT_LANGUAGE)
