"""What a caller orders and what a caller used: typed `@oneOf` inputs, and what they mean to the domain."""

from __future__ import annotations

import strawberry

from server.kit.money import Currency
from server.orders.graph.enums import MeteredCode
from server.orders.rules.items import (
    ApiCalls,
    CreditPackItem,
    EmailSend,
    EmailVerificationItem,
    Item,
    NumberLookupItem,
    Operation,
    SmsSend,
    Usage,
)
from server.orders.rules.terms import Metered


@strawberry.input(description="Packs of credits from the catalog.")
class CreditPackInput:
    code: str = strawberry.field(description="The pack's code, such as EMAIL_1K.")
    packs: int = strawberry.field(default=1, description="How many packs, 1 to 100.")


@strawberry.input(description="The check of a list of e-mail addresses, paid by the address.")
class EmailVerificationInput:
    addresses: int = strawberry.field(description="How many addresses, 100 to 10,000,000.")
    check_mailbox: bool = strawberry.field(
        default=False,
        description="Whether to ask the receiving server for each mailbox, and not for the domain only.",
    )
    list_name: str | None = strawberry.field(
        default=None, description="Your name for the list, at most 140 characters."
    )


@strawberry.input(description="The look-up of the carriers of telephone numbers, paid by the number.")
class NumberLookupInput:
    numbers: int = strawberry.field(description="How many numbers, 100 to 10,000,000.")
    country: str = strawberry.field(description="Their country, as two letters of ISO 3166-1.")


@strawberry.input(one_of=True, description="What to order: exactly one of these.")
class OrderItemInput:
    credit_pack: CreditPackInput | None = strawberry.field(
        default=strawberry.UNSET, description="Packs of e-mail or SMS credits."
    )
    email_verification: EmailVerificationInput | None = strawberry.field(
        default=strawberry.UNSET, description="The check of a list of e-mail addresses."
    )
    number_lookup: NumberLookupInput | None = strawberry.field(
        default=strawberry.UNSET, description="The look-up of telephone numbers."
    )

    def item(self) -> Item:
        if self.credit_pack:
            return CreditPackItem(self.credit_pack.code, self.credit_pack.packs)
        if self.email_verification:
            job = self.email_verification
            return EmailVerificationItem(job.addresses, job.check_mailbox, job.list_name)
        assert self.number_lookup, "validation lets through exactly one"
        return NumberLookupItem(self.number_lookup.numbers, self.number_lookup.country)


@strawberry.input(description="E-mail messages handed over for delivery, charged in e-mail credits.")
class EmailSendInput:
    messages: int = strawberry.field(description="How many messages, one for each recipient.")


@strawberry.input(description="SMS segments sent, charged in SMS credits at the country's rate.")
class SmsSendInput:
    segments: int = strawberry.field(description="How many segments.")
    country: str = strawberry.field(description="The recipients' country, as two letters of ISO 3166-1.")


@strawberry.input(description="Calls of a metered product, charged in money.")
class ApiCallsInput:
    product: MeteredCode = strawberry.field(description="Which product was called.")
    calls: int = strawberry.field(
        description="How many calls. Each entry is rounded half up to a minor unit and costs at least one: "
        "report calls in batches."
    )
    currency: Currency = strawberry.field(description="From which balance it is paid.")


@strawberry.input(one_of=True, description="What was used: exactly one of these.")
class UsageOperationInput:
    email_send: EmailSendInput | None = strawberry.field(
        default=strawberry.UNSET, description="E-mail messages."
    )
    sms_send: SmsSendInput | None = strawberry.field(default=strawberry.UNSET, description="SMS segments.")
    api_calls: ApiCallsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Calls of a metered product."
    )

    def operation(self) -> Operation:
        if self.email_send:
            return EmailSend(self.email_send.messages)
        if self.sms_send:
            return SmsSend(self.sms_send.segments, self.sms_send.country)
        assert self.api_calls, "validation lets through exactly one"
        calls = self.api_calls
        return ApiCalls(Metered[calls.product.name], calls.calls, calls.currency)


@strawberry.input(description="One thing that was used.")
class UsageEntryInput:
    operation: UsageOperationInput = strawberry.field(description="What was used, and how much of it.")
    reference: str = strawberry.field(
        description="Your opaque id for it, which its posting keeps: 1 to 64 letters, digits and . _ : / -, "
        "and nothing personal."
    )

    def usage(self) -> Usage:
        return Usage(self.operation.operation(), self.reference)
