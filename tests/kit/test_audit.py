"""Each mutation leaves a row that says who did what; nobody edits it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from server.kit.audit import AuditEntry
from server.kit.problems import Refusal
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work

FORGE = update(AuditEntry).values(outcome="FORGED")


class NotToday(Refusal):
    """Not today."""

    code = "TEST_NOT_TODAY"


def refuse(_: Work) -> None:
    raise NotToday


async def entries(units: Units) -> list[tuple[object, ...]]:
    table = AuditEntry.__table__.c
    said = [
        table[name]
        for name in ("at", "account_id", "credential_id", "action", "outcome", "request_id", "purpose")
    ]
    return [tuple(row) for row in await units.read(lambda read: read.rows(select(*said).order_by(table.id)))]


async def origins(units: Units) -> list[str]:
    query = select(AuditEntry.origin).order_by(AuditEntry.id)
    return [row.origin for row in await units.read(lambda read: read.rows(query))]


@pytest.mark.rule("H015", "C22")
async def test_a_mutation_leaves_who_what_and_outcome_in_opaque_ids_and_nothing_else(units: Units) -> None:
    at = units.house.clock.now()
    await units.run(Call("placeOrder", Viewer("acc_1", "key_1"), "req_1", "api_use"), lambda work: None)
    with pytest.raises(NotToday):
        await units.run(Call("placeOrder", Viewer("acc_1", "key_1"), "req_2"), refuse)
    assert await entries(units) == [
        (at, "acc_1", "key_1", "placeOrder", "OK", "req_1", "api_use"),
        (at, "acc_1", "key_1", "placeOrder", "TEST_NOT_TODAY", "req_2", None),
    ]


@pytest.mark.rule("H015")
async def test_no_unit_of_work_can_edit_a_row(units: Units) -> None:
    await units.run(Call("placeOrder", Viewer("acc_1")), lambda work: None)
    before = await entries(units)
    with pytest.raises(DBAPIError, match="append-only"):
        await units.run_unaudited(lambda work: work.execute(FORGE))
    assert await entries(units) == before


@pytest.mark.rule("H015", "B006")
async def test_where_a_call_came_from_is_known_by_a_pseudonym_only(units: Units) -> None:
    addresses = (
        "192.0.2.7",
        "192.0.2.7",
        "192.0.2.8",
        "2001:db8:0:1::5",
        "2001:db8:0:1::6",
        "2001:db8:0:2::5",
    )
    for address in addresses:
        await units.run(Call("placeOrder", address=address), lambda work: None)
    first, again, neighbour, six, same_host, other = await origins(units)
    assert first == again
    assert six == same_host, "the second half of an IPv6 address is chosen anew all the time"
    assert len({first, neighbour, six, other}) == 4
    assert all(len(origin) == 32 and "." not in origin for origin in (first, six))
    assert "192.0.2.7" not in repr(Call("placeOrder", address="192.0.2.7"))
