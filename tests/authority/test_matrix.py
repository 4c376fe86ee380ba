"""Every field as every role: the table that people read is what the declarations say, and what the server does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from sqlalchemy import select

from server.accounts import actions, reads
from server.accounts.actions import Device
from server.accounts.actions.people import claim_login, insert_person
from server.accounts.actions.signing_in import open_session
from server.accounts.model import Session
from server.accounts.rules import MAILPRO, SCOPES, NewPassword, Terms
from server.accounts.rules.people import Role
from server.accounts.rules.staff import Mandate, StaffRole
from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.graph.access import Access, Denial, Who
from server.kit.viewer import Viewer
from server.kit.work import Work
from server.schema import schema
from tests.authority.matrix import ROOTS, accesses, table
from tests.authority.roles import ROLES
from tests.test_app import settings

MATRIX = Path(__file__).parent / "matrix.md"
LITERALS = {
    "Int": "1",
    "BigInt": '"1"',
    "Boolean": "false",
    "Decimal": '"1.00"',
    "DateTime": '"2026-03-02T09:00:00Z"',
}
NO_PASSWORD = NewPassword("no hash")
EVERY = 6
"""Of the mutations that a role is refused, one in so many is tried over HTTP."""


@pytest.mark.rule("H013", "Q010")
def test_the_table_that_people_read_is_what_the_code_declares() -> None:
    assert MATRIX.read_text("utf-8") == table(), (
        "run: python -m tests.authority.matrix > tests/authority/matrix.md"
    )


def test_the_table_covers_every_field() -> None:
    fields = accesses()
    assert len(fields) > 1_000
    assert {name.split(".")[0] for name in fields} >= set(ROOTS)


def test_whoever_may_change_something_needs_a_scope_or_a_staff_role() -> None:
    """But for what is open to everybody: no mutation is anybody's who is merely signed in."""
    loose = [
        name
        for name, access in accesses().items()
        if name.startswith("Mutation.")
        and access.who is not Who.ANYONE
        and (access.scope is None or access.scope.endswith(":read"))
        and not access.staff_roles
    ]
    assert loose == []


@pytest.mark.rule("B011")
def test_nobody_who_is_no_staff_reads_what_is_for_staff() -> None:
    for name, access in accesses().items():
        if access.who is Who.STAFF:
            allowed = {role for role, viewer in ROLES.items() if access.denial(viewer) is None}
            assert allowed, name
            assert all(ROLES[role].staff_roles for role in allowed), name


@pytest.mark.rule("P039")
def test_a_data_protection_officer_reads_registers_requests_and_compliance_and_changes_nothing() -> None:
    """What of the API is for the staff, and for that office, too: no mutation, and nothing about money."""
    office = StaffRole.DPO.value
    roots = {
        coordinates
        for coordinates, access in accesses().items()
        if coordinates.split(".")[0] in ROOTS and office in access.staff_roles
    }
    assert roots == {
        "Query.attestations",
        "Query.disclosures",
        "Query.minorReports",
        "Query.policyCompliance",
        "Query.privacyRequests",
        "Query.processors",
        "Query.recipientRequests",
        "Query.retentionPreview",
        "Query.retentionRuns",
    }


def test_a_declaration_that_is_wider_would_show() -> None:
    """The table can fail: an owner is not staff, and a key without scopes is nobody in particular."""
    assert Access(Who.STAFF, "security", staff_roles=frozenset({"ADMIN"})).denial(ROLES["owner"])
    assert Access(Who.SIGNED_IN, "security", scope="account:read").denial(ROLES["key, no scope"])
    assert Access(Who.SIGNED_IN, "security").denial(ROLES["staff, expired"]) is Denial.UNAUTHENTICATED


class World:
    """The server, and a token of every role."""

    def __init__(self, postmeter: Postmeter, tokens: dict[str, str | None]) -> None:
        self.postmeter = postmeter
        self.tokens = tokens

    async def ask(self, client: httpx.AsyncClient, role: str, document: str) -> set[str]:
        """The codes of the answer's errors."""
        token = self.tokens[role]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await client.post("/graphql", json={"query": document}, headers=headers)
        return {str(error["extensions"]["code"]) for error in answer.json().get("errors", [])}


