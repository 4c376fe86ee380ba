"""`python -m benchmarks.page`: the dashboard under a thousand changes of a balance a minute, in Chromium.

Three pages take turns: the dashboard; the same page made to render each update; and a bare page that asks each second.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import which
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks import documents
from benchmarks.dataset import DATABASE, PASSWORD_HASH, Dataset, Maker, settings_in
from benchmarks.servers import Failed, Server, serving_postmeter
from server.accounts import actions as accounts
from server.accounts import reads as account_reads
from server.accounts.adapters.authenticator import SESSION_COOKIE
from server.accounts.rules import SCOPES
from server.app import Postmeter
from server.kit.clock import ManualClock, SystemClock
from server.kit.viewer import Viewer
from server.kit.work import Work

CHANGES_A_MINUTE = 1_000
RENDERS_PER_SECOND_MAX = 4
SHOWN_SECONDS_MAX = 30
QUIET_SECONDS = 1.5
FILES = Path(__file__).parent / "pages"
DASHBOARD, EAGER, POLLING = "the dashboard", "rendering each update", "asking each second"
KINDS = (DASHBOARD, EAGER, POLLING)
SCRIPTS = {DASHBOARD: ("observe.js",), EAGER: ("observe.js", "eager.js"), POLLING: ("observe.js",)}

out = Console()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one page did in one round. Delays are from the request that spends to the number on the screen."""

    changes: int
    updates: int
    renders: int
    renders_a_second: float
    """From the first to the last."""
    renders_in_a_second_max: int
    """One more than the page began where it took longer for the first of them than for the last."""
    cpu_seconds: float
    delays_ms: tuple[float, ...]
    heap_bytes: tuple[int, int]

    def delay_ms(self, hundredth: int) -> float:
        ordered = sorted(self.delays_ms)
        return ordered[min(len(ordered) - 1, len(ordered) * hundredth // 100)]


@dataclass(frozen=True, slots=True)
class House:
    """A server with one account, and the session of its owner."""

    server: Server
    session: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long each page is watched (60)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each has its turn (3)")
    given = parser.parse_args()
    try:
        with house() as found:
            seen = run(found, given.seconds, given.rounds)
    except Failed as failed:
        out.print(f"[red]{failed}", highlight=False)
        return 2
    show(seen)
    return 0 if all(kept(each) for each in seen[DASHBOARD]) else 1


def kept(seen: Seen) -> bool:
    """Nothing is missed, and it renders a few times a second."""
    few = round(seen.renders_a_second, 1) <= RENDERS_PER_SECOND_MAX
    return seen.updates == seen.changes and few


@contextmanager
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name:
        folder = Path(name)
        dataset, session = asyncio.run(_prepare(folder))
        with serving_postmeter(dataset, folder) as server:
            yield House(server, session)


async def _prepare(folder: Path) -> tuple[Dataset, str]:
    settings = settings_in(folder)
    clock = ManualClock(SystemClock().now() - timedelta(days=1))
    postmeter = Postmeter(settings, clock=clock)
    async with postmeter.storage():
        maker = Maker(postmeter, clock)
        viewer = await maker.register("measured")
        await maker.trade(viewer, 2, 1)
        key = await maker.do(
            viewer, lambda work: accounts.create_api_key(work, "b", list(SCOPES), expires_at=None)
        )
        session = await maker.do(viewer, lambda work: _session(work, viewer))
    database = folder / DATABASE
    return Dataset(settings, database, database, key.secret), session


def _session(work: Work, viewer: Viewer) -> str:
    assert viewer.account_id is not None
    (person,) = account_reads.people_of(work, viewer.account_id, None, 1)
    proof = accounts.PasswordProof(viewer.account_id, person.id, PASSWORD_HASH)
    return accounts.start_session(work, proof, accounts.Device()).secret


def run(house: House, seconds: float, rounds: int) -> dict[str, list[Seen]]:
    """Each page in its turn, alone in the browser."""
    from playwright.sync_api import sync_playwright

    seen: dict[str, list[Seen]] = {kind: [] for kind in KINDS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        for number in range(rounds):
            # Who goes first alternates, so that whatever else the machine does meets all of them.
            for kind in KINDS if number % 2 == 0 else reversed(KINDS):
                out.print(f"round {number + 1}: {kind}", style="dim")
                with _page(browser, house, kind) as page:
                    seen[kind].append(_watched(house.server, page, seconds))
        browser.close()
    return seen


@contextmanager
def _page(browser: Any, house: House, kind: str) -> Iterator[Any]:
    """The page, open and quiet."""
    origin = f"http://127.0.0.1:{house.server.port}"
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    context.add_cookies([{"name": SESSION_COOKIE, "value": house.session, "url": origin}])
    page = context.new_page()
    for script in SCRIPTS[kind]:
        page.add_init_script(path=FILES / script)
    if kind == POLLING:
        page.route("**/polling", lambda route: route.fulfill(path=FILES / "polling.html"))
    page.goto(f"{origin}/{'polling' if kind == POLLING else 'dashboard/balances/EMAIL'}")
    _until(page, "benchmark.shown() !== null")
    page.wait_for_timeout(QUIET_SECONDS * 1000)
    yield page
    context.close()


def _until(page: Any, holds: str) -> None:
    """The policy of the page lets nothing be evaluated in it that waits by itself."""
    deadline = time.monotonic() + SHOWN_SECONDS_MAX
    while not page.evaluate(holds):
        if time.monotonic() > deadline:
            raise Failed(f"the page at {page.url}: not {holds}")
        page.wait_for_timeout(50)


def _watched(server: Server, page: Any, seconds: float) -> Seen:
    browser = page.context.browser.new_browser_cdp_session()
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    heap, cpu = _heap_bytes(tools), _renderer_seconds(browser)
    before = page.evaluate("benchmark.start()")
    spender = Spender(server, seconds)
    spender.start()
    while spender.is_alive():
        page.wait_for_timeout(100)
    spender.join()
    if spender.trouble is not None:
        raise Failed(spender.trouble)
    last = spender.spent[-1][1]
    _until(page, f"benchmark.shown() === {last}")
    cpu = _renderer_seconds(browser) - cpu
    after = page.evaluate("benchmark.stop()")
    renders = [(float(at), int(shown)) for at, shown in after["seen"]]
    return Seen(
        changes=len(spender.spent),
        updates=after["updates"] - before["updates"],
        renders=len(renders),
        renders_a_second=(len(renders) - 1) * 1000 / (renders[-1][0] - renders[0][0]),
        renders_in_a_second_max=most_in_a_second([at for at, _ in renders]),
        cpu_seconds=cpu,
        delays_ms=tuple(delays_ms(spender.spent, renders)),
        heap_bytes=(heap, _heap_bytes(tools)),
    )


def _heap_bytes(tools: Any) -> int:
    tools.send("HeapProfiler.collectGarbage")
    metrics = tools.send("Performance.getMetrics")["metrics"]
    return int(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))


def _renderer_seconds(browser: Any) -> float:
    """CPU of the processes that run pages; there is one page."""
    processes = browser.send("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(each["cpuTime"] for each in processes if each["type"] == "renderer"))


class Spender(threading.Thread):
    """Spends one credit at a time, so many a minute, each when it is due."""

    def __init__(self, server: Server, seconds: float) -> None:
        super().__init__(daemon=True)
        self.spent: list[tuple[float, int]] = []
        """When each was asked for, in milliseconds of the epoch, and what was available then."""
        self.trouble: str | None = None
        self._server = server
        self._count = round(seconds * CHANGES_A_MINUTE / 60)

    def run(self) -> None:
        headers = {"authorization": f"Bearer {self._server.api_key}", "content-type": "application/json"}
        url = f"http://127.0.0.1:{self._server.port}/graphql"
        with httpx.Client(headers=headers, trust_env=False, timeout=30) as client:
            began = time.monotonic()
            for number in range(self._count):
                time.sleep(max(0.0, began + number * 60 / CHANGES_A_MINUTE - time.monotonic()))
                at = time.time() * 1000
                key = f"page-{began}-{number}"
                answer = client.post(url, content=documents.debit(key, key)).json()
                if "errors" in answer or answer["data"]["recordUsage"]["__typename"] != "UsageRecorded":
                    self.trouble = f"the debit: {answer}"
                    return
                self.spent.append((at, int(answer["data"]["recordUsage"]["balances"][0]["available"])))


def delays_ms(spent: Sequence[tuple[float, int]], renders: Sequence[tuple[float, int]]) -> list[float]:
    """How long each change took to be shown, itself or in a later number: the balance only falls."""
    fallen = [-shown for _, shown in renders]
    return [renders[bisect_left(fallen, -available)][0] - at for at, available in spent]


def most_in_a_second(instants_ms: Sequence[float]) -> int:
    """The most of them within any 999 milliseconds: at a steady pace of 250, four."""
    return max(
        (sum(1 for at in instants_ms[first:] if at - begin < 999) for first, begin in enumerate(instants_ms)),
        default=0,
    )


def show(seen: dict[str, list[Seen]]) -> None:
    table = Table("a page", *KINDS, title="Medians of interleaved rounds")
    rows = {
        "changes": lambda each: each.changes,
        "updates received": lambda each: each.updates,
        "renders": lambda each: each.renders,
        "renders a second": lambda each: each.renders_a_second,
        "renders in a second, at most": lambda each: each.renders_in_a_second_max,
        "CPU of the renderer, ms a change": lambda each: each.cpu_seconds * 1000 / each.changes,
        "delay, ms, median": lambda each: each.delay_ms(50),
        "delay, ms, 99th of 100": lambda each: each.delay_ms(99),
        "JS heap before, MB": lambda each: each.heap_bytes[0] / 1e6,
        "JS heap after, MB": lambda each: each.heap_bytes[1] / 1e6,
    }
    for name, figure in rows.items():
        table.add_row(name, *(f"{statistics.median(map(figure, seen[kind])):,.1f}" for kind in KINDS))
    out.print(table)
    for other in (EAGER, POLLING):
        for name, figure in (
            ("CPU", lambda each: each.cpu_seconds),
            ("median delay", lambda each: each.delay_ms(50)),
        ):
            ratios = [
                figure(theirs) / figure(ours)
                for ours, theirs in zip(seen[DASHBOARD], seen[other], strict=True)
            ]
            ratio, low, high = statistics.median(ratios), min(ratios), max(ratios)
            out.print(f"{name} of {other} to that of {DASHBOARD}: {ratio:.2f} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    sys.exit(main())
