"""Making notices: in the caller's transaction, once a key, with values and addresses that cannot do harm."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.kit.due import DueWork
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.notices import actions, reads
from server.notices.model import Notice
from server.notices.rules import (
    Channel,
    Mailing,
    NoticeAddressInvalid,
    Terms,
)
from tests.notices.conftest import ACCOUNT, ADDRESS, BOTH, Office

KEY = {"name": "Nightly export", "prefix": "pm_ab12"}
INJECTIONS = [
    "reader@example.com\r\nBcc: other@example.com",
    "reader@example.com\nSubject: hello",
    "reader@example.com, other@example.com",
    "reader@example.com>, <other@example.com",
    "Reader <reader@example.com>",
    "reader@example.com\0",
    "@example.com",
    "reader",
    "",
]


async def count(office: Office) -> int:
    return int(await office.units.read(lambda read: read.scalar(select(func.count()).select_from(Notice))))


async def test_a_notice_is_kept_sealed(office: Office) -> None:
    notice_id = await office.tell("api_key_created", data=KEY)
    row = await office.notice(notice_id)
    assert notice_id.startswith("ntc_")
    assert b"Nightly" not in row.data
    found = await office.units.read(lambda read: reads.notice(read, ACCOUNT, notice_id))
    assert found is not None
    assert await office.units.read(lambda read: reads.values(read, found)) == KEY


async def test_it_stands_and_falls_with_the_callers_transaction(office: Office) -> None:
    class Changed(Exception):
        pass

    def tell_and_fail(work: Work) -> None:
        actions.notify(
            work, ACCOUNT, "api_key_created", KEY, channels=BOTH, email=ADDRESS, dedupe_key="key/1"
        )
        raise Changed

    with pytest.raises(Changed):
        await office.units.run(Call("tell", SYSTEM), tell_and_fail)
    assert await count(office) == 0
    assert await office.messages() == []
    assert await office.units.read(lambda read: read.rows(select(DueWork.id))) == []


async def test_the_same_key_tells_once(office: Office) -> None:
    first = await office.mail(dedupe_key="pw/1")
    assert await office.mail("api_key_created", data=KEY, dedupe_key="pw/1") == first
    other = await office.tell(account_id="acc_other", dedupe_key="pw/1")
    unkeyed = [await office.tell(), await office.tell()]
    assert len({first, other, *unkeyed}) == await count(office) == 4
    assert len(await office.messages()) == 1


async def test_the_same_key_tells_once_also_at_the_same_time(office: Office) -> None:
    told = await asyncio.gather(*(office.mail(dedupe_key="pw/1") for _ in range(16)))
    assert len(set(told)) == await count(office) == len(await office.messages()) == 1
    await office.runner().run_due()
    assert len(office.inbox.mails) == 1


@pytest.mark.parametrize("address", INJECTIONS)
async def test_an_address_that_is_more_than_one_address_is_refused(office: Office, address: str) -> None:
    with pytest.raises(NoticeAddressInvalid):
        await office.mail(email=address)
    assert await count(office) == 0


async def test_no_value_makes_a_header_or_a_line(office: Office) -> None:
    inviter = "Eve\r\nBcc: other@example.com\r\n\r\nPay here: \u202eevil {code} %s"
    data = {"inviter": inviter, "code": "0badcafe"}
    await office.mail("team_invitation", data=data)
    await office.runner().run_due()
    (mail,) = office.inbox.read
    assert office.inbox.recipients == [ADDRESS]
    assert mail["Bcc"] is None
    line = mail.get_content().splitlines()[0]
    assert line.startswith("Eve  Bcc: other@example.com    Pay here:  evil {code} %s invites you")


async def test_a_foreign_domain_is_written_in_ascii(office: Office) -> None:
    await office.mail(email="reader@bücher.example.com")
    await office.runner().run_due()
    assert office.inbox.recipients == ["reader@xn--bcher-kva.example.com"]


@pytest.mark.parametrize(
    ("options", "relay", "expected"),
    [
        ({}, True, "NOT_ASKED"),
        ({"email": ADDRESS}, True, "NOT_ASKED"),
        ({"channels": BOTH}, True, "NO_ADDRESS"),
        ({"channels": BOTH, "email": ADDRESS}, False, "NO_RELAY"),
        ({"channels": BOTH, "email": ADDRESS}, True, "QUEUED"),
        ({"channels": (Channel.EMAIL,), "email": ADDRESS}, True, "QUEUED"),
    ],
)
async def test_a_notice_says_whether_it_is_sent(
    office: Office, options: dict[str, Any], relay: bool, expected: str
) -> None:
    office.units.house.terms.add(Mailing(relay=relay))
    row = await office.notice(await office.tell(**options))
    assert row.emailing == expected
    assert len(await office.messages()) == (expected == "QUEUED")


async def test_only_so_many_emails_go_out_in_an_hour(office: Office) -> None:
    office.units.house.terms.add(Terms(emails_per_hour_max=2))
    for _ in range(2):
        await office.mail()
    assert (await office.notice(await office.mail())).emailing == "LIMITED"
    assert (await office.notice(await office.mail(account_id="acc_other"))).emailing == "QUEUED"
    office.clock.advance(timedelta(hours=1))
    assert (await office.notice(await office.mail())).emailing == "QUEUED"


@pytest.mark.parametrize(
    ("template", "data"),
    [
        ("api_key_created", {"name": "x"}),
        ("api_key_created", KEY | {"more": "x"}),
        ("api_key_created", KEY | {"name": 5}),
        ("api_key_created", KEY | {"name": "x" * 2_001}),
        ("password_changed", {"at": "yesterday"}),
        ("password_changed", {"at": "2026-03-02T09:00:00"}),
        ("topup_failed", {"amount": "12,50 EUR"}),
        ("topup_failed", {"amount": "12.50"}),
        ("topup_failed", {"amount": "12.50 XAU"}),
    ],
)
async def test_values_that_do_not_fit_the_template_are_a_bug(
    office: Office, template: str, data: dict[str, str | int]
) -> None:
    with pytest.raises(ValueError, match=template):
        await office.tell(template, data=data)


async def test_an_unknown_template_is_a_bug(office: Office) -> None:
    with pytest.raises(LookupError, match="nonsense"):
        await office.tell("nonsense", data={})