@pytest.fixture
async def world(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    postmeter.house.terms.add(Terms(people_max=100))
    async with postmeter.storage():
        yield World(postmeter, await postmeter.units.run_unaudited(everybody))


def everybody(work: Work) -> dict[str, str | None]:
    """Make somebody in every role, without the cost of passwords; returns their tokens."""
    accepted = (MAILPRO.document, MAILPRO.version)
    actions.register(work, "owner", NO_PASSWORD, accepted)
    owner = person(work, "owner")
    tokens: dict[str, str | None] = {"anonymous": None, "owner": session(work, "owner")}
    for role in (Role.VIEWER, Role.ANALYST, Role.DEVELOPER, Role.BILLING, Role.ADMIN):
        name = role.value.lower()
        person_id = work.ids.new("per")
        claim_login(work, name, person_id)
        insert_person(work, owner.account_id, person_id, role.value, name, "no hash")
        tokens[name] = session(work, name)
    owners_session = work.first(select(Session.id).where(Session.person_id == owner.id))
    assert owners_session is not None
    work.actor = Viewer(owner.account_id, owners_session.id)
    tokens["key, all scopes"] = actions.create_api_key(work, "all", SCOPES, None).secret
    for staff_role in StaffRole:
        name = f"staff {staff_role.value.lower().replace('_', ' ')}"
        tokens[name] = staff(work, name.replace(" ", "."), staff_role, proved=True)
    tokens["staff, no second factor"] = staff(work, "staff.new", StaffRole.ADMIN, proved=False)
    return tokens


def person(work: Work, login: str) -> Any:
    found = reads.person_by_login(work, login)
    assert found is not None
    return found


def session(work: Work, login: str, *, proved: bool = False) -> str:
    return open_session(work, person(work, login), Device(), second_factor=proved).secret


def staff(work: Work, login: str, role: StaffRole, *, proved: bool) -> str:
    mandate = Mandate((role,), "operations", "2026-01", work.now, work.now + timedelta(days=20))
    actions.authorise_staff(work, login, NO_PASSWORD, mandate)
    return session(work, login, proved=proved)


@pytest.mark.rule("H013", "B011")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_server_does_what_the_table_says(world: World, clock: ManualClock) -> None:
    fields = accesses()
    transport = httpx.ASGITransport(app=world.postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for role in world.tokens:
            for name, document in documents(role):
                codes = await world.ask(client, role, document)
                denial = fields[name].denial(ROLES[role])
                said = codes & {one.value for one in Denial}
                assert said == ({denial.value} if denial else set()), (role, name, codes)
        clock.advance(timedelta(days=20))  # the mandates have ended
        token = world.tokens["staff admin"]
        answer = await client.post(
            "/graphql",
            json={"query": "{ dueWorkCounts { __typename } }"},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 401


def documents(role: str) -> Iterator[tuple[str, str]]:
    """Every query, and some of the mutations that the role is refused: those change nothing."""
    fields = accesses()
    for name, field in _root("Query"):
        yield f"Query.{name}", f"{{ {_selection(name, field)} }}"
    refused = [
        (name, field) for name, field in _root("Mutation") if fields[f"Mutation.{name}"].denial(ROLES[role])
    ]
    start = list(ROLES).index(role) % EVERY
    for name, field in refused[start::EVERY]:
        yield f"Mutation.{name}", f"mutation {{ {_selection(name, field)} }}"


def _root(type_name: str) -> list[tuple[str, GraphQLField]]:
    kind = schema._schema.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    return sorted(kind.fields.items())


def _selection(name: str, field: GraphQLField) -> str:
    given = [
        f"{key}: {_value(one.type)}"
        for key, one in field.args.items()
        if isinstance(one.type, GraphQLNonNull)
    ]
    arguments = f"({', '.join(given)})" if given else ""
    return f"{name}{arguments}" + ("" if is_leaf_type(get_named_type(field.type)) else " { __typename }")


def _value(type_: GraphQLInputType) -> str:
    """Some literal of the type, the smallest that is valid."""
    if isinstance(type_, GraphQLNonNull):
        return _value(type_.of_type)
    if isinstance(type_, GraphQLList):
        return f"[{_value(type_.of_type)}]"
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        needed = [(key, one) for key, one in type_.fields.items() if isinstance(one.type, GraphQLNonNull)]
        needed = needed or list(type_.fields.items())[: 1 if type_.is_one_of else 0]
        return "{" + ", ".join(f"{key}: {_value(one.type)}" for key, one in needed) + "}"
    literals = {
        "Int": "1",
        "BigInt": '"1"',
        "Boolean": "false",
        "Decimal": '"1.00"',
        "DateTime": '"2026-03-02T09:00:00Z"',
    }
    return literals.get(type_.name, '"x"')
