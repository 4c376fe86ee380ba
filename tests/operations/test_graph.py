"""Due work and force majeure through the API of the assembled server: for staff, and for nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.due import schedule
from server.kit.work import Work
from tests.staffed import Staff
from tests.test_app import settings

LIST = """query($first: Int! = 20, $after: String, $kind: String, $state: DueState) {
    dueWork(first: $first, after: $after, kind: $kind, state: $state) {
        edges { node { id kind timer state subjectId dueAt leasedUntil attempts lastError } }
        pageInfo { hasNextPage endCursor } } }"""
COUNTS = "{ dueWorkCounts { kind scheduled due late failing paused } }"
RETRY = """mutation($id: ID!) { retryDueWork(input: {id: $id}) { __typename
    ... on DueWorkRetried { id } ... on Problem { code field } } }"""
DECLARE = """mutation($reason: String!, $startsAt: DateTime) {
    declareForceMajeure(input: {reason: $reason, startsAt: $startsAt}) { __typename
    ... on ForceMajeureDeclared { forceMajeure { id startsAt endsAt reason } }
    ... on Problem { code } ... on ForceMajeureInvalid { reasonLengthMax backdatedDaysMax } } }"""
END = """mutation { endForceMajeure { __typename
    ... on ForceMajeureEnded { forceMajeure { id endsAt } } ... on Problem { code } } }"""
ALL = "{ forceMajeure { id startsAt endsAt reason declaredAt } }"


async def test_operators_see_due_work_by_kind_and_state(staff: Staff, clock: ManualClock) -> None:
    def plan(work: Work) -> None:
        for number in range(3):
            schedule(work, "wallet.shred", f"wal_{number}", work.now + timedelta(minutes=number))
        schedule(work, "unheard.of", "sub_1", work.now + timedelta(days=1))

    await staff.postmeter.units.run_unaudited(plan)
    first = await staff.ask("SUPPORT", LIST, first=2)
    assert [edge["node"]["subjectId"] for edge in first["edges"]] == ["wal_0", "wal_1"]
    assert first["edges"][0]["node"] | {"id": "", "dueAt": ""} == {
        "id": "",
        "kind": "wallet.shred",
        "timer": "OPERATIONAL",
        "state": "DUE",
        "subjectId": "wal_0",
        "dueAt": "",
        "leasedUntil": None,
        "attempts": 0,
        "lastError": None,
    }
    rest = await staff.ask("ADMIN", LIST, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["subjectId"] for edge in rest["edges"]][:2] == ["wal_2", "sub_1"]
    assert [edge["node"]["kind"] for edge in rest["edges"]][2:] == ["accounts.inactivity"]
    assert rest["edges"][1]["node"]["timer"] is None
    scheduled = await staff.ask("SUPPORT", LIST, state="SCHEDULED", kind="wallet.shred")
    assert [edge["node"]["subjectId"] for edge in scheduled["edges"]] == ["wal_1", "wal_2"]
    clock.advance(timedelta(minutes=6, seconds=1))
    assert await staff.ask("SUPPORT", COUNTS) == [
        {"kind": "accounts.inactivity", "scheduled": 1, "due": 0, "late": 0, "failing": 0, "paused": 0},
        {"kind": "unheard.of", "scheduled": 1, "due": 0, "late": 0, "failing": 0, "paused": 0},
        {"kind": "wallet.shred", "scheduled": 0, "due": 1, "late": 2, "failing": 0, "paused": 0},
    ]


async def test_failing_work_is_tried_again_on_request(staff: Staff) -> None:
    await staff.fail("wallet.shred", "wal_1")
    (edge,) = (await staff.ask("SUPPORT", LIST, state="FAILING"))["edges"]
    assert (edge["node"]["attempts"], edge["node"]["lastError"]) == (1, "ConnectionError")
    retried = await staff.ask("SUPPORT", RETRY, id=edge["node"]["id"])
    assert retried == {"__typename": "DueWorkRetried", "id": edge["node"]["id"]}
    assert await staff.postmeter.due.run_due() == 1
    gone = await staff.ask("SUPPORT", RETRY, id=edge["node"]["id"])
    assert gone == {"__typename": "DueWorkNotFound", "code": "DUE_WORK_NOT_FOUND", "field": "id"}


@pytest.mark.rule("M103")
async def test_administrators_declare_force_majeure_and_its_end(staff: Staff, clock: ManualClock) -> None:
    began = clock.now() - timedelta(days=1)
    declared = await staff.ask("ADMIN", DECLARE, reason="An earthquake.", startsAt=began.isoformat())
    assert declared["forceMajeure"]["endsAt"] is None
    again = await staff.ask("ADMIN", DECLARE, reason="A flood.")
    assert again["__typename"] == "ForceMajeureLasts"
    clock.advance(timedelta(days=2))
    ended = await staff.ask("ADMIN", END)
    assert ended["forceMajeure"]["id"] == declared["forceMajeure"]["id"]
    assert (await staff.ask("ADMIN", END))["__typename"] == "NoForceMajeure"
    wrong = await staff.ask("ADMIN", DECLARE, reason=" ")
    assert (wrong["__typename"], wrong["reasonLengthMax"], wrong["backdatedDaysMax"]) == (
        "ForceMajeureInvalid",
        200,
        30,
    )
    (shown,) = await staff.ask("SUPPORT", ALL)
    assert shown["reason"] == "An earthquake."
    assert shown["endsAt"] is not None


async def test_others_neither_see_nor_steer_it(staff: Staff) -> None:
    for who in ("CUSTOMER", "FINANCE"):
        for query in (LIST, COUNTS, ALL, END):
            assert await staff.refused(who, query) == "FORBIDDEN"
        assert await staff.refused(who, RETRY, id="due_1") == "FORBIDDEN"
        assert await staff.refused(who, DECLARE, reason="A flood.") == "FORBIDDEN"
    assert await staff.refused("SUPPORT", DECLARE, reason="A flood.") == "FORBIDDEN"
    assert await staff.refused("SUPPORT", END) == "FORBIDDEN"


@pytest.mark.rule("M103")
def test_every_kind_of_due_work_says_what_it_follows_from(tmp_path: Path) -> None:
    postmeter = Postmeter(settings(tmp_path, f"sqlite:///{tmp_path}/p.sqlite3"))
    assert postmeter.due.kinds == postmeter.due.timers.of_kind.keys()
