"""The dashboard as a running server serves it, and what tests of its pages share."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp

from tests.browser.visits import DESKTOP, Visit, visiting
from tests.forked import ran
from tests.servers import Customer, RunningServer, environment, serving

STAFF, STAFF_PASSWORD = "officer.one", "an even longer phrase of staff"


@dataclass
class World:
    """A server whose folder the tests know, because its command `staff` works there."""

    server: RunningServer
    folder: Path
    browser: Any
    origin: str
    """As people type it: passkeys belong to a host name, and an address is none."""

    @property
    def url(self) -> str:
        return f"{self.origin}/dashboard"

    def customer(self) -> Customer:
        return self.server.customer()

    def visit(self, size: tuple[int, int] = DESKTOP, scheme: str = "light", **options: Any) -> Any:
        return visiting(self.browser, self.origin, size, scheme, **options)

    def sign_in(self, visit: Visit, login: str, password: str, path: str = "/") -> None:
        visit.page.goto(f"{self.url}{path}")
        visit.page.get_by_label("Login").fill(login)
        visit.page.get_by_label("Password", exact=True).fill(password)
        visit.page.get_by_role("button", name="Sign in", exact=True).click()


@contextmanager
def running(browser: Any) -> Iterator[World]:
    """A world with one person of the staff."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://localhost:{port}"
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Path(name), port=port, PUBLIC_ORIGIN=origin) as server,
    ):
        added = ["staff", "add", STAFF, "--role", "PRIVACY_OFFICER", "--role", "ADMIN", "--scope", "privacy"]
        variables = environment(Path(name)) | {"POSTMETER_STAFF_PASSWORD": STAFF_PASSWORD}
        done = ran(
            [*added, "--instructions", "2026-01", "--days", "30"], cwd=Path(name), env=variables, timeout=60
        )
        assert done.returncode == 0, done.stderr
        yield World(server, Path(name), browser, origin)


def live(page: Any) -> None:
    from playwright.sync_api import expect

    expect(page.get_by_role("status")).to_have_text("Live")


def set_up_authenticator(page: Any) -> None:
    from playwright.sync_api import expect

    page.get_by_role("button", name="Set it up").click()
    secret = page.locator("[data-totp-secret]").inner_text()
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("Keep these recovery codes")).to_be_visible()
