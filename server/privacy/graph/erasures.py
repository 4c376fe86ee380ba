"""Erasing one's account: what would be lost, asking for it, and for everybody the certificate and its proof."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from server.accounts.graph.closing import Loss, LossesNotAcknowledgedProblem
from server.accounts.graph.lifecycle_problems import AccountStatusConflictProblem
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules import ACCOUNT_CLOSE
from server.accounts.rules import closing as closing_rules
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run_once,
)
from server.kit.graph.problems import Problem, common, problem
from server.kit.idempotency import Receipt
from server.kit.work import Read, Work
from server.privacy.actions.erasures import ErasureAsked, erase_on_request, request_erasure
from server.privacy.graph.request_problems import PrivacyRequestNotFound, PrivacyRequestStatusConflict
from server.privacy.graph.types import DESK
from server.privacy.reads import erasures as reads
from server.privacy.reads.erasures import ErasureRow
from server.privacy.rules import erasures as rules

CERTIFICATE_LENGTH_MAX = 20_000
_PUBLIC = Access(Who.ANYONE, "security")
_CLOSE = Access(Who.SIGNED_IN, "identification", scope=ACCOUNT_CLOSE)
_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.enum(name="ErasureScope", description="What an erasure takes.")
class ScopeEnum(Enum):
    EVERYTHING = strawberry.enum_value(
        "EVERYTHING", description="All data, with all history, orders, top-ups and postings."
    )
    ALL_EXCEPT_BILLING = strawberry.enum_value(
        "ALL_EXCEPT_BILLING",
        description="All but amounts, dates and numbers of bills, which the law wants kept: they stay, under a "
        "pseudonym.",
    )


@strawberry.enum(name="ErasureState", description="Where an erasure is.")
class StateEnum(Enum):
    PLANNED = strawberry.enum_value("PLANNED", description="It begins when it is due.")
    NOTIFYING = strawberry.enum_value("NOTIFYING", description="The owners are told, by e-mail too.")
    SETTLING = strawberry.enum_value("SETTLING", description="Payments in flight come to their end.")
    ERASING = strawberry.enum_value(
        "ERASING", description="The keys are destroyed, or about to be: nobody can stop it."
    )
    ERASED = strawberry.enum_value("ERASED", description="It is done and certified.")


@exposes(_PUBLIC)
@strawberry.type(description="What the server certifies of an erasure. It names nobody.")
class ErasureCertificate:
    text: str = strawberry.field(
        description="What is signed, a JSON object: `account` is SHA-256 over `postmeter-erasure-1 <account id>`, "
        "`policy` the profile with version and hash, `erased` counts rows by category, `retained` says what stays, why "
        "and until when, `liveErasedAt` and `finalAt` when it was and will be erased."
    )
    signature: str = strawberry.field(description="Ed25519 over the text in UTF-8, base64.")
    public_key: str = strawberry.field(description="The server's present Ed25519 key, base64.")
    genuine: bool = strawberry.field(
        description="Whether this server signed it, with this key or an earlier one."
    )

    @classmethod
    def of(cls, read: Read, row: ErasureRow) -> ErasureCertificate | None:
        if row.certificate is None or row.signature is None:
            return None
        return cls(
            text=row.certificate,
            signature=base64.b64encode(row.signature).decode(),
            public_key=base64.b64encode(reads.public_keys(read)[0]).decode(),
            genuine=reads.is_genuine(read, row.certificate, row.signature),
        )


@exposes(_PUBLIC)
@strawberry.type(description="An erasure, for who knows its number. It names nobody.")
class Erasure:
    id: strawberry.ID = strawberry.field(description="Its number, `ers_…`, which is that of the certificate.")
    state: StateEnum = strawberry.field(description="Where it is.")
    scope: ScopeEnum = strawberry.field(description="What it takes.")
    due_at: datetime = strawberry.field(description="When it begins.")
    overdue_at: datetime = strawberry.field(description="By when it must be done.")
    live_erased_at: datetime | None = strawberry.field(
        description="When nothing of the account was left in the server; null before."
    )
    final_at: datetime | None = strawberry.field(
        description="By when old backups and copies of the keys have died, too; null before it is erased."
    )
    rewrapped_at: datetime | None = strawberry.field(
        description="When the master key of the time was destroyed, so that copies of the key store could not be read "
        "any more; null before."
    )
    certificate: ErasureCertificate | None = strawberry.field(description="Null before it is erased.")

    @classmethod
    def of(cls, read: Read, row: ErasureRow) -> Erasure:
        done = row.live_erased_at is not None
        return cls(
            id=strawberry.ID(row.id),
            state=StateEnum(row.status),
            scope=ScopeEnum(row.scope),
            due_at=row.due_at,
            overdue_at=row.overdue_at,
            live_erased_at=row.live_erased_at,
            final_at=row.final_at,
            rewrapped_at=row.rewrapped_at,
            certificate=ErasureCertificate.of(read, row) if done else None,
        )


@exposes(_CLOSE)
@strawberry.type(description="What erasing the account would mean, and what has to be acknowledged before.")
class ErasurePreview:
    scope: ScopeEnum = strawberry.field(description="What the policy erases.")
    losses: list[Loss] = strawberry.field(description="What is lost at once, because the account is closed.")
    losses_digest: str = strawberry.field(description="Stands for exactly these losses.")
    warning: str = strawberry.field(
        description="What must be acknowledged, in the language of the request or English."
    )
    warning_version: str = strawberry.field(description="Stands for exactly these words in all languages.")
    due_at: datetime = strawberry.field(description="When the erasure would begin if it was asked for now.")

    @classmethod
    def of(cls, read: Read, losses: Sequence[closing_rules.Loss], language: str) -> ErasurePreview:
        terms = read.terms(rules.ErasureTerms)
        warnings = rules.WARNINGS
        return cls(
            scope=ScopeEnum(terms.scope.value),
            losses=[Loss.of(loss) for loss in losses],
            losses_digest=closing_rules.digest(losses),
            warning=warnings.get(language.partition("-")[0].lower(), warnings["en"]),
            warning_version=rules.WARNING_VERSION,
            due_at=rules.dates(rules.ErasureClock.REQUEST, read.now, terms).due_at,
        )


@strawberry.input(description="That the account shall be closed and erased, knowing what that means.")
class RequestErasureInput:
    scope: ScopeEnum | None = strawberry.field(
        default=None, description="What is meant to be erased; null for what the policy erases."
    )
    acknowledged_losses: str = strawberry.field(description="`lossesDigest` of `erasurePreview`.")
    acknowledged_warning: str = strawberry.field(description="`warningVersion` of `erasurePreview`.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="Which request of an erasure is done now.")
class EraseOnRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The verified request, `dsr_…`.")
    acknowledged_warning: str = strawberry.field(description="The version of the warning that was read.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The account is closed if it was open, and will be erased.")
class ErasureOrdered:
    erasure: Erasure = strawberry.field(description="The erasure; the query `erasure` says where it is.")


@exposes(OUTCOME)
@strawberry.type(
    description="The account is closed, and will be erased; this session has ended. Keep the number: afterwards "
    "nothing else leads to the certificate."
)
class ErasureRequested:
    erasure: Erasure = strawberry.field(description="The erasure; the query `erasure` says where it is.")


@problem(rules.ErasureScopeRefused)
@strawberry.type(name="ErasureScopeRefused", description="The policy erases in another scope.")
class ErasureScopeRefusedProblem(Problem):
    scope: ScopeEnum = strawberry.field(description="What the policy erases.")

    @classmethod
    def of(cls, refusal: rules.ErasureScopeRefused) -> ErasureScopeRefusedProblem:
        return cls(scope=ScopeEnum(refusal.scope), **common(refusal))


@problem(rules.ErasureWarningNotAcknowledged)
@strawberry.type(
    name="ErasureWarningNotAcknowledged",
    description="It was not acknowledged, in its present words, that an erasure cannot be undone.",
)
class ErasureWarningNotAcknowledgedProblem(Problem):
    version: str = strawberry.field(description="The version of the present words.")


RequestErasureResult = Annotated[
    ErasureRequested
    | ErasureScopeRefusedProblem
    | ErasureWarningNotAcknowledgedProblem
    | LossesNotAcknowledgedProblem
    | StepUpRequiredProblem
    | AccountStatusConflictProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("RequestErasureResult", description="That the account will be erased, or why not."),
]


EraseOnRequestResult = Annotated[
    ErasureOrdered
    | PrivacyRequestNotFound
    | PrivacyRequestStatusConflict
    | ErasureWarningNotAcknowledgedProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("EraseOnRequestResult", description="That the account will be erased, or why not."),
]


@strawberry.type
class ErasureQueries:
    @strawberry.field(
        metadata=declare(_CLOSE),
        description="What erasing the account would mean now. Show the warning to who decides.",
    )
    def erasure_preview(self, info: Info) -> ErasurePreview:
        read, account_id = info.context.read, info.context.viewer.account_id
        assert account_id is not None
        losses = read.terms(LossSources).losses(read, account_id)
        return ErasurePreview.of(read, losses, info.context.language)

    @strawberry.field(
        metadata=declare(_PUBLIC),
        description="An erasure and its certificate, without signing in; null when there is no such one.",
    )
    def erasure(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The number of the erasure, `ers_…`.")],
    ) -> Erasure | None:
        row = reads.erasure(info.context.read, id)
        return None if row is None else Erasure.of(info.context.read, row)

    @strawberry.field(
        metadata=declare(_PUBLIC),
        description="Whether this server signed a certificate, whatever became of its own copy.",
    )
    def erasure_certificate_genuine(
        self,
        info: Info,
        text: Annotated[
            str, strawberry.argument(description="The certificate's text, exactly as it was given.")
        ],
        signature: Annotated[str, strawberry.argument(description="Its signature, base64.")],
    ) -> bool:
        try:
            signed = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        return len(text) <= CERTIFICATE_LENGTH_MAX and reads.is_genuine(info.context.read, text, signed)

    @strawberry.field(
        metadata=declare(_PUBLIC),
        description="The Ed25519 keys, base64, by which certificates of erasures are verified without this server: the "
        "present one first, then the earlier ones.",
    )
    def erasure_certificate_keys(self, info: Info) -> list[str]:
        return [base64.b64encode(key).decode() for key in reads.public_keys(info.context.read)]


@strawberry.type
class ErasureMutations:
    @strawberry.mutation(
        metadata=declare(_CLOSE),
        description="Close the account and erase its data for good (Q022). Needs a fresh proof of the password, and "
        "the acknowledgement of what is lost and that nobody can bring it back (Q024).",
    )
    async def request_erasure(
        self, info: Info, input: Annotated[RequestErasureInput, _ASKED]
    ) -> RequestErasureResult:
        scope = None if input.scope is None else rules.ErasureScope[input.scope.name]
        asked = ErasureAsked(scope, input.acknowledged_losses, input.acknowledged_warning)

        def present(work: Work, receipt: Receipt) -> ErasureRequested:
            row = reads.erasure(work, receipt.facts["erasure_id"])
            assert row is not None
            return ErasureRequested(erasure=Erasure.of(work, row))

        return await run_once(info, input, lambda work: request_erasure(work, asked), present)

    @strawberry.mutation(
        metadata=declare(DESK),
        description="Do what a verified request of an erasure asks (P026): its account is closed and erased, that of a "
        "minor without a grace (P033). For the staff.",
    )
    async def erase_on_request(
        self, info: Info, input: Annotated[EraseOnRequestInput, _ASKED]
    ) -> EraseOnRequestResult:
        def present(work: Work, receipt: Receipt) -> ErasureOrdered:
            row = reads.erasure(work, receipt.facts["erasure_id"])
            assert row is not None
            return ErasureOrdered(erasure=Erasure.of(work, row))

        def erase(work: Work) -> Receipt:
            return erase_on_request(work, input.request_id, input.acknowledged_warning)

        return await run_once(info, input, erase, present)
