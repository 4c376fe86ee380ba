"""Servers that run by another number than their policy says, and versions that were published with other words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Any

import orjson
from sqlalchemy import select, update

from server.accounts import rules as account_rules
from server.kit.retention import Kept
from server.kit.work import Work
from server.policy.adapters.profiles import load_profile
from server.policy.model import PolicyVersion
from server.policy.rules.periods import is_period
from server.policy.rules.processing import RETAIN
from server.privacy.rules.retention import RetentionTerms
from server.terms import ACCEPTED_BEFORE_KEYS, NUMBERED, SETTINGS, Setting
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, running_by


def _other(number: Any) -> Any:
    """Another value of the same kind."""
    match number:
        case bool():
            return not number
        case int():
            return number + 1
        case timedelta():
            return number + timedelta(seconds=1)
        case frozenset():
            return number - {min(number, key=str)} if number else frozenset({"something"})
        case tuple():
            return number[1:]
        case Mapping():
            return {}
        case Enum():
            return next(one for one in type(number) if one is not number)
        case None:
            return timedelta(days=1)
        case str():
            return f"{number}x"
    return dataclasses.replace(number, code=f"{number.code}x")


def _spoiled(terms: Any, path: list[str]) -> Any:
    first, *rest = path
    before = getattr(terms, first)
    return dataclasses.replace(terms, **{first: _spoiled(before, rest) if rest else _other(before)})


def _number(setting: Setting) -> Sabotage:
    return running_by(setting.terms, partial(_spoiled, path=setting.field.split(".")))


def _kept_longer(name: str) -> Sabotage:
    def change(terms: RetentionTerms) -> RetentionTerms:
        return dataclasses.replace(terms, kept={**terms.kept, name: Kept(months=1_200)})

    return running_by(RetentionTerms, change)


def _is_kept(key: str) -> bool:
    """Whether rows of the retention are kept for a time of their own."""
    return key.startswith(RETAIN) and is_period(str(load_profile("mailpro").value(key)))


def _no_documents(terms: account_rules.Terms) -> account_rules.Terms:
    return dataclasses.replace(terms, key_policies=())


def other_words(work: Work, _world: World) -> None:
    """Everything that was published says something else."""
    for row in work.rows(select(PolicyVersion.id, PolicyVersion.content)):
        said: Mapping[str, Any] = orjson.loads(row.content)
        content = {
            key: {**one, "texts": {"en": "Something else.", "fr": "Autre chose."}}
            for key, one in said.items()
        }
        this = update(PolicyVersion).where(PolicyVersion.id == row.id)
        work.execute(this.values(content=orjson.dumps(content).decode()))


NUMBERS: list[tuple[str, str, Sabotage]] = [
    (ACCEPTED_BEFORE_KEYS, "key_policies", running_by(account_rules.Terms, _no_documents)),
    *((setting.key, setting.field, _number(setting)) for setting in SETTINGS),
    *((key, "kept.", _kept_longer(key.removeprefix(RETAIN))) for key in sorted(NUMBERED) if _is_kept(key)),
]
"""Each clause that sets a number, with the number's name, and a server that runs by another one."""
