"""Whether this server runs by what its policy says: number by number, and in the words that were published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import select

from server.accounts import rules as account_rules
from server.kit.retention import Kept
from server.kit.work import Read
from server.policy.model import PolicyVersion
from server.policy.rules.checking import IN_FORCE, Check, Finding, finding
from server.policy.rules.periods import is_period, period
from server.policy.rules.processing import RETAIN
from server.policy.rules.profile import POLICY, Clause
from server.policy.rules.publishing import Published
from server.policy.rules.wording import text
from server.privacy.rules.retention import RetentionTerms
from server.terms import ACCEPTED_BEFORE_KEYS, NUMBERED, SETTINGS


def in_force(read: Read, key: str) -> Finding:
    """The numbers that the clause sets are those that this server runs by, and its words those that were published."""
    clause = read.terms(Published).profile.clauses[key]
    numbers = list(_numbers(read, clause))
    wrong = [
        f"{name} is {_shown(running)}, the clause says {_shown(said)}"
        for name, said, running in numbers
        if said != running
    ]
    return finding(len(numbers), "numbers", [*wrong, *_not_as_published(read, clause)])


def _numbers(read: Read, clause: Clause) -> Iterator[tuple[str, Any, Any]]:
    """The name of each number, what the clause says, and what the server runs by."""
    for setting in SETTINGS:
        if setting.key == clause.key:
            running = attrgetter(setting.field)(read.terms(setting.terms))
            yield setting.field, setting.convert(clause.value), running
    if clause.key == ACCEPTED_BEFORE_KEYS:
        policies = read.terms(account_rules.Terms).key_policies
        yield "key_policies", set(clause.value), {policy.document for policy in policies}  # type: ignore[arg-type]
    name = clause.key.removeprefix(RETAIN)
    if name != clause.key and isinstance(clause.value, str) and is_period(clause.value):
        said = period(clause.value)
        yield f"kept.{name}", Kept(said.months, said.time), read.terms(RetentionTerms).kept.get(name)


def _not_as_published(read: Read, clause: Clause) -> Iterator[str]:
    """What differs between the clause and the version of its document that is in force."""
    published = read.terms(Published)
    profile = published.profile
    document = profile.policy if clause.document == POLICY else profile.document(clause.document)
    assert document is not None, "the profile was validated"
    this = (PolicyVersion.document == document.name) & (PolicyVersion.version == document.version)
    content = read.scalar(select(PolicyVersion.content).where(this))
    if content is None:
        yield f"{document.name} {document.version} was not published"
        return
    said = orjson.loads(content).get(clause.key, {}).get("texts", {}).get(profile.authentic)
    if said != text(clause, published.wordings.of(profile.authentic)):
        yield f"{document.name} {document.version} was published with other words"


def _shown(number: Any) -> str:
    """As it reads in an evidence; sets in one order."""
    return str(sorted(map(str, number))) if isinstance(number, set | frozenset) else str(number)


CHECKS: Mapping[str, Check] = {f"{IN_FORCE}{key}": partial(in_force, key=key) for key in sorted(NUMBERED)}
