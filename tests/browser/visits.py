"""Browser tabs that listen for what a page should not do: complain in the console, or ask another host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DESKTOP, PHONE = (1200, 900), (390, 844)


class Visit:
    """A browser context with a tab. `allowed` is the beginning of every address that its pages may ask."""

    def __init__(
        self,
        browser: Any,
        allowed: str,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        **options: Any,
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="en-GB", **options
        )
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self._own = (allowed, allowed.replace("http", "ws", 1), "data:")
        self.page = self.open_tab()

    def open_tab(self) -> Any:
        """Another tab of the same browser, with the same cookies."""
        page = self.context.new_page()
        page.on("request", lambda request: self._see(request.url))
        page.on("websocket", lambda websocket: self._see(websocket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def _see(self, url: str) -> None:
        if not url.startswith(self._own):
            self.foreign.append(url)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def end(self) -> None:
        """Close it. Fails when a page did what it should not."""
        self.context.close()
        assert not self.complaints, self.complaints
        assert not self.foreign, self.foreign


@contextmanager
def visiting(*given: Any, **options: Any) -> Iterator[Visit]:
    """A visit that ends well, and is closed when it does not."""
    visit = Visit(*given, **options)
    try:
        yield visit
    except BaseException:
        visit.context.close()
        raise
    visit.end()
