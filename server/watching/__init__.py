"""`postmeter watch`: a balance live in a terminal, through the public API like any other client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live

from server.watching.feed import BalanceFeed, Update, WatchRefused
from server.watching.screen import HISTORY, Screen

__all__ = ["Shown", "WatchRefused", "watch"]

FRAME_SECONDS = 0.1


@dataclass(frozen=True)
class Shown:
    """Where it is shown: changes go to `out`, what is said of the connection to `err`."""

    out: Console
    err: Console
    as_json: bool = False


async def watch(url: str, key: str, unit: str, after: int | None, to: Shown) -> None:
    """Show the balance until cancelled: a picture on a terminal, elsewhere, or as JSON if wished, a line a change.

    `after` resumes behind that sequence. Raises WatchRefused with a sentence for the user when trying again is of
    no use.
    """
    if to.out.is_terminal and not to.out.is_dumb_terminal and not to.as_json:
        await _watch_on_screen(BalanceFeed(url, key, unit, after, history=HISTORY), to.out)
    else:
        said = Said(to.err)
        feed = BalanceFeed(url, key, unit, after, on_state=said.hear)
        await _watch_in_lines(feed, said, to)


async def _watch_on_screen(feed: BalanceFeed, out: Console) -> None:
    screen = Screen(feed)
    with Live(screen.render(out.width), console=out, auto_refresh=False) as live:

        async def refresh() -> None:
            while True:
                await asyncio.sleep(FRAME_SECONDS)
                live.update(screen.render(out.width), refresh=True)

        refresher = asyncio.create_task(refresh())
        try:
            async with contextlib.aclosing(feed.updates()) as updates:
                async for update in updates:
                    screen.take(update)
        finally:
            refresher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await refresher
            live.update(screen.render(out.width), refresh=True)


class Said:
    """Says on the error output when the connection is lost and when it is back, and nothing else."""

    def __init__(self, err: Console) -> None:
        self._err = err
        self._lost = False
        self.last: int | None = None

    def hear(self, state: str) -> None:
        if state == "waiting" and not self._lost:
            self._lost = True
            self._say("The connection is lost; trying again.")
        elif state == "live" and self._lost:
            self._lost = False
            behind = "" if self.last is None else f", behind change {self.last}"
            self._say(f"Live again{behind}.")

    def _say(self, text: str) -> None:
        self._err.print(text, style="yellow", highlight=False, markup=False, soft_wrap=True)


async def _watch_in_lines(feed: BalanceFeed, said: Said, to: Shown) -> None:
    line = as_json if to.as_json else as_tabs
    file = to.out.file
    try:
        async with contextlib.aclosing(feed.updates()) as updates:
            async for update in updates:
                said.last = feed.last
                # Not through rich, which makes spaces of tabs.
                file.write(line(update) + "\n")
                file.flush()
    except BrokenPipeError:
        # `watch | head` has enough. What is still buffered goes nowhere, without a complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


def as_tabs(update: Update) -> str:
    return "\t".join(columns(update))


def as_json(update: Update) -> str:
    """One object, amounts as decimal strings as in the API."""
    at, sequence, what, amount, available, posted, held = columns(update)
    return json.dumps(
        {
            "at": at or None,
            "sequence": sequence,
            "what": what,
            "amount": amount or None,
            "available": available,
            "posted": posted,
            "held": held,
        }
    )


def columns(update: Update) -> tuple[str, ...]:
    """Instant, sequence, what happened, by how much, then available, posted and held."""
    posting = update.posting
    what, amount = (posting.kind, str(posting.amount)) if posting else (update.kind, "")
    figures = (str(update.available), str(update.posted), str(update.held))
    return (update.at or "", str(update.sequence), what, amount, *figures)
