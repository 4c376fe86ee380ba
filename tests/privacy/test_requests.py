"""A customer's request from its filing to its end: its clock to the second, who is told, and what delays nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.kit.clock import ManualClock
from server.kit.due import pauses
from server.kit.events import after
from server.kit.work import House
from server.privacy.actions.request_changes import CHANGES
from server.privacy.actions.requests import (
    Filing,
    Outcome,
    advance,
    begin_request,
    extend_request,
    file_request,
    fulfil_request,
    hold_request,
    refuse_request,
    verify_identity,
    withdraw_request,
)
from server.privacy.model import PrivacyRequest
from server.privacy.reads import requests as reads
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.recipient_requests import RefusalGround
from server.privacy.rules.request_refusals import (
    PrivacyRequestAccountUnknown,
    PrivacyRequestGroundInvalid,
    PrivacyRequestLimitReached,
    PrivacyRequestNotExtendable,
    PrivacyRequestNotFound,
    PrivacyRequestStatusConflict,
    PrivacyRequestTextInvalid,
)
from server.privacy.rules.requests import (
    ExtensionReason,
    HoldGround,
    IdentityProof,
    PrivacyRequestKind,
    PrivacyRequestSource,
    PrivacyRequestTerms,
)
from tests.privacy.asking import Post, post_of

K, By = PrivacyRequestKind, PrivacyRequestSource
TERMS = PrivacyRequestTerms()
SECOND = timedelta(seconds=1)
FILED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 4, 2, 9, tzinfo=UTC)


class Desk:
    """What tests do with requests of the post's customer."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def file(
        self, kind: PrivacyRequestKind, source: PrivacyRequestSource = By.SELF, **more: Any
    ) -> PrivacyRequestRow:
        filing = replace(Filing(self.post.account_id, kind, source), **more)
        return await self.post.act(lambda work: file_request(work, filing), self.post.staff[0])

    async def do(self, action: Any, request_id: str, *given: Any) -> PrivacyRequestRow:
        row: PrivacyRequestRow = await self.post.act(
            lambda work: action(work, request_id, *given), self.post.staff[0]
        )
        return row

    async def row(self, request_id: str) -> PrivacyRequestRow:
        row = await self.post.units.read(lambda read: reads.any_request(read, request_id))
        assert row is not None
        return row

    async def queue(self) -> list[str]:
        return [row.id for row in await self.post.units.read(lambda read: reads.queue(read, 100))]

    async def told(self) -> list[str]:
        kinds = [change.__name__ for change in CHANGES]
        account_id = self.post.account_id
        stored = await self.post.units.read(lambda read: after(read.connection, account_id, 0, kinds, 100))
        return [event.kind.removeprefix("PrivacyRequest") for event in stored]

    async def letters(self) -> list[str]:
        return [kind for kind, address in await self.post.letters() if address == "owner@example.com"]


@pytest.fixture
async def desk(house: House, clock: ManualClock) -> Desk:
    return Desk(await post_of(house, clock))


@pytest.mark.rule("H039", "M103", "P038")
async def test_the_clock_runs_from_the_receipt_whatever_is_paused_or_held(desk: Desk) -> None:
    post = desk.post
    row = await desk.file(K.ACCESS)
    assert (row.status, row.received_at, row.due_at, row.proof) == ("RECEIVED", FILED, DUE, "SESSION")
    await post.units.run_unaudited(lambda work: pauses.begin(work, work.now, "A flood."))
    held = await desk.do(hold_request, row.id, HoldGround.COMPLAINT)
    assert (held.status, held.hold_ground, held.due_at) == ("HELD", "COMPLAINT", DUE)
    await post.due(DUE - TERMS.remind_before - SECOND)
    assert (await desk.row(row.id)).reminded_at is None
    await post.due(DUE - TERMS.remind_before)
    assert (await desk.row(row.id)).reminded_at == DUE - TERMS.remind_before
    await post.due(DUE - SECOND)
    assert (await desk.row(row.id)).overdue_at is None
    await post.due(DUE)
    overdue = await desk.row(row.id)
    assert (overdue.status, overdue.overdue_at) == ("HELD", DUE)
    await post.due(DUE + SECOND)
    await post.act(lambda work: advance(work, row.id))
    assert await desk.row(row.id) == overdue, "a step that runs again does nothing"
    assert await post.notices_of_staff() == ["privacy_request_reminder", "privacy_request_overdue"]
    begun = await desk.do(begin_request, row.id)
    assert (begun.status, begun.hold_ground) == ("IN_PROGRESS", None)
    done = await desk.do(fulfil_request, row.id)
    assert (done.status, done.open_key, done.ended_at) == ("FULFILLED", None, DUE + SECOND)
    assert await desk.told() == ["Filed", "Held", "Released", "Fulfilled"]
    assert await desk.letters() == ["privacy_request_received", "privacy_request_fulfilled"]


