"""Who wants nothing more, how they say so, and what it takes to write to them again."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select
from starlette.applications import Starlette

from server.campaigns.actions.suppression import (
    Imported,
    RecipientUnsubscribed,
    import_suppressions,
    remove_suppression,
    suppress,
)
from server.campaigns.http import unsubscribe as unsubscribe_http
from server.campaigns.model import Campaign, CampaignRecipient, Suppression
from server.campaigns.reads.suppression import (
    REMOVAL_REASON_COLUMN,
    UNSUBSCRIBE_PATH,
    Unsubscribing,
    removals,
    suppression_of,
    suppressions,
    unsubscribe_token,
)
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.suppression import (
    RemovalReasonInvalid,
    SuppressionNotFound,
    SuppressionReason,
    SuppressionsInvalid,
    SuppressionSource,
)
from server.kit.events import after
from server.kit.work import Read, Work
from tests.campaigns.conftest import ACCOUNT, OTHER_ACCOUNT, Studio
from tests.test_app import settings

EMAIL = MessageChannel.EMAIL
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
REASON = "She subscribed again at the counter."


def client(studio: Studio) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Starlette(routes=unsubscribe_http.routes(studio.units)))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def link(studio: Studio, address: str = "ines@example.com", account_id: str = ACCOUNT) -> str:
    """The path of a recipient's link."""
    found = Unsubscribing(account_id, "cmp_spring", EMAIL, await studio.hash(address))
    return f"{UNSUBSCRIBE_PATH}/{await studio.units.read(lambda read: unsubscribe_token(read, found))}"


async def found(studio: Studio, address: str = "ines@example.com") -> Any:
    hashed = await studio.hash(address)
    return await studio.units.read(lambda read: suppression_of(read, ACCOUNT, EMAIL, hashed))


async def take_in(studio: Studio, *addresses: str, channel: MessageChannel = EMAIL) -> Imported:
    return await studio.act(lambda work: import_suppressions(work, ACCOUNT, channel, addresses))


async def told(studio: Studio) -> list[str]:
    def look(read: Read) -> list[str]:
        events = after(read.connection, ACCOUNT, 0, [RecipientUnsubscribed.__name__], 100)
        return [f"{event.subject_id} {event.data}" for event in events]

    return await studio.units.read(look)


async def test_one_click_unsubscribes(studio: Studio) -> None:
    path = await link(studio)
    async with client(studio) as mail_program:
        for _ in range(2):
            answer = await mail_program.post(path, data=ONE_CLICK)
            assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    row = await found(studio)
    assert (row.reason, row.source, row.campaign_id) == ("UNSUBSCRIBED", "UNSUBSCRIBE_LINK", "cmp_spring")
    assert row.created_at == studio.clock.now()
    assert await told(studio) == ['cmp_spring {"channel":"EMAIL"}'], "told once, and without the address"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_looking_at_the_page_changes_nothing(studio: Studio) -> None:
    async with client(studio) as scanner:
        page = await scanner.get(await link(studio))
    assert page.status_code == 200
    assert await found(studio) is None
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    tags = Tags()
    tags.feed(page.text)
    assert ("form", {"method": "post"}) in tags.found, "it goes to where it is"
    assert ("input", {"type": "hidden", "name": "List-Unsubscribe", "value": "One-Click"}) in tags.found
    assert not {"script", "link", "img", "iframe", "style"} & {name for name, _ in tags.found}


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_link_that_nobody_signed_does_nothing(studio: Studio) -> None:
    path = await link(studio)
    token = path.rpartition("/")[2]
    account, campaign, channel, hashed, signature = token.split(".")
    other = (await link(studio, "ola@example.com")).rpartition("/")[2]
    forged = [
        "x",
        token[:-2],
        token + "x",
        token + ".x",
        ".".join([OTHER_ACCOUNT, campaign, channel, hashed, signature]),
        ".".join([account, campaign, "SMS", hashed, signature]),
        ".".join([account, campaign, "FAX", hashed, signature]),
        ".".join([account, campaign, channel, other.split(".")[3], signature]),
        ".".join([account, campaign, channel, "é" * 43, signature]),
        "." * 4,
        "a" * 10_000,
    ]
    async with client(studio) as stranger:
        for wrong in forged:
            for answer in (
                await stranger.get(f"{UNSUBSCRIBE_PATH}/{wrong}"),
                await stranger.post(f"{UNSUBSCRIBE_PATH}/{wrong}", data=ONE_CLICK),
            ):
                assert answer.status_code == 404, wrong
    assert await studio.rows(Suppression) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_bodies_of_any_form_within_bounds(studio: Studio) -> None:
    path = await link(studio)
    async with client(studio) as mail_program:
        large = await mail_program.post(path, content=b"x" * (unsubscribe_http.BODY_BYTES_MAX + 1))
        assert (large.status_code, await found(studio)) == (413, None)
        assert (await mail_program.post(path, files={"List-Unsubscribe": "One-Click"})).status_code == 200
        assert (await mail_program.put(path)).status_code == 405
    assert await found(studio) is not None


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_link_of_an_erased_account_keeps_nothing(studio: Studio) -> None:
    async with client(studio) as mail_program:
        answer = await mail_program.post(await link(studio, account_id="acc_gone"), data=ONE_CLICK)
    assert (answer.status_code, await studio.rows(Suppression)) == (200, 0)


