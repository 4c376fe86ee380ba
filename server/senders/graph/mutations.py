"""The customer's side: apply for a sender, prove it, submit it, give it up. None of it costs anything (M076)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.senders import actions
from server.senders.actions.documents import Link, request_upload
from server.senders.graph.enums import ContentTypeEnum, DocumentKindEnum
from server.senders.graph.problems import (
    SenderCountriesInvalid,
    SenderDocumentSizeInvalid,
    SenderDocumentsMissing,
    SenderExists,
    SenderLimitReached,
    SenderNameInvalid,
    SenderNameReserved,
    SenderNotFound,
    SenderStatusConflict,
    UploadLimitReached,
)
from server.senders.graph.types import UPLOAD, WRITE, SenderType
from server.senders.reads import SenderRow
from server.senders.rules.documents import ContentType, DocumentKind

_ASKED = strawberry.argument(description="What is asked for.")
_NAME = "A company's name or a phone number, with its country code and without a plus sign: 1 to 10 letters and digits."
_COUNTRIES = "The countries to send to, by ISO 3166-1. Not every country and carrier shows names."


@strawberry.input(description="What SMS are to show as their sender.")
class CreateSenderInput:
    name: str = strawberry.field(description=_NAME)
    countries: list[str] = strawberry.field(description=_COUNTRIES)


@strawberry.input(description="An application as it is to be from now on.")
class UpdateSenderInput:
    sender_id: strawberry.ID = strawberry.field(description="The sender, DRAFT or REFUSED.")
    name: str = strawberry.field(description=_NAME)
    countries: list[str] = strawberry.field(description=_COUNTRIES)


@strawberry.input(description="Which application is submitted.")
class SubmitSenderInput:
    sender_id: strawberry.ID = strawberry.field(description="The sender, DRAFT or REFUSED.")


@strawberry.input(description="Which application is given up.")
class WithdrawSenderInput:
    sender_id: strawberry.ID = strawberry.field(description="The sender, while it is not accepted.")


@strawberry.input(description="The document that is to be uploaded.")
class RequestSenderDocumentUploadInput:
    sender_id: strawberry.ID = strawberry.field(description="The sender, DRAFT or REFUSED.")
    kind: DocumentKindEnum = strawberry.field(description="Which of the two documents it is.")
    content_type: ContentTypeEnum = strawberry.field(description="What it is.")
    size_bytes: int = strawberry.field(description="Its exact size in bytes, at most 5 MiB.")


@exposes(OUTCOME)
@strawberry.type(description="A header of the upload.")
class UploadHeader:
    name: str = strawberry.field(description="The header's name.")
    value: str = strawberry.field(description="Its value.")


@exposes(OUTCOME)
@strawberry.type(
    description="PUT the document there, once. Whatever becomes of it, the link is used up then; ask for another one."
)
class SenderDocumentUpload:
    url: str = strawberry.field(description="Where, as a path of this server. Who knows it may upload.")
    expires_at: datetime = strawberry.field(description="Until when the upload can begin.")
    headers: list[UploadHeader] = strawberry.field(description="The headers that the request must have.")


@exposes(OUTCOME)
@strawberry.type(description="The application is begun; upload its documents and submit it.")
class SenderCreated:
    sender: SenderType = strawberry.field(description="The sender.")


@exposes(OUTCOME)
@strawberry.type(description="The application was changed.")
class SenderUpdated:
    sender: SenderType = strawberry.field(description="The sender.")


@exposes(OUTCOME)
@strawberry.type(
    description="The application waits for a decision; `senderChanged` tells what becomes of it."
)
class SenderSubmitted:
    sender: SenderType = strawberry.field(description="The sender.")


@exposes(OUTCOME)
@strawberry.type(description="The application was given up, and its documents deleted.")
class SenderWithdrawn:
    sender: SenderType = strawberry.field(description="The sender.")


CreateSenderResult = Annotated[
    SenderCreated
    | SenderNameInvalid
    | SenderNameReserved
    | SenderCountriesInvalid
    | SenderLimitReached
    | SenderExists,
    strawberry.union("CreateSenderResult", description="What became of `createSender`."),
]
UpdateSenderResult = Annotated[
    SenderUpdated
    | SenderNameInvalid
    | SenderNameReserved
    | SenderCountriesInvalid
    | SenderExists
    | SenderNotFound
    | SenderStatusConflict,
    strawberry.union("UpdateSenderResult", description="What became of `updateSender`."),
]
SubmitSenderResult = Annotated[
    SenderSubmitted | SenderNotFound | SenderStatusConflict | SenderDocumentsMissing,
    strawberry.union("SubmitSenderResult", description="What became of `submitSender`."),
]
WithdrawSenderResult = Annotated[
    SenderWithdrawn | SenderNotFound | SenderStatusConflict,
    strawberry.union("WithdrawSenderResult", description="What became of `withdrawSender`."),
]
RequestSenderDocumentUploadResult = Annotated[
    SenderDocumentUpload
    | SenderDocumentSizeInvalid
    | SenderNotFound
    | SenderStatusConflict
    | UploadLimitReached,
    strawberry.union("RequestSenderDocumentUploadResult", description="Where to upload, or why not."),
]


@strawberry.type
class CustomerSenderMutations:
    @strawberry.mutation(
        description="Begin an application for a sender ID.",
        metadata=declare(WRITE),
    )
    async def create_sender(
        self, info: Info, input: Annotated[CreateSenderInput, _ASKED]
    ) -> CreateSenderResult:
        account_id = account_of(info)

        def create(work: Work) -> SenderRow:
            return actions.create_sender(work, account_id, input.name, input.countries)

        return await run(info, create, _present(SenderCreated))

    @strawberry.mutation(
        description="Change an application that nobody reviews now, a refused one too.",
        metadata=declare(WRITE),
    )
    async def update_sender(
        self, info: Info, input: Annotated[UpdateSenderInput, _ASKED]
    ) -> UpdateSenderResult:
        account_id = account_of(info)

        def update(work: Work) -> SenderRow:
            return actions.update_sender(work, account_id, input.sender_id, input.name, input.countries)

        return await run(info, update, _present(SenderUpdated))

    @strawberry.mutation(
        description="Submit an application, the first time or again; it costs nothing.",
        metadata=declare(WRITE),
    )
    async def submit_sender(
        self, info: Info, input: Annotated[SubmitSenderInput, _ASKED]
    ) -> SubmitSenderResult:
        account_id = account_of(info)

        def submit(work: Work) -> SenderRow:
            return actions.submit_sender(work, account_id, input.sender_id)

        return await run(info, submit, _present(SenderSubmitted))

    @strawberry.mutation(
        description="Give an application up; its documents are deleted at once.", metadata=declare(WRITE)
    )
    async def withdraw_sender(
        self, info: Info, input: Annotated[WithdrawSenderInput, _ASKED]
    ) -> WithdrawSenderResult:
        account_id = account_of(info)

        def withdraw(work: Work) -> SenderRow:
            return actions.withdraw_sender(work, account_id, input.sender_id)

        return await run(info, withdraw, _present(SenderWithdrawn))

    @strawberry.mutation(
        description="Ask where to upload a document of an application. It is kept encrypted, and deleted with the "
        "decision.",
        metadata=declare(UPLOAD),
    )
    async def request_sender_document_upload(
        self, info: Info, input: Annotated[RequestSenderDocumentUploadInput, _ASKED]
    ) -> RequestSenderDocumentUploadResult:
        account_id = account_of(info)
        kind, content_type = DocumentKind[input.kind.name], ContentType[input.content_type.name]

        def request(work: Work) -> Link:
            return request_upload(work, account_id, input.sender_id, kind, content_type, input.size_bytes)

        def present(_work: Work, link: Link) -> SenderDocumentUpload:
            headers = {"Content-Type": content_type.value, "Content-Length": str(input.size_bytes)}
            return SenderDocumentUpload(
                url=link.path,
                expires_at=link.expires_at,
                headers=[UploadHeader(name=name, value=value) for name, value in headers.items()],
            )

        return await run(info, request, present)


def _present(payload: type[Any]) -> Callable[[Work, SenderRow], Any]:
    return lambda work, row: payload(sender=SenderType.of(work, row))
