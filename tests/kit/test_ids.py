"""Ids are unique, ordered, and repeatable by seed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from server.kit.clock import ManualClock
from server.kit.ids import Ids, SeededEntropy, is_id, prefix_of
from tests.conftest import START


def number(id: str) -> int:
    """The 128 bits behind the prefix."""
    value = 0
    for char in id.removeprefix("ord_"):
        value = value * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(char)
    return value


@pytest.mark.rule("Q005")
def test_ids_are_unique_and_increasing_even_when_the_clock_stands_still_or_jumps_back() -> None:
    clock = ManualClock(START)
    ids = Ids(clock, SeededEntropy(1))
    made = [ids.new("ord") for _ in range(10_000)]
    clock.advance(timedelta(days=-1))
    made += [ids.new("ord") for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)


def test_ids_made_by_several_threads_never_repeat_a_place_in_the_order() -> None:
    ids = Ids(ManualClock(START), SeededEntropy(1))
    with ThreadPoolExecutor(4) as pool:
        made = [
            id for some in pool.map(lambda _: [ids.new("ord") for _ in range(2_000)], range(8)) for id in some
        ]
    places = {number(id) >> 64 for id in made}  # time and counter, without the random tail
    assert len(places) == len(made)


def test_ids_are_repeatable_by_seed() -> None:
    first, second = (Ids(ManualClock(START), SeededEntropy(5)) for _ in range(2))
    assert [first.new("acc") for _ in range(5)] == [second.new("acc") for _ in range(5)]


def test_ids_carry_their_prefix_and_the_time_as_rfc_9562_says() -> None:
    ids = Ids(ManualClock(START), SeededEntropy(1))
    made = ids.new("ord")
    assert prefix_of(made) == "ord"
    assert is_id(made, "ord")
    assert not is_id(made, "top")
    value = number(made)
    assert value >> 80 == int(START.timestamp() * 1000)
    assert (value >> 76) & 0xF == 7
    assert (value >> 62) & 0b11 == 0b10


@pytest.mark.parametrize(
    "text", ["", "ord", "ord_", "_01m81hnn4se008tpen4fg0ynbh", "ord_81m81hnn4se008tpen4fg0ynbh", "ord_x"]
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert prefix_of(text) is None
