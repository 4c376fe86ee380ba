"""Refusing a new version of the policy: a copy of the data, time to take it along, and the account closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server import duties
from server.accounts import reads as account_reads
from server.accounts.actions import accept_policy
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules import PolicyNotInForce
from server.accounts.rules.closing import LossesNotAcknowledged, digest
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import Reactions
from server.kit.work import House, Units
from server.notices.reads import notices_of_account
from server.privacy.actions.refusing import refuse_policy
from server.privacy.jobs import exporting, refusing
from server.privacy.reads.erasures import erasure_of
from server.privacy.reads.refusals import RefusalRow, refusal_of
from server.reactions import erasures as reactions
from tests.privacy.copying import Copying, copying_of
from tests.staffed import Staff

VERSION = "2025-09-19"
SECOND = timedelta(seconds=1)
WINDOW = timedelta(days=30)


@pytest.fixture
async def leaving(house: House, clock: ManualClock) -> Copying:
    registered = Reactions()
    reactions.register(registered)
    return await copying_of(Units(replace(house, reactions=registered)), clock)


async def refuse(leaving: Copying) -> RefusalRow:
    nothing = await leaving.units.read(
        lambda read: digest(read.terms(LossSources).losses(read, leaving.account_id))
    )
    return await leaving.act(lambda work: refuse_policy(work, VERSION, nothing))


async def status(leaving: Copying) -> str:
    row = await leaving.units.read(lambda read: account_reads.account(read, leaving.account_id))
    assert row is not None
    return row.status


@pytest.mark.rule("P049")
async def test_refusing_leads_to_a_copy_and_then_to_the_end_and_locks_nobody_out(leaving: Copying) -> None:
    begun = leaving.clock.now()
    with pytest.raises(PolicyNotInForce):
        await leaving.act(lambda work: refuse_policy(work, "1999-01-01", ""))
    with pytest.raises(LossesNotAcknowledged):
        await leaving.act(lambda work: refuse_policy(work, VERSION, "nothing"))
    refused = await refuse(leaving)
    assert refused.closes_at == begun + WINDOW
    assert await refuse(leaving) == refused, "twice is as good as once"
    runner = DueRunner(leaving.units, {**exporting.handlers(), **refusing.handlers()}, duties.TIMERS)
    await runner.run_due()
    assert (await leaving.row(refused.export_id)).status == "READY"
    told = await leaving.units.read(lambda read: notices_of_account(read, leaving.account_id, 10))
    assert [notice.kind for notice in told] == ["policy_refused"]
    leaving.clock.set(refused.closes_at - SECOND)
    await runner.run_due()
    assert await status(leaving) == "ACTIVE", "everything works until then"
    leaving.clock.set(refused.closes_at)
    await runner.run_due()
    assert await status(leaving) == "CLOSED"
    planned = await leaving.units.read(lambda read: erasure_of(read, leaving.account_id))
    assert planned is not None
    assert planned.clock == "CLOSURE"
    leaving.clock.advance(SECOND)
    await runner.run_due()
    assert await status(leaving) == "CLOSED"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("P049")
async def test_the_account_waits_for_its_copy_and_stays_for_who_accepts_after_all(leaving: Copying) -> None:
    refused = await refuse(leaving)
    close_only = DueRunner(leaving.units, refusing.handlers(), duties.TIMERS)
    leaving.clock.set(refused.closes_at)
    await close_only.run_due()
    assert await status(leaving) == "ACTIVE", "its copy is not made"
    assert ("mailpro", VERSION) not in await leaving.units.read(
        lambda read: account_reads.accepted(read, leaving.account_id)
    )
    await leaving.act(lambda work: accept_policy(work, "mailpro", VERSION))
    assert await leaving.units.read(lambda read: refusal_of(read, leaving.account_id)) is None
    await leaving.due()
    leaving.clock.advance(WINDOW)
    await close_only.run_due()
    assert await status(leaving) == "ACTIVE"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("P049")
async def test_the_api_says_what_follows_from_refusing(staff: Staff) -> None:
    refuse = """mutation($input: RefusePolicyInput!) { refusePolicy(input: $input) { __typename
        ... on Problem { code field } ... on LossesNotAcknowledged { digest }
        ... on PolicyVersionRefused { refusal { version closesAt exportId } } } }"""
    lacking = await staff.ask("CUSTOMER", refuse, input={"version": VERSION, "acknowledgedLosses": "no"})
    assert (lacking["__typename"], lacking["field"]) == ("LossesNotAcknowledged", "acknowledgedLosses")
    asked = {"version": VERSION, "acknowledgedLosses": lacking["digest"]}
    other = await staff.ask("CUSTOMER", refuse, input=asked | {"version": "1\0"})
    assert other["__typename"] == "PolicyNotInForce"
    refusal = (await staff.ask("CUSTOMER", refuse, input=asked))["refusal"]
    assert (refusal["version"], refusal["exportId"][:4]) == (VERSION, "exp_")
    read = "{ policyRefusal { version closesAt exportId } }"
    assert await staff.ask("CUSTOMER", read) == refusal
    assert await staff.ask("ADMIN", read) is None
