"""The company's own people: their roles, and for how long they are authorised (B011)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal


class StaffRole(Enum):
    """What somebody of the company does."""

    SUPPORT = "SUPPORT"
    FINANCE = "FINANCE"
    PRIVACY_OFFICER = "PRIVACY_OFFICER"
    DPO = "DPO"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Mandate:
    """An authorisation as it is given: roles, scope and version of the instructions, from when until when."""

    roles: tuple[StaffRole, ...]
    scope: str
    instructions_version: str
    starts_at: datetime
    ends_at: datetime


@dataclass(eq=False)
class MandateInvalid(Refusal):
    """An authorisation has a role, a scope, instructions, and a limited period that is not over. A data protection
    officer has no other role: nobody watches over their own work (P039, GDPR article 38(6)).
    """

    code = "MANDATE_INVALID"
    days_max: int


@dataclass(eq=False)
class NotStaff(Refusal):
    """Nobody of the staff has this login."""

    code = "NOT_STAFF"


def may_read_sensitive(roles: frozenset[str], readers: frozenset[str]) -> bool:
    """Whether one of these roles is shown what people wrote in confidence, and who they are (H017)."""
    return bool(roles & readers)


def check_mandate(mandate: Mandate, now: datetime, age_max: timedelta) -> None:
    """Raises MandateInvalid, also for a card number (M115)."""
    named = (
        mandate.roles
        and not holds_card_number(f"{mandate.scope}\n{mandate.instructions_version}")
        and 1 <= len(mandate.scope.strip()) <= 200
        and 1 <= len(mandate.instructions_version.strip()) <= 60
    )
    impartial = StaffRole.DPO not in mandate.roles or len(set(mandate.roles)) == 1
    in_time = now < mandate.ends_at and mandate.starts_at < mandate.ends_at <= mandate.starts_at + age_max
    if not named or not impartial or not in_time:
        raise MandateInvalid(age_max.days)
