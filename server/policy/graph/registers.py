"""What the staff asks of the registers."""

from __future__ import annotations

import strawberry

from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.policy.graph.types import WATCHERS, Attestation, Disclosure, Processor
from server.policy.reads import registers


@strawberry.type
class RegisterQueries:
    @strawberry.field(
        metadata=declare(WATCHERS), description="For staff: the register of processors, the newest first."
    )
    def processors(self, info: Info, first: First = 20, after: After = None) -> Connection[Processor]:
        read = info.context.read
        rows = registers.processors(read, rows_wanted(first), key_after(after))
        return page(rows, first, after, lambda row: Processor.of(read, row), lambda row: row.id)

    @strawberry.field(
        metadata=declare(WATCHERS), description="For staff: the register of disclosures, the newest first."
    )
    def disclosures(self, info: Info, first: First = 20, after: After = None) -> Connection[Disclosure]:
        read = info.context.read
        rows = registers.disclosures(read, rows_wanted(first), key_after(after))
        return page(rows, first, after, lambda row: Disclosure.of(read, row), lambda row: row.id)

    @strawberry.field(
        metadata=declare(WATCHERS),
        description="For staff: what the policy wants attested, and how each attestation stands.",
    )
    def attestations(self, info: Info) -> list[Attestation]:
        return [Attestation.of(state) for state in registers.attestations(info.context.read)]
