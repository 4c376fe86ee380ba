"""A code beside the password: set up, asked for, used once, required of staff (P003)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pyotp
import pytest

from server.accounts import actions
from server.accounts.actions import Answer, Device, Issued, SecondFactorAsked
from server.accounts.actions.events import RecoveryCodeUsed, SecondFactorChanged
from server.accounts.adapters import qr
from server.accounts.reads.standing import requirements_of
from server.accounts.rules import CredentialsInvalid, Terms
from server.accounts.rules.people import StepUpRequired
from server.accounts.rules.second_factor import (
    ChallengeInvalid,
    Factor,
    SecondFactorInvalid,
    SecondFactorMissing,
    SecondFactorNeeded,
    TotpAlreadyOn,
    TotpNotPending,
    step_of_code,
    time_step,
)
from server.accounts.rules.standing import Requirement, Standing, requirements
from server.accounts.rules.throttling import WITH_CLIENT, TooManyAttempts
from server.kit.clock import ManualClock
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import LOGIN, PASSWORD, Accounts
from tests.accounts.test_staff import STAFF, authorise, mandate

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)


def code_at(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


async def with_totp(accounts: Accounts, actor: Viewer) -> tuple[str, list[str]]:
    """Set up an authenticator application; returns its secret and the recovery codes."""
    offer = await accounts.act(actor, actions.enrol_totp)
    code = code_at(offer.secret, accounts.units.house.clock.now())
    return offer.secret, await accounts.act(actor, lambda work: actions.confirm_totp(work, code))


async def ask(accounts: Accounts, device: Device | None = None) -> SecondFactorAsked:
    given = {} if device is None else {"device": device}
    asked = await accounts.try_to_sign_in(**given)
    assert isinstance(asked, SecondFactorAsked)
    return asked


@pytest.mark.parametrize(
    ("unix", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(unix: int, code: str) -> None:
    now = datetime.fromtimestamp(unix, UTC)
    generate = pyotp.TOTP(RFC_SECRET).generate_otp
    assert step_of_code(generate, f" {code[:3]} {code[3:]}", now, 0, -1) == time_step(now) == unix // 30


@pytest.mark.rule("P003")
@pytest.mark.parametrize(
    ("seconds", "good"), [(-31, False), (-30, True), (0, True), (29, True), (59, True), (60, False)]
)
def test_a_clock_may_be_one_step_wrong(seconds: int, good: bool) -> None:
    """`NOW` begins a time step: its code is good from one step before it until one step after it."""
    generate = pyotp.TOTP(RFC_SECRET).generate_otp
    found = step_of_code(generate, generate(time_step(NOW)), NOW + timedelta(seconds=seconds), 1, 0)
    assert found == (time_step(NOW) if good else None)


@pytest.mark.parametrize(("last", "good"), [(-1, True), (0, False), (1, False)])
def test_no_code_is_taken_after_itself_or_a_newer_one(last: int, good: bool) -> None:
    generate, step = pyotp.TOTP(RFC_SECRET).generate_otp, time_step(NOW)
    assert (step_of_code(generate, generate(step), NOW, 1, step + last) is not None) == good


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "２８７０８２", "\ud800", "287082\x00"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    now = datetime.fromtimestamp(59, UTC)
    assert step_of_code(pyotp.TOTP(RFC_SECRET).generate_otp, typed, now, 1, 0) is None


def test_the_qr_code_is_an_svg_document_without_script() -> None:
    root = ElementTree.fromstring(qr.svg("otpauth://totp/Postmeter:a?secret=ABC&issuer=Postmeter"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.rpartition("}")[2] for child in root.iter()} == {"svg", "path"}


@pytest.mark.rule("P003")
async def test_a_second_factor_is_set_up_in_two_steps_and_then_asked_for(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    changed, used = accounts.told(SecondFactorChanged), accounts.told(RecoveryCodeUsed)
    with pytest.raises(TotpNotPending):
        await accounts.act(owner, lambda work: actions.confirm_totp(work, "000000"))
    offer = await accounts.act(owner, actions.enrol_totp)
    assert re.fullmatch(r"[A-Z2-7]{32}", offer.secret)
    assert offer.uri.startswith(f"otpauth://totp/Postmeter:{LOGIN}?secret={offer.secret}")
    assert isinstance(await accounts.try_to_sign_in(), Issued)  # it does not count yet
    with pytest.raises(SecondFactorInvalid):
        await accounts.act(owner, lambda work: actions.confirm_totp(work, "000000"))
    secret, codes = await with_totp(accounts, owner)
    assert len(codes) == Terms().recovery_codes
    assert [(event.factor, event.added) for event in changed] == [("TOTP", True)]
    with pytest.raises(TotpAlreadyOn):
        await accounts.act(owner, actions.enrol_totp)

    asked = await ask(accounts)
    assert asked.factors == (Factor.TOTP, Factor.RECOVERY_CODE)
    replayed = await accounts.answer(asked, Answer(code=code_at(secret, clock.now())))
    assert isinstance(replayed, SecondFactorInvalid)  # it confirmed the application already
    clock.advance(STEP)
    code = code_at(secret, clock.now())
    signed_in = await accounts.answer(await ask(accounts), Answer(code=code))
    assert isinstance(signed_in, Issued)
    assert await accounts.viewer(signed_in.secret) is not None
    again = await accounts.answer(await ask(accounts), Answer(code=code))
    assert isinstance(again, SecondFactorInvalid)  # a code that somebody saw is of no use
    for answer, taken in ((codes[0].upper(), True), (codes[0], False), ("", False)):
        outcome = await accounts.answer(await ask(accounts), Answer(recovery_code=answer))
        assert isinstance(outcome, Issued) == taken
    assert len(used) == 1


async def test_a_challenge_has_few_answers_and_little_time(accounts: Accounts, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    secret, _ = await with_totp(accounts, owner)
    asked = await ask(accounts)
    left = [await accounts.answer(asked, Answer(code="000000")) for _ in range(5)]
    assert [one.attempts_left for one in left if isinstance(one, SecondFactorInvalid)] == [4, 3, 2, 1, 0]
    with pytest.raises(ChallengeInvalid):
        await accounts.answer(asked, Answer(code=code_at(secret, clock.now())))
    with pytest.raises(TooManyAttempts):
        await accounts.answer(await ask(accounts), Answer(code="000000"))
    clock.advance(WITH_CLIENT.window)
    for step, good in ((-1, True), (0, False), (1, False)):
        late = await ask(accounts)
        clock.set(late.asked.expires_at + timedelta(seconds=step))
        answer = Answer(code=code_at(secret, clock.now()))
        if good:
            assert isinstance(await accounts.answer(late, answer), Issued)
        else:
            with pytest.raises(ChallengeInvalid):
                await accounts.answer(late, answer)


async def test_an_open_challenge_ends_with_the_password(accounts: Accounts, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    secret, _ = await with_totp(accounts, owner)
    asked = await ask(accounts)
    changed = await accounts.passwords.replace(
        owner.credential_id or "", PASSWORD, "seven tired postmen whistle"
    )
    await accounts.units.run(
        Call("changePassword", owner), lambda work: actions.change_password(work, *changed)
    )
    clock.advance(STEP)
    with pytest.raises(ChallengeInvalid):
        await accounts.answer(asked, Answer(code=code_at(secret, clock.now())))


@pytest.mark.rule("M032")
async def test_a_second_factor_is_a_fresh_proof_and_can_be_removed(
    accounts: Accounts, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    with pytest.raises(SecondFactorMissing):
        await accounts.act(owner, lambda work: actions.confirm_second_factor(work, Answer(code="000000")))
    secret, _ = await with_totp(accounts, owner)
    clock.advance(Terms().step_up_age_max)
    with pytest.raises(StepUpRequired):
        await accounts.act(owner, actions.disable_totp)
    for code, fresh in (("000000", False), (code_at(secret, clock.now()), True)):
        answer = Answer(code=code)
        if fresh:
            await accounts.act(owner, lambda work, one=answer: actions.confirm_second_factor(work, one))
        else:
            with pytest.raises(SecondFactorInvalid):
                await accounts.act(owner, lambda work, one=answer: actions.confirm_second_factor(work, one))
    await accounts.act(owner, actions.disable_totp)
    assert isinstance(await accounts.try_to_sign_in(), Issued)
    with pytest.raises(SecondFactorMissing):
        await accounts.act(owner, actions.disable_totp)


@pytest.mark.rule("P003")
async def test_staff_may_nothing_before_their_second_factor(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    units.house.terms.add(Terms(second_factor_required_for=frozenset({"STAFF"})))
    await authorise(accounts, mandate(clock.now()))
    first = await accounts.try_to_sign_in(login=STAFF)
    assert isinstance(first, Issued)
    restricted = await accounts.viewer(first.secret)
    assert restricted is not None
    assert (restricted.staff_roles, restricted.scopes) == (frozenset(), {"account:read", "self:write"})
    assert await units.read(lambda read: requirements_of(read, first.id)) == (Requirement.SECOND_FACTOR,)
    await with_totp(accounts, restricted)
    full = await accounts.viewer(first.secret)
    assert full is not None
    assert full.staff_roles == {"SUPPORT"}
    with pytest.raises(SecondFactorNeeded):
        await accounts.act(full, actions.disable_totp)
    assert isinstance(await accounts.try_to_sign_in(login=STAFF), SecondFactorAsked)
    with pytest.raises(CredentialsInvalid):
        await accounts.try_to_sign_in("not the right password", login=STAFF)
    customer = await accounts.signed_in()
    assert customer.scopes is None


@pytest.mark.rule("P044", "C17")
@pytest.mark.parametrize(("seconds", "due"), [(-1, False), (0, True), (1, True)])
def test_a_password_is_too_old_at_its_instant(seconds: int, due: bool) -> None:
    standing = Standing("OWNER", None, NOW - timedelta(days=90) - timedelta(seconds=seconds))
    aged = Terms(password_age_max=timedelta(days=90))
    assert requirements(aged, standing, NOW) == ((Requirement.NEW_PASSWORD,) if due else ())
    assert requirements(Terms(), standing, NOW) == ()


@pytest.mark.rule("P044")
async def test_with_an_old_password_one_may_only_change_it(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    age_max = timedelta(days=20)
    units.house.terms.add(Terms(password_age_max=age_max))
    owner = await accounts.signed_in()
    assert owner.expires_at == clock.now() + age_max
    clock.advance(timedelta(days=19))
    token = (await accounts.sign_in()).secret
    clock.advance(timedelta(days=1))
    viewer = await accounts.viewer(token)
    assert viewer is not None
    assert viewer.scopes == {"account:read", "self:write"}
    changed = await accounts.passwords.replace(
        viewer.credential_id or "", PASSWORD, "seven tired postmen whistle"
    )
    await units.run(Call("changePassword", viewer), lambda work: actions.change_password(work, *changed))
    viewer = await accounts.viewer(token)
    assert viewer is not None
    assert viewer.scopes is None
