"""Documents over HTTP: what a link takes in, what it refuses, and who may look at what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from server.accounts.actions import guard
from server.kit.audit import AuditEntry
from server.kit.clock import ManualClock
from server.kit.events import StoredEvent
from server.kit.work import House, Units
from server.senders import actions
from server.senders.actions.documents import Link
from server.senders.model import SenderDocument, SenderDocumentChunk
from server.senders.rules import SenderStatusConflict
from server.senders.rules.documents import (
    ContentType,
    DocumentKind,
    SenderDocumentNotFound,
    SenderDocumentSizeInvalid,
    UploadLimitReached,
)
from tests.senders.conftest import ACCOUNT, DOCUMENTS, REFUSE, STAFF, Message, Office, send_raw

PDF = DOCUMENTS[ContentType.PDF]
PDF_HEADERS = {"content-type": "application/pdf", "content-length": str(len(PDF))}


@pytest.mark.rule("M072")
@pytest.mark.parametrize("content_type", list(ContentType))
async def test_a_document_comes_back_as_it_went(office: Office, content_type: ContentType) -> None:
    office.terms(chunk_bytes=100)
    sender_id = await office.begin()
    content = DOCUMENTS[content_type]
    link = await office.link(sender_id, content_type=content_type)
    assert (await office.put(link, content, content_type.value)).status_code == 201
    assert await office.count(SenderDocumentChunk) == -(-len(content) // 100)
    view = await office.view(await office.document_id(sender_id))
    async with office.client() as client:
        shown = await client.get(view.path)
    assert (shown.status_code, shown.content) == (200, content)
    assert shown.headers["content-type"] == content_type.value
    assert shown.headers["content-disposition"] == "attachment"
    assert shown.headers["cache-control"] == "no-store"
    assert "sandbox" in shown.headers["content-security-policy"]


async def test_documents_are_kept_encrypted_and_each_piece_in_its_place(office: Office) -> None:
    office.terms(chunk_bytes=100)
    sender_id = await office.begin()
    await office.upload(sender_id, DocumentKind.IDENTITY)
    pieces = await office.units.read(
        lambda read: read.execute(select(SenderDocumentChunk.data)).scalars().all()
    )
    assert len(pieces) > 1
    assert all(b"Marigold" not in piece for piece in pieces)
    view = await office.view(await office.document_id(sender_id))
    moved = update(SenderDocumentChunk).where(SenderDocumentChunk.position == 1).values(data=pieces[0])
    await office.act(lambda work: work.execute(moved))
    with pytest.raises(Exception, match="sender_document_chunks"):
        async with office.client() as client:
            await client.get(view.path)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ" + PDF[2:], 422, "UPLOAD_CONTENT_INVALID"),
        (b"\xff\xd8\xff" + PDF[3:], 422, "UPLOAD_CONTENT_INVALID"),
        (b"\n" + PDF[:-1], 422, "UPLOAD_CONTENT_INVALID"),
        (PDF + b"!", 400, "UPLOAD_SIZE_MISMATCH"),
        (PDF[:-1], 400, "UPLOAD_SIZE_MISMATCH"),
        (b"", 400, "UPLOAD_SIZE_MISMATCH"),
    ],
)
async def test_another_content_than_was_announced_is_refused(
    office: Office, content: bytes, status: int, code: str
) -> None:
    sender_id = await office.begin()
    answer = await office.put(await office.link(sender_id), content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await office.kept(sender_id) == (0, False)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"content-type": "image/png"}, 415, "UPLOAD_TYPE_MISMATCH"),
        ({"content-type": "application/pdf; charset=x"}, 415, "UPLOAD_TYPE_MISMATCH"),
        ({"content-encoding": "gzip"}, 411, "UPLOAD_LENGTH_MISSING"),
    ],
)
async def test_refused_headers_leave_the_link_good(
    office: Office, headers: dict[str, str], status: int, code: str
) -> None:
    sender_id = await office.begin()
    link = await office.link(sender_id)
    async with office.client() as client:
        answer = await client.put(link.path, content=PDF, headers=PDF_HEADERS | headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await office.put(link)).status_code == 201


async def test_a_body_without_a_length_is_refused(office: Office) -> None:
    async def chunked() -> AsyncIterator[bytes]:
        yield PDF

    link = await office.link(await office.begin())
    async with office.client() as client:
        answer = await client.put(link.path, content=chunked(), headers={"content-type": "application/pdf"})
    assert (answer.status_code, answer.json()["code"]) == (411, "UPLOAD_LENGTH_MISSING")
    for length in ("", "-1", "1e3", "٣", "9" * 30):
        status, _ = await send_raw(office, link.path, PDF_HEADERS | {"content-length": length}, _no_body)
        assert status in (400, 411)
    assert (await office.put(link)).status_code == 201


async def test_a_body_that_runs_on_is_cut_off(office: Office) -> None:
    sender_id = await office.begin()
    link = await office.link(sender_id)
    sent = 0

    async def receive() -> Message:
        nonlocal sent
        sent += 1
        return {"type": "http.request", "body": PDF, "more_body": True}

    status, body = await send_raw(office, link.path, PDF_HEADERS, receive)
    assert (status, b"UPLOAD_SIZE_MISMATCH" in body, sent) == (400, True, 2)
    assert await office.kept(sender_id) == (0, False)


async def test_a_slow_upload_is_given_up(office: Office) -> None:
    office.terms(upload_seconds_max=0.05)
    sender_id = await office.begin()
    link = await office.link(sender_id)
    never = asyncio.Event()
    parts = [{"type": "http.request", "body": PDF[:10], "more_body": True}]

    async def receive() -> Message:
        if not parts:
            await never.wait()
        return parts.pop()

    status, body = await send_raw(office, link.path, PDF_HEADERS, receive)
    assert (status, b"UPLOAD_TOO_SLOW" in body) == (408, True)
    assert await office.kept(sender_id) == (0, False)
    assert (await office.put(link)).json()["code"] == "LINK_USED"


async def test_a_connection_that_is_cut_leaves_nothing(office: Office) -> None:
    sender_id = await office.begin()
    link = await office.link(sender_id)
    parts = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": PDF[: len(PDF) // 2], "more_body": True},
    ]

    async def receive() -> Message:
        return parts.pop()

    await send_raw(office, link.path, PDF_HEADERS, receive)
    assert await office.kept(sender_id) == (0, False)
    await office.upload(sender_id)
    assert await office.kept(sender_id) == (2, True)


async def test_a_link_is_used_once(office: Office) -> None:
    link = await office.link(await office.begin())
    assert (await office.put(link)).status_code == 201
    again = await office.put(link)
    assert (again.status_code, again.json()["code"]) == (410, "LINK_USED")


async def test_of_two_at_once_one_gets_through(office: Office) -> None:
    sender_id = await office.begin()
    link = await office.link(sender_id)
    answers = await asyncio.gather(*(office.put(link) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 410, 410, 410, 410]
    assert await office.kept(sender_id) == (1, True)


async def test_a_second_upload_waits_for_nobody_and_is_refused(office: Office) -> None:
    """The first one holds the link from its first byte on."""
    link = await office.link(await office.begin())
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        begun.set()
        await go_on.wait()
        return {"type": "http.request", "body": PDF, "more_body": False}

    first = asyncio.create_task(send_raw(office, link.path, PDF_HEADERS, receive))
    await begun.wait()
    assert (await office.put(link)).json()["code"] == "LINK_USED"
    go_on.set()
    assert (await first)[0] == 201


async def test_so_many_uploads_run_at_once(office: Office) -> None:
    office.terms(uploads_at_once_max=1)
    sender_id = await office.begin()
    links = [await office.link(sender_id, kind) for kind in DocumentKind]
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        begun.set()
        await go_on.wait()
        return {"type": "http.request", "body": PDF, "more_body": False}

    first = asyncio.create_task(send_raw(office, links[0].path, PDF_HEADERS, receive))
    await begun.wait()
    busy = await office.put(links[1])
    assert (busy.status_code, busy.json()["code"], busy.headers["retry-after"]) == (503, "OVERLOADED", "5")
    go_on.set()
    assert (await first)[0] == 201
    assert (await office.put(links[1])).status_code == 201


@pytest.mark.parametrize(("seconds", "status"), [(-1, 201), (0, 410), (1, 410)])
async def test_an_upload_link_expires_at_its_instant(
    office: Office, clock: ManualClock, seconds: int, status: int
) -> None:
    link = await office.link(await office.begin())
    assert link.expires_at == clock.now() + timedelta(minutes=15)
    clock.set(link.expires_at + timedelta(seconds=seconds))
    answer = await office.put(link)
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "LINK_EXPIRED"


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"),
        lambda path: path.rpartition(".")[0],
        lambda path: path.replace("doc_", "doc_0"),
        lambda path: path + "." + path.rpartition(".")[2],
        lambda _path: "/uploads/" + "x" * 5000,
        lambda _path: "/uploads/%ED%A0%80.%00",
    ],
)
async def test_nobody_makes_or_changes_a_link(office: Office, change: object) -> None:
    link = await office.link(await office.begin())
    forged = Link(change(link.path), link.expires_at)  # type: ignore[operator]
    answer = await office.put(forged)
    assert (answer.status_code, answer.json()["code"]) == (404, "LINK_UNKNOWN")
    assert (await office.put(link)).status_code == 201


async def test_a_link_does_one_thing(office: Office) -> None:
    sender_id = await office.begin()
    await office.upload(sender_id)
    upload = await office.link(sender_id)
    view = await office.view(await office.document_id(sender_id))
    async with office.client() as client:
        seen = await client.get(upload.path.replace("/uploads/", "/sender-documents/"))
        put = await client.put(view.path.replace("/sender-documents/", "/uploads/"), content=PDF)
        wrong = await client.post(upload.path, content=PDF)
    assert (seen.status_code, put.status_code, wrong.status_code) == (404, 404, 405)


async def test_a_newer_document_replaces_that_of_its_kind(office: Office) -> None:
    sender_id = await office.begin()
    await office.upload(sender_id)
    first = await office.document_id(sender_id)
    await office.upload(sender_id, DocumentKind.COMPANY_REGISTRATION)
    assert await office.kept(sender_id) == (2, True)
    with pytest.raises(SenderDocumentNotFound):
        await office.view(first)


async def test_an_upload_that_comes_after_the_submission_is_refused(office: Office) -> None:
    sender_id = await office.begin()
    late = await office.link(sender_id)
    await office.upload(sender_id)
    await office.submit(sender_id)
    answer = await office.put(late)
    assert (answer.status_code, answer.json()["code"]) == (409, "SENDER_STATUS_CONFLICT")
    with pytest.raises(SenderStatusConflict):
        await office.link(sender_id)
    assert await office.kept(sender_id) == (2, True)


@pytest.mark.parametrize("size_bytes", [0, -1, 5 * 1024 * 1024 + 1, 2**31])
async def test_no_link_is_made_for_what_is_too_large(office: Office, size_bytes: int) -> None:
    sender_id = await office.begin()
    with pytest.raises(SenderDocumentSizeInvalid) as refused:
        await office.link(sender_id, size_bytes=size_bytes)
    assert refused.value.limit_bytes == 5 * 1024 * 1024


async def test_a_document_of_the_largest_size_is_kept(office: Office) -> None:
    content = b"%PDF-1.7" + bytes(5 * 1024 * 1024 - 8)
    sender_id = await office.begin()
    await office.upload(sender_id, DocumentKind.IDENTITY, content=content)
    view = await office.view(await office.document_id(sender_id))
    async with office.client() as client:
        assert (await client.get(view.path)).content == content


async def test_so_many_links_are_made_in_a_day(office: Office, clock: ManualClock) -> None:
    office.terms(upload_links_per_sender_max=2, upload_links_per_account_max=3)
    first, second = await office.begin("Alpha"), await office.begin("Beta")
    await office.link(first)
    await office.link(first)
    with pytest.raises(UploadLimitReached) as refused:
        await office.link(first)
    assert refused.value.limit == 2
    await office.link(second)
    with pytest.raises(UploadLimitReached) as refused:
        await office.link(second)
    assert refused.value.limit == 3
    for seconds, made in ((86_399, False), (1, True)):
        clock.advance(timedelta(seconds=seconds))
        if made:
            await office.link(first)
            continue
        with pytest.raises(UploadLimitReached):
            await office.link(first)
    assert await office.count(SenderDocument) == 2, "what never came is forgotten"


@pytest.mark.rule("M073")
async def test_deleted_documents_are_shown_to_nobody(office: Office) -> None:
    row = await office.submitted()
    document_id = await office.document_id(row.id)
    view = await office.view(document_id)
    await office.decide(row, REFUSE)
    async with office.client() as client:
        gone = await client.get(view.path)
    assert (gone.status_code, gone.json()["code"]) == (404, "SENDER_DOCUMENT_NOT_FOUND")
    with pytest.raises(SenderDocumentNotFound):
        await office.view(document_id)
    with pytest.raises(SenderDocumentNotFound):
        await office.view("doc_none")


async def test_each_view_leaves_an_audit_row_and_an_event(office: Office, units: Units) -> None:
    row = await office.submitted()
    document_id = await office.document_id(row.id)
    view = await office.view(document_id)
    async with office.client() as client:
        for _ in range(2):
            assert (await client.get(view.path)).status_code == 200
    audited = await units.read(
        lambda read: read.rows(select(AuditEntry.__table__).where(AuditEntry.action == "viewSenderDocument"))
    )
    assert [(row.account_id, row.credential_id, row.outcome) for row in audited] == [
        (STAFF.account_id, STAFF.credential_id, "OK")
    ] * 2
    viewed = StoredEvent.kind == "SenderDocumentViewed"
    events = await units.read(lambda read: read.rows(select(StoredEvent.__table__).where(viewed)))
    assert [(event.account_id, event.subject_id) for event in events] == [(ACCOUNT, row.id)] * 2
    assert all(document_id in event.data and "acc_staff" in event.data for event in events)


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 410), (1, 410)])
async def test_a_view_link_expires_at_its_instant(
    office: Office, clock: ManualClock, seconds: int, status: int
) -> None:
    row = await office.submitted()
    view = await office.view(await office.document_id(row.id))
    assert view.expires_at == clock.now() + timedelta(minutes=5)
    clock.set(view.expires_at + timedelta(seconds=seconds))
    async with office.client() as client:
        assert (await client.get(view.path)).status_code == status


async def test_links_end_with_the_credentials_that_asked_for_them(office: Office, house: House) -> None:
    """There are no such sessions in this house, so that behind the guard neither link does anything."""
    row = await office.submitted()
    view = await office.view(await office.document_id(row.id))
    upload = await office.link(await office.begin("Second"))
    office.units = Units(replace(house, guard=guard))
    office.terms()
    async with office.client() as client:
        assert (await client.get(view.path)).status_code == 403
    answer = await office.put(upload)
    assert (answer.status_code, answer.json()["code"]) == (403, "UNAUTHENTICATED")


async def test_logs_tell_nothing_of_documents_and_links(office: Office) -> None:
    sender_id = await office.begin()
    with capture_logs() as logs:
        link = await office.link(sender_id)
        await office.put(link, b"MZ" + PDF[2:])
        await office.upload(sender_id)
    said = str(logs)
    assert "Marigold" not in said
    assert link.path.rpartition(".")[2] not in said


async def test_withdrawing_while_an_upload_runs_leaves_nothing(office: Office) -> None:
    sender_id = await office.begin()
    link = await office.link(sender_id)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        begun.set()
        await go_on.wait()
        return {"type": "http.request", "body": PDF, "more_body": False}

    upload = asyncio.create_task(send_raw(office, link.path, PDF_HEADERS, receive))
    await begun.wait()
    await office.act(lambda work: actions.withdraw_sender(work, ACCOUNT, sender_id))
    go_on.set()
    assert (await upload)[0] == 409
    assert await office.kept(sender_id) == (0, False)


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
