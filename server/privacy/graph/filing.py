"""What recipients do without an account: ask, and show that the address is theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.privacy.actions.recipient_requests import Asked, file_request, verify_request
from server.privacy.graph.enums import KindEnum, StateEnum
from server.privacy.graph.problems import (
    RecipientAddressInvalid,
    RecipientCodeInvalid,
    RecipientLinkRequired,
    RecipientRequestLimitReached,
    RecipientRequestNotFound,
    RecipientRequestStatusConflict,
    RecipientSenderUnknown,
    RecipientTextInvalid,
)
from server.privacy.graph.types import OPEN
from server.privacy.reads.recipient_requests import RequestRow
from server.privacy.rules import refusals
from server.privacy.rules.recipient_requests import RequestKind

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(one_of=True, description="Who sent the message: exactly one of these.")
class RecipientRequestSenderInput:
    campaign_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="Which campaign the message was of, `cmp_…`; the message says it.",
    )
    link_token: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The last part of the message's unsubscribe link, behind the last slash.",
    )


@strawberry.input(description="What somebody who got a message asks about their data.")
class FileRecipientRequestInput:
    sender: RecipientRequestSenderInput = strawberry.field(description="Who sent the message.")
    kind: KindEnum = strawberry.field(description="What is asked.")
    address: str = strawberry.field(
        description="The e-mail address or phone number that got the message. The sender is shown it."
    )
    text: str | None = strawberry.field(
        default=None, description="In your own words, up to 2,000 characters. The sender is shown it."
    )


@strawberry.input(description="The code that came to the address.")
class VerifyRecipientRequestInput:
    receipt: strawberry.ID = strawberry.field(description="The receipt of the request, `rrq_…`.")
    code: str = strawberry.field(description="Eight digits, from the newest message.")


@exposes(OUTCOME)
@strawberry.type(
    description="The request arrived. A code is on its way to an e-mail address: give it to `verifyRecipientRequest`."
)
class RecipientRequestFiled:
    receipt: strawberry.ID = strawberry.field(
        description="The receipt, `rrq_…`; `recipientRequest` says where the request is."
    )


@exposes(OUTCOME)
@strawberry.type(description="The address is yours, and the sender of the message has to answer.")
class RecipientRequestVerified:
    receipt: strawberry.ID = strawberry.field(description="The receipt of the request.")
    state: StateEnum = strawberry.field(description="Where it is.")
    due_at: datetime = strawberry.field(description="By when the sender has to answer.")


FileRecipientRequestResult = Annotated[
    RecipientRequestFiled
    | RecipientSenderUnknown
    | RecipientAddressInvalid
    | RecipientLinkRequired
    | RecipientTextInvalid
    | RecipientRequestLimitReached,
    strawberry.union("FileRecipientRequestResult", description="What became of `fileRecipientRequest`."),
]
VerifyRecipientRequestResult = Annotated[
    RecipientRequestVerified
    | RecipientRequestNotFound
    | RecipientRequestStatusConflict
    | RecipientCodeInvalid,
    strawberry.union("VerifyRecipientRequestResult", description="What became of `verifyRecipientRequest`."),
]


def asked_of(sender: RecipientRequestSenderInput, kind: KindEnum, address: str, text: str | None) -> Asked:
    """What is asked, of whom."""
    return Asked(RequestKind[kind.name], address, text, sender.campaign_id or None, sender.link_token or None)


@strawberry.type
class FilingMutations:
    @strawberry.mutation(
        description="Ask who wrote to you about your data, without an account. Nothing is passed on before the code "
        "that is sent to the address came back, or, of a phone number, without the link in the message. The same "
        "request again has the same receipt and sends a new code. At most five requests an hour.",
        metadata=declare(OPEN),
    )
    async def file_recipient_request(
        self, info: Info, input: Annotated[FileRecipientRequestInput, _ASKED]
    ) -> FileRecipientRequestResult:
        asked = asked_of(input.sender, input.kind, input.address, input.text)
        caller = info.context.remote_address

        def file(work: Work) -> RequestRow:
            return file_request(work, asked, caller)

        def present(work: Work, row: RequestRow) -> RecipientRequestFiled:
            return RecipientRequestFiled(receipt=strawberry.ID(row.id))

        return await run(info, file, present)

    @strawberry.mutation(
        description="Show that the address of a request is yours. The sender of the message gets the request then; an "
        "ERASURE or OBJECTION stops their messages at once. Five wrong codes use a code up.",
        metadata=declare(OPEN),
    )
    async def verify_recipient_request(
        self, info: Info, input: Annotated[VerifyRecipientRequestInput, _ASKED]
    ) -> VerifyRecipientRequestResult:
        def verify(work: Work) -> RequestRow | refusals.RecipientCodeInvalid:
            return verify_request(work, input.receipt, input.code)

        def present(
            work: Work, row: RequestRow | refusals.RecipientCodeInvalid
        ) -> RecipientRequestVerified | refusals.RecipientCodeInvalid:
            if isinstance(row, refusals.RecipientCodeInvalid):
                return row
            receipt, state = strawberry.ID(row.id), StateEnum[row.status]
            return RecipientRequestVerified(receipt=receipt, state=state, due_at=row.due_at)

        return await run(info, verify, present)
