"""What installs the package: exact constraints, lock files without addresses, the build hook."""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import hatch_build

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"([A-Za-z0-9_.-]+)==[A-Za-z0-9_.!+-]+")
REMAKE = "run .ci/constraints"


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def constraint_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_constraints_are_exact_and_plain() -> None:
    odd = [line for line in constraint_lines() if not PINNED.fullmatch(line)]
    assert not odd, f"constraints.txt holds name==version lines only; {REMAKE}"


def test_constraints_name_every_requirement() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = pyproject["project"]
    wanted = [*project["dependencies"], *pyproject["build-system"]["requires"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    pinned = {normalised(found[1]) for line in constraint_lines() if (found := PINNED.fullmatch(line))}
    missing = {normalised(re.split(r"[^A-Za-z0-9_.-]", line)[0]) for line in wanted} - pinned
    assert not missing, f"constraints.txt lacks {missing}; {REMAKE}"


LOCKS = [*ROOT.glob("*/package-lock.json"), *ROOT.glob("*/*/package-lock.json")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_lock_files_name_versions_and_hashes_but_no_registry(lock: Path) -> None:
    packages = json.loads(lock.read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name.startswith("node_modules/")}
    fetched = {name: package for name, package in installed.items() if not package.get("link")}
    assert fetched
    assert not [name for name, package in fetched.items() if "resolved" in package], (
        "remake it with omit-lockfile-registry-resolved=true in .npmrc"
    )
    assert not [name for name, package in fetched.items() if "integrity" not in package]


class TestBuildHook:
    """The commands run for real, with a small script in place of npm."""

    @pytest.fixture
    def npm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        script = tmp_path / "npm"
        script.write_text("#!/bin/sh\necho $1 >> commands\n")
        script.chmod(0o755)
        return script

    def test_it_installs_then_builds_even_over_an_earlier_build(self, npm: Path) -> None:
        assert hatch_build.build(npm.parent) is None
        assert hatch_build.build(npm.parent) is None
        assert (npm.parent / "commands").read_text().split() == ["ci", "run", "ci", "run"]

    def test_without_npm_it_says_what_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "Node.js" in (hatch_build.build(tmp_path) or "")

    def test_what_npm_said_is_told_and_the_build_is_not_tried(self, npm: Path) -> None:
        npm.write_text("#!/bin/sh\necho $1 >> commands\necho 'no such release' >&2\nexit 1\n")
        problem = hatch_build.build(npm.parent)
        assert problem is not None
        assert "no such release" in problem
        assert (npm.parent / "commands").read_text().split() == ["ci"]

    def test_one_that_hangs_is_ended_with_its_children(
        self, npm: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        npm.write_text("#!/bin/sh\nsleep 60 &\nsleep 60\n")
        monkeypatch.setattr(hatch_build, "COMMAND_TIMEOUT_SECONDS", 0.2)
        assert "longer than 0.2 seconds" in (hatch_build.build(npm.parent) or "")

    def test_one_that_cannot_be_started_is_a_problem_and_not_a_crash(self, npm: Path) -> None:
        npm.write_text("#!/does/not/exist\n")
        assert "could not be started" in (hatch_build.build(npm.parent) or "")


def test_the_wheel_brings_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMETER_SKIP_FRONTEND", "1")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    watcher = {path.name for path in (ROOT / "frontend-examples" / "balance-watcher").iterdir()}
    assert {f"server/gateway/static/examples/balance-watcher/{name}" for name in watcher} <= names
    assert "server/gateway/static/landing/index.html" in names