@pytest.mark.rule("C26")
async def test_it_is_extended_once_with_a_reason_that_is_told(desk: Desk) -> None:
    row = await desk.file(K.PORTABILITY)
    desk.post.clock.set(DUE - SECOND)
    extended = await desk.do(extend_request, row.id, ExtensionReason.COMPLEXITY)
    assert extended.due_at == datetime(2026, 6, 2, 9, tzinfo=UTC)
    assert (extended.extension_reason, extended.extended_at) == ("COMPLEXITY", DUE - SECOND)
    assert (await desk.letters())[-1] == "privacy_request_extended"
    with pytest.raises(PrivacyRequestNotExtendable):
        await desk.do(extend_request, row.id, ExtensionReason.NUMBER_OF_REQUESTS)
    again = await desk.file(K.PORTABILITY)
    assert (again.id, again.due_at) == (row.id, extended.due_at), "a repetition does not shorten it"
    late = await desk.file(K.ACCESS)
    desk.post.clock.set(late.due_at)
    with pytest.raises(PrivacyRequestNotExtendable):
        await desk.do(extend_request, late.id, ExtensionReason.NUMBER_OF_REQUESTS)


@pytest.mark.rule("P028")
async def test_it_is_refused_or_done_in_part_on_a_legal_ground_only(desk: Desk) -> None:
    erasure, access = await desk.file(K.ERASURE), await desk.file(K.ACCESS)
    with pytest.raises(PrivacyRequestGroundInvalid):
        await desk.do(refuse_request, erasure.id, RefusalGround.DATA_ACCURATE, "It is accurate.")
    with pytest.raises(PrivacyRequestTextInvalid):
        await desk.do(refuse_request, erasure.id, RefusalGround.LEGAL_CLAIMS, " ")
    assert (await desk.row(erasure.id)).status == "RECEIVED"
    part = await desk.do(fulfil_request, erasure.id, Outcome(RefusalGround.LEGAL_OBLIGATION))
    assert (part.status, part.ground) == ("PARTLY_FULFILLED", "LEGAL_OBLIGATION")
    said = "It would show what others wrote."
    refused = await desk.do(refuse_request, access.id, RefusalGround.RIGHTS_OF_OTHERS, said)
    assert (refused.status, refused.ground) == ("REFUSED", "RIGHTS_OF_OTHERS")
    assert refused.answer is not None
    assert b"others" not in refused.answer
    assert (await desk.letters())[-1] == "privacy_request_refused"
    with pytest.raises(PrivacyRequestStatusConflict):
        await desk.do(fulfil_request, access.id)


