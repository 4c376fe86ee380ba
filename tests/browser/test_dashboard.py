"""The dashboard in a real browser: what customers and operators do there, against a running server.

Each visit ends with no error in the console and no request to another host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.gateway.dashboard import BUILT
from tests.browser.axe import AXE, violations
from tests.browser.chromium import CHROMIUM
from tests.browser.dashboards import (
    STAFF,
    STAFF_PASSWORD,
    World,
    live,
    running,
    set_up_authenticator,
)
from tests.browser.visits import DESKTOP, PHONE, Visit
from tests.servers import Customer

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the dashboard is not built"),
]
expect = sync_api.expect
sync_api.expect.set_options(timeout=15_000)

RENDERS_PER_SECOND_MAX = 4


@pytest.fixture(scope="module")
def world(browser: Any) -> Iterator[World]:
    with running(browser) as world:
        yield world


def test_a_customer_tops_up_orders_and_cancels_while_a_second_window_is_pushed_the_balance(
    world: World,
) -> None:
    customer = world.customer()
    with world.visit() as visit:
        page = visit.page
        world.sign_in(visit, customer.login, "not the phrase")
        expect(page.get_by_role("alert")).to_contain_text("do not belong together")
        page.get_by_label("Password", exact=True).fill(customer.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("[data-balance=EMAIL]")).to_have_text("10,000")

        window = visit.open_tab()
        window.goto(f"{world.url}/balances/EUR")
        money = window.locator("[data-balance=EUR]")
        expect(money).to_have_text("€105.00")
        window.evaluate("window.sameDocument = true")

        page.get_by_role("link", name="Top up").click()
        page.get_by_label("Amount").fill("50")
        page.get_by_label("Currency").select_option("EUR")
        page.get_by_role("button", name="Top up").click()
        expect(page.get_by_role("table", name="The newest top-ups").get_by_text("Succeeded")).to_have_count(2)
        expect(money).to_have_text("€155.00")

        page.get_by_role("link", name="Orders").click()
        page.get_by_label("Prices in").select_option("EUR")
        page.get_by_label("10,000 e-mail credits").check()
        page.get_by_label("Your reference").fill("autumn")
        expect(page.get_by_text("€95.00 and €0.00 tax")).to_be_visible()
        lose_one_answer(page, "PlaceOrder")
        page.get_by_role("button", name="Order", exact=True).click()
        expect(page.get_by_text("Nothing is ordered twice")).to_be_visible()
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_text("It had been ordered already")).to_be_visible()
        expect(money).to_have_text("€60.00")

        page.get_by_role("row", name="autumn").get_by_role("button", name="Cancel").click()
        costs = page.get_by_role("dialog").get_by_label("I ordered by mistake").locator("..")
        fee, refund = re.findall(r"€([\d.]+)", costs.inner_text())
        assert float(fee) > 0
        assert float(fee) + float(refund) == 95
        page.get_by_role("button", name="Cancel the order", exact=True).click()
        expect(page.get_by_text(f"Cancelled: €{refund} went back, €{fee} were kept.")).to_be_visible()
        expect(money).to_have_text(f"€{60 + float(refund):.2f}")
        assert window.evaluate("window.sameDocument") is True
        visit.complaints = [one for one in visit.complaints if "ERR_FAILED" not in one]  # the lost answer


def lose_one_answer(page: Any, operation: str) -> None:
    """Let the server do what the next `operation` asks, and the browser never learn of it."""
    lost: list[str] = []

    def handle(route: Any) -> None:
        if not lost and operation in (route.request.post_data or ""):
            lost.append(operation)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/graphql", handle)


def test_cut_off_it_resumes_behind_its_last_sequence_and_renders_a_few_times_a_second(world: World) -> None:
    customer = world.customer()
    with world.visit() as visit:
        page = visit.page
        world.sign_in(visit, customer.login, customer.password, "/balances/EMAIL")
        shown = page.locator("[data-balance=EMAIL]")
        expect(shown).to_have_text("10,000")
        live(page)

        visit.context.set_offline(True)
        expect(page.get_by_role("status")).to_contain_text("Connection lost")
        for _ in range(3):
            customer.send(100)
        expect(shown).to_have_text("10,000")
        visit.context.set_offline(False)
        live(page)
        expect(shown).to_have_text("9,700")
        expect(page.locator("[data-sequence]")).to_have_text("4")
        numbers = page.get_by_role("table", name="The newest postings").locator("tbody tr td:last-child")
        assert numbers.all_inner_texts() == ["4", "3", "2", "1"]

        before = page.evaluate("({ ...postmeterCounters, at: performance.now() })")
        for _ in range(60):
            customer.send(1)
        expect(shown).to_have_text("9,640")
        after = page.evaluate("({ ...postmeterCounters, at: performance.now() })")
        seconds = (after["at"] - before["at"]) / 1000
        assert after["updates"] - before["updates"] == 60
        assert after["pulses"] - before["pulses"] <= RENDERS_PER_SECOND_MAX * seconds + 2
        expect(page.get_by_text("At the pace since")).to_be_visible()
        page.reload()
        expect(shown).to_have_text("9,640")


def test_a_campaign_is_drafted_scheduled_and_counted_live(world: World) -> None:
    customer = world.customer()
    with world.visit() as visit:
        page = visit.page
        world.sign_in(visit, customer.login, customer.password, "/campaigns")
        page.get_by_role("link", name="New campaign").click()
        page.get_by_label("Name, for yourself").fill("Letter")
        page.get_by_label("Subject").fill("News")
        page.get_by_label("Text").fill("Dear reader")
        page.get_by_role("button", name="Save the draft").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Letter")
        campaign_id = page.url.rpartition("/")[2]
        page.get_by_label("E-mail addresses").fill("reader@example.com\nreader@example.com, nobody")
        page.get_by_role("button", name="Add them").click()
        expect(
            page.get_by_text("1 were added, 1 were there already, 1 cannot be written to.")
        ).to_be_visible()
        expect(page.locator("[data-credits]")).to_have_text("1")
        assert violations(page) == []
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        page.get_by_label("Send it later").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
        page.get_by_role("button", name="Schedule it").click()
        expect(page.get_by_text("It is sent")).to_be_visible()
        page.get_by_role("button", name="Make it a draft again").click()
        expect(page.get_by_role("button", name="Schedule it")).to_be_visible()
        report(customer, campaign_id, ("ACCEPTED", {}), ("DELIVERED", {"domain": "example.com"}))
        expect(page.locator("[data-count=delivered]")).to_have_text("1")
        report(customer, campaign_id, ("OPENED", {}), ("CLICKED", {"link": "https://example.com/offer"}))
        expect(page.locator("[data-count=clicks]")).to_have_text("1")
        expect(page.locator("[data-count=opens]")).to_have_text("1")
        expect(page.get_by_role("table", name="By link")).to_contain_text("example.com/offer")
        page.get_by_role("button", name="Domains").click()
        expect(page.get_by_role("table", name="By domain")).to_contain_text("example.com")
        expect(page.get_by_text("in the zone")).to_be_visible()


def report(customer: Customer, campaign_id: str, *events: tuple[str, dict[str, str]]) -> None:
    """Say what became of the campaign's only message."""
    key = customer.api_key("EVENTS_WRITE")
    at = datetime.now(UTC).isoformat()
    lines = "\n".join(
        json.dumps(
            {
                "key": kind,
                "campaignId": campaign_id,
                "recipient": "reader@example.com",
                "kind": kind,
                "at": at,
            }
            | more
        )
        for kind, more in events
    )
    headers = {"authorization": f"Bearer {key}", "content-type": "application/x-ndjson"}
    answer = customer.client.post("/campaigns/events", content=lines, headers=headers).json()
    assert answer["accepted"] == len(events), answer


