"""Subscriptions: opening a feed, rendering its events, and who may share an execution."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from server.gateway.engine import RequestError
from server.kit.viewer import Viewer
from tests.gateway.engine_schema import context
from tests.gateway.engine_shop import MEMBER, Item, codes, engine


def test_a_feed_is_opened_with_its_arguments_and_its_events_are_rendered() -> None:
    prepared = engine.prepare('subscription { item(wallet: "eur", after: 4) { name fromRead } }')
    at = context(MEMBER)
    assert engine.feed(prepared, at) == SimpleNamespace(key="eur", after=4)
    rendered = engine.render(prepared, Item(name="pen"), at, at.units)  # type: ignore[arg-type]
    assert rendered.payload() == {"data": {"item": {"name": "pen", "fromRead": "Reads"}}}


def test_a_transport_may_know_better_where_a_feed_resumes() -> None:
    prepared = engine.prepare('subscription { item(wallet: "eur", after: 4) { name } }').resumed(7)
    assert engine.feed(prepared, context(MEMBER)) == SimpleNamespace(key="eur", after=7)
    assert prepared.share_key == key('subscription { item(wallet: "eur") { name } }')


@pytest.mark.rule("H012")
def test_a_revoked_viewer_gets_no_event() -> None:
    prepared = engine.prepare('subscription { item(wallet: "eur") { name } }')
    at = context(Viewer())
    result = engine.render(prepared, Item(name="pen"), at, at.units)  # type: ignore[arg-type]
    assert (result.data, codes(result)) == (None, [("item", "UNAUTHENTICATED")])


@pytest.mark.parametrize(
    ("wallet", "viewer", "code"),
    [
        ("eur", Viewer(), "UNAUTHENTICATED"),
        ("none", MEMBER, "NOT_FOUND"),
        ("bug", MEMBER, "INTERNAL"),
    ],
)
def test_a_feed_that_is_refused(wallet: str, viewer: Viewer, code: str) -> None:
    prepared = engine.prepare("subscription($w: String!) { item(wallet: $w) { name } }", None, {"w": wallet})
    with pytest.raises(RequestError) as refused:
        engine.feed(prepared, context(viewer))
    [error] = refused.value.errors
    assert (error.extensions or {})["code"] == code
    assert error.path == ["item"]
    assert "bug" not in error.message


def key(query: str, **variables: Any) -> Any:
    return engine.prepare(query, None, variables).share_key


def test_subscribers_who_differ_only_in_after_share() -> None:
    plain = key('subscription { item(wallet: "eur") { name } }')
    assert key('subscription { item(wallet: "eur", after: 3) { name } } # again') == plain
    assert key('subscription($a: Int) { item(wallet: "eur", after: $a) { name } }', a=5) == plain
    assert key('subscription($a: Int = 9) { item(after: $a, wallet: "eur") { name } }') == plain
    assert key('subscription { item(wallet: "usd") { name } }') != plain
    assert key('subscription { item(wallet: "eur") { name amount } }') != plain
    assert hash(plain) == hash(key('subscription { item(wallet: "eur") { name } }'))


def test_other_variables_and_fragments_are_part_of_the_key() -> None:
    query = """subscription($w: String!, $a: Int) { ...S }
    fragment S on Subscription { item(wallet: $w, after: $a) { ...I } } fragment I on Item { name }"""
    assert key(query, w="eur", a=1) == key(query, w="eur", a=2)
    assert key(query, w="eur", a=1) != key(query, w="usd", a=1)


def test_after_is_kept_where_it_is_not_the_root_fields() -> None:
    query = "subscription($w: String!) { item(wallet: $w) { price(currency: $w) } }"
    assert key(query, w="a") != key(query, w="b")
