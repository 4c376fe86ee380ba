"""Makes the picture of README.md from a running demo: `python -m tests.browser.pictures`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.browser.chromium import chromium
from tests.servers import ROOT, end, environment

PICTURE = ROOT / "frontend-examples" / "balance-watcher" / "watcher.png"
BYTES_MAX = 200_000
INVITATION = re.compile(r"(http://\S+/examples/balance-watcher/#key=[\w.-]+)")
INVITED_SECONDS_MAX = 180
WATCHED_SECONDS = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        command = [sys.executable, "-m", "server", "serve", "--demo", "--port", "0"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment(folder) | {"COLUMNS": "200"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            picture(invitation(process, log))
        finally:
            end(process)
    size = PICTURE.stat().st_size
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {size:,} bytes\n")
    if size > BYTES_MAX:
        raise SystemExit(f"larger than {BYTES_MAX:,} bytes")


def invitation(process: subprocess.Popen[bytes], log: Path) -> str:
    """The link that the demo prints when its history is made."""
    invited_by = time.monotonic() + INVITED_SECONDS_MAX
    while time.monotonic() < invited_by and process.poll() is None:
        text = log.read_text(errors="replace")
        if found := INVITATION.search(text):
            return found[1]
        if "The demo stopped" in text:
            break
        time.sleep(0.2)
    raise SystemExit(f"the demo printed no link:\n{log.read_text(errors='replace')}")


def picture(link: str) -> None:
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1080, "height": 980},
            color_scheme="light",
            locale="en-GB",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{link}&unit=EMAIL")
        page.wait_for_selector("#state[data-state=live]")
        # Long enough for the demo's traffic to fill the list with live postings.
        page.wait_for_timeout(WATCHED_SECONDS * 1000)
        page.screenshot(path=PICTURE)
        context.close()


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