def test_what_a_customer_asks_is_done_and_an_operator_closes_a_case(world: World) -> None:
    customer = world.customer()
    with world.visit(accept_downloads=True) as visit, world.visit() as desk:
        page = visit.page
        world.sign_in(visit, customer.login, customer.password, "/privacy")
        page.get_by_role("button", name="Make a copy").click()
        with page.expect_download(timeout=30_000) as download:
            page.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename.endswith(".zip")

        page.get_by_label("In your words").fill("The street is spelt wrong.")
        page.get_by_role("button", name="Send it").click()
        requests = page.get_by_role("table", name="Requests about your data")
        mine = requests.get_by_role("row", name="Rectification")
        expect(mine).to_contain_text("Received")

        world.sign_in(desk, STAFF, STAFF_PASSWORD, "/security")
        set_up_authenticator(desk.page)
        desk.page.get_by_role("link", name="Privacy requests").click()
        account_id = customer.ask("{ viewer { account { id } } }")["viewer"]["account"]["id"]
        desk.page.get_by_role("button", name=f"Open: Rectification of {account_id}").click()
        expect(desk.page.get_by_role("dialog")).to_contain_text("The street is spelt wrong.")
        desk.page.get_by_label("What the customer is told").fill("It is corrected.")
        desk.page.get_by_role("button", name="Close the case").click()
        expect(desk.page.get_by_text("Nothing is open.")).to_be_visible()
        expect(mine).to_contain_text("Fulfilled")
        expect(mine).to_contain_text("It is corrected.")
        desk.page.get_by_role("link", name="Accounts").click()
        desk.page.get_by_label("Number begins with").fill(account_id)
        desk.page.get_by_role("button", name="Search").click()
        row = desk.page.get_by_role("row", name=account_id)
        row.get_by_role("button", name="Suspend").click()
        desk.page.get_by_label("Because of").select_option("SECURITY")
        desk.page.get_by_role("button", name="Suspend it").click()
        expect(row).to_contain_text("Suspended")
        expect(row).to_contain_text("Security")
        expect(page.get_by_text("Your session has ended.")).to_be_visible()
        row.get_by_role("button", name="Reactivate").click()
        expect(desk.page.get_by_text(f"{account_id} is active again.")).to_be_visible()
        expect(row).to_contain_text("Active")

        page.reload()
        page.get_by_role("button", name="Close and erase it").click()
        page.get_by_label("I have read this").check()
        page.get_by_role("button", name="Erase it", exact=True).click()
        expect(page.get_by_text(re.compile("The number of the certificate is ers_"))).to_be_visible()


