"""The picture in the terminal: a big figure, a sparkline of blocks, the last postings, and the books."""

from __future__ import annotations

import asyncio
from collections import deque
from decimal import Decimal

from rich.align import Align
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from server.watching.feed import BalanceFeed, Posting, Update

HISTORY = 120
POSTINGS_SHOWN = 8
BLOCKS = "▁▂▃▄▅▆▇█"
FRAME_COLUMNS = 6

# Three rows a character, drawn with box-drawing lines.
FIGURES = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": ("╺┓ ", " ┃ ", "╺┻╸"),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", "╺━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    ".": (" ", " ", "▪"),
    ",": (" ", " ", "╷"),
    "-": ("   ", "╺━╸", "   "),
}
UNIT_NAMES = {"EMAIL": "e-mail credits", "SMS": "SMS credits"}


class Screen:
    """What the feed has said so far, and how it looks."""

    def __init__(self, feed: BalanceFeed) -> None:
        self.feed = feed
        self._present: Update | None = None
        self._changes: deque[Update] = deque(maxlen=HISTORY)

    def take(self, update: Update) -> None:
        if update.kind == "RESET":
            self._changes.clear()
        if update.kind == "CHANGE":
            self._changes.append(update)
        # The snapshot comes before the replay of the changes that led to it.
        if self._present is None or update.kind == "RESET" or update.sequence >= self._present.sequence:
            self._present = update

    def render(self, columns: int) -> RenderableType:
        if self._present is None:
            body: RenderableType = Text("Waiting for the balance…", style="dim")
        else:
            body = Group(
                *self._balance(self._present), self._sparkline(columns), self._postings(), self._books()
            )
        title = f"[b]Postmeter[/b] · {UNIT_NAMES.get(self.feed.unit, self.feed.unit)}"
        return Panel(
            body, title=title, title_align="left", subtitle=self._state(), subtitle_align="right",
            border_style="cyan", padding=(1, 2),
        )  # fmt: skip

    def _balance(self, present: Update) -> list[RenderableType]:
        parts = f"posted {present.posted:,}   held {present.held:,}   as of {present.at or 'now'}"
        figure = Text("\n".join(big(f"{present.available:,}")), style="bold", no_wrap=True, overflow="crop")
        return [Text("available", style="dim"), figure, Text(parts, style="dim"), Text()]

    def _sparkline(self, columns: int) -> RenderableType:
        shown = [change.available for change in self._changes][-max(1, columns - FRAME_COLUMNS) :]
        return Align.left(Text(blocks(shown) + "\n", style="cyan", no_wrap=True))

    def _postings(self) -> RenderableType:
        table = Table.grid(padding=(0, 3))
        table.add_column(min_width=18)
        table.add_column(justify="right", min_width=12)
        table.add_column(style="dim", justify="right")
        for change in reversed(list(self._changes)[-POSTINGS_SHOWN:]):
            if change.posting is not None:
                kind = change.posting.kind.lower().replace("_", " ")
                table.add_row(kind, moved(change.posting), f"#{change.sequence}")
        return table

    def _books(self) -> RenderableType:
        feed = self.feed
        intact = feed.gaps == feed.duplicates == 0
        text = f"\n{feed.received:,} sequences received, {feed.gaps} gaps, {feed.duplicates} duplicates"
        return Text(text, style="green" if intact else "bold red")

    def _state(self) -> str:
        if self.feed.state != "waiting":
            return f"[{'green' if self.feed.state == 'live' else 'yellow'}]● {self.feed.state}[/]"
        seconds = max(1, round(self.feed.retry_at - asyncio.get_running_loop().time() + 0.5))
        return f"[yellow]● reconnecting in {seconds} s[/]"


def moved(posting: Posting) -> Text:
    if posting.amount == 0:
        return Text(
            f"{'holds' if posting.held_change > 0 else 'frees'} {abs(posting.held_change):,}", style="yellow"
        )
    return Text(f"{posting.amount:+,}", style="red" if posting.amount < 0 else "green")


def big(text: str) -> list[str]:
    """Three lines of box drawing; characters without a figure are left out."""
    return [
        " ".join(FIGURES[character][row] for character in text if character in FIGURES) for row in range(3)
    ]


def blocks(values: list[Decimal]) -> str:
    """One block a value, from the lowest to the highest of them; a level line when they are all the same."""
    if not values:
        return ""
    lowest, span = min(values), max(values) - min(values)
    if span == 0:
        return BLOCKS[3] * len(values)
    return "".join(BLOCKS[int((value - lowest) / span * (len(BLOCKS) - 1))] for value in values)
