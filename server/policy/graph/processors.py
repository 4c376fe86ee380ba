"""The staff's side of the register of processors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.policy.actions import processors as actions
from server.policy.graph.enums import MechanismEnum, ProcessorRoleEnum, RecipientClassEnum
from server.policy.graph.problems import (
    AgreementMissing,
    MechanismMissing,
    ProcessorInvalid,
    ProcessorNotFound,
    ProcessorsNotAllowed,
    ProcessorStatusConflict,
)
from server.policy.graph.types import OFFICERS, Processor
from server.policy.reads.registers import ProcessorRow
from server.policy.rules.disclosing import Mechanism, NewProcessor, ProcessorRole, RecipientClass

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="A third party that is to handle data.")
class RegisterProcessorInput:
    name: str = strawberry.field(description="Its name, at most 200 characters.")
    role: ProcessorRoleEnum = strawberry.field(description="As what it handles data.")
    recipient_class: RecipientClassEnum = strawberry.field(description="What kind of third party it is.")
    region: str = strawberry.field(description="Where it is, ISO 3166-1 alpha-2.")
    categories: list[str] = strawberry.field(
        description="Which categories of data it may get at most, as the policy lists them; none for none."
    )
    mechanism: MechanismEnum | None = strawberry.field(
        default=None, description="What safeguards the transfer; needed outside the EEA."
    )


@strawberry.input(description="Under which agreement a processor may get data.")
class ActivateProcessorInput:
    processor_id: strawberry.ID = strawberry.field(description="Which processor.")
    agreement: str = strawberry.field(description="The reference of its agreement, at most 200 characters.")
    review_at: datetime = strawberry.field(description="When the agreement is reviewed next.")


@strawberry.input(description="Which processor gets no data any more.")
class EndProcessorInput:
    processor_id: strawberry.ID = strawberry.field(description="Which processor.")


@exposes(OUTCOME)
@strawberry.type(description="How the processor stands from now on.")
class ProcessorEntered:
    processor: Processor = strawberry.field(description="The processor.")


RegisterProcessorResult = Annotated[
    ProcessorEntered | ProcessorInvalid | ProcessorsNotAllowed | MechanismMissing,
    strawberry.union("RegisterProcessorResult", description="The draft, or why there is none."),
]
ActivateProcessorResult = Annotated[
    ProcessorEntered | ProcessorNotFound | ProcessorStatusConflict | AgreementMissing,
    strawberry.union("ActivateProcessorResult", description="The active processor, or why it is not."),
]
EndProcessorResult = Annotated[
    ProcessorEntered | ProcessorNotFound | ProcessorStatusConflict,
    strawberry.union("EndProcessorResult", description="The ended processor, or why it is not."),
]


@strawberry.type
class ProcessorMutations:
    @strawberry.mutation(
        metadata=declare(OFFICERS),
        description="For staff: enter a third party as a draft, which gets no data.",
    )
    async def register_processor(
        self, info: Info, input: Annotated[RegisterProcessorInput, _ASKED]
    ) -> RegisterProcessorResult:
        new = NewProcessor(
            name=input.name,
            role=ProcessorRole[input.role.name],
            recipient_class=RecipientClass[input.recipient_class.name],
            region=input.region,
            categories=tuple(dict.fromkeys(input.categories)),
            mechanism=None if input.mechanism is None else Mechanism[input.mechanism.name],
        )
        return await run(info, lambda work: actions.register_processor(work, new), _entered)

    @strawberry.mutation(
        metadata=declare(OFFICERS),
        description="For staff: let a processor get data under an agreement; again to note its review (P018).",
    )
    async def activate_processor(
        self, info: Info, input: Annotated[ActivateProcessorInput, _ASKED]
    ) -> ActivateProcessorResult:
        def activate(work: Work) -> ProcessorRow:
            return actions.activate_processor(work, input.processor_id, input.agreement, input.review_at)

        return await run(info, activate, _entered)

    @strawberry.mutation(
        metadata=declare(OFFICERS), description="For staff: let a processor get no data any more."
    )
    async def end_processor(
        self, info: Info, input: Annotated[EndProcessorInput, _ASKED]
    ) -> EndProcessorResult:
        return await run(info, lambda work: actions.end_processor(work, input.processor_id), _entered)


def _entered(work: Work, row: ProcessorRow) -> ProcessorEntered:
    return ProcessorEntered(processor=Processor.of(work, row))
