"""The benchmark measures two servers that answer the same; else its figures mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.dataset import make
from benchmarks.equality import available, check_same_answers, check_spent
from benchmarks.servers import Failed, Server, load, running


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("benchmark")
    with running(make(folder), Path(folder)) as both:
        yield both


def test_both_servers_answer_the_same(servers: tuple[Server, Server]) -> None:
    check_same_answers(*servers)


@pytest.mark.parametrize("which", [0, 1])
def test_every_debit_that_is_counted_is_in_the_balance(servers: tuple[Server, Server], which: int) -> None:
    before = available(servers[which])
    measured = load(servers[which], "debits", seconds=0.3, connections=4, run="test")
    assert measured.operations > 0
    check_spent(servers[which], before, measured.operations)


@pytest.mark.parametrize("which", [0, 1])
def test_every_watcher_gets_every_change(servers: tuple[Server, Server], which: int) -> None:
    measured = load(servers[which], "fanout", seconds=0.1, connections=20, run="watch")
    assert measured.operations >= 5 * 20


@pytest.mark.parametrize("which", [0, 1])
def test_a_repeated_key_is_a_fault_of_the_load(servers: tuple[Server, Server], which: int) -> None:
    load(servers[which], "debits", seconds=0.1, connections=2, run="twice")
    with pytest.raises(Failed, match=r"wrong answers.*replayed"):
        load(servers[which], "debits", seconds=0.1, connections=2, run="twice")
