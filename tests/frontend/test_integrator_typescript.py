"""The integrator's journey in TypeScript: its types are those of the schema, and it runs as in the other languages."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.frontend.node import NODE
from tests.frontend.test_dashboard_build import MODULES, SECONDS_MAX, needs_tools
from tests.journeys import EXAMPLES, check_journey
from tests.servers import RunningServer

HERE = EXAMPLES / "typescript"
TSC = str(MODULES / "typescript" / "bin" / "tsc")

pytestmark = needs_tools


def test_its_types_are_those_of_the_schema() -> None:
    told = run("../../codegen.js", "documents", "src/generated.ts", "--check")
    assert told.returncode == 0, told.stdout + told.stderr


def test_typescript(running_server: RunningServer, tmp_path: Path) -> None:
    told = run(TSC, "--outDir", str(tmp_path / "built"))
    assert told.returncode == 0, told.stdout + told.stderr
    # Beside the sources, where it finds its modules.
    (tmp_path / "built" / "package.json").write_text('{"type": "module"}')
    (tmp_path / "built" / "node_modules").symlink_to(MODULES)
    check_journey([NODE, str(tmp_path / "built" / "journey.js")], running_server.customer(), tmp_path)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *command], cwd=HERE, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
