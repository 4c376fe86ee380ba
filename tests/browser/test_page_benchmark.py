"""The benchmark of the dashboard under many changes: what it counts, never how long anything takes."""

from __future__ import annotations

import pytest

from benchmarks.page import DASHBOARD, EAGER, KINDS, POLLING, delays_ms, house, kept, most_in_a_second, run
from server.gateway.dashboard import BUILT
from tests.browser.chromium import CHROMIUM

SECONDS = 3


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium")
@pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the dashboard is not built")
def test_at_a_thousand_changes_a_minute_all_are_seen_and_four_renders_a_second_do() -> None:
    pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
    with house() as found:
        seen = run(found, SECONDS, 1)
    ours, eager, polling = (seen[kind][0] for kind in KINDS)
    assert (DASHBOARD, EAGER, POLLING) == KINDS
    assert ours.changes == eager.changes == polling.changes == 50
    assert kept(ours), ours
    assert ours.updates == eager.updates == 50
    assert polling.updates < 50
    assert ours.renders < eager.renders
    assert len(ours.delays_ms) == 50
    assert min(ours.delays_ms) > 0


def test_a_change_counts_as_shown_with_the_first_number_that_is_as_low() -> None:
    spent = [(0.0, 9), (10.0, 8), (20.0, 7)]
    assert delays_ms(spent, [(15.0, 9), (30.0, 7)]) == [15.0, 20.0, 10.0]


def test_four_at_a_steady_quarter_of_a_second_are_four_in_a_second() -> None:
    assert most_in_a_second([250.0 * number for number in range(9)]) == 4
    assert most_in_a_second([]) == 0
