"""The README cannot drift: its settings are those of the code, and its tour runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.settings import Settings
from tests.servers import RunningServer

README = (Path(__file__).parent.parent / "README.md").read_text()
EXAMPLES = Path(__file__).parent.parent / "frontend-examples"
PICTURE_BYTES_MAX = 60_000


def test_every_setting_is_in_the_table_with_its_default_and_meaning() -> None:
    rows = dict(re.findall(r"^\| `POSTMETER_(\w+)` \| .* \| (.*) \|$", README, re.MULTILINE))
    said = {name.upper(): field.description for name, field in Settings.model_fields.items()}
    assert rows == said


@pytest.mark.parametrize("folder", ["balance-watcher", "dashboard", "graphiql", "integrator"])
def test_each_example_has_a_guide_of_five_minutes_with_small_pictures(folder: str) -> None:
    path = EXAMPLES / folder
    guide = (path / "README.md").read_text()
    assert "## Five minutes to a live number\n\n1. " in guide
    shown = set(re.findall(r"\b[\w-]+\.png\b", guide))
    assert shown
    assert all((path / name).stat().st_size < PICTURE_BYTES_MAX for name in shown)
    assert f"frontend-examples/{folder}/README.md" in README


def commands() -> list[str]:
    """The curl commands of the tour, in order."""
    return re.findall(r"^curl .*?\n\}'$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_tour_runs(running_server: RunningServer) -> None:
    customer = running_server.customer()
    for command in commands():
        here = command.replace("http://127.0.0.1:8000", customer.origin)
        environment = {**os.environ, "POSTMETER_API_KEY": customer.token}
        said = first_message(here, environment) if here.startswith("curl -sN") else answer(here, environment)
        assert "errors" not in json.loads(said), command
        assert "Problem" not in said
    assert len(commands()) >= 6


def answer(command: str, environment: dict[str, str]) -> str:
    line = ["bash", "-c", command]
    return subprocess.run(line, env=environment, capture_output=True, timeout=20, check=True).stdout.decode()


def first_message(command: str, environment: dict[str, str]) -> str:
    """What a subscription says first; it would go on for ever."""
    line = ["timeout", "20", "bash", "-c", f"exec {command}"]
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            said = next(line for line in running.stdout if line.startswith("data: "))
        finally:
            running.terminate()
    return said.removeprefix("data: ")
