"""What is processed of an account, for whom it is about (Q021, GDPR article 15(1))."""

from __future__ import annotations

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.policy.graph.published import Language, chosen, published_of
from server.policy.rules.profile import Clause
from server.policy.rules.wording import shown
from server.privacy.reads import processing as reads

READ = Access(Who.SIGNED_IN, "identification", "account:read")
OWN = Access(Who.SIGNED_IN, "identification")


@exposes(OWN)
@strawberry.type(name="ProcessingRecord", description="Data that is held for one purpose and has one fate.")
class ProcessingRecord:
    category: str = strawberry.field(description="What kind of data, as the policy names it.")
    purpose: str = strawberry.field(description="What it is held for, as the policy names it.")
    legal_basis: str = strawberry.field(
        description="On which legal basis: `contract`, `precontract`, `legal_obligation` or `legitimate_interest`."
    )
    sources: list[str] = strawberry.field(description="Where it is from, as the policy names it.")
    source_column: str | None = strawberry.field(
        description="Which of the columns says of each row where it is from; null where all are from one source."
    )
    retention: strawberry.ID = strawberry.field(
        description="The clause of the policy that says how long it is kept, such as `retain.account`."
    )
    retention_ground: str | None = strawberry.field(
        description="Why it is kept so long: `business`, `contract` or `law`."
    )
    recipients: list[str] = strawberry.field(
        description="The processors that may get data of this category; empty for none."
    )
    columns: list[str] = strawberry.field(description="Which data, as `table.column`.")
    kept: strawberry.Private[Clause]

    @strawberry.field(description="How long it is kept, in words: `10 years`.")
    def period(self, info: Info, language: Language = None) -> str:
        published = published_of(info)
        return shown(self.kept.value, published.wordings.of(chosen(published, language)))

    @classmethod
    def of(cls, found: reads.Processing) -> ProcessingRecord:
        return cls(
            category=found.category,
            purpose=found.purpose,
            legal_basis=found.legal_basis,
            sources=list(found.sources),
            source_column=found.source_column,
            retention=strawberry.ID(found.kept.key),
            retention_ground=found.kept.ground,
            recipients=list(found.recipients),
            columns=list(found.columns),
            kept=found.kept,
        )


@strawberry.field(
    description="What is processed of the account: why, on which basis, from where, how long, and who may receive it. "
    "It is made from what the server declares and from its policy. The data itself is in an export (`requestExport`).",
    metadata=declare(READ, items=50),
)
def processing(account: strawberry.Parent[Account], info: Info) -> list[ProcessingRecord]:
    del account  # the same is held of every account
    return [ProcessingRecord.of(found) for found in reads.processing(info.context.read)]


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, processing)]
