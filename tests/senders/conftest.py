"""A customer with an application, a reviewer, and the routes that take documents in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from server.kit.clock import ManualClock
from server.kit.db import Base
from server.kit.due import DueRunner
from server.kit.events import StoredEvent, after
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Units, Work
from server.senders import actions, http, jobs, reads
from server.senders.actions.documents import Link, request_upload, request_view
from server.senders.actions.events import CHANGES
from server.senders.actions.review import decide_sender
from server.senders.model import SenderDocument, SenderDocumentChunk
from server.senders.reads import SenderRow
from server.senders.rules import Terms
from server.senders.rules.documents import ContentType, DocumentKind
from server.senders.rules.review import Decision, ReasonCode
from server.wallet.model import Posting

T = TypeVar("T")
ACCOUNT = "acc_shop"
CUSTOMER = Viewer(ACCOUNT, "ses_1")
STAFF = Viewer("acc_staff", "ses_9", staff_roles=frozenset({"SUPPORT"}))
ACCEPT = Decision(accept=True, countries=("CH", "FR"), reason=None, note=None)
REFUSE = Decision(
    accept=False, countries=(), reason=ReasonCode.NAME_NOT_YOURS, note="The registry shows another name."
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
DOCUMENTS = {
    ContentType.PDF: b"%PDF-1.7\n" + b"Marigold Works Ltd. " * 40,
    ContentType.JPEG: b"\xff\xd8\xff\xe0" + b"Ines Canary " * 40,
    ContentType.PNG: PNG + b"Ines Canary " * 40,
}

Message = dict[str, Any]


@dataclass
class Office:
    """The slice through its own actions and routes; every call is a unit of work."""

    house: House
    units: Units
    clock: ManualClock
    app: Starlette = field(init=False)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=http.routes(self.units))

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, jobs.handlers())

    def terms(self, **changes: Any) -> Terms:
        """Other numbers from now on."""
        changed = replace(self.house.terms.get(Terms), **changes)
        self.house.terms.add(changed)
        self.app = Starlette(routes=http.routes(self.units))
        return changed

    async def act(self, action: Callable[[Work], T], viewer: Viewer = CUSTOMER, name: str = "test") -> T:
        return await self.units.run(Call(name, viewer), action)

    async def begin(
        self, name: str = "Marigold", countries: Sequence[str] = ("CH", "FR"), account_id: str = ACCOUNT
    ) -> str:
        row = await self.act(lambda work: actions.create_sender(work, account_id, name, countries))
        return row.id

    async def row(self, sender_id: str, account_id: str = ACCOUNT) -> SenderRow:
        row = await self.units.read(lambda read: reads.sender(read, account_id, sender_id))
        assert row is not None
        return row

    async def status(self, sender_id: str) -> str:
        return (await self.row(sender_id)).status

    async def link(
        self,
        sender_id: str,
        kind: DocumentKind = DocumentKind.IDENTITY,
        content_type: ContentType = ContentType.PDF,
        size_bytes: int | None = None,
        account_id: str = ACCOUNT,
    ) -> Link:
        size = len(DOCUMENTS[content_type]) if size_bytes is None else size_bytes
        return await self.act(
            lambda work: request_upload(work, account_id, sender_id, kind, content_type, size)
        )

    async def put(
        self, link: Link, content: bytes | None = None, content_type: str = "application/pdf", **headers: str
    ) -> httpx.Response:
        body = DOCUMENTS[ContentType.PDF] if content is None else content
        async with self.client() as client:
            sent = {"content-type": content_type} | headers
            return await client.put(link.path, content=body, headers=sent)

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    async def upload(
        self, sender_id: str, *kinds: DocumentKind, account_id: str = ACCOUNT, content: bytes | None = None
    ) -> None:
        """Both documents, or those."""
        for kind in kinds or tuple(DocumentKind):
            size = None if content is None else len(content)
            link = await self.link(sender_id, kind, size_bytes=size, account_id=account_id)
            answer = await self.put(link, content)
            assert answer.status_code == 201, answer.text

    async def submitted(self, name: str = "Marigold", account_id: str = ACCOUNT) -> SenderRow:
        """An application that waits for its decision."""
        sender_id = await self.begin(name, account_id=account_id)
        await self.upload(sender_id, account_id=account_id)
        return await self.submit(sender_id, account_id)

    async def submit(self, sender_id: str, account_id: str = ACCOUNT) -> SenderRow:
        return await self.act(lambda work: actions.submit_sender(work, account_id, sender_id))

    async def decide(self, row: SenderRow, decision: Decision = ACCEPT) -> SenderRow:
        submission = row.submission_id or ""
        return await self.act(lambda work: decide_sender(work, row.id, submission, decision), STAFF)

    async def accepted(self, name: str = "Marigold", account_id: str = ACCOUNT) -> SenderRow:
        return await self.decide(await self.submitted(name, account_id))

    async def document_id(self, sender_id: str) -> str:
        """The id of one kept document."""
        kept = await self.units.read(lambda read: reads.documents(read, [sender_id]))
        return str(kept[sender_id][0].id)

    async def view(self, document_id: str, viewer: Viewer = STAFF) -> Link:
        return await self.act(lambda work: request_view(work, document_id), viewer)

    async def kept(self, sender_id: str) -> tuple[int, bool]:
        """How many documents are kept for the sender, and whether any piece of one is left."""

        def look(read: Any) -> tuple[int, bool]:
            documents = reads.documents(read, [sender_id]).get(sender_id, ())
            mine = select(SenderDocument.id).where(SenderDocument.sender_id == sender_id)
            pieces = select(func.count()).where(SenderDocumentChunk.document_id.in_(mine))
            return len(documents), bool(read.scalar(pieces))

        return await self.units.read(look)

    async def count(self, table: type[Base]) -> int:
        return int(await self.units.read(lambda read: read.scalar(select(func.count()).select_from(table))))

    async def postings(self) -> int:
        return await self.count(Posting)

    async def events(self, account_id: str = ACCOUNT) -> list[StoredEvent]:
        kinds = [change.__name__ for change in CHANGES]
        return list(await self.units.read(lambda read: after(read.connection, account_id, 0, kinds, 1000)))

    async def told(self) -> list[str]:
        """The kinds of the account's events without their common beginning."""
        return [event.kind.removeprefix("Sender") for event in await self.events()]


@pytest.fixture
def office(house: House, units: Units, clock: ManualClock) -> Office:
    return Office(house, units, clock)


async def send_raw(
    office: Office,
    path: str,
    headers: dict[str, str],
    receive: Callable[[], Awaitable[Message]],
) -> tuple[int | None, bytes]:
    """A PUT whose body arrives as `receive` tells it; status and body of the answer, None when there was none."""
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await office.app(scope, receive, send)
    status = next((message["status"] for message in said if "status" in message), None)
    return status, b"".join(message.get("body", b"") for message in said)
