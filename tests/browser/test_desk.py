"""The operator's pages in a real browser, with the customer's beside them: what one does, the other is shown.

Each visit ends with no error in the console and no request to another host.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from server.gateway.dashboard import BUILT
from server.senders.rules.documents import ContentType
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
from tests.senders.conftest import DOCUMENTS
from tests.servers import Customer

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="the dashboard is not built"),
]
expect = sync_api.expect
sync_api.expect.set_options(timeout=15_000)

PDF = DOCUMENTS[ContentType.PDF]
ME = "{ viewer { account { id } } }"


@pytest.fixture(scope="module")
def world(browser: Any) -> Iterator[World]:
    with running(browser) as world:
        yield world


@pytest.fixture(scope="module")
def desk(world: World) -> Iterator[Visit]:
    """Somebody of the staff, signed in with both factors."""
    with world.visit() as visit:
        world.sign_in(visit, STAFF, STAFF_PASSWORD, "/security")
        set_up_authenticator(visit.page)
        yield visit


@pytest.fixture(scope="module")
def customer(world: World) -> Customer:
    return world.customer()


def account_of(customer: Customer) -> str:
    return str(customer.ask(ME)["viewer"]["account"]["id"])


def follow(page: Any, name: str) -> None:
    """Go to a page of the navigation, and wait until it is there."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".skeleton")).to_have_count(0)


def test_a_ticket_goes_to_and_fro_and_its_customer_sees_who_read_it(
    world: World, desk: Visit, customer: Customer
) -> None:
    staff = desk.page
    with world.visit() as visit:
        page = visit.page
        world.sign_in(visit, customer.login, customer.password, "/support")
        expect(page.get_by_text("You asked for nothing yet.")).to_be_visible()
        follow(staff, "Support")
        expect(staff.get_by_text("Nobody waits.")).to_be_visible()

        page.get_by_label("What it is").select_option("DEFECT")
        page.get_by_label("Subject").fill("Bounces are missing")
        page.get_by_label("What you write").fill("Since Monday\nthere are none.")
        page.get_by_role("button", name="Send it").click()
        receipt = page.locator("[data-receipt]").inner_text()
        assert receipt.startswith("tkt_")
        expect(staff.get_by_role("row", name=receipt)).to_contain_text("Defect")
        assert "Bounces" not in staff.locator("main").inner_text(), "what it says is read where it is audited"

        staff.get_by_role("link", name=receipt).click()
        expect(staff.get_by_role("heading", level=1)).to_have_text("Bounces are missing")
        staff.get_by_label("Answer").fill("Which campaign?")
        staff.get_by_label("What is next").select_option("WAITING")
        staff.get_by_role("button", name="Send the answer").click()
        expect(page.get_by_role("row", name="Bounces are missing")).to_contain_text("Waits for you")
        page.get_by_role("link", name="Bounces are missing").click()
        expect(page.get_by_role("list", name="Messages, oldest first")).to_contain_text("Which campaign?")
        assert violations(page) + violations(staff) == []
        page.get_by_label("Your answer").fill("The one of March.")
        page.get_by_role("button", name="Send it").click()
        expect(staff.get_by_role("list", name="Messages, oldest first")).to_contain_text("The one of March.")
        page.get_by_role("button", name="It is settled: close it").click()
        expect(page.get_by_text("Closed", exact=True)).to_be_visible()
        expect(staff.get_by_text("Closed", exact=True)).to_be_visible()

        follow(page, "Privacy")
        readers = page.get_by_role("table", name="Who read data of the account")
        expect(readers.get_by_role("row").nth(1)).to_contain_text("Our staff")
        readers.get_by_text(re.compile("fields$")).first.click()
        expect(readers.get_by_text("Query.supportTicket").first).to_be_visible()


