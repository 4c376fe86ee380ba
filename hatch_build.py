"""Brings the pages into the package, also by `pip install -e .`: GraphiQL and the dashboard, built by npm; examples.

A machine without Node.js installs all the same: the server then serves a page that says what to do.
POSTMETER_SKIP_FRONTEND=1 leaves the frontend as it lies. An earlier build is never taken for a present one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMMANDS = (
    # Without a network npm would try for minutes; with its cache it needs none.
    [
        "ci",
        "--omit=dev",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--prefer-offline",
        "--fetch-retries=1",
    ],
    ["run", "build", "--silent"],
)
COMMAND_TIMEOUT_SECONDS = 240


class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel" and version == "standard":
            # An editable installation reads them where they lie.
            build_data["force_include"]["frontend-examples/balance-watcher"] = (
                "server/gateway/static/examples/balance-watcher"
            )
        if os.environ.get("POSTMETER_SKIP_FRONTEND") == "1":
            return
        if problem := build(Path(self.root, "frontend-examples")):
            self.app.display_warning(
                f"GraphiQL and the dashboard were not built: {problem}. The server works without them."
            )


def build(workspace: Path) -> str | None:
    """Runs the commands in `workspace`; what went wrong, or None."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not on the PATH; Node.js 20.19 or newer brings it"
    for arguments in COMMANDS:
        if problem := run([npm, *arguments], workspace):
            return f"`npm {' '.join(arguments)}` {problem}"
    return None


def run(command: list[str], folder: Path) -> str | None:
    """Runs one command in `folder`; what went wrong, or None."""
    # A file, not a pipe: a grandchild that outlives npm would keep a pipe open, and the installation waiting.
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 (fixed arguments)
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return f"could not be started: {error}"
        try:
            exit_code = process.wait(COMMAND_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"took longer than {COMMAND_TIMEOUT_SECONDS} seconds"
        finally:
            if process.poll() is None:
                end_group(process)
        output.seek(0)
        return f"failed:\n{output.read()[-2000:].strip()}\n" if exit_code else None


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends npm and what it started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
