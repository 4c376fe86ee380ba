"""The contact form: for whoever is not signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.graph.problems import DetailNotCollectedProblem
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.support.actions import contact as actions
from server.support.graph.problems import (
    ContactAddressInvalid,
    ContactCodeInvalid,
    ContactLimitReached,
    TicketTextInvalid,
)
from server.support.graph.types import OPEN
from server.support.reads import TicketRow
from server.support.rules import ContactCodeInvalid as CodeRefused

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What somebody writes to support without signing in.")
class ContactSupportInput:
    email: str = strawberry.field(
        description="The address that is answered, up to 254 characters. A code goes there first."
    )
    subject: str = strawberry.field(description="What it is about, up to 120 characters.")
    text: str = strawberry.field(description="What you write, up to 2,000 characters.")


@strawberry.input(description="That the address is the writer's.")
class ConfirmContactInput:
    receipt: strawberry.ID = strawberry.field(description="The receipt, `tkt_…`.")
    code: str = strawberry.field(description="The code from the e-mail, eight digits; good for 24 hours.")


@exposes(OUTCOME)
@strawberry.type(
    description="It arrived, and a code goes to the address, unless too many did. Support sees it once the code came "
    "back."
)
class ContactReceived:
    receipt: strawberry.ID = strawberry.field(description="The receipt, `tkt_…`, for `confirmContact`.")


@exposes(OUTCOME)
@strawberry.type(description="Support has it, and answers to the address.")
class ContactConfirmed:
    receipt: strawberry.ID = strawberry.field(description="The receipt, `tkt_…`.")
    received_at: datetime = strawberry.field(description="When it was received.")


ContactSupportResult = Annotated[
    ContactReceived
    | DetailNotCollectedProblem
    | ContactAddressInvalid
    | TicketTextInvalid
    | ContactLimitReached,
    strawberry.union("ContactSupportResult", description="What became of `contactSupport`."),
]
ConfirmContactResult = Annotated[
    ContactConfirmed | ContactCodeInvalid,
    strawberry.union("ConfirmContactResult", description="What became of `confirmContact`."),
]


@strawberry.type
class ContactMutations:
    @strawberry.mutation(
        description="Write to support without signing in. The answer tells nobody whose address it is. At most five "
        "times an hour.",
        metadata=declare(OPEN),
    )
    async def contact_support(
        self, info: Info, input: Annotated[ContactSupportInput, _ASKED]
    ) -> ContactSupportResult:
        caller = info.context.remote_address

        def contact(work: Work) -> str:
            return actions.contact_support(work, input.email, input.subject, input.text, caller)

        def present(_work: Work, receipt: str) -> ContactReceived:
            return ContactReceived(receipt=strawberry.ID(receipt))

        return await run(info, contact, present)

    @strawberry.mutation(
        description="Show with the code that the address is yours. What was written belongs to the customer whose "
        "verified address it is, and else to the address.",
        metadata=declare(OPEN),
    )
    async def confirm_contact(
        self, info: Info, input: Annotated[ConfirmContactInput, _ASKED]
    ) -> ConfirmContactResult:
        def confirm(work: Work) -> TicketRow | CodeRefused:
            return actions.confirm_contact(work, input.receipt, input.code)

        def present(_work: Work, row: TicketRow | CodeRefused) -> ContactConfirmed | CodeRefused:
            if isinstance(row, CodeRefused):
                return row
            return ContactConfirmed(receipt=strawberry.ID(row.id), received_at=row.received_at)

        return await run(info, confirm, present)
