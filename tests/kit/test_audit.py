"""Each mutation leaves a row that says who did what; nobody edits it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from server.kit.audit import AuditEntry
from server.kit.problems import Refusal
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work

ROW = {
    "id": "aud_1",
    "at": 0,
    "account_id": "acc_1",
    "credential_id": None,
    "action": "test",
    "outcome": "OK",
    "request_id": "",
}
FORGE = update(AuditEntry).values(outcome="FORGED")


class NotToday(Refusal):
    """Not today."""

    code = "TEST_NOT_TODAY"


def refuse(_: Work) -> None:
    raise NotToday


async def entries(units: Units) -> list[tuple[object, ...]]:
    query = select(AuditEntry.__table__).order_by(AuditEntry.id)
    return [tuple(row)[1:] for row in await units.read(lambda read: read.rows(query))]


@pytest.mark.rule("H015", "C22")
async def test_a_mutation_leaves_who_what_and_outcome_in_opaque_ids_and_nothing_else(units: Units) -> None:
    at = units.house.clock.now()
    await units.run(Call("placeOrder", Viewer("acc_1", "key_1"), "req_1"), lambda work: None)
    with pytest.raises(NotToday):
        await units.run(Call("placeOrder", Viewer("acc_1", "key_1"), "req_2"), refuse)
    assert await entries(units) == [
        (at, "acc_1", "key_1", "placeOrder", "OK", "req_1"),
        (at, "acc_1", "key_1", "placeOrder", "TEST_NOT_TODAY", "req_2"),
    ]


@pytest.mark.rule("H015")
async def test_no_unit_of_work_can_edit_a_row(units: Units) -> None:
    await units.run(Call("placeOrder", Viewer("acc_1")), lambda work: None)
    before = await entries(units)
    with pytest.raises(DBAPIError, match="append-only"):
        await units.run_unaudited(lambda work: work.execute(FORGE))
    assert await entries(units) == before
