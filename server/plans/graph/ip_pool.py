"""The pool of fixed addresses in the API: for the staff."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, problem
from server.plans.actions import ip_pool as actions
from server.plans.graph.fixed_ips import FixedIpNotFoundProblem
from server.plans.reads.fixed_ips import PoolRow, pool
from server.plans.rules import fixed_ips as rules

STAFF = Access(Who.STAFF, "balance_and_orders", staff_roles=frozenset({"SUPPORT", "ADMIN"}))
_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.enum(name="NoticeEmailState", description="Where the e-mail of a notice is.")
class EmailStateEnum(Enum):
    QUEUED = strawberry.enum_value("QUEUED", description="It waits to be sent.")
    SENDING = strawberry.enum_value("SENDING", description="It is being handed to the mail relay.")
    DELIVERED = strawberry.enum_value("DELIVERED", description="The mail relay has taken it.")
    FAILED = strawberry.enum_value("FAILED", description="It was not taken, and is tried again.")
    DEAD = strawberry.enum_value("DEAD", description="It was given up.")


@exposes(STAFF)
@strawberry.type(description="An address of the pool. It stays the provider's, whoever rents it (M056).")
class PoolIp:
    id: strawberry.ID = strawberry.field(description="Its id, `ipa_…`.")
    address: str = strawberry.field(description="The address.")
    fixed_ip_id: strawberry.ID | None = strawberry.field(
        description="The rental that has it; null when none."
    )
    account_id: strawberry.ID | None = strawberry.field(description="Who rents it; null when nobody.")
    assigned_at: datetime | None = strawberry.field(description="Since when.")
    reclaim_announced: bool = strawberry.field(
        description="Whether its renter was told that it is taken back."
    )
    available_at: datetime = strawberry.field(description="From when on it can be rented, if nobody has it.")
    added_at: datetime = strawberry.field(description="When it came into the pool.")
    retired_at: datetime | None = strawberry.field(description="When it was taken out for good; null else.")

    @classmethod
    def of(cls, row: PoolRow) -> PoolIp:
        return cls(
            id=strawberry.ID(row.id),
            address=row.address,
            fixed_ip_id=_id(row.subscription_id),
            account_id=_id(row.account_id),
            assigned_at=row.assigned_at,
            reclaim_announced=row.notice_id is not None,
            available_at=row.available_at,
            added_at=row.added_at,
            retired_at=row.retired_at,
        )


@problem(rules.FixedIpNotAnnounced)
@strawberry.type(
    name="FixedIpNotAnnounced",
    description="An address is taken back only after an e-mail about it was delivered (M058).",
)
class FixedIpNotAnnouncedProblem(Problem):
    email_state: EmailStateEnum | None = strawberry.field(
        description="Where the e-mail is; null when none was sent: announce it first."
    )


@problem(rules.IpAddressInvalid)
@strawberry.type(name="IpAddressInvalid", description="This is no address that mail can be sent from.")
class IpAddressInvalidProblem(Problem):
    pass


@problem(rules.IpAddressKnown)
@strawberry.type(name="IpAddressKnown", description="The pool has this address already.")
class IpAddressKnownProblem(Problem):
    pass


@problem(rules.IpAddressInUse)
@strawberry.type(name="IpAddressInUse", description="Somebody rents this address.")
class IpAddressInUseProblem(Problem):
    pass


@problem(rules.IpAddressNotFound)
@strawberry.type(name="IpAddressNotFound", description="The pool has no such address.")
class IpAddressNotFoundProblem(Problem):
    pass


@strawberry.input(description="An address for the pool.")
class AddIpToPoolInput:
    address: str = strawberry.field(description="The address, IPv4 or IPv6.")


@strawberry.input(description="An address to take out of the pool.")
class RetireIpFromPoolInput:
    ip_id: strawberry.ID = strawberry.field(description="The address, `ipa_…`.")


@strawberry.input(description="A misused address.")
class AnnounceFixedIpReclaimInput:
    fixed_ip_id: strawberry.ID = strawberry.field(description="The rental, `pls_…`.")


@strawberry.input(description="A misused address whose renter was told.")
class ReclaimFixedIpInput:
    fixed_ip_id: strawberry.ID = strawberry.field(description="The rental, `pls_…`.")


@exposes(OUTCOME)
@strawberry.type(description="The address can be rented.")
class IpAddedToPool:
    ip: PoolIp = strawberry.field(description="The address.")


@exposes(OUTCOME)
@strawberry.type(description="The address is rented to nobody any more.")
class IpRetiredFromPool:
    ip: PoolIp = strawberry.field(description="The address.")


@exposes(OUTCOME)
@strawberry.type(
    description="The customer is told; once the e-mail is delivered the address can be taken back."
)
class FixedIpReclaimAnnounced:
    notice_id: strawberry.ID = strawberry.field(description="The customer's notice.")


@exposes(OUTCOME)
@strawberry.type(description="The address was taken back, without refund.")
class FixedIpReclaimed:
    fixed_ip_id: strawberry.ID = strawberry.field(description="The rental, which has ended.")


AddIpToPoolResult = Annotated[
    IpAddedToPool | IpAddressInvalidProblem | IpAddressKnownProblem,
    strawberry.union("AddIpToPoolResult", description="What became of `addIpToPool`."),
]
RetireIpFromPoolResult = Annotated[
    IpRetiredFromPool | IpAddressNotFoundProblem | IpAddressInUseProblem,
    strawberry.union("RetireIpFromPoolResult", description="What became of `retireIpFromPool`."),
]
AnnounceFixedIpReclaimResult = Annotated[
    FixedIpReclaimAnnounced | FixedIpNotFoundProblem,
    strawberry.union("AnnounceFixedIpReclaimResult", description="What became of `announceFixedIpReclaim`."),
]
ReclaimFixedIpResult = Annotated[
    FixedIpReclaimed | FixedIpNotFoundProblem | FixedIpNotAnnouncedProblem,
    strawberry.union("ReclaimFixedIpResult", description="What became of `reclaimFixedIp`."),
]


@strawberry.type
class PoolQueries:
    @strawberry.field(
        description="The pool of fixed addresses, newest first. For the staff.", metadata=declare(STAFF)
    )
    def ip_pool(self, info: Info, first: First = 20, after: After = None) -> Connection[PoolIp]:
        rows = pool(info.context.read, rows_wanted(first), key_after(after))
        return page(rows, first, after, PoolIp.of, lambda row: row.id)


@strawberry.type
class PoolMutations:
    @strawberry.mutation(
        description="Put an address into the pool of fixed addresses. For the staff.", metadata=declare(STAFF)
    )
    async def add_ip_to_pool(
        self, info: Info, input: Annotated[AddIpToPoolInput, _ASKED]
    ) -> AddIpToPoolResult:
        return await run(
            info,
            lambda work: actions.add_ip(work, input.address),
            lambda _work, row: IpAddedToPool(ip=PoolIp.of(row)),
        )

    @strawberry.mutation(
        description="Take an address that nobody rents out of the pool for good. For the staff.",
        metadata=declare(STAFF),
    )
    async def retire_ip_from_pool(
        self, info: Info, input: Annotated[RetireIpFromPoolInput, _ASKED]
    ) -> RetireIpFromPoolResult:
        return await run(
            info,
            lambda work: actions.retire_ip(work, input.ip_id),
            lambda _work, row: IpRetiredFromPool(ip=PoolIp.of(row)),
        )

    @strawberry.mutation(
        description="Tell a customer, by e-mail too, that a misused address will be taken back. For the staff.",
        metadata=declare(STAFF),
    )
    async def announce_fixed_ip_reclaim(
        self, info: Info, input: Annotated[AnnounceFixedIpReclaimInput, _ASKED]
    ) -> AnnounceFixedIpReclaimResult:
        return await run(
            info,
            lambda work: actions.announce_reclaim(work, input.fixed_ip_id),
            lambda _work, notice_id: FixedIpReclaimAnnounced(notice_id=strawberry.ID(notice_id)),
        )

    @strawberry.mutation(
        description="Take a misused address back, at once and without refund, once the e-mail that announces it was "
        "delivered. For the staff.",
        metadata=declare(STAFF),
    )
    async def reclaim_fixed_ip(
        self, info: Info, input: Annotated[ReclaimFixedIpInput, _ASKED]
    ) -> ReclaimFixedIpResult:
        return await run(
            info,
            lambda work: actions.reclaim_ip(work, input.fixed_ip_id),
            lambda _work, row: FixedIpReclaimed(fixed_ip_id=strawberry.ID(row.id)),
        )


def _id(text: str | None) -> strawberry.ID | None:
    return strawberry.ID(text) if text is not None else None
