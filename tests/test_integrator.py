"""The integrator's journey in Python and with curl; tests/frontend has it in TypeScript."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.journeys import EXAMPLES, check_journey
from tests.servers import RunningServer

COMMANDS = {
    "python": [sys.executable, "-W", "error", str(EXAMPLES / "python" / "journey.py")],
    "curl": ["bash", str(EXAMPLES / "curl" / "journey.sh")],
}


@pytest.mark.parametrize("language", COMMANDS)
def test_it_arrives_and_nothing_is_charged_twice(
    language: str, running_server: RunningServer, tmp_path: Path
) -> None:
    check_journey(COMMANDS[language], running_server.customer(), tmp_path)
