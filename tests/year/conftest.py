"""The seeds of the simulated years, and where they are kept."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

SEED = 20_260_302
MEMORY = Path("/dev/shm")
BYTES_FREE_MIN = 500_000_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="simulate the year of this seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--seed")
        many = 10 if metafunc.config.getoption("--full") else 1
        metafunc.parametrize("seed", [chosen] if chosen is not None else range(SEED, SEED + many))


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is room: no power fails here, so nothing needs to reach a disk fifty thousand times."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > BYTES_FREE_MIN
    if not roomy:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="year", dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of steps fail as they should; to print each takes longer than the year."""
    with capture_logs():
        yield