def test_somebody_registers_automates_invites_and_signs_in_by_passkey(world: World) -> None:
    with world.visit() as visit:
        page = visit.page
        page.goto(f"{world.url}/")
        page.get_by_role("link", name="Create an account").click()
        page.get_by_label("Login").fill("newcomer.one")
        page.get_by_label("Password").fill("four plain words here")
        page.get_by_label("I use this for my profession").check()
        page.get_by_label("I accept the policy").check()
        page.get_by_role("button", name="Create the account").click()
        expect(page.get_by_text("There is no money here yet.")).to_be_visible()

        page.get_by_role("link", name="API keys").click()
        page.get_by_label("Name").fill("Till")
        page.get_by_label("I accept").check()
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator("[data-secret]")).to_have_text(re.compile("pm_"))

        page.get_by_role("link", name="Top up").click()
        for purpose in ("AUTO_TOP_UP", "PLAN"):
            page.get_by_label("To be used for").select_option(purpose)
            page.get_by_role("button", name="Save the card").click()
            expect(page.get_by_role("row", name=purpose.capitalize().replace("_", " "))).to_contain_text(
                "Active"
            )

        page.get_by_role("link", name="Plan and invoices").click()
        for label, value in (
            ("Name or", "Test Ltd"),
            ("Street", "Hill"),
            ("House", "1"),
            ("Postal", "02101"),
        ):
            page.get_by_label(label).fill(value)
        page.get_by_label("Town").fill("Boston")
        page.get_by_label("Country").select_option("US")
        page.get_by_role("button", name="Save the address").click()
        expect(page.get_by_label("Town")).to_have_count(0)
        page.get_by_role("radio").last.check()
        page.get_by_role("button", name="Start the plan").click()
        expect(page.get_by_role("region", name="Your plan").get_by_text("Active")).to_be_visible()
        page.get_by_label("How many").fill("2")
        page.get_by_role("button", name="Add seats").click()
        expect(page.get_by_role("table", name="Purchases of extra seats")).to_contain_text("Active")
        assert violations(page) == []

        page.get_by_role("link", name="Team").click()
        page.get_by_role("button", name="Invite").click()
        expect(page.get_by_text("Give them this token")).to_be_visible()

        page.get_by_role("link", name="Top up").click()
        page.get_by_label("When fewer are available than").fill("10")
        page.get_by_label("Add at least").fill("1000")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Last decision")).to_be_visible()
        page.get_by_role("link", name="Overview").click()
        expect(page.locator("[data-balance=EMAIL]")).to_have_text("1,000", timeout=30_000)

        add_authenticator(visit)
        page.get_by_role("link", name="Sign-in and sessions").click()
        page.get_by_label("Name of the new one").fill("Laptop")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("button", name="Remove Laptop")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign-in and sessions", timeout=30_000)


def add_authenticator(visit: Visit) -> None:
    """Give the browser a device that holds passkeys and always says yes."""
    session = visit.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    holds = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": kind | holds})


PAGES = (
    *("", "balances/EMAIL", "top-up", "orders", "plan", "campaigns", "campaigns/new", "compare"),
    *("team", "keys", "support", "notices", "security", "privacy"),
)


@pytest.mark.skipif(not AXE.exists(), reason="needs `npm --prefix frontend-examples ci`")
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
def test_each_page_is_usable_on_each_screen_and_in_each_scheme(
    world: World, size: tuple[int, int], scheme: str
) -> None:
    customer = world.customer()
    found: dict[str, Any] = {}
    with world.visit(size, scheme, reduced_motion="reduce") as visit:
        page = visit.page
        page.goto(f"{world.url}/")
        expect(page.get_by_label("Login")).to_be_visible()
        found["the door"] = violations(page)
        world.sign_in(visit, customer.login, customer.password)
        for path in PAGES:
            page.evaluate(
                f"history.pushState(null, '', '/dashboard/{path}'); dispatchEvent(new Event('popstate'))"
            )
            expect(page.get_by_role("heading", level=1)).to_be_focused()
            expect(page.locator(".skeleton")).to_have_count(0)
            found[path] = violations(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(int(part) for part in background[4:-1].split(",")) < 200) == (scheme == "dark")
    assert {path: seen for path, seen in found.items() if seen} == {}
