"""Second factors: what is asked for, what is refused, and which time step a code is of."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal

STEP_SECONDS = 30
"""RFC 6238 §5.2; what authenticator applications take for granted."""


class Factor(Enum):
    """What proves a second time who somebody is."""

    TOTP = "TOTP"
    PASSKEY = "PASSKEY"
    RECOVERY_CODE = "RECOVERY_CODE"


@dataclass(eq=False)
class SecondFactorInvalid(Refusal):
    """The code or passkey is not right, or the code was used before."""

    code = "SECOND_FACTOR_INVALID"
    attempts_left: int | None
    """Answers that the challenge still takes; None where there is no challenge."""


@dataclass(eq=False)
class ChallengeInvalid(Refusal):
    """The challenge is unknown, was answered, or is too old; start again."""

    code = "CHALLENGE_INVALID"
    blames = "challenge"


@dataclass(eq=False)
class TotpNotPending(Refusal):
    """No authenticator application waits to be confirmed."""

    code = "TOTP_NOT_PENDING"


@dataclass(eq=False)
class TotpAlreadyOn(Refusal):
    """An authenticator application is set up already; remove it first."""

    code = "TOTP_ALREADY_ON"


@dataclass(eq=False)
class SecondFactorMissing(Refusal):
    """There is no such second factor."""

    code = "SECOND_FACTOR_MISSING"


@dataclass(eq=False)
class SecondFactorNeeded(Refusal):
    """The role asks for a second factor, and this is the last one."""

    code = "SECOND_FACTOR_NEEDED"


@dataclass(eq=False)
class PasskeyInvalid(Refusal):
    """The passkey's answer does not hold."""

    code = "PASSKEY_INVALID"


@dataclass(eq=False)
class PasskeyNotFound(Refusal):
    """There is no such passkey."""

    code = "PASSKEY_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class PasskeyNameInvalid(Refusal):
    """The name of a passkey is visible text of limited length, without blanks around it, and no card number."""

    code = "PASSKEY_NAME_INVALID"
    blames = "name"
    length_max: int


@dataclass(eq=False)
class PasskeyLimitReached(Refusal):
    """The person has as many passkeys as they may; remove one first."""

    code = "PASSKEY_LIMIT_REACHED"
    limit: int


def time_step(now: datetime) -> int:
    """The number of the time step that this instant is in."""
    return int(now.timestamp()) // STEP_SECONDS


def step_of_code(
    code_at: Callable[[int], str], code: str, now: datetime, around: int, last_step: int
) -> int | None:
    """The time step that a code is of, if it is one that may be taken; None for a wrong or used code.

    `code_at` gives the code of a step. Codes of up to `around` steps before and after the present one are taken, and
    none of `last_step` or before.
    """
    typed = "".join(code.split())
    this = time_step(now)
    steps = [step for step in range(this - around, this + around + 1) if step > last_step]
    return next(
        (step for step in steps if typed.isascii() and hmac.compare_digest(code_at(step), typed)), None
    )


def check_passkey_name(name: str, length_max: int) -> None:
    """Raises PasskeyNameInvalid, also for a card number (M115)."""
    fits = 1 <= len(name) <= length_max
    if not fits or name != name.strip() or not name.isprintable() or holds_card_number(name):
        raise PasskeyNameInvalid(length_max)
