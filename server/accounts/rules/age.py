"""Of what age somebody says they are (M005, P031): it is judged and forgotten, the verdict alone is kept (C18)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from server.kit.problems import Refusal

AGE_YEARS_MAX = 130
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AgeVerdict(Enum):
    """What was found. Who is younger gets no account, so that nothing else is ever stored."""

    OLD_ENOUGH = "OLD_ENOUGH"


class AgeMethod(Enum):
    """What the verdict rests on."""

    BIRTH_DATE = "BIRTH_DATE"
    DECLARATION = "DECLARATION"
    DOCUMENT = "DOCUMENT"
    CARD = "CARD"


@dataclass(frozen=True, slots=True)
class AgeDeclaration:
    """What somebody says of their age: the day of their birth (YYYY-MM-DD), or only whether they are old enough."""

    birth_date: str | None = None
    old_enough: bool = False


@dataclass(eq=False)
class AgeNotDeclared(Refusal):
    """The service is for people of a certain age only, which must be declared."""

    code = "AGE_NOT_DECLARED"
    blames = "age"
    age_years_min: int


@dataclass(eq=False)
class TooYoung(Refusal):
    """The service is for people of a certain age only."""

    code = "TOO_YOUNG"
    blames = "age"
    age_years_min: int


@dataclass(eq=False)
class BirthDateInvalid(Refusal):
    """A date of birth is a day of the calendar as YYYY-MM-DD, not in the future, of somebody who may be alive."""

    code = "BIRTH_DATE_INVALID"
    blames = "age.birthDate"
    age_years_max: int


def judge_age(
    declared: AgeDeclaration | None, today: date, age_years_min: int, *, required: bool
) -> AgeMethod | None:
    """What shows that somebody is old enough; None when nothing was said, and need not be.

    Raises AgeNotDeclared, BirthDateInvalid, TooYoung.
    """
    if declared is None:
        if required:
            raise AgeNotDeclared(age_years_min)
        return None
    if declared.birth_date is None:
        if not declared.old_enough:
            raise TooYoung(age_years_min)
        return AgeMethod.DECLARATION
    if age_years(_day(declared.birth_date, today), today) < age_years_min:
        raise TooYoung(age_years_min)
    return AgeMethod.BIRTH_DATE


def age_years(born: date, today: date) -> int:
    """Full years: one more from the first instant of each birthday on, that of 29 February on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _day(text: str, today: date) -> date:
    try:
        born = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        born = None
    if born is None or not 0 <= age_years(born, today) <= AGE_YEARS_MAX:
        raise BirthDateInvalid(AGE_YEARS_MAX)
    return born
