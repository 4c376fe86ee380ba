"""What changes in the API is written down, shown to everybody, and told once to those who use it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from server.accounts.model import ApiKey, Person
from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.work import Work
from server.notices.reads import notices_of_account
from server.policy.adapters.api_schema import places_of, record_schema
from server.policy.jobs import handlers
from server.policy.model import ApiRelease
from server.policy.reads.api_changes import changes
from server.policy.rules.api_changes import ApiChangeKind, Place, changes_between, concerns
from server.policy.rules.checking import Checks
from server.policy.rules.publishing import ChangeTerms
from server.schema import sdl
from tests.policy.conftest import World
from tests.policy.test_published import ask, page
from tests.test_app import settings

OLD = """
"Everything." type Query { order(id: ID!, note: String): Order, plan: String! @deprecated(reason: "Use order."),
  old: Int }
type Order implements Node { id: ID!, size: Size } interface Node { id: ID! }
enum Size { SMALL LARGE } input Wanted { size: Size = SMALL, name: String! } union Found = Order scalar Money
"""
NEW = """
type Query { order(id: ID, note: String!): Order!, plan: String!, old: Int @deprecated(reason: "Nobody asks."),
  now(at: Int!): Money }
type Order implements Node { id: ID!, size: Size } interface Node { id: ID! } type Plan { id: ID! }
enum Size { SMALL MIDDLE } input Wanted { size: Size = SMALL, name: String, unit: String!, kind: Int! = 1 }
union Found = Order | Plan scalar Money
"""


@pytest.mark.rule("M142")
def test_two_schemas_differ_where_they_do_and_break_what_they_break() -> None:
    found = {
        change.place: (change.kind.value, change.breaking, change.detail)
        for change in changes_between(places_of(OLD), places_of(NEW))
    }
    assert found == {
        "Found.Plan": ("ADDED", False, None),
        "Plan": ("ADDED", False, None),  # not its fields, too
        "Query.now": ("ADDED", False, None),
        "Query.old": ("DEPRECATED", False, "Nobody asks."),
        "Query.order": ("CHANGED", False, "Order → Order!"),
        "Query.order(id:)": ("CHANGED", False, "ID! → ID"),
        "Query.order(note:)": ("CHANGED", True, "String → String!"),
        "Size.LARGE": ("REMOVED", True, None),
        "Size.MIDDLE": ("ADDED", False, None),
        "Wanted.kind": ("ADDED", False, None),
        "Wanted.name": ("CHANGED", False, "String! → String"),
        "Wanted.unit": ("ADDED", True, None),
    }


@pytest.mark.parametrize(
    ("was", "now", "breaking"),
    [
        (Place("Int!"), Place("Int"), True),
        (Place("Int"), Place("Int!"), False),
        (Place("Int"), Place("[Int]"), True),
        (Place("Int", given=True), Place("Int!", given=True, required=True), True),
        (Place("Int!", given=True, required=True), Place("Int!", given=True), False),
        (Place("object_type"), Place("interface_type"), True),
    ],
)
def test_less_may_be_asked_for_and_more_be_given(was: Place, now: Place, breaking: bool) -> None:
    (change,) = changes_between({"A.b": was, "A": Place()}, {"A.b": now, "A": Place()})
    assert (change.kind, change.breaking) == (ApiChangeKind.CHANGED, breaking)
    assert concerns([change]) is breaking


def test_the_schema_of_this_server_has_a_name_for_each_of_its_places() -> None:
    places = places_of(sdl())
    assert {"Query.node(id:)", "RefusePolicyInput.version", "ApiChangeKind.ADDED", "Money"} <= places.keys()
    assert max(map(len, places)) <= 200


def _key(work: Work, account_id: str, number: int) -> None:
    person = work.scalar(select(Person.id).where(Person.account_id == account_id))
    name = work.seal(account_id, "identity", "api_keys.name", "Key")
    row = {"name": name, "secret_hash": bytes([number]) * 32, "prefix": "pm_1234", "scopes": "account:read"}
    made = {"account_id": account_id, "created_by": person, "created_at": work.now}
    work.execute(insert(ApiKey).values(id=f"key_{number}", **row, **made))


@pytest.mark.rule("M142")
async def test_who_has_a_key_is_told_once_of_what_breaks_or_goes(world: World) -> None:
    terms = world.units.house.terms
    terms.add(replace(terms.get(ChangeTerms), accounts_a_step=1))

    async def told(account_id: str) -> list[tuple[str, str]]:
        found = await world.read(lambda read: notices_of_account(read, account_id, 10))
        return [(notice.kind, notice.emailing) for notice in found if notice.kind == "api_changed"]

    def prepare(work: Work) -> None:
        for number, account_id in enumerate((world.customer, world.customer, world.other)):
            _key(work, account_id, number)
        address = work.seal(world.customer, "identity", "people.email", "owner@example.com")
        mine = update(Person).where(Person.account_id == world.customer)
        work.execute(mine.values(email=address, email_verified_at=work.now))
        work.execute(update(ApiKey).where(ApiKey.account_id == world.other).values(revoked_at=work.now))

    await world.do(prepare)
    assert await record_schema(world.units, OLD) == 0, "the first is no change"
    harmless = OLD.replace("enum Size {", "enum Size { TINY")
    assert await record_schema(world.units, harmless) == 1
    runner = DueRunner(world.units, handlers(Checks({})))
    await runner.run_due()
    assert await told(world.customer) == []
    world.clock.advance(timedelta(days=1))
    assert await record_schema(world.units, NEW) == 13
    for _ in range(2):
        await runner.run_due()
        assert await told(world.customer) == [("api_changed", "NO_RELAY")], "once, by e-mail too"
    assert await told(world.other) == [], "it has no key any more"
    assert await record_schema(world.units, OLD) == 0, "who goes back announces nothing"
    assert await record_schema(world.units, NEW) == 0
    newest = await world.read(lambda read: changes(read, 100, breaking=True))
    assert {row.place for row in newest} == {"Query.order(note:)", "Size.LARGE", "Size.TINY", "Wanted.unit"}
    assert {row.changed_at for row in newest} == {world.clock.now()}
    waiting = select(ApiRelease.id).where(ApiRelease.announced_at.is_(None))
    assert await world.read(lambda read: read.rows(waiting)) == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("M142")
async def test_everybody_reads_what_changed(database_url: str, tmp_path: Path, clock: ManualClock) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    query = "{ apiChanges(breaking: true) { edges { node { kind place breaking detail changedAt } } } }"
    async with postmeter.storage():
        assert "n’a pas changé" in (await page(postmeter, "/policy/api-changes")).text
        await record_schema(postmeter.units, OLD)
        await record_schema(postmeter.units, NEW)
        edges = (await ask(postmeter, query))["data"]["apiChanges"]["edges"]
        nodes: list[dict[str, Any]] = [edge["node"] for edge in edges]
        assert {"Size.LARGE", "Query.order(note:)"} <= {node["place"] for node in nodes}
        assert all(node["changedAt"] == clock.now().isoformat().replace("+00:00", "Z") for node in nodes)
        shown = await page(postmeter, "/policy/api-changes", **{"accept-language": "en"})
        assert "<code>Size.LARGE</code> <strong>breaking</strong>" in shown.text
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert 'href="/policy/api-changes"' in (await page(postmeter)).text
