"""`postmeter watch`: a balance live in a terminal, through the public API like any other client."""

from __future__ import annotations

import asyncio
import contextlib
import os

from rich.console import Console
from rich.live import Live

from server.watching.feed import BalanceFeed, Update, WatchRefused
from server.watching.screen import HISTORY, Screen

__all__ = ["WatchRefused", "watch"]

FRAME_SECONDS = 0.1


async def watch(url: str, key: str, unit: str, after: int | None, out: Console) -> None:
    """Show the balance until cancelled: a picture on a terminal, elsewhere one line of tab-separated values a change.

    `after` resumes behind that sequence. Raises WatchRefused with a sentence for the user when trying again is of
    no use.
    """
    if out.is_terminal:
        await _watch_on_screen(BalanceFeed(url, key, unit, after, history=HISTORY), out)
    else:
        await _watch_in_lines(BalanceFeed(url, key, unit, after), out)


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


async def _watch_in_lines(feed: BalanceFeed, out: Console) -> None:
    try:
        async with contextlib.aclosing(feed.updates()) as updates:
            async for update in updates:
                # Not through rich, which makes spaces of tabs.
                out.file.write("\t".join(columns(update)) + "\n")
                out.file.flush()
    except BrokenPipeError:
        # `watch | head` has enough. What is still buffered goes nowhere, without a complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.file.fileno())


def columns(update: Update) -> tuple[str, ...]:
    """Instant, sequence, what happened, by how much, then available, posted and held."""
    posting = update.posting
    what, amount = (posting.kind, str(posting.amount)) if posting else (update.kind, "")
    figures = (str(update.available), str(update.posted), str(update.held))
    return (update.at or "", str(update.sequence), what, amount, *figures)
