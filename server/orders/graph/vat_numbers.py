"""VAT numbers: the account's own, and those that staff look up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.accounts.graph.problems import DetailNotCollectedProblem
from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Read, Work
from server.orders.actions import vat_numbers as actions
from server.orders.graph.access import ACCOUNT_READ, ACCOUNT_WRITE, FINANCE, OWN
from server.orders.graph.enums import VatNumberValidation
from server.orders.graph.problems import (
    CountryMissingProblem,
    VatNumberInvalidProblem,
    VatNumberNotFoundProblem,
)
from server.orders.reads import tax as reads
from server.orders.reads.tax import VatNumberRow
from server.orders.rules.vat_numbers import ValidatedBy


@exposes(OWN)
@strawberry.type(description="By which an account is a business to the tax office of its country.")
class VatNumber:
    number: str | None = strawberry.field(description="The number, with its prefix; null once it was erased.")
    country: str = strawberry.field(
        description="The account's country when it was set, by ISO 3166-1. The number counts only there."
    )
    validated_by: VatNumberValidation = strawberry.field(description="How far it was looked at.")
    set_at: datetime = strawberry.field(description="When it was set.")

    @classmethod
    def of(cls, read: Read, row: VatNumberRow) -> VatNumber:
        return cls(
            number=reads.vat_number_text(read, row),
            country=row.country,
            validated_by=VatNumberValidation[row.validated_by],
            set_at=row.set_at,
        )


@exposes(FINANCE)
@strawberry.type(description="The VAT number of some account, for staff.")
class VatNumberEntry:
    account_id: strawberry.ID = strawberry.field(description="Whose it is.")
    vat_number: VatNumber = strawberry.field(description="The number.")


@strawberry.input(description="The account's VAT number.")
class SetVatNumberInput:
    number: str = strawberry.field(
        description="The number with the prefix of its country, such as DE, EL, XI or CHE; blanks, dots and dashes "
        "are left out."
    )


@strawberry.input(description="What the register of its country says of a VAT number.")
class ReviewVatNumberInput:
    account_id: strawberry.ID = strawberry.field(description="Whose number.")
    number: str = strawberry.field(description="The number that was looked up.")
    registered: bool = strawberry.field(
        description="Whether it is the account's. One that is not is taken off the account."
    )


@exposes(OUTCOME)
@strawberry.type(description="The VAT number is stored; what is bought from now on is taxed by it.")
class VatNumberStored:
    vat_number: VatNumber = strawberry.field(description="The number in the form of invoices.")


@exposes(OUTCOME)
@strawberry.type(description="The account has no VAT number.")
class VatNumberGone:
    cleared: bool = strawberry.field(description="Always true.")


@exposes(OUTCOME)
@strawberry.type(description="The finding is recorded.")
class VatNumberReviewed:
    registered: bool = strawberry.field(description="Whether the account still has the number.")


SetVatNumberResult = Annotated[
    VatNumberStored | VatNumberInvalidProblem | CountryMissingProblem | DetailNotCollectedProblem,
    strawberry.union("SetVatNumberResult", description="The stored number, or what is wrong with it."),
]
ReviewVatNumberResult = Annotated[
    VatNumberReviewed | VatNumberNotFoundProblem,
    strawberry.union("ReviewVatNumberResult", description="The finding, or that there is no such number."),
]
ValidationArgument = Annotated[
    VatNumberValidation | None, strawberry.argument(description="Only numbers that were looked at so far.")
]


@strawberry.type
class VatNumberQueries:
    @strawberry.field(
        description="For the company's staff: VAT numbers of accounts, the newest accounts first.",
        metadata=declare(FINANCE),
    )
    def vat_numbers(
        self, info: Info, validated_by: ValidationArgument = None, first: First = 20, after: After = None
    ) -> Connection[VatNumberEntry]:
        read = info.context.read
        wanted = ValidatedBy[validated_by.name] if validated_by is not None else None
        rows = reads.vat_numbers(read, wanted, key_after(after), rows_wanted(first))

        def entry(row: VatNumberRow) -> VatNumberEntry:
            account_id = strawberry.ID(row.account_id)
            return VatNumberEntry(account_id=account_id, vat_number=VatNumber.of(read, row))

        return page(rows, first, after, entry, lambda row: row.account_id)


@strawberry.type
class VatNumberMutations:
    @strawberry.mutation(
        description="Store the account's VAT number. A business in another country of the European Union, in the "
        "United Kingdom or Norway then accounts for the tax itself.",
        metadata=declare(ACCOUNT_WRITE),
    )
    async def set_vat_number(
        self, info: Info, input: Annotated[SetVatNumberInput, strawberry.argument(description="The number.")]
    ) -> SetVatNumberResult:
        account_id = account_of(info)

        def present(work: Work, _none: None) -> VatNumberStored:
            row = reads.vat_number(work, account_id)
            assert row is not None, "this transaction wrote it"
            return VatNumberStored(vat_number=VatNumber.of(work, row))

        return await run(info, lambda work: actions.set_vat_number(work, input.number), present)

    @strawberry.mutation(
        description="Take the account's VAT number back, if there is one.", metadata=declare(ACCOUNT_WRITE)
    )
    async def clear_vat_number(self, info: Info) -> VatNumberGone:
        return await run(info, actions.clear_vat_number, lambda _work, _none: VatNumberGone(cleared=True))

    @strawberry.mutation(
        description="For the company's staff: say what the register of its country knows of a VAT number.",
        metadata=declare(FINANCE),
    )
    async def review_vat_number(
        self,
        info: Info,
        input: Annotated[ReviewVatNumberInput, strawberry.argument(description="What was found.")],
    ) -> ReviewVatNumberResult:
        def review(work: Work) -> None:
            actions.review_vat_number(work, input.account_id, input.number, registered=input.registered)

        def present(_work: Work, _none: None) -> VatNumberReviewed:
            return VatNumberReviewed(registered=input.registered)

        return await run(info, review, present)


@strawberry.field(
    description="The account's VAT number; null when it has none.", metadata=declare(ACCOUNT_READ)
)
def vat_number(account: strawberry.Parent[Account], info: Info) -> VatNumber | None:
    row = reads.vat_number(info.context.read, account.id)
    return VatNumber.of(info.context.read, row) if row is not None else None


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, vat_number)]
