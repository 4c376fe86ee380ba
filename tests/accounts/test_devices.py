"""What is kept of the device of a sign-in: the kinds of browser and system, and the address, as the policy says."""

from __future__ import annotations

import pytest

from server.accounts.rules.devices import TechnicalDetail, is_kept_agent, kept_address, kept_agent

T = TechnicalDetail
ALL = frozenset(T)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "listed", "kept"),
    [
        (FIREFOX, ALL, "Firefox on Linux"),
        (EDGE, ALL, "Edge on Windows"),
        (CHROME, ALL, "Chrome on Android"),
        (SAFARI, ALL, "Safari on iOS"),
        ("lark-sync/1.0 of Marigold", ALL, "another program"),
        (FIREFOX, {T.BROWSER}, "Firefox"),
        (FIREFOX, {T.OS}, "Linux"),
        ("lark-sync/1.0 of Marigold", {T.OS}, None),
        (FIREFOX, {T.IP}, None),
        (None, ALL, None),
    ],
)
@pytest.mark.rule("P008")
def test_of_what_a_browser_says_the_kinds_alone_are_kept(
    agent: str | None, listed: frozenset[TechnicalDetail], kept: str | None
) -> None:
    assert kept_agent(agent, frozenset(listed)) == kept
    assert kept is None or is_kept_agent(kept, frozenset(listed))
    assert agent is None or not is_kept_agent(agent, ALL)


@pytest.mark.rule("P008")
def test_the_address_is_kept_where_it_is_listed() -> None:
    assert kept_address("192.0.2.7", ALL) == "192.0.2.7"
    assert kept_address("192.0.2.7", ALL - {T.IP}) is None
