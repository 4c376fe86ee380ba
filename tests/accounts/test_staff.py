"""The company's own people: named, authorised for a time, and out at the instant at which it ends (B011)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.accounts import actions, reads
from server.accounts.rules import CredentialsInvalid, LoginTaken
from server.accounts.rules.staff import Mandate, MandateInvalid, NotStaff, StaffRole, check_mandate
from server.cli import app
from server.kit.clock import ManualClock
from server.kit.problems import PublicError
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from tests.accounts.conftest import LOGIN, PASSWORD, Accounts
from tests.kit.test_card_numbers import card_number

STAFF = "help.desk"


def mandate(now: datetime, *roles: StaffRole, starts_in_days: float = 0, days: float = 30) -> Mandate:
    starts_at = now + timedelta(days=starts_in_days)
    granted = roles or (StaffRole.SUPPORT,)
    return Mandate(granted, "support tickets", "2026-01", starts_at, starts_at + timedelta(days=days))


async def authorise(accounts: Accounts, given: Mandate, login: str = STAFF) -> str:
    password = await accounts.passwords.prepare(login, PASSWORD)
    return await accounts.units.run(
        Call("authoriseStaff", SYSTEM), lambda work: actions.authorise_staff(work, login, password, given)
    )


@pytest.mark.rule("B011")
async def test_authorised_staff_sign_in_with_their_roles_and_no_account(
    accounts: Accounts, clock: ManualClock
) -> None:
    await authorise(accounts, mandate(clock.now(), StaffRole.SUPPORT, StaffRole.PRIVACY_OFFICER))
    viewer = await accounts.viewer((await accounts.sign_in(STAFF)).secret)
    assert viewer is not None
    assert viewer.staff_roles == {"SUPPORT", "PRIVACY_OFFICER"}
    assert viewer.scopes == {"account:read", "self:write"}
    customer = await accounts.signed_in()
    assert customer.staff_roles == frozenset()
    assert customer.account_id != viewer.account_id


@pytest.mark.rule("P039")
def test_a_data_protection_officer_has_no_other_office(clock: ManualClock) -> None:
    check_mandate(mandate(clock.now(), StaffRole.DPO), clock.now(), timedelta(days=366))
    with pytest.raises(MandateInvalid):
        check_mandate(
            mandate(clock.now(), StaffRole.DPO, StaffRole.FINANCE), clock.now(), timedelta(days=366)
        )


@pytest.mark.rule("B011")
@pytest.mark.parametrize(("seconds", "valid"), [(-1, True), (0, False), (1, False)])
async def test_an_authorisation_ends_at_its_instant(
    accounts: Accounts, units: Units, clock: ManualClock, seconds: int, valid: bool
) -> None:
    given = mandate(clock.now(), days=2)
    await authorise(accounts, given)
    token = (await accounts.sign_in(STAFF)).secret
    before = await accounts.viewer(token)
    assert before is not None
    assert before.expires_at == given.ends_at
    clock.set(given.ends_at + timedelta(seconds=seconds))
    viewer = await accounts.viewer(token)
    assert (viewer is not None and bool(viewer.staff_roles)) == valid
    assert bool(await units.read(lambda read: reads.still_valid(read, [before]))) == valid
    if valid:
        await accounts.act(before, lambda work: None)
        await accounts.sign_in(STAFF)
        return
    with pytest.raises(PublicError):
        await accounts.act(before, lambda work: None)
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in(STAFF)


@pytest.mark.rule("B011")
@pytest.mark.parametrize(("seconds", "valid"), [(-1, False), (0, True), (1, True)])
async def test_an_authorisation_begins_at_its_instant(
    accounts: Accounts, clock: ManualClock, seconds: int, valid: bool
) -> None:
    given = mandate(clock.now(), starts_in_days=1)
    await authorise(accounts, given)
    clock.set(given.starts_at + timedelta(seconds=seconds))
    if valid:
        assert await accounts.sign_in(STAFF)
        return
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in(STAFF)


@pytest.mark.rule("B011")
async def test_revoked_staff_are_out_at_once(accounts: Accounts, clock: ManualClock) -> None:
    await authorise(accounts, mandate(clock.now()))
    viewer = await accounts.viewer((await accounts.sign_in(STAFF)).secret)
    assert viewer is not None
    await accounts.units.run(Call("revokeStaff", SYSTEM), lambda work: actions.revoke_staff(work, STAFF))
    with pytest.raises(PublicError):
        await accounts.act(viewer, lambda work: None)
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in(STAFF)
    await authorise(accounts, mandate(clock.now(), StaffRole.FINANCE))
    again = await accounts.viewer((await accounts.sign_in(STAFF)).secret)
    assert again is not None
    assert again.staff_roles == {"FINANCE"}


async def test_a_new_authorisation_ends_the_one_before_where_it_starts(
    accounts: Accounts, clock: ManualClock
) -> None:
    start = clock.now()
    await authorise(accounts, mandate(start, StaffRole.SUPPORT, days=30))
    await authorise(accounts, mandate(start, StaffRole.FINANCE, starts_in_days=10, days=30))
    for day, role in ((9, "SUPPORT"), (10, "FINANCE"), (39, "FINANCE")):
        clock.set(start + timedelta(days=day))
        viewer = await accounts.viewer((await accounts.sign_in(STAFF)).secret)
        assert viewer is not None
        assert viewer.staff_roles == {role}


async def test_customers_are_no_staff(accounts: Accounts, clock: ManualClock) -> None:
    await accounts.register()
    with pytest.raises(LoginTaken):
        await authorise(accounts, mandate(clock.now()), LOGIN)
    for login in (LOGIN, "nobody.here"):
        with pytest.raises(NotStaff):
            await accounts.units.run(
                Call("revokeStaff", SYSTEM), lambda work, login=login: actions.revoke_staff(work, login)
            )


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ({"roles": ()}, 1),
        ({"scope": " "}, 1),
        ({"scope": card_number("4", 16)}, 1),
        ({"instructions_version": ""}, 1),
        ({}, 0),
        ({}, -1),
        ({}, 367),
    ],
)
async def test_an_authorisation_is_named_and_limited(
    accounts: Accounts, clock: ManualClock, changed: dict[str, Any], days: int
) -> None:
    with pytest.raises(MandateInvalid):
        await authorise(accounts, replace(mandate(clock.now(), days=days), **changed))


def test_the_command_adds_lists_and_revokes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTMETER_REGION", "CH")
    runner = CliRunner()
    added = ["staff", "add", STAFF, "--role", "SUPPORT", "--role", "FINANCE", "--scope", "support tickets"]
    added += ["--instructions", "2026-01", "--days", "30"]
    assert runner.invoke(app, added).exit_code == 2  # no database yet
    assert runner.invoke(app, ["migrate"]).exit_code == 0
    assert runner.invoke(app, ["staff", "list"]).output == "Nobody is authorised.\n"
    first = runner.invoke(app, added, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert first.exit_code == 0, first.output
    assert "help.desk is authorised until" in first.output
    assert runner.invoke(app, added).exit_code == 0  # known: no password is asked for
    listed = runner.invoke(app, ["staff", "list"]).output
    assert listed.count("help.desk: FINANCE SUPPORT, support tickets, instructions 2026-01") == 2
    assert runner.invoke(app, ["staff", "revoke", STAFF]).exit_code == 0
    assert runner.invoke(app, ["staff", "revoke", "nobody.here"]).exit_code == 1
    assert "revoked" in runner.invoke(app, ["staff", "list"]).output