def test_an_incident_from_its_entry_to_its_end_while_the_customer_is_told(
    world: World, desk: Visit, customer: Customer
) -> None:
    staff = desk.page
    colleague = world.visit(
        storage_state=desk.context.storage_state()
    )  # a tab behind another is drawn once a second
    with world.visit() as visit, colleague as beside:
        page, others = visit.page, beside.page
        world.sign_in(visit, customer.login, customer.password, "/notices")
        others.goto(f"{world.url}/operator/incidents")
        expect(others.get_by_text("There is none.")).to_be_visible()

        follow(staff, "Incidents")
        staff.get_by_label("What happened").select_option("LOSS")
        staff.get_by_label("What is known").fill("A laptop was lost.")
        staff.get_by_label("Affected accounts, as far as known").fill(account_of(customer))
        staff.get_by_role("button", name="Enter it").click()
        expect(staff.get_by_role("heading", level=1)).to_have_text("Loss")
        countdown = staff.locator("[data-countdown]")
        first = countdown.inner_text()
        assert re.fullmatch(r"71:5\d:\d\d", first)
        expect(countdown).not_to_have_text(first)
        row = others.get_by_role("row", name="Loss")
        expect(row).to_contain_text("Reported")

        staff.get_by_label("The risk for people").select_option("RISK")
        staff.get_by_label("Financial").check()
        staff.get_by_label("How many people, as far as known").fill("7")
        staff.get_by_label("What is likely to follow for them").fill("Letters by strangers.")
        staff.get_by_role("button", name="Assess it").click()
        expect(row).to_contain_text("Risk")
        staff.get_by_label("Authority", exact=True).fill("The authority")
        staff.get_by_label("Its reference").fill("2026-17")
        staff.get_by_role("button", name="Record that it was told").click()
        expect(countdown).to_have_count(0)
        expect(row).to_contain_text("told")

        staff.get_by_label("What they are told").fill("A laptop was lost. Ask us.")
        staff.get_by_label("Why, for the register").fill("They must know.")
        staff.get_by_role("button", name="Decide").click()
        expect(page.get_by_role("heading", name="Incidents that affected your data")).to_be_visible()
        expect(page.get_by_text("Data affected: Financial.")).to_be_visible()
        expect(staff.get_by_text("all told by")).to_be_visible()

        staff.get_by_label("Goes on to").select_option("CORRECTED")
        staff.get_by_label("Why the states between are skipped").fill("It was done in one day.")
        staff.get_by_role("button", name="Move it").click()
        expect(row).to_contain_text("Corrected")
        staff.get_by_role("button", name="Move it").click()
        expect(staff.get_by_text("It still needs: Correction.")).to_be_visible()
        staff.get_by_label("Write", exact=True).select_option("CORRECTION")
        staff.get_by_label("Text").fill("Disks are encrypted.")
        staff.get_by_role("button", name="Write it down").click()
        entries = staff.get_by_role("table", name="Entries of the register")
        expect(entries).to_contain_text("Disks are encrypted.")
        staff.get_by_role("button", name="Move it").click()
        expect(row).to_have_count(0)
        others.get_by_role("button", name="All").click()
        expect(others.get_by_role("row", name="Loss")).to_contain_text("Closed")


def test_the_queues_move_by_themselves_and_what_waits_is_decided(
    world: World, desk: Visit, customer: Customer
) -> None:
    staff = desk.page
    follow(staff, "Sender IDs")
    expect(staff.get_by_text("Nothing waits.")).to_be_visible()
    sender_id = apply_for_sender(world, customer)
    staff.get_by_role("button", name="Review Marigold").click()
    expect(staff.get_by_role("dialog").get_by_role("button", name="Identity")).to_be_visible()
    staff.get_by_label("France").uncheck()
    staff.get_by_role("button", name="Decide").click()
    expect(staff.get_by_text("Nothing waits.")).to_be_visible()
    document = "query($id: ID!) { sender(id: $id) { countries { country accepted } } }"
    countries = customer.ask(document, {"id": sender_id})["sender"]["countries"]
    assert {one["country"]: one["accepted"] for one in countries} == {"CH": True, "FR": False}

    follow(staff, "Complaints")
    staff.get_by_role("button", name="Proof submitted").click()
    expect(staff.get_by_text("None is in this state.")).to_be_visible()
    prove_consent(desk, customer)
    row = staff.get_by_role("row", name=account_of(customer))
    expect(row.locator("[data-countdown]")).to_have_text(re.compile(r"(late by )?\d+:\d\d:\d\d"))
    row.get_by_role("button", name="Open").click()
    expect(staff.get_by_role("dialog")).to_contain_text("Signed up at the fair.")
    staff.get_by_role("button", name="Decide").click()
    expect(staff.get_by_text("None is in this state.")).to_be_visible()


def apply_for_sender(world: World, customer: Customer) -> str:
    """An application with its documents, submitted."""
    given = {"name": "Marigold", "countries": ["CH", "FR"]}
    made = customer.do("createSender", given, "... on SenderCreated { sender { id } }")
    sender_id = str(made["sender"]["id"])
    for kind in ("IDENTITY", "COMPANY_REGISTRATION"):
        wanted = {"senderId": sender_id, "kind": kind, "contentType": "PDF", "sizeBytes": len(PDF)}
        link = customer.do("requestSenderDocumentUpload", wanted, "... on SenderDocumentUpload { url }")[
            "url"
        ]
        stored = world.server.client.put(link, content=PDF, headers={"content-type": "application/pdf"})
        assert stored.status_code == 201, stored.text
    customer.do("submitSender", {"senderId": sender_id})
    return sender_id


