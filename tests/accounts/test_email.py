"""E-mail addresses: whose they are is proved by a code, few guesses and few messages; and fresh proofs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.accounts import actions, reads
from server.accounts.actions.events import EmailVerificationAsked, EmailVerified
from server.accounts.reads import team
from server.accounts.rules import CredentialsInvalid, Terms
from server.accounts.rules.people import (
    EmailCodeInvalid,
    EmailInvalid,
    EmailNotVerified,
    EmailTaken,
    NothingToVerify,
    Role,
    StepUpRequired,
    TooManyMails,
    normal_email,
)
from server.kit.clock import ManualClock
from server.kit.events import StoredEvent
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Read, Units
from tests.accounts.conftest import LOGIN, PASSWORD, Accounts
from tests.kit.test_card_numbers import card_number

EMAIL = "marigold@example.com"
WRONG = "not a code"


async def verify(accounts: Accounts, actor: Viewer, code: str) -> None:
    await accounts.act(actor, lambda work: actions.verify_email(work, code))


async def address_of(accounts: Accounts, actor: Viewer) -> str | None:
    person_id = await accounts.person_id(actor)

    def look(read: Read) -> str | None:
        person = reads.people(read, [person_id])[person_id]
        assert (person.email is None) == (person.email_verified_at is None)
        return reads.open_or_none(read, "people.email", person.email)

    return await accounts.units.read(look)


async def test_an_address_is_ones_own_once_its_code_comes_back(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    verified = accounts.told(EmailVerified)
    sent = await accounts.ask_email(owner, "Marigold@Example.COM")
    assert (sent.email, len(sent.code)) == (EMAIL, 8)
    assert await address_of(accounts, owner) is None
    await verify(accounts, owner, f" {sent.code} ")
    assert await address_of(accounts, owner) == EMAIL
    with pytest.raises(NothingToVerify):
        await verify(accounts, owner, sent.code)
    found = await units.read(lambda read: team.person_by_email(read, EMAIL))
    assert found is not None
    assert found.id == sent.subject_id
    await accounts.verify_email(owner, "other@example.com")
    assert [(event.email, event.previous) for event in verified] == [
        (EMAIL, None),
        ("other@example.com", EMAIL),
    ]
    assert await units.read(lambda read: team.person_by_email(read, EMAIL)) is None


async def may_send(accounts: Accounts, account_id: str | None) -> bool:
    assert account_id is not None
    try:
        await accounts.units.read(lambda read: team.check_may_send(read, account_id))
    except EmailNotVerified:
        return False
    return True


@pytest.mark.rule("M008")
async def test_who_has_no_verified_address_sends_nothing(accounts: Accounts, terms: Registry) -> None:
    owner = await accounts.signed_in()
    assert await may_send(accounts, owner.account_id)
    terms.add(Terms(require_verified_email=True))
    assert not await may_send(accounts, owner.account_id)
    developer = await accounts.joined(owner, Role.DEVELOPER)
    await accounts.verify_email(developer, "developer@example.com")
    sent = await accounts.ask_email(owner, EMAIL)
    assert not await may_send(accounts, owner.account_id)
    await verify(accounts, owner, sent.code)
    assert await may_send(accounts, owner.account_id)
    await accounts.ask_email(owner, "other@example.com")
    assert await may_send(accounts, owner.account_id)


async def test_neither_address_nor_code_is_stored_in_the_clear(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    sent = await accounts.ask_email(owner, EMAIL)
    rows = await units.read(lambda read: read.rows(select(StoredEvent.data)))
    waiting = await units.read(lambda read: team.email_verification(read, sent.subject_id))
    assert waiting is not None
    text = str([*rows, *waiting])
    assert EMAIL not in text
    assert sent.code not in text


@pytest.mark.parametrize("wrong_first", [4, 5])
async def test_wrong_codes_are_counted_though_refused(accounts: Accounts, wrong_first: int) -> None:
    owner = await accounts.signed_in()
    sent = await accounts.ask_email(owner, EMAIL)
    for left in range(4, 4 - wrong_first, -1):
        with pytest.raises(EmailCodeInvalid) as caught:
            await verify(accounts, owner, WRONG)
        assert caught.value.attempts_left == left
    if wrong_first < 5:
        await verify(accounts, owner, sent.code)
        return
    with pytest.raises(EmailCodeInvalid):
        await verify(accounts, owner, sent.code)


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
async def test_a_code_ends_at_its_instant(
    accounts: Accounts, clock: ManualClock, seconds: int, good: bool
) -> None:
    owner = await accounts.signed_in()
    sent = await accounts.ask_email(owner, EMAIL)
    clock.advance(Terms().email_code_age_max + timedelta(seconds=seconds))
    if good:
        await verify(accounts, owner, sent.code)
        return
    with pytest.raises(EmailCodeInvalid):
        await verify(accounts, owner, sent.code)


async def test_messages_are_limited_and_only_the_last_code_counts(
    accounts: Accounts, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    first = await accounts.ask_email(owner, EMAIL)
    mails = accounts.told(EmailVerificationAsked)
    for _ in range(4):
        await accounts.act(owner, actions.resend_email_code)
    clock.advance(timedelta(minutes=10))
    with pytest.raises(TooManyMails) as caught:
        await accounts.act(owner, actions.resend_email_code)
    assert (caught.value.limit, caught.value.retry_after_seconds) == (5, 50 * 60)
    with pytest.raises(EmailCodeInvalid):
        await verify(accounts, owner, first.code)
    await verify(accounts, owner, mails[-1].code)
    with pytest.raises(NothingToVerify):
        await accounts.act(owner, actions.resend_email_code)
    clock.advance(timedelta(minutes=50))
    again = await accounts.viewer((await accounts.sign_in()).secret)
    assert again is not None
    await accounts.ask_email(again, EMAIL)


async def test_a_verified_address_belongs_to_one_person(accounts: Accounts) -> None:
    mine, theirs = await accounts.signed_in(), await accounts.signed_in("somebody.else")
    sent = await accounts.ask_email(mine, EMAIL)
    await accounts.verify_email(theirs, EMAIL)
    with pytest.raises(EmailTaken):
        await verify(accounts, mine, sent.code)
    await accounts.verify_email(theirs, "moved@example.com")
    await verify(accounts, mine, sent.code)
    assert await address_of(accounts, mine) == EMAIL


@pytest.mark.parametrize(
    "email",
    [
        "",
        "x",
        "@example.com",
        "a@b",
        "a b@example.com",
        "a@example..com",
        "a@-x.com",
        "a\n@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 250 + ".com",
        "\ud800@example.com",
        "a@ex\x00ample.com",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(EmailInvalid):
        normal_email(email)


@pytest.mark.rule("M115")
def test_an_address_with_a_card_number_is_refused() -> None:
    with pytest.raises(EmailInvalid):
        normal_email(f"{card_number('4', 16)}@example.com")


def test_an_address_has_one_normal_form() -> None:
    assert normal_email("Zoë.K+x@Bücher.Example") == "zoë.k+x@xn--bcher-kva.example"


@pytest.mark.parametrize(("seconds", "fresh"), [(-1, True), (0, False), (1, False)])
async def test_a_fresh_proof_ends_at_its_instant_and_can_be_renewed(
    accounts: Accounts, clock: ManualClock, seconds: int, fresh: bool
) -> None:
    owner = await accounts.signed_in()
    clock.advance(Terms().step_up_age_max + timedelta(seconds=seconds))
    if fresh:
        await accounts.act(owner, actions.require_fresh_session)
        return
    with pytest.raises(StepUpRequired) as caught:
        await accounts.ask_email(owner, EMAIL)
    assert caught.value.minutes == 15
    with pytest.raises(CredentialsInvalid):
        await accounts.act(owner, lambda work: actions.confirm_password(work, None))
    proof = await accounts.passwords.confirm(owner.credential_id or "", PASSWORD)
    until = await accounts.act(owner, lambda work: actions.confirm_password(work, proof))
    assert until == clock.now() + Terms().step_up_age_max
    await accounts.ask_email(owner, EMAIL)


async def test_one_session_s_proof_is_not_another_s(accounts: Accounts, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    clock.advance(Terms().step_up_age_max)
    other = await accounts.viewer((await accounts.sign_in(LOGIN)).secret)
    assert other is not None
    await accounts.act(other, actions.require_fresh_session)
    with pytest.raises(StepUpRequired):
        await accounts.act(owner, actions.require_fresh_session)
