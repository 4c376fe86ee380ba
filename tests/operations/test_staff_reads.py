"""What staff read leaves a row that says who, what, of whom, from where and for what (H015)."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType
from sqlalchemy import select

from server.gateway.observed import STAFF_READ
from server.kit.audit import AuditEntry
from server.kit.graph.access import Who, access_of
from server.schema import schema
from tests.staffed import Staff

VERIFY = "{ verifyAudit { intact complete entries unsealed seals faults } }"
DUE = "query($after: String) { dueWork(first: 2, after: $after) { edges { node { id kind subjectId } } } }"
OWN = "{ viewer { account { id } } }"


async def read_rows(staff: Staff) -> list[Any]:
    query = select(AuditEntry.__table__).where(AuditEntry.action == STAFF_READ).order_by(AuditEntry.id)
    return list(await staff.postmeter.units.read(lambda read: read.rows(query)))


@pytest.mark.rule("H015")
async def test_each_read_by_staff_is_audited_before_it_is_answered(staff: Staff) -> None:
    shown = await staff.ask("SUPPORT", DUE)
    (row,) = await read_rows(staff)
    assert (row.outcome, row.purpose) == ("OK", "security")
    assert None not in (row.account_id, row.credential_id, row.origin)
    assert row.request_id
    assert {"Query.dueWork", "DueWork.subjectId", "DueWork.kind"} <= set(row.fields.split(" "))
    node = shown["edges"][0]["node"]
    assert {node["id"], node["subjectId"]} <= set(row.subjects.split(" "))


@pytest.mark.rule("H015")
async def test_what_staff_may_not_read_and_what_is_their_own_is_no_staff_read(staff: Staff) -> None:
    await staff.refused("SUPPORT", VERIFY)
    await staff.ask("SUPPORT", OWN)
    await staff.ask("CUSTOMER", OWN)
    assert await read_rows(staff) == []


@pytest.mark.rule("H015")
def test_feeds_for_staff_are_these() -> None:
    """What comes after its beginning leaves no row, so that none may show what somebody wrote (tests/support): ids and
    states at the most."""
    subscription = schema._schema.subscription_type
    assert subscription is not None
    found = {
        name: access_of(None, field.extensions["strawberry-definition"].metadata)
        for name, field in subscription.fields.items()
    }
    assert None not in found.values()
    assert {name for name, access in found.items() if access and access.who is Who.STAFF} == {
        "supportQueueChanged",
        "incidentChanged",
        "operationsChanged",
        "staffQueueChanged",
    }
    told = schema._schema.type_map["IncidentStanding"]
    assert isinstance(told, GraphQLObjectType)
    assert told.fields.keys() == {"incidentId", "state", "dueAt", "overdue", "updatedAt"}


async def test_administrators_verify_the_newest_part_of_the_log(staff: Staff) -> None:
    found = await staff.ask("ADMIN", VERIFY)
    assert (found["intact"], found["complete"], found["faults"]) == (True, True, [])
    assert int(found["entries"]) > 0
    again = await staff.ask("ADMIN", VERIFY)
    assert int(again["entries"]) == int(found["entries"]) + 1, "to verify it is to read it"
