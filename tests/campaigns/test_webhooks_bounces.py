"""Bounces by their enhanced status code, and what machines are known by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.campaigns.rules.bounces import classify, enhanced_code
from server.campaigns.rules.events import BounceClass, Device
from server.campaigns.rules.machines import (
    MachineTerms,
    device_of,
    is_hasty,
    is_machine,
    is_scanner,
    is_server_like,
)

HARD, SOFT, BLOCK, UNDETERMINED = BounceClass
TERMS = MachineTerms()
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3_3 like Mac OS X) AppleWebKit/603.3.8 Mobile/14G60"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/60.0.3112.90 Safari/537.36"
_HARD_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, HARD) for code in sorted(_HARD_CODES)),
        ("4.1.1", SOFT),
        ("4.7.0", SOFT),
        ("4.2.2", SOFT),
        ("5.2.2", SOFT),
        ("5.3.0", SOFT),
        ("5.3.4", SOFT),
        ("5.7.0", BLOCK),
        ("5.7.1", BLOCK),
        ("5.7.26", BLOCK),
        ("5.0.0", UNDETERMINED),
        ("5.1.0", UNDETERMINED),
        ("5.1.8", UNDETERMINED),  # the sender's address
        ("5.2.1", UNDETERMINED),
        ("5.5.0", UNDETERMINED),
        ("2.0.0", UNDETERMINED),
        ("rubbish", UNDETERMINED),
        (None, UNDETERMINED),
    ],
)
def test_a_code_has_a_class(code: str | None, expected: BounceClass) -> None:
    assert classify(code) is expected


@pytest.mark.parametrize(
    ("code", "told", "expected"),
    [
        ("5.7.1", HARD, BLOCK),
        ("5.1.1", BLOCK, HARD),
        ("5.0.0", HARD, HARD),
        ("5.0.0", BLOCK, BLOCK),
        (None, SOFT, SOFT),
    ],
)
def test_the_provider_decides_what_the_code_leaves_open(
    code: str | None, told: BounceClass, expected: BounceClass
) -> None:
    assert classify(code, told) is expected


@given(
    st.sampled_from([4, 5]), st.integers(0, 999), st.integers(0, 999), st.sampled_from([None, *BounceClass])
)
def test_no_address_is_given_up_for_other_reasons(
    digit: int, subject: int, detail: int, told: BounceClass | None
) -> None:
    code = f"{digit}.{subject}.{detail}"
    found = classify(code, told)
    if found is HARD:
        assert code in _HARD_CODES or told is HARD
    if digit == 4:
        assert found is SOFT
    if (digit, subject) == (5, 7):
        assert found is BLOCK


@given(st.sampled_from([4, 5]), st.integers(0, 999), st.integers(0, 999))
def test_a_code_is_found_in_what_a_server_said(digit: int, subject: int, detail: int) -> None:
    code = f"{digit}.{subject}.{detail}"
    assert enhanced_code(None, "", f"smtp; 550 {code} <a@example.com>... User unknown") == code
    assert enhanced_code(f"550 {code}.") == code
    assert enhanced_code(f"at 10.{code}, 1{code}, {code}.7") is None


@given(st.text(), st.text())
def test_any_text_is_read(code: str, text: str) -> None:
    assert isinstance(classify(code), BounceClass)
    found = enhanced_code(text)
    assert found is None or classify(found) in BounceClass


@pytest.mark.parametrize(
    ("agent", "machine", "scanner", "server_like"),
    [
        ("Mozilla/5.0", True, False, True),
        (
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
            True,
            False,
            True,
        ),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", True, False, True),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", False, True, True),
        ("python-requests/2.32", False, True, False),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/26.0", False, False, True),
        ("", False, False, True),
        (None, False, False, True),
        (IPHONE, False, False, False),
        (CHROME, False, False, False),
    ],
)
def test_machines_are_known_by_their_agents(
    agent: str | None, machine: bool, scanner: bool, server_like: bool
) -> None:
    assert is_machine(agent, TERMS) is machine
    assert is_scanner(agent, TERMS) is scanner
    assert is_server_like(agent, TERMS) is server_like


@pytest.mark.parametrize(
    ("seconds", "hasty"), [(-6, False), (-5, True), (0, True), (4, True), (5, True), (6, False)]
)
def test_nobody_reads_within_five_seconds(seconds: int, hasty: bool) -> None:
    assert is_hasty(timedelta(seconds=seconds), TERMS) is hasty


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPHONE, Device.MOBILE),
        (CHROME, Device.DESKTOP),
        ("Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", Device.TABLET),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120.0 Mobile Safari/537.36", Device.MOBILE),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/120.0 Safari/537.36", Device.TABLET),
        ("something else", None),
        (None, None),
    ],
)
def test_devices(agent: str | None, device: Device | None) -> None:
    assert device_of(agent) is device
