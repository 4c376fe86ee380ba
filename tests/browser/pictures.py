"""Makes the pictures of the READMEs from a running demo: `python -m tests.browser.pictures`."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import MONOKAI

from server.watching.feed import BalanceFeed
from server.watching.screen import HISTORY, Screen
from tests.browser.chromium import chromium
from tests.browser.shrinking import shrunk
from tests.browser.visits import PHONE
from tests.servers import ROOT, end, environment

EXAMPLES = ROOT / "frontend-examples"
WATCHER = EXAMPLES / "balance-watcher" / "watcher.png"
GRAPHIQL = EXAMPLES / "graphiql" / "graphiql.png"
TERMINAL = EXAMPLES / "integrator" / "terminal.png"
DASHBOARD = EXAMPLES / "dashboard"
BYTES_MAX = 60_000
INVITATION = re.compile(r"(http://\S+)(/examples/balance-watcher/#key=([\w.-]+))")
SIGN_IN = re.compile(r"Sign in +(\S+) / (\S+)")
INVITED_SECONDS_MAX = 600
WATCHED_SECONDS = 20
SIZE = (1120, 800)
TERMINAL_PAGE = (
    '<pre style="margin:0; padding:12px; display:inline-block; background:#10161a; color:#dfe6e4; '
    'font:15px/1.2 monospace">{code}</pre>'
)
Taken = tuple[Path, bytes]
"""Where a picture belongs, and the picture as the browser took it."""


@dataclass(frozen=True)
class Demo:
    """What a running demo invites to."""

    origin: str
    watcher_path: str
    key: str
    login: str
    password: str


def main() -> None:
    with demo() as invited, chromium() as browser:
        taken = [
            picture_of_watcher(browser, invited),
            *pictures_of_dashboard(browser, invited),
            picture_of_graphiql(browser, invited),
            picture_of_terminal(browser, invited),
        ]
        blank = browser.new_page()
        made = [written(blank, file, png) for file, png in taken]
    too_large = False
    for picture in made:
        size = picture.stat().st_size
        too_large = too_large or size > BYTES_MAX
        sys.stdout.write(f"{picture.relative_to(ROOT)}: {size:,} bytes\n")
    if too_large:
        raise SystemExit(f"larger than {BYTES_MAX:,} bytes")


def written(page: Any, file: Path, png: bytes) -> Path:
    file.write_bytes(shrunk(page, png))
    return file


@contextmanager
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        variables = environment(folder) | {"COLUMNS": "200"}
        command = [sys.executable, "-m", "server", "serve", "--demo", "--port", "0"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield invitation(process, log)
        finally:
            end(process)


def invitation(process: subprocess.Popen[bytes], log: Path) -> Demo:
    """What the demo prints when its history is made."""
    invited_by = time.monotonic() + INVITED_SECONDS_MAX
    while time.monotonic() < invited_by and process.poll() is None:
        text = log.read_text(errors="replace")
        if (found := INVITATION.search(text)) and (who := SIGN_IN.search(text)):
            return Demo(found[1], found[2], found[3], who[1], who[2])
        if "The demo stopped" in text:
            break
        time.sleep(0.2)
    raise SystemExit(f"the demo printed no link:\n{log.read_text(errors='replace')}")


def context(browser: Any, size: tuple[int, int] = SIZE, scheme: str = "light") -> Any:
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale="en-GB",
        timezone_id="Europe/Zurich",
        reduced_motion="reduce",
    )


def picture_of_watcher(browser: Any, invited: Demo) -> Taken:
    page = context(browser, (900, 860)).new_page()
    page.goto(f"{invited.origin}{invited.watcher_path}&unit=EMAIL")
    page.wait_for_selector("#state[data-state=live]")
    # Long enough for the demo's traffic to fill the list with live postings.
    page.wait_for_timeout(WATCHED_SECONDS * 1000)
    png = page.screenshot()
    page.context.close()
    return WATCHER, png


def picture_of_graphiql(browser: Any, invited: Demo) -> Taken:
    from playwright.sync_api import expect

    page = signed_in(context(browser, (1200, 780)), invited)
    page.goto(f"{invited.origin}/graphql")
    page.get_by_text(f"Signed in as {invited.login}").wait_for()
    example = page.get_by_role("button", name="Watch a balance")
    example.click()
    expect(example).to_have_attribute("aria-current", "true")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("subscription")
    page.wait_for_timeout(500)  # GraphiQL finds the name of the operation a little later
    page.click(".graphiql-execute-button")
    expect(page.locator(".graphiql-response")).to_contain_text("CHANGE", timeout=60_000)
    page.wait_for_timeout(500)
    png = page.screenshot()
    page.context.close()
    return GRAPHIQL, png


def picture_of_terminal(browser: Any, invited: Demo) -> Taken:
    """What `postmeter watch EMAIL` draws; a page sets the text of the terminal."""
    console = Console(width=84, record=True, file=StringIO(), force_terminal=True, legacy_windows=False)
    screen = Screen(BalanceFeed(f"{invited.origin}/graphql", invited.key, "EMAIL", history=HISTORY))
    with ThreadPoolExecutor(1) as another:  # this thread has the browser's event loop
        another.submit(asyncio.run, watched(screen)).result()
    console.print(screen.render(console.width))
    page = context(browser, (760, 460)).new_page()
    page.set_content(console.export_html(theme=MONOKAI, inline_styles=True, code_format=TERMINAL_PAGE))
    png = page.locator("pre").screenshot()
    page.context.close()
    return TERMINAL, png


async def watched(screen: Screen) -> None:
    """Let the screen take what comes for a while."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WATCHED_SECONDS), aclosing(screen.feed.updates()) as updates:
            async for update in updates:
                screen.take(update)


def pictures_of_dashboard(browser: Any, invited: Demo) -> Iterator[Taken]:
    wide = signed_in(context(browser), invited)
    yield picture(wide, "/", "overview")
    wide.goto(f"{invited.origin}/dashboard/balances/EMAIL")
    settle(wide)
    longer = wide.get_by_role("button", name="Show a longer time")
    while longer.count():
        longer.click()
        settle(wide)
    yield picture(wide, None, "balance")
    wide.goto(f"{invited.origin}/dashboard/campaigns")
    wide.get_by_role("link").filter(has_text=re.compile("letter", re.IGNORECASE)).first.click()
    yield picture(wide, None, "campaign", height=1180)
    wide.context.close()
    dark = signed_in(context(browser, PHONE, "dark"), invited)
    yield picture(dark, "/orders", "phone")
    dark.context.close()


def signed_in(opened: Any, invited: Demo) -> Any:
    page = opened.new_page()
    page.goto(f"{invited.origin}/dashboard/")
    page.get_by_label("Login").fill(invited.login)
    page.get_by_label("Password", exact=True).fill(invited.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", level=1, name="Overview").wait_for()
    return page


def settle(page: Any) -> None:
    """Until nothing is loading, and the chart is drawn."""
    from playwright.sync_api import expect

    expect(page.locator(".skeleton")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(1500)


def picture(page: Any, path: str | None, name: str, height: int | None = None) -> Taken:
    if path is not None:
        page.goto(re.sub(r"/dashboard/.*", f"/dashboard{path}", page.url))
    if height is not None:
        page.set_viewport_size({"width": SIZE[0], "height": height})
    settle(page)
    return DASHBOARD / f"{name}.png", page.screenshot()


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