@pytest.mark.rule("C21", "M096")
async def test_an_opt_out_outlives_the_statistics_and_keeps_no_address(studio: Studio) -> None:
    await studio.give("EMAIL", 10)
    campaign_id = await studio.create()
    await studio.declared(campaign_id)
    await studio.add(campaign_id, ["ines@example.com", "ola@example.com"])
    async with client(studio) as mail_program:
        await mail_program.post(await link(studio), data=ONE_CLICK)

    def forget(work: Work) -> None:
        work.execute(delete(CampaignRecipient))
        work.execute(delete(Campaign))

    before = await found(studio)
    await studio.act(forget)
    studio.house.keys.destroy(ACCOUNT)  # the person's keys, too: the hash is keyed by the server
    assert await found(studio) == before
    kept = await studio.units.read(lambda read: read.first(select(Suppression.__table__)))
    assert b"ines" not in b"".join(each for each in kept or () if isinstance(each, bytes))
    again = await studio.create()
    await studio.declared(again)
    added = await studio.add(again, ["INES@example.com", "ola@example.com"])
    assert (added.added, added.suppressed) == (1, [0])


async def test_customers_bring_their_own_lists(studio: Studio) -> None:
    first = await take_in(studio, "ines@example.com", "Ines@Example.com", "no address", "ola@example.com")
    assert first == Imported(2, 0, [2])
    assert await take_in(studio, "ola@example.com", "uma@example.com") == Imported(1, 1, [])
    assert await take_in(studio, "+41791234567", channel=MessageChannel.SMS) == Imported(1, 0, [])
    row = await found(studio)
    assert (row.reason, row.source, row.campaign_id) == ("MANUAL", "CUSTOMER", None)
    newest = await studio.units.read(lambda read: suppressions(read, ACCOUNT, 2))
    rest = await studio.units.read(lambda read: suppressions(read, ACCOUNT, 10, newest[-1].id))
    ids = [row.id for row in (*newest, *rest)]
    assert (len(newest), len(ids), ids) == (2, 4, sorted(ids, reverse=True))
    for addresses in ((), ("ines@example.com",) * 1001):
        with pytest.raises(SuppressionsInvalid):
            await take_in(studio, *addresses)


async def test_the_first_reason_stays_whoever_comes_at_once(studio: Studio) -> None:
    hashes = [await studio.hash(f"r{number}@example.com") for number in range(20)]

    def learn(reason: SuppressionReason) -> Any:
        return studio.act(
            lambda work: suppress(work, ACCOUNT, EMAIL, hashes, reason, SuppressionSource.EVENT, "cmp_spring")
        )

    counted = await asyncio.gather(*(learn(reason) for reason in SuppressionReason))
    assert sorted(counted) == [0] * (len(SuppressionReason) - 1) + [20]
    rows = await studio.units.read(lambda read: suppressions(read, ACCOUNT, 100))
    assert (len(rows), len({row.reason for row in rows})) == (20, 1)
    assert await studio.act(lambda work: suppress(work, ACCOUNT, EMAIL, [], SuppressionReason.MANUAL)) == 0


async def test_who_writes_again_says_why(studio: Studio) -> None:
    await take_in(studio, "ines@example.com")
    row = await found(studio)
    with pytest.raises(RemovalReasonInvalid):
        await studio.act(lambda work: remove_suppression(work, ACCOUNT, row.id, " "))
    for account_id, suppression_id in ((OTHER_ACCOUNT, row.id), (ACCOUNT, "sup_none")):
        with pytest.raises(SuppressionNotFound):
            await studio.act(
                lambda work, of=account_id, that=suppression_id: remove_suppression(work, of, that, REASON)
            )
    outcomes = await asyncio.gather(
        *(studio.act(lambda work: remove_suppression(work, ACCOUNT, row.id, REASON)) for _ in range(2)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [SuppressionNotFound]
    assert await found(studio) is None
    [removed] = await studio.units.read(lambda read: removals(read, ACCOUNT, 10))
    assert (removed.id, removed.suppressed_for, removed.removed_by) == (row.id, "MANUAL", "ses_1")
    assert REASON.encode() not in removed.reason
    assert await studio.units.read(lambda read: read.open(REMOVAL_REASON_COLUMN, removed.reason)) == REASON
    await take_in(studio, "ines@example.com")
    assert (await found(studio)).id != row.id, "suppressed anew, beside the record"


@pytest.mark.parametrize(
    "url",
    ["http://mail.example.com", "https://mail.example.com/", "mail.example.com", "https://u@example.com"],
)
def test_a_public_address_that_cannot_be(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="POSTMETER_PUBLIC_URL"):
        settings(tmp_path, "sqlite:///data/postmeter.sqlite3", public_url=url)
