"""Which passwords are refused, with what the person is told, and what that costs the server (P043)."""

from __future__ import annotations

import time

import pytest

from server.accounts import actions
from server.accounts.adapters.passwords import Passwords
from server.accounts.adapters.strength import strength
from server.accounts.rules import Personal, Terms, guessable, password_fault
from server.accounts.rules.address import Address
from server.kit.work import Units
from tests.accounts.conftest import LOGIN, PASSWORD, Accounts

WHO = Personal("marigold.works", "anna.keller@post.example.com", "Zinnia Printing & Co")


@pytest.mark.rule("P043")
@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab1!Ab1!Ab1", "TOO_SHORT"),
        ("x" * 257, "TOO_LONG"),
        ("abababababab", "TOO_UNIFORM"),
        ("my MARIGOLD.WORKS account", "CONTAINS_LOGIN"),
        ("kellers three green boats", "CONTAINS_PERSONAL"),
        ("zinnia under seven lanterns", "CONTAINS_PERSONAL"),
        ("nobody com & co printed it", None),
        (PASSWORD, None),
    ],
)
def test_what_is_short_uniform_or_personal_is_refused(password: str, fault: str | None) -> None:
    found = password_fault(Terms(), WHO, password)
    assert (found.fault if found else None) == fault


@pytest.mark.rule("P043")
@pytest.mark.parametrize("score", range(5))
def test_the_least_score_is_the_terms(score: int) -> None:
    found = guessable(Terms(password_score_min=3), score, "Add another word.")
    if score >= 3:
        assert found is None
        return
    assert found is not None
    assert (found.fault, found.score, found.score_min, found.hint) == (
        "GUESSABLE",
        score,
        3,
        "Add another word.",
    )


@pytest.mark.parametrize("password", ["passwordpassword", "qwertyuiop123", "letmein2026!", "iloveyou12345"])
def test_what_everybody_chooses_is_guessed(password: str) -> None:
    found = strength(password, ())
    assert found.score < Terms().password_score_min
    assert found.hint


def test_what_is_known_of_a_person_makes_their_password_weaker() -> None:
    assert strength("marigoldzinnia", WHO.known()).score < strength("marigoldzinnia", ()).score


@pytest.mark.parametrize("password", ["p4ssw0rd" * 32, "qwertyuiop1234567890zxcvbnm,./" * 9, "\ud800" * 200])
def test_a_long_password_takes_no_longer(password: str) -> None:
    """Without its bound the estimate of 256 characters takes minutes."""
    before = time.process_time()
    strength(password, WHO.known())
    assert time.process_time() - before < 1


@pytest.mark.rule("P043")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_address_and_company_of_the_person_count(
    accounts: Accounts, passwords: Passwords, units: Units
) -> None:
    owner = await accounts.signed_in()
    address = Address("Zinnia Printing", "Main Street", "1", "1000", "Bern", "CH")
    await accounts.act(owner, lambda work: actions.set_postal_address(work, address))
    await accounts.verify_email(owner, "anna.keller@example.com")
    for password in ("zinnia under seven lanterns", "kellers three green boats"):
        _, prepared = await passwords.replace(owner.credential_id or "", PASSWORD, password)
        assert prepared.fault is not None
        assert prepared.fault.fault == "CONTAINS_PERSONAL"
    weak = await passwords.prepare(LOGIN, "letmein2026!")
    assert weak.fault is not None
    assert (weak.fault.fault, weak.fault.score) == ("GUESSABLE", strength("letmein2026!", [LOGIN]).score)
