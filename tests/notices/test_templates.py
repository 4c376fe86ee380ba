"""The templates: complete where they must be, checked as a whole, shown as each language writes things."""

from __future__ import annotations

from typing import Any

import pytest

from server.notices.actions import set_language
from server.notices.adapters import rendering
from server.notices.adapters.templates import load
from server.notices.graph.enums import EmailingEnum, NoticeKind, NoticeLanguage
from server.notices.rules import Emailing, Terms
from server.notices.rules.templates import catalog_of
from tests.notices.conftest import ACCOUNT, Office

WORDS = {"title": "Paid", "text": "You paid {amount}."}


def test_english_and_french_are_complete_and_the_others_are_reported() -> None:
    catalog = load()
    missing = catalog.missing_translations(Terms().languages)
    assert missing.keys().isdisjoint({"en", "fr"})
    assert missing == {language: sorted(catalog.kinds) for language in ("de", "es", "it", "pt")}


def test_the_apis_enums_name_what_the_templates_and_rules_know() -> None:
    assert [kind.value for kind in NoticeKind] == list(load().kinds)
    assert [one.name for one in EmailingEnum] == [one.value for one in Emailing]
    complete = set(Terms().languages) - load().missing_translations(Terms().languages).keys()
    assert {language.value for language in NoticeLanguage} == complete


def test_every_wording_can_be_rendered() -> None:
    examples: dict[str, str | int] = {
        "text": "some text",
        "number": 1234,
        "money": "1234.50 EUR",
        "instant": "2026-03-02T09:00:00+00:00",
        "secret": "hidden",
    }
    catalog = load()
    for kind, types in catalog.kinds.items():
        every = {name: examples[type_] for name, type_ in types.items()}
        shown = {name: value for name, value in every.items() if types[name] != "secret"}
        for language in catalog.wordings:
            here = rendering.in_app(catalog, kind, shown, language)
            there = rendering.by_email(catalog, kind, every, language)
            for text in (here.title, here.text, there.title, there.text):
                assert "{" not in text
            assert "hidden" not in here.title + here.text + there.title


@pytest.mark.parametrize(
    ("language", "found", "amount"),
    [
        ("en", "en", "€1,234.50"),
        ("en-gb", "en", "€1,234.50"),
        ("fr", "fr", "1\u202f234,50\xa0€"),
        ("fr-ch", "fr", "1\u202f234,50\xa0€"),
        ("de", "en", "€1,234.50"),
        ("../kinds", "en", "€1,234.50"),
    ],
)
def test_a_notice_is_told_in_the_nearest_language(language: str, found: str, amount: str) -> None:
    rendered = rendering.in_app(load(), "topup_failed", {"amount": "1234.50 EUR"}, language)
    assert rendered.language == found
    assert amount in rendered.text


@pytest.mark.parametrize(
    ("kinds", "texts", "fault"),
    [
        ({"paid": {"amount": "money"}}, {}, "paid has no text in en"),
        ({"paid": {"amount": "coins"}}, {"en": {"paid": WORDS}}, "paid.amount is of no known type"),
        ({"paid": {}}, {"en": {"paid": WORDS}}, "en.paid.text may not use {amount}"),
        ({"paid": {"amount": "secret"}}, {"en": {"paid": WORDS}}, "en.paid.text may not use {amount}"),
        ({"paid": {"amount": "money"}}, {"en": {"paid": WORDS, "lost": WORDS}}, "en.lost is of no declared"),
        ({"paid": {}}, {"en": {"paid": {"title": "Paid"}}}, "en.paid has no text"),
        ({"paid": {}}, {"en": {"paid": {"title": "a\nb", "text": ""}}}, "en.paid.title is one line"),
        ({"paid": {}}, {"en": {"paid": {"title": "a", "text": "", "sms": ""}}}, "en.paid.sms is no part"),
        ({"paid": {"a": "text"}}, {"en": {"paid": {"title": "{a.b}", "text": ""}}}, "may not use {a.b}"),
        ({"paid": {"a": "text"}}, {"en": {"paid": {"title": "{a!r}", "text": ""}}}, "may not use {a!r}"),
        ({"paid": {"a": "text"}}, {"en": {"paid": {"title": "{a:9}", "text": ""}}}, "may not use {a:9}"),
        ({"paid": {"a": "text"}}, {"en": {"paid": {"title": "{a", "text": ""}}}, "unbalanced braces"),
    ],
)
def test_a_text_that_could_fail_stops_the_start(kinds: Any, texts: Any, fault: str) -> None:
    with pytest.raises(ValueError, match="notice templates") as caught:
        catalog_of(kinds, texts)
    assert fault in str(caught.value)


@pytest.mark.rule("Q011")
def test_a_notice_writes_for_the_contract_unless_it_says_otherwise() -> None:
    kinds = {"paid": {"amount": "money"}, "spring": {"use": "marketing"}}
    catalog = catalog_of(kinds, {"en": {"paid": WORDS, "spring": {"title": "Spring", "text": "It is here."}}})
    assert catalog.uses == {"paid": "contract", "spring": "marketing"}
    assert catalog.values_of("spring") == {}, "the use is no value"
    assert set(load().uses.values()) == {"contract"}


async def test_an_email_is_written_in_the_readers_language(office: Office) -> None:
    def choose(language: str, person_id: str | None = None) -> Any:
        return lambda work: set_language(work, ACCOUNT, language, person_id)

    notices = [
        await office.mail(),
        await office.mail(person_id="per_1"),
        await office.mail(person_id="per_2"),
    ]
    # Chosen after the notices were made: the language counts when they are delivered.
    await office.units.run_unaudited(choose("en"))
    await office.units.run_unaudited(choose("fr"))
    await office.units.run_unaudited(choose("en", "per_2"))
    await office.runner().run_due()
    mails = {mail["Message-ID"]: mail for mail in office.inbox.read}
    found = [mails[(await office.message(notice_id)).message_id] for notice_id in notices]
    assert [mail["Content-Language"] for mail in found] == ["fr", "fr", "en"]
    assert found[0]["Subject"] == "Votre mot de passe a été modifié"
    assert "immédiatement" in found[0].get_content()
