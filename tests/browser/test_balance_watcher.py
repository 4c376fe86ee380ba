"""The balance watcher in a real browser, against a running server and under its content security policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from tests.browser import visits
from tests.browser.axe import AXE, violations
from tests.browser.chromium import CHROMIUM
from tests.browser.visits import DESKTOP, PHONE
from tests.servers import Customer, RunningServer

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium")

AVAILABLE = "#available .unseen"
RENDERS_PER_SECOND_MAX = 4
expect = sync_api.expect


class Visit(visits.Visit):
    """The watcher in a tab."""

    def __init__(self, browser: Any, origin: str, size: tuple[int, int], scheme: str) -> None:
        super().__init__(browser, origin, size, scheme)
        self.url = f"{origin}/examples/balance-watcher/"

    def open(self, fragment: str = "") -> None:
        self.page.goto(self.url + fragment)

    def state_is(self, text: str) -> None:
        expect(self.page.locator("#state-text")).to_have_text(text, timeout=15_000)

    def shows(self, selector: str, text: str) -> None:
        expect(self.page.locator(selector)).to_have_text(text, timeout=15_000)


@pytest.fixture
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


@pytest.fixture
def visit(browser: Any, customer: Customer) -> Iterator[Visit]:
    visit = Visit(browser, customer.origin, DESKTOP, "light")
    yield visit
    visit.end()


def test_signed_in_by_password_it_shows_what_another_client_spends(visit: Visit, customer: Customer) -> None:
    visit.open()
    visit.page.fill("#login", customer.login)
    visit.page.fill("#password", customer.password)
    visit.page.press("#password", "Enter")
    visit.state_is("live")
    visit.page.check("[value=EMAIL]")
    visit.shows(AVAILABLE, "10,000")

    customer.send(1)
    visit.shows(AVAILABLE, "9,999")
    customer.send(499)
    visit.shows(AVAILABLE, "9,500")
    visit.shows("#postings li:first-child .amount", "−499")
    visit.shows("#delta", "−499 usage")
    assert visit.page.title() == "9,500 · Postmeter"
    visit.page.check("[value=EUR]")
    visit.shows(AVAILABLE, f"€{customer.available('EUR')}")


def test_wrong_passwords_and_codes_are_told_and_may_be_tried_again(visit: Visit, customer: Customer) -> None:
    offered = customer.ask("mutation { enrolTotp { ... on TotpOffered { secret } } }")["enrolTotp"]
    secret = pyotp.TOTP(offered["secret"])
    customer.do("confirmTotp", {"code": secret.now()})
    visit.open()
    expect(visit.page.locator("#code")).to_be_hidden()
    visit.page.fill("#login", customer.login)
    visit.page.fill("#password", "not the phrase")
    visit.page.click("text=Sign in")
    expect(visit.page.locator("#notice")).to_contain_text("do not belong together")
    visit.page.fill("#password", customer.password)
    visit.page.click("text=Sign in")
    expect(visit.page.locator("#code")).to_be_focused()
    visit.page.fill("#code", "000000")
    visit.page.press("#code", "Enter")
    expect(visit.page.locator("#notice")).to_be_visible()
    # A code serves once, and the one before has confirmed the authenticator.
    visit.page.fill("#code", secret.at(datetime.now(UTC) + timedelta(seconds=30)))
    visit.page.press("#code", "Enter")
    visit.state_is("live")
    expect(visit.page.locator("#notice")).to_be_hidden()


def test_cut_off_it_resumes_and_has_missed_nothing(visit: Visit, customer: Customer) -> None:
    visit.open(f"#key={customer.api_key('ACCOUNT_READ', 'BALANCE_READ', 'LEDGER_READ')}&unit=EMAIL")
    visit.state_is("live")
    visit.shows(AVAILABLE, "10,000")
    last = customer.sequence("EMAIL")

    visit.page.click("#cut")
    expect(visit.page.locator("#state-text")).to_contain_text("reconnecting in")
    for _ in range(3):
        customer.send(100)
    visit.shows(AVAILABLE, "10,000")
    visit.state_is("live")
    visit.shows(AVAILABLE, "9,700")
    customer.send(100)
    visit.shows(AVAILABLE, "9,600")

    visit.shows("#verdict", f"No: #1 to #{last + 4}, each once and in order.")
    visit.shows("#received", str(last + 4))
    visit.shows("#gaps", "0")
    visit.shows("#duplicates", "0")
    visit.shows("#resumed", f"Resumed behind #{last}: all 4 changes since are here.")


def test_a_link_signs_in_and_leaves_no_credential_behind(visit: Visit, customer: Customer) -> None:
    visit.open(f"#key={customer.api_key()}&unit=EMAIL")
    visit.state_is("live")
    assert visit.page.url == visit.url
    assert visit.page.evaluate("Object.keys(localStorage)") == []
    assert visit.page.evaluate("document.cookie") == ""
    visit.page.reload()
    visit.state_is("live")
    visit.page.click("#sign-out")
    visit.state_is("signed out")
    visit.page.reload()
    expect(visit.page.locator("#login")).to_be_focused()
    assert "postmeter:credential" not in visit.page.evaluate("Object.keys(sessionStorage)")


def test_a_session_that_ends_elsewhere_is_signed_out_here_and_not_tried_again(
    visit: Visit, customer: Customer
) -> None:
    visit.open(f"#token={customer.token}&unit=EMAIL")
    visit.shows("#verdict", "No: #1 to #1, each once and in order.")
    customer.ask("mutation { signOut { __typename } }")
    visit.state_is("signed out")
    expect(visit.page.locator("#notice")).to_contain_text("not valid")


def test_it_says_what_there_is_not_yet_and_what_it_may_not_read(visit: Visit, customer: Customer) -> None:
    page = visit.page
    silent = True

    def answer(line: Any) -> None:
        """A server that takes the connection, and at first says nothing."""
        if not silent:
            line.connect_to_server()

    page.route_web_socket("**/graphql", answer)
    visit.open(f"#key={customer.api_key()}&unit=SMS")
    expect(page.locator("#watch")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#state-text")).to_have_text("connecting")
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("#hint")).to_contain_text("tries again by itself")
    silent = False
    page.reload()
    visit.state_is("live")
    visit.shows(AVAILABLE, "0")
    expect(page.locator("#watch")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#postings-empty")).to_contain_text("Nothing has been posted yet")
    expect(page.locator("#spark-caption")).to_have_text("nothing has moved yet")
    page.click("#sign-out")

    visit.open(f"#key={customer.api_key('ORDERS_READ')}&unit=EMAIL")
    expect(page.locator("#trouble")).to_contain_text("BALANCE_READ")
    expect(page.locator("#available")).to_be_hidden()
    page.click("#other")
    visit.state_is("signed out")
    expect(page.locator("#login")).to_be_focused()


def test_of_sixty_changes_it_misses_none_and_renders_four_times_a_second(
    visit: Visit, customer: Customer
) -> None:
    visit.open(f"#key={customer.api_key()}&unit=EMAIL")
    visit.shows(AVAILABLE, "10,000")
    before = visit.page.evaluate("({ ...postmeterCounters, at: performance.now() })")
    for _ in range(60):
        customer.send(1)
    visit.shows(AVAILABLE, "9,940")
    after = visit.page.evaluate("({ ...postmeterCounters, at: performance.now() })")
    seconds = (after["at"] - before["at"]) / 1000
    assert after["updates"] - before["updates"] == 60
    assert after["renders"] - before["renders"] <= RENDERS_PER_SECOND_MAX * seconds + 2
    expect(visit.page.locator("#pace")).to_contain_text("an hour at the pace of these changes: gone in")
    visit.shows("#received", "61")


@pytest.mark.skipif(not AXE.exists(), reason="needs `npm --prefix frontend-examples ci`")
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
def test_it_fits_each_screen_and_scheme(
    browser: Any, customer: Customer, size: tuple[int, int], scheme: str
) -> None:
    visit = Visit(browser, customer.origin, size, scheme)
    page = visit.page
    visit.open()
    expect(page.locator("#login")).to_be_focused()
    found = violations(page)
    visit.open(f"#key={customer.api_key()}&unit=EMAIL")
    visit.state_is("live")
    visit.shows(AVAILABLE, "10,000")
    found += violations(page)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("#available .wheels").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= size[0]
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in background[4:-1].split(",")) < 200) == (scheme == "dark")
    visit.end()