def prove_consent(desk: Visit, customer: Customer) -> None:
    """The staff found a complaint founded, and the customer shows a consent."""
    document = """mutation($input: OpenComplaintInput!) { openComplaint(input: $input) { __typename
        ... on Problem { message } } }"""
    complaint = {
        "accountId": account_of(customer),
        "category": "CONTENT",
        "finding": {"founded": True},
        "idempotencyKey": "complaint",
    }
    opened = desk.page.evaluate(
        """body => fetch('/graphql', { method: 'POST', body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' } }).then(answer => answer.json())""",
        {"query": document, "variables": {"input": complaint}},
    )
    assert opened["data"]["openComplaint"]["__typename"] == "ComplaintOpened", opened
    found = customer.ask("{ viewer { account { complaints { edges { node { id } } } } } }")
    (edge,) = found["viewer"]["account"]["complaints"]["edges"]
    evidence = {"kind": "SUBSCRIPTION_CONSENT", "text": "Signed up at the fair."}
    customer.do("submitComplaintProof", {"caseId": edge["node"]["id"], "evidence": [evidence]})


def test_the_overview_counts_the_days_money_live(desk: Visit, customer: Customer) -> None:
    staff = desk.page
    follow(staff, "Overview")
    live(staff)
    money = staff.locator("[data-money-in=EUR]")
    before = float(money.inner_text().removeprefix("€"))
    assert before >= 200
    assert int(staff.locator("[data-sockets]").inner_text()) >= 1
    amount = {"amount": "50.00", "currency": "EUR"}
    customer.do("createTopUp", {"amount": amount, "paymentToken": "tok_sandbox_ok", "idempotencyKey": "more"})
    expect(money).to_have_text(f"€{before + 50:.2f}")
    customer.send(7)
    expect(staff.locator("[data-spent=EMAIL]")).to_have_text("7")


def test_a_fresh_proof_is_asked_for_and_a_forgotten_password_is_set_anew(world: World) -> None:
    customer = world.customer()
    made = customer.ask("mutation { createRecoveryCodes { ... on RecoveryCodesCreated { codes } } }")
    with world.visit() as visit:
        page = visit.page
        world.sign_in(visit, customer.login, customer.password, "/security")
        expect(page.get_by_role("button", name="Set it up")).to_be_visible()
        with sqlite3.connect(world.folder / "data" / "postmeter.sqlite3", timeout=30) as database:
            database.execute("UPDATE sessions SET stepped_up_until = 0")
        page.get_by_role("button", name="Set it up").click()
        dialog = page.get_by_role("dialog", name="Confirm that it is you")
        dialog.get_by_label("Password").fill("not the phrase")
        dialog.get_by_role("button", name="Confirm").click()
        expect(dialog.get_by_role("alert")).to_be_visible()
        dialog.get_by_label("Password").fill(customer.password)
        dialog.get_by_role("button", name="Confirm").click()
        expect(page.locator("[data-totp-secret]")).to_be_visible()

        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("link", name="Forgot the password?").click()
        page.get_by_role("button", name="By recovery code").click()
        page.get_by_label("Login").fill(customer.login)
        page.get_by_label("Recovery code").fill(made["createRecoveryCodes"]["codes"][0])
        page.get_by_role("textbox", name="New password").fill("quite another long phrase")
        page.get_by_role("button", name="Set it").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.get_by_label("Login").fill(customer.login)
        page.get_by_label("Password", exact=True).fill("quite another long phrase")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()


PAGES = (
    *("", "operator/requests", "operator/support", "operator/incidents", "operator/complaints"),
    *("operator/senders", "operator/accounts", "operator/compliance", "operator/disclosures", "security"),
)


@pytest.mark.skipif(not AXE.exists(), reason="needs `npm --prefix frontend-examples ci`")
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
def test_each_page_of_an_operator_is_usable_on_each_screen_and_in_each_scheme(
    world: World, desk: Visit, size: tuple[int, int], scheme: str
) -> None:
    page = desk.open_tab()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{world.url}/operator/incidents")
    summary = "A disk is missing."
    page.get_by_label("What is known").fill(summary)
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_text(summary)).to_be_visible()
    incident = page.url.removeprefix(f"{world.url}/")
    found: dict[str, Any] = {}
    for path in (*PAGES, incident):
        page.evaluate(
            f"history.pushState(null, '', '/dashboard/{path}'); dispatchEvent(new Event('popstate'))"
        )
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        expect(page.locator(".skeleton")).to_have_count(0)
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.close()
    assert {path: seen for path, seen in found.items() if seen} == {}