@pytest.mark.rule("B018", "H038")
async def test_mail_is_dated_by_its_receipt_and_nothing_is_done_before_it_is_known_who_asks(
    desk: Desk,
) -> None:
    received_at = FILED - timedelta(days=9)
    more: dict[str, Any] = {"received_at": received_at, "message_id": "<1@example.com>", "text": "Marigold."}
    row = await desk.file(K.ACCESS, By.MAIL, **more)
    due_at = datetime(2026, 3, 21, 9, tzinfo=UTC)
    assert (row.status, row.received_at, row.due_at) == ("UNVERIFIED", received_at, due_at)
    assert row.text is not None
    assert b"Marigold" not in row.text
    for act in (begin_request, fulfil_request):
        with pytest.raises(PrivacyRequestStatusConflict):
            await desk.do(act, row.id)
    assert await desk.letters() == ["privacy_request_entered"]
    known = await desk.do(verify_identity, row.id, IdentityProof.CALL_BACK)
    assert (known.status, known.proof, known.verified_by) == (
        "RECEIVED",
        "CALL_BACK",
        desk.post.staff[0].credential_id,
    )
    assert known.due_at == due_at
    with pytest.raises(PrivacyRequestStatusConflict):
        await desk.do(verify_identity, row.id, IdentityProof.DOCUMENT)
    other = await desk.file(K.ERASURE, By.STAFF, text="Marigold.")
    lapses = other.filed_at + TERMS.verify_within
    await desk.post.due(lapses - SECOND)
    assert (await desk.row(other.id)).status == "UNVERIFIED"
    await desk.post.due(lapses)
    lapsed = await desk.row(other.id)
    assert (lapsed.status, lapsed.text, lapsed.open_key) == ("LAPSED", None, None)


async def test_what_is_unverified_or_asked_twice_delays_nothing(desk: Desk) -> None:
    strange = await desk.file(K.ERASURE, By.MAIL, received_at=FILED - timedelta(days=20), text="Not me.")
    concern = await desk.file(K.CONCERN, text="Who reads this?")
    assert await desk.queue() == [concern.id, strange.id], "whatever the due date says"
    desk.post.clock.advance(timedelta(days=1))
    own = await desk.file(K.ERASURE, person_id="per_1")
    assert (own.id, own.status, own.person_id) == (strange.id, "RECEIVED", "per_1")
    assert own.received_at == FILED - timedelta(days=20), "the clock of the first receipt"
    assert own.text is None, "what a stranger said in their name is gone"
    assert (await desk.file(K.ERASURE)).id == own.id
    assert (await desk.file(K.CONCERN, text="And who this?")).id != concern.id
    one = await desk.file(K.RESTRICTION, purposes=frozenset({"api_use"}))
    all_of_it = await desk.file(K.RESTRICTION)
    assert one.id != all_of_it.id
    assert await desk.queue() == [own.id, concern.id, *(await desk.queue())[2:]]
    sooner = await desk.file(K.ERASURE, By.REPORT, due_at=desk.post.clock.now())
    assert (sooner.id, sooner.due_at) == (own.id, desk.post.clock.now())


async def test_what_floods_is_refused_and_blocks_nothing_that_is_verified(desk: Desk) -> None:
    for _ in range(TERMS.open_max):
        await desk.file(K.CONCERN, By.MAIL, text="Again.")
    with pytest.raises(PrivacyRequestLimitReached) as refused:
        await desk.file(K.CONCERN, By.MAIL, text="Again.")
    assert refused.value.open_max == TERMS.open_max
    assert (await desk.file(K.CONCERN, text="Mine.")).status == "RECEIVED"


async def test_who_asked_can_take_it_back_and_nobody_else(desk: Desk) -> None:
    row = await desk.file(K.RECTIFICATION, text="My name is Marigold.")
    with pytest.raises(PrivacyRequestNotFound):
        await desk.post.act(lambda work: withdraw_request(work, "acc_other", row.id))
    gone = await desk.post.act(lambda work: withdraw_request(work, desk.post.account_id, row.id))
    assert (gone.status, gone.queue_rank) == ("WITHDRAWN", None)
    with pytest.raises(PrivacyRequestAccountUnknown):
        await desk.file(K.ACCESS, account_id=desk.post.staff[0].account_id)
    with pytest.raises(PrivacyRequestNotFound):
        await desk.do(begin_request, "dsr_1")
    rows = await desk.post.units.read(lambda read: read.rows(select(PrivacyRequest.id)))
    assert [each.id for each in rows] == [row.id]


@pytest.mark.rule("P027")
async def test_a_copy_can_be_asked_for_again_as_soon_as_one_was_given(desk: Desk) -> None:
    first = await desk.file(K.ACCESS)
    await desk.do(fulfil_request, first.id)
    second = await desk.file(K.ACCESS)
    assert second.id != first.id
    assert (second.status, second.received_at) == ("RECEIVED", FILED), "the same second"
