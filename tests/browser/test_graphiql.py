"""GraphiQL in a real browser, against a running server, under its policy and without any other host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from server.gateway.graphiql import BUILT
from tests.browser import visits
from tests.browser.axe import AXE, violations
from tests.browser.chromium import CHROMIUM
from tests.browser.visits import DESKTOP, PHONE
from tests.servers import Customer, RunningServer

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="GraphiQL is not built"),
]

EDITOR, VARIABLES, ANSWER = ".graphiql-query-editor", ".graphiql-editor-tool", ".graphiql-response"
expect = sync_api.expect


class Visit(visits.Visit):
    """GraphiQL in a tab: it asks nothing but what lies below its own address, and the door of the dashboard."""

    def __init__(
        self, browser: Any, origin: str, size: tuple[int, int] = DESKTOP, scheme: str = "light"
    ) -> None:
        super().__init__(browser, f"{origin}/graphql", size, scheme)
        self.url = f"{origin}/graphql"
        self.open()

    def open(self) -> None:
        self.page.goto(self.url)
        self.page.wait_for_selector(f"{EDITOR} .view-line")

    def use(self, credential: str) -> None:
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.fill("#credential", credential)
        self.page.click("text=Use it")
        self.page.wait_for_selector("text=Forget it")

    def says(self, text: str) -> None:
        """The bar tells whose authority is in use."""
        expect(self.page.locator(".page-header").get_by_role("status")).to_contain_text(text)

    def tab(self, name: str) -> None:
        self.page.locator(".graphiql-tab-button", has_text=name).click()
        self.holds(name)

    def example(self, title: str, name: str) -> None:
        """Choose it in the list beside the editor."""
        self.page.get_by_role("region", name="Examples").get_by_role("button", name=title).click()
        self.holds(name)

    def holds(self, name: str) -> None:
        expect(self.page.locator(EDITOR)).to_contain_text(name)
        # GraphiQL finds the operation's name a tenth of a second later, and shows nothing by which to tell.
        self.page.wait_for_timeout(400)

    def replace(self, where: str, text: str) -> None:
        self.page.click(f"{where} .view-line >> nth=0")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def run(self) -> None:
        self.page.click(".graphiql-execute-button")

    def answers(self, text: str) -> None:
        expect(self.page.locator(ANSWER)).to_contain_text(text, timeout=15_000)

    def remembered(self) -> str:
        """All that the page keeps in the browser but the key in use, which a reload needs."""
        kept = "Object.entries(sessionStorage).filter(([name]) => name !== 'postmeter:credential')"
        return str(self.page.evaluate(f"JSON.stringify([{kept}, Object.entries(localStorage)])"))


@pytest.fixture(scope="module")
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


@pytest.fixture
def visit(browser: Any, customer: Customer) -> Iterator[Visit]:
    visit = Visit(browser, customer.origin)
    yield visit
    visit.end()


def test_the_examples_run_with_a_key_that_no_history_keeps(visit: Visit, customer: Customer) -> None:
    page = visit.page
    assert page.title() == "Postmeter · GraphiQL"
    tabs = page.locator(".graphiql-tab-button").all_inner_texts()
    assert tabs == [
        *("SignIn", "Dashboard", "PlaceOrder", "WatchBalance", "TopUp"),
        *("Campaigns", "WatchCampaign"),
    ]
    scopes = ("ACCOUNT_READ", "BALANCE_READ", "LEDGER_READ", "ORDERS_READ", "ORDERS_WRITE", "TOPUPS_READ")
    key = customer.api_key(*scopes)
    before = int(customer.available("EMAIL"))
    visit.use(key)
    visit.says(f"With the key {key[:6]}…")

    listed = page.get_by_role("region", name="Examples").get_by_role("listitem")
    expect(listed).to_have_count(len(tabs))
    expect(listed.nth(2)).to_contain_text("Credits for prepaid money; run twice, it is charged once.")
    visit.example("Dashboard", "query Dashboard")
    visit.run()
    visit.answers(f'"available": "{before}"')
    visit.example("Place an order", "mutation PlaceOrder")
    visit.run()
    visit.answers('"replayed": false')
    visit.run()
    visit.answers('"replayed": true')
    assert int(customer.available("EMAIL")) == before + 1000

    page.locator(".graphiql-tab-active .graphiql-tab-close").click()
    expect(page.locator(".graphiql-tab-button")).to_have_count(len(tabs) - 1)
    visit.example("Place an order", "mutation PlaceOrder")
    expect(page.locator(".graphiql-tab-button").last).to_have_text("PlaceOrder")
    page.locator(".graphiql-editor-tools").get_by_text("Headers").click()
    visit.replace(".graphiql-editor-tool .graphiql-editor:not(.hidden)", json.dumps({"x-api-key": key}))
    visit.example("Dashboard", "query Dashboard")
    visit.run()
    visit.answers(f'"available": "{before + 1000}"')
    page.get_by_role("button", name="Show History").click()
    history = page.get_by_role("region", name="History")
    expect(history.get_by_text("PlaceOrder").first).to_be_visible()
    page.get_by_role("button", name="Show GraphiQL Explorer").click()
    expect(page.locator(".graphiql-explorer-root")).to_be_visible()
    assert key not in visit.remembered()
    assert page.evaluate("Object.keys(localStorage)") == []
    page.reload()
    visit.says("With the key")
    page.click("text=Forget it")
    visit.says("Not signed in")
    assert key not in page.evaluate("JSON.stringify(sessionStorage)")


def test_the_subscription_shows_what_another_client_spends(visit: Visit, customer: Customer) -> None:
    visit.use(customer.api_key())
    before = int(customer.available("EMAIL"))
    visit.tab("WatchBalance")
    visit.run()
    visit.answers('"kind": "SNAPSHOT"')
    visit.answers(f'"available": "{before}"')
    customer.send(40)
    visit.answers('"kind": "CHANGE"')
    visit.answers(f'"available": "{before - 40}"')


def test_a_token_asked_for_in_a_tab_is_used_and_the_password_is_not_kept(
    visit: Visit, customer: Customer
) -> None:
    given = {"login": customer.login, "password": customer.password, "transport": "BEARER"}
    visit.replace(VARIABLES, json.dumps({"input": given}))
    with visit.page.expect_response("**/graphql") as answer:
        visit.run()
    visit.answers('"SignedIn"')
    visit.use(answer.value.json()["data"]["signIn"]["token"])
    visit.tab("Dashboard")
    visit.run()
    visit.answers('"unit": "EMAIL"')
    assert customer.login in visit.remembered()
    assert customer.password not in visit.remembered()
    visit.page.click("text=Forget it")
    visit.run()
    visit.answers('"viewer": null')


def test_the_session_of_the_browser_is_used_from_both_pages_and_ended_here(
    visit: Visit, running_server: RunningServer
) -> None:
    customer, page = running_server.customer(), visit.page
    secret, trouble = second_factor(customer), page.locator(".door").get_by_role("alert")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Login").fill(customer.login)
    page.get_by_label("Password").fill("not the phrase")
    page.keyboard.press("Enter")
    expect(trouble).to_contain_text("do not belong together")
    page.get_by_label("Password").fill(customer.password)
    page.keyboard.press("Enter")
    page.get_by_label("Code from your authenticator").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(trouble).to_be_visible()
    # A code serves once, and the one before has confirmed the authenticator.
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30)))
    page.get_by_role("button", name="Go on").click()
    visit.says(f"Signed in as {customer.login}")
    visit.example("Watch a balance", "subscription WatchBalance")
    visit.run()
    visit.answers('"available": "10000"')
    customer.send(1)
    visit.answers('"available": "9999"')

    other = visit.context.new_page()
    other.goto(visit.url)
    expect(other.get_by_role("status")).to_contain_text(f"Signed in as {customer.login}")
    other.close()
    page.get_by_role("button", name="Sign out").click()
    visit.says("Not signed in")
    visit.tab("Dashboard")
    visit.run()
    visit.answers('"viewer": null')
    assert customer.password not in visit.remembered()


def second_factor(customer: Customer) -> str:
    """Give them an authenticator; its secret."""
    offered = customer.ask("mutation { enrolTotp { ... on TotpOffered { secret } } }")["enrolTotp"]
    customer.do("confirmTotp", {"code": pyotp.TOTP(offered["secret"]).now()})
    return str(offered["secret"])


@pytest.mark.skipif(not AXE.exists(), reason="needs `npm --prefix frontend-examples ci`")
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
def test_what_is_around_graphiql_is_usable_on_each_screen(
    browser: Any, customer: Customer, size: tuple[int, int], scheme: str
) -> None:
    visit = Visit(browser, customer.origin, size, scheme)
    page = visit.page
    if size == PHONE:
        page.get_by_role("button", name="Show Examples").click()
    found = violations(page, ".page-header", ".examples")
    visit.example("Dashboard", "query Dashboard")
    page.get_by_role("button", name="Sign in", exact=True).click()
    found += violations(page, ".door")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    background = page.evaluate("getComputedStyle(document.querySelector('.page-header')).backgroundColor")
    assert (sum(int(part) for part in background[4:-1].split(",")) < 150) == (scheme == "dark")
    visit.end()
