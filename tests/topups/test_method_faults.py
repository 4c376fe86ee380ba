"""Crashes, lost answers and repetitions around saving and forgetting: one method, and none that we do not know."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.kit.due import LEASE_SECONDS
from server.kit.problems import Refusal
from server.topups import jobs
from server.topups.actions import saving
from server.topups.adapters import sandbox
from server.topups.adapters.gateway import GatewayUnreachable
from server.topups.model import PaymentMethod, SandboxMethod
from server.topups.reads.lifecycle import FORGET
from server.topups.rules import Terms
from server.topups.rules.methods import SavedMethod, SaveRequest, SaveResult
from server.topups.rules.outcomes import Declined, FailureCode
from tests.topups.conftest import ACCOUNT, Desk
from tests.topups.test_faults import Crash, CrashAfterCommit, Interrupted
from tests.topups.test_methods import confirm, update

DELAYS = Terms().reconcile_delays_seconds


@pytest.fixture
def gateway(desk: Desk) -> Interrupted:
    desk.gateway = interrupted = Interrupted(desk.sandbox)
    return interrupted


async def recover(desk: Desk) -> None:
    """What a restart finds: leases that end, and everything that is due."""
    desk.clock.advance(timedelta(seconds=LEASE_SECONDS))
    await desk.runner.run_due()


async def everything(desk: Desk, method_id: str) -> tuple[object, ...]:
    """The method's columns, its events and the gateway's books."""
    query = select(PaymentMethod.__table__).where(PaymentMethod.id == method_id)
    columns = await desk.units.read(lambda read: read.first(query))
    return columns, await desk.told_of(method_id), await desk.count(SandboxMethod)


@pytest.mark.parametrize("asked", [False, True])
async def test_a_crash_around_saving_saves_once(desk: Desk, gateway: Interrupted, asked: bool) -> None:
    method_id = await desk.save()
    gateway.before, gateway.after = (None, Crash()) if asked else (Crash(), None)
    await desk.runner.run_due()
    assert (await desk.method(method_id)).status == "PENDING"
    assert await desk.count(SandboxMethod) == asked
    await recover(desk)
    assert (await desk.method(method_id)).status == "ACTIVE"
    assert await desk.count(SandboxMethod) == 1
    assert await desk.told_of(method_id) == ["Added", "Saved"]


@pytest.mark.parametrize("token", [sandbox.OK, sandbox.DECLINED, sandbox.STEP_UP, sandbox.UNKNOWN])
async def test_a_crash_after_each_step_repeats_nothing(desk: Desk, gateway: Interrupted, token: str) -> None:
    method_id = await desk.save(token)
    save = jobs.handlers(jobs.Gateways([gateway]), desk.sandbox)[saving.SAVE]
    with pytest.raises(Crash):
        await save(CrashAfterCommit(desk.units.house), method_id)
    before = await everything(desk, method_id)
    if token != sandbox.UNKNOWN:  # asked again is what that one is for
        await save(desk.units, method_id)
        assert await everything(desk, method_id) == before
        assert gateway.calls == 1
    await recover(desk)
    assert (await desk.told_of(method_id)).count("Added") == 1


async def test_forgetting_twice_is_forgetting_once(desk: Desk, gateway: Interrupted) -> None:
    method_id = await desk.saved()
    await desk.remove(method_id)
    forget = jobs.handlers(jobs.Gateways([gateway]), desk.sandbox)[FORGET]
    with pytest.raises(Crash):
        await forget(CrashAfterCommit(desk.units.house), method_id)
    before = await everything(desk, method_id)
    await forget(desk.units, method_id)
    assert await everything(desk, method_id) == before
    assert await desk.count(SandboxMethod) == 0


async def test_the_gateway_is_told_to_forget_until_it_answers(desk: Desk, gateway: Interrupted) -> None:
    method_id = await desk.saved()
    await desk.remove(method_id)
    for _ in range(3):
        gateway.before = GatewayUnreachable("no route")
        await desk.runner.run_due()
        assert (await desk.method(method_id)).provider_reference is not None
        desk.clock.advance(timedelta(hours=1))
    await desk.runner.run_due()
    assert (await desk.method(method_id)).provider_reference is None
    assert await desk.count(SandboxMethod) == 0


async def test_expiry_twice_is_expiry_once(desk: Desk) -> None:
    method_id = await desk.saved(sandbox.EXPIRES_SOON)
    expire = jobs.handlers(jobs.Gateways([desk.gateway]), desk.sandbox)[saving.EXPIRE]
    with pytest.raises(Crash):
        await expire(CrashAfterCommit(desk.units.house), method_id)
    desk.clock.advance(timedelta(days=30))
    for _ in range(2):
        await expire(desk.units, method_id)
    assert await desk.told_of(method_id) == ["Added", "Saved", "Expiring", "Expired"]


@pytest.mark.parametrize("token", [sandbox.UNKNOWN, sandbox.UNKNOWN_LOST])
async def test_a_lost_answer_is_asked_for_again(desk: Desk, token: str) -> None:
    method_id = await desk.saved(token)
    assert (await desk.method(method_id)).status == "PENDING"
    desk.clock.advance(timedelta(seconds=DELAYS[0] - 1))
    await desk.runner.run_due()
    assert (await desk.method(method_id)).status == "PENDING"
    desk.clock.advance(timedelta(seconds=1))
    await desk.runner.run_due()
    assert (await desk.method(method_id)).status == "ACTIVE"
    assert await desk.count(SandboxMethod) == 1


async def test_a_gateway_that_never_answers_is_given_up(desk: Desk, gateway: Interrupted) -> None:
    method_id = await desk.save()
    for delay in (*DELAYS, 0):
        gateway.before = GatewayUnreachable("no route")
        await desk.runner.run_due()
        desk.clock.advance(timedelta(seconds=delay))
    failed = await desk.method(method_id)
    assert (failed.status, failed.failure_code, failed.payment_token) == ("FAILED", "GATEWAY_SILENT", None)


async def test_a_code_is_counted_once(desk: Desk, gateway: Interrupted) -> None:
    method_id = await desk.saved(sandbox.STEP_UP)
    gateway.after = Crash()
    await confirm(desk, method_id, "000000")
    await recover(desk)
    wrong = await desk.units.read(lambda read: read.scalar(select(SandboxMethod.wrong_codes)))
    assert wrong == 1
    assert (await desk.method(method_id)).next_action == "ENTER_CODE"


@pytest.mark.rule("M040")
async def test_what_is_removed_while_it_is_saved_is_forgotten(desk: Desk, gateway: Interrupted) -> None:
    method_id = await desk.save()
    gateway.after = Crash()
    await desk.runner.run_due()
    await desk.remove(method_id)
    assert (await desk.method(method_id)).payment_token is not None, (
        "the gateway may have saved it: it is asked"
    )
    await recover(desk)
    removed = await desk.method(method_id)
    assert (removed.status, removed.payment_token, removed.provider_reference) == ("REMOVED", None, None)
    assert await desk.count(SandboxMethod) == 0
    assert await desk.told_of(method_id) == ["Added", "Removed"]


@pytest.mark.rule("M040")
async def test_an_answer_that_comes_after_the_removal_is_forgotten(desk: Desk) -> None:
    method_id = await desk.save()
    await desk.remove(method_id)
    late = SavedMethod("sandbox-late", "Sandbox", "0000", 12, 2030)
    await desk.units.run_unaudited(lambda work: saving.settle_save(work, method_id, late))
    assert (await desk.method(method_id)).provider_reference is not None
    await desk.runner.run_due()
    assert (await desk.method(method_id)).provider_reference is None
    assert (await desk.method(method_id)).status == "REMOVED"


async def test_answers_that_come_again_change_nothing(desk: Desk) -> None:
    method_id = await desk.saved()
    before = await everything(desk, method_id)
    answers: list[SaveResult | None] = [
        SavedMethod("sandbox-other", "Sandbox", "1111", 1, 2031),
        Declined(FailureCode.DECLINED, desk.clock.now()),
        None,
    ]
    for answer in answers:
        await desk.units.run_unaudited(
            lambda work, answer=answer: saving.settle_save(work, method_id, answer)
        )
    assert await everything(desk, method_id) == before


async def test_a_card_that_had_expired_already_is_not_kept(
    desk: Desk, gateway: Interrupted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def expired(request: SaveRequest) -> SaveResult:
        await desk.sandbox.save_method(request)
        return SavedMethod(f"sandbox-{request.method_id}", "Sandbox", "0000", 2, 2026)

    monkeypatch.setattr(gateway, "save_method", expired)
    method_id = await desk.saved()
    failed = await desk.method(method_id)
    assert (failed.status, failed.failure_code) == ("FAILED", "CARD_EXPIRED")
    assert await desk.count(SandboxMethod) == 0


async def test_a_token_that_was_shredded_before_its_use_fails(desk: Desk) -> None:
    method_id = await desk.save()
    desk.units.house.keys.destroy(ACCOUNT, ["billing"])
    await desk.runner.run_due()
    assert (await desk.method(method_id)).failure_code == "TOKEN_GONE"


async def test_two_runners_save_once_and_agree_on_the_default(desk: Desk, gateway: Interrupted) -> None:
    ids = [await desk.save(make_default=True) for _ in range(6)]
    save = jobs.handlers(jobs.Gateways([gateway]), desk.sandbox)[saving.SAVE]
    await asyncio.gather(
        desk.runner.run_due(), desk.runner.run_due(), *(save(desk.units, method_id) for method_id in ids)
    )
    assert [(await desk.method(method_id)).status for method_id in ids] == ["ACTIVE"] * 6
    assert await desk.default() in ids
    assert all([await desk.told_of(method_id) == ["Added", "Saved"] for method_id in ids])


async def test_whoever_chooses_at_once_one_is_the_default(desk: Desk) -> None:
    ids = [await desk.saved() for _ in range(4)]
    await asyncio.gather(*(update(desk, method_id, make_default=True) for method_id in ids * 3))
    assert [(await desk.method(method_id)).is_default for method_id in ids].count(True) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_a_default_is_there_whenever_anything_can_be_charged(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    ids: list[str] = []
    tokens = [sandbox.OK, sandbox.EXPIRES_SOON, sandbox.DECLINED, sandbox.STEP_UP, sandbox.UNKNOWN]
    for _ in range(40):
        step = chance.choice(["save", "save", "default", "remove", "run", "run", "wait"])
        try:
            if step == "save":
                ids.append(await desk.save(chance.choice(tokens), make_default=chance.random() < 0.3))
            elif step == "default" and ids:
                await update(desk, chance.choice(ids), make_default=True)
            elif step == "remove" and ids:
                await desk.remove(chance.choice(ids))
            elif step == "wait":
                desk.clock.advance(timedelta(days=chance.choice([1, 20])))
        except Refusal:
            continue
        if step in ("run", "wait"):
            await desk.runner.run_due()
        rows = [await desk.method(method_id) for method_id in ids]
        active = {row.id for row in rows if row.status == "ACTIVE"}
        defaults = {row.id for row in rows if row.is_default}
        assert defaults <= active, f"seed {seed}"
        assert len(defaults) == bool(active), f"seed {seed}"
