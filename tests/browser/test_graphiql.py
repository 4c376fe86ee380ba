"""GraphiQL in a real browser, against a running server, under its policy and without any other host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.gateway.graphiql import BUILT
from tests.browser import visits
from tests.browser.chromium import CHROMIUM
from tests.servers import Customer, RunningServer

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="GraphiQL is not built"),
]

EDITOR, VARIABLES, ANSWER = ".graphiql-query-editor", ".graphiql-editor-tool", ".graphiql-response"
expect = sync_api.expect


class Visit(visits.Visit):
    """GraphiQL in a tab: it asks nothing but what lies below its own address."""

    def __init__(self, browser: Any, origin: str) -> None:
        super().__init__(browser, f"{origin}/graphql")
        self.page.goto(f"{origin}/graphql")
        self.page.wait_for_selector(f"{EDITOR} .view-line")

    def use(self, credential: str) -> None:
        self.page.fill("#credential", credential)
        self.page.click("text=Use")
        self.page.wait_for_selector("text=Forget")

    def tab(self, name: str) -> None:
        self.page.locator(".graphiql-tab-button", has_text=name).click()
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


@pytest.fixture
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


@pytest.fixture
def visit(browser: Any, customer: Customer) -> Iterator[Visit]:
    visit = Visit(browser, customer.origin)
    yield visit
    visit.end()


def test_the_examples_run_with_a_pasted_key(visit: Visit, customer: Customer) -> None:
    page = visit.page
    assert page.title() == "Postmeter · GraphiQL"
    tabs = page.locator(".graphiql-tab-button").all_inner_texts()
    assert tabs == [
        *("SignIn", "Dashboard", "PlaceOrder", "WatchBalance", "TopUp"),
        *("Campaigns", "WatchCampaign"),
    ]
    scopes = ("ACCOUNT_READ", "BALANCE_READ", "LEDGER_READ", "ORDERS_READ", "ORDERS_WRITE", "TOPUPS_READ")
    visit.use(customer.api_key(*scopes))

    visit.tab("Dashboard")
    visit.run()
    visit.answers('"available": "10000"')
    visit.tab("PlaceOrder")
    visit.run()
    visit.answers('"replayed": false')
    visit.run()
    visit.answers('"replayed": true')
    assert customer.available("EMAIL") == "11000"
    assert page.evaluate("Object.keys(localStorage)") == []


def test_the_subscription_shows_what_another_client_spends(visit: Visit, customer: Customer) -> None:
    visit.use(customer.api_key())
    visit.tab("WatchBalance")
    visit.run()
    visit.answers('"kind": "SNAPSHOT"')
    visit.answers('"available": "10000"')
    customer.send(40)
    visit.answers('"kind": "CHANGE"')
    visit.answers('"available": "9960"')


def test_signed_in_by_password_the_token_is_used_and_forgotten(visit: Visit, customer: Customer) -> None:
    given = {"login": customer.login, "password": customer.password, "transport": "BEARER"}
    visit.replace(VARIABLES, json.dumps({"input": given}))
    with visit.page.expect_response("**/graphql") as answer:
        visit.run()
    visit.answers('"SignedIn"')
    visit.use(answer.value.json()["data"]["signIn"]["token"])
    visit.tab("Dashboard")
    visit.run()
    visit.answers('"available": "10000"')
    visit.page.click("text=Forget")
    visit.run()
    visit.answers('"viewer": null')
