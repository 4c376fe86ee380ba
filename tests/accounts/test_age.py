"""Who may open an account by their age: judged at the instant, refused without a trace, the verdict kept alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from server.accounts import actions, reads
from server.accounts.actions.ages import verify_age
from server.accounts.model import Account, AgeJudgement, ApiKey
from server.accounts.rules import Terms
from server.accounts.rules.age import (
    AgeDeclaration,
    AgeMethod,
    AgeNotDeclared,
    BirthDateInvalid,
    TooYoung,
    age_years,
    judge_age,
)
from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.signing import Signing
from server.checks import CHECKS
from server.kit.clock import ManualClock
from server.kit.events import StoredEvent
from server.kit.work import Call, Read, Units
from tests.accounts.conftest import ACCEPTED, LOGIN, PASSWORD, Accounts
from tests.accounts.test_graph import REGISTER, Api, api, registration  # noqa: F401

BORN = "2008-06-15"
BORN_LONG_AGO = "1980-01-01"
KEY_SCOPES = ("account:read",)
BIRTHDAY = datetime(2026, 6, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def register(accounts: Accounts, age: AgeDeclaration | None) -> str:
    prepared = await accounts.passwords.prepare(LOGIN, PASSWORD)
    return await accounts.units.run(
        Call("register"), lambda work: actions.register(work, LOGIN, prepared, ACCEPTED, Signing(age=age))
    )


@pytest.mark.rule("M005", "P031")
@pytest.mark.parametrize(("since", "old_enough"), [(-SECOND, False), (timedelta(), True), (SECOND, True)])
async def test_one_is_old_enough_from_the_first_instant_of_the_birthday(
    accounts: Accounts, units: Units, clock: ManualClock, since: timedelta, old_enough: bool
) -> None:
    clock.set(BIRTHDAY + since)
    if old_enough:
        await register(accounts, AgeDeclaration(BORN))
        return
    with pytest.raises(TooYoung) as caught:
        await register(accounts, AgeDeclaration(BORN))
    assert caught.value.age_years_min == 18
    for table in (Account, AgeJudgement, StoredEvent):
        assert await units.read(lambda read, of=table: read.scalar(select(func.count()).select_from(of))) == 0
    assert units.house.keys.find(units.house.keys.blind("login", LOGIN)) is None
    assert BORN not in str(caught.value.numbers())


@pytest.mark.rule("C18")
@pytest.mark.parametrize(
    ("age", "method"),
    [(AgeDeclaration(BORN), "BIRTH_DATE"), (AgeDeclaration(old_enough=True), "DECLARATION"), (None, None)],
)
async def test_what_is_kept_is_verdict_method_and_instant(
    accounts: Accounts, units: Units, clock: ManualClock, age: AgeDeclaration | None, method: str | None
) -> None:
    clock.set(BIRTHDAY)
    account_id = await register(accounts, age)

    def look(read: Read) -> None:
        kept = [tuple(row) for row in read.rows(select(AgeJudgement.__table__))]
        assert kept == ([(account_id, "OLD_ENOUGH", method, clock.now())] if method else [])
        assert BORN not in str(read.rows(select(StoredEvent.data)))

    await units.read(look)


@pytest.mark.rule("M005")
async def test_the_terms_may_ask_for_a_declaration(accounts: Accounts, units: Units) -> None:
    units.house.terms.add(Terms(age_declaration_required=True, age_years_min=21))
    for said, refusal in ((None, AgeNotDeclared), (AgeDeclaration(old_enough=False), TooYoung)):
        with pytest.raises(refusal) as caught:
            await register(accounts, said)
        assert caught.value.numbers() == {"age_years_min": 21}
    await register(accounts, AgeDeclaration(old_enough=True))


@pytest.mark.parametrize(
    "born",
    ["", "2008", "20080615", "2008-W24-7", "2007-02-29", "2027-01-01", "1800-01-01", "15.06.2008", "\x00"],
)
def test_what_is_no_day_of_birth_is_refused(born: str) -> None:
    with pytest.raises(BirthDateInvalid) as caught:
        judge_age(AgeDeclaration(born), BIRTHDAY.date(), 18, required=False)
    assert caught.value.age_years_max == 130


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 12, 31), date(2026, 12, 31), 18),
        (date(2009, 1, 1), date(2026, 12, 31), 17),
    ],
)
def test_years_are_full(born: date, today: date, years: int) -> None:
    assert age_years(born, today) == years


def test_a_day_of_birth_counts_more_than_a_word() -> None:
    assert judge_age(AgeDeclaration(BORN), BIRTHDAY.date(), 18, required=True) is AgeMethod.BIRTH_DATE


async def test_an_age_through_the_api(api: Api) -> None:  # noqa: F811
    young = await api.data(REGISTER, input=registration(age={"oldEnough": False}))
    assert young == {"__typename": "TooYoung", "code": "TOO_YOUNG", "field": "age"}
    bad = await api.data(REGISTER, input=registration(age={"birthDate": "yesterday"}))
    assert bad == {"__typename": "BirthDateInvalid", "code": "BIRTH_DATE_INVALID", "field": "age.birthDate"}
    opened = await api.data(REGISTER, input=registration(age={"birthDate": "1980-01-31"}))
    assert opened["__typename"] == "Registered"


@pytest.mark.rule("P032", "C18")
async def test_an_account_waits_until_its_age_is_shown_by_a_document_or_a_card(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    terms = units.house.terms.get(Terms)
    units.house.terms.add(replace(terms, age_verified_by=frozenset({"DOCUMENT", "CARD"})))
    account_id = await register(accounts, AgeDeclaration(BORN_LONG_AGO))
    token = (await accounts.sign_in()).secret
    waiting = await scopes(units, token)
    assert waiting is not None, "what was only said verifies nothing"
    assert {"topups:write", "privacy:write", "account:close"} <= waiting
    assert not waiting & {"orders:write", "campaigns:write", "keys:write"}
    for missing in ("acc_1\0", "acc_none"):
        with pytest.raises(AccountNotFound):
            await units.run(Call("verifyAge"), lambda work, it=missing: verify_age(work, it, AgeMethod.CARD))
    await units.run(Call("verifyAge"), lambda work: verify_age(work, account_id, AgeMethod.CARD))
    assert await scopes(units, token) is None, "an owner may do everything"
    (judged,) = await units.read(lambda read: read.rows(select(AgeJudgement.__table__)))
    assert tuple(judged) == (account_id, "OLD_ENOUGH", "CARD", clock.now())


@pytest.mark.rule("P032")
async def test_no_key_acts_for_who_waits_and_the_check_names_one_that_did(
    accounts: Accounts, units: Units
) -> None:
    owner = await accounts.signed_in()
    key = await accounts.act(owner, lambda work: actions.create_api_key(work, "Key", KEY_SCOPES, None))
    await units.run_unaudited(lambda work: work.execute(update(ApiKey).values(last_used_at=work.now)))
    assert (await units.read(CHECKS["ages_verified"])).passed
    assert await units.read(lambda read: reads.credential_of_key(read, key.secret)) is not None
    terms = units.house.terms.get(Terms)
    units.house.terms.add(replace(terms, age_verified_by=frozenset({"DOCUMENT"})))
    assert await units.read(lambda read: reads.credential_of_key(read, key.secret)) is None
    assert key.id in (await units.read(CHECKS["ages_verified"])).evidence


async def scopes(units: Units, token: str) -> frozenset[str] | None:
    found = await units.read(lambda read: reads.credential_of_session(read, token))
    assert found is not None
    return found.viewer.scopes
