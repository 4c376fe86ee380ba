"""Where Node.js is, and the mark of tests that need it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node") or "node"

# In CI nothing is skipped: there a missing client is a failure.
needs_node = pytest.mark.skipif(
    (shutil.which("node") is None or not (HERE / "node_modules").is_dir()) and os.environ.get("CI") != "true",
    reason="needs Node.js and `npm --prefix tests/frontend ci`",
)
