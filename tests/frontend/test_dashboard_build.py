"""What the dashboard is made of: fresh types that its code keeps, and a first load that is small."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.gateway.dashboard import BUILT
from tests.frontend.node import NODE
from tests.servers import ROOT

HERE = ROOT / "frontend-examples" / "dashboard"
MODULES = ROOT / "frontend-examples" / "node_modules"
GENERATED = ("src/documents", "src/api/generated.ts", "--merge")
FIRST_LOAD_BYTES_MAX = 200_000
FIRST_PAGES = ("src/pages/front.tsx", "src/pages/overview.tsx", "src/pages/operator/overview.tsx")
SECONDS_MAX = 120

# An installation takes them away: `.ci/run` brings them back before it runs these tests once more.
needs_tools = pytest.mark.skipif(
    not (MODULES / "@graphql-codegen").is_dir(),
    reason="needs Node.js and `npm --prefix frontend-examples ci`",
)
# In CI it is not skipped: there the installation builds it.
needs_build = pytest.mark.skipif(
    not (BUILT / "manifest.json").exists() and os.environ.get("CI") != "true",
    reason="the dashboard is not built",
)


@needs_tools
def test_its_types_are_those_of_the_schema_and_its_code_keeps_them() -> None:
    for command in (["../codegen.js", *GENERATED, "--check"], [str(MODULES / "typescript" / "bin" / "tsc")]):
        ran = subprocess.run(
            [NODE, *command], cwd=HERE, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@needs_build
@pytest.mark.parametrize("page", FIRST_PAGES)
def test_the_first_load_of_each_door_is_small(page: str) -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    files = scripts_of(manifest, "index.html") | scripts_of(manifest, page)
    sizes = {file: Path(BUILT, f"{file}.gz").stat().st_size for file in files if file.endswith(".js")}
    assert len(sizes) >= 2
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES_MAX, sizes


def scripts_of(manifest: dict[str, Any], key: str) -> set[str]:
    """The files of a chunk and of all that it cannot do without."""
    chunk = manifest[key]
    return {chunk["file"]}.union(*(scripts_of(manifest, needed) for needed in chunk.get("imports", ())))
