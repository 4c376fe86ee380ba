"""The seeds of the simulated years."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

SEED = 20_260_302


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="simulate the year of this seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--seed")
        many = 10 if metafunc.config.getoption("--full") else 1
        metafunc.parametrize("seed", [chosen] if chosen is not None else range(SEED, SEED + many))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of steps fail as they should; to print each takes longer than the year."""
    with capture_logs():
        yield
