"""What axe, of frontend-examples, finds in a page that a person with a screen reader or without a mouse would miss."""

from __future__ import annotations

import json
from typing import Any

from tests.servers import ROOT

AXE = ROOT / "frontend-examples" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Any, *parts: str) -> list[str]:
    """What is serious or worse in the whole page, or in the `parts` that these selectors find.

    The policy of the page lets no script in, the debugger does.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    where = json.dumps({"include": [[part] for part in parts]}) if parts else "document"
    results = page.evaluate(f"axe.run({where}, {{ resultTypes: ['violations'] }})")
    return [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for each in results["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]
