"""Checks of what is held of persons: collected as the policy lists it, of a source it names, on a ground it allows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, select, true

from server.accounts.model import Account, Person, PostalAddress, Session
from server.accounts.reads import open_or_none
from server.accounts.rules import Terms
from server.accounts.rules.collecting import Detail
from server.accounts.rules.devices import TechnicalDetail, is_kept_agent
from server.checks.looking import WRONG_MAX, look
from server.checks.storage import stored_columns
from server.kit.personal import Declared, Told
from server.kit.work import Read
from server.notices.model import Notice
from server.notices.rules.templates import Catalog
from server.orders.model import VatNumber
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.processing import (
    ACCOUNT_BASIS,
    BASES,
    BESIDE_BASES,
    OF_ACCOUNTS,
    RETAIN,
    ungrounded,
    value_of,
)
from server.policy.rules.publishing import Published
from server.policy.rules.validation import DPO_CONTACT, dpo_faults
from server.privacy.reads.processing import processing


def sources_known(read: Read) -> Finding:
    """Whatever is held is from a source that the policy names; where rows differ, each says its own (P006, B002)."""
    held = read.terms(Declared).held
    profile = read.terms(Published).profile
    named = value_of(profile, "sources") or ()
    wrong = [
        f"{each.model.__tablename__}.{each.columns[0]}"
        for each in held
        if any(profile.sources.get(source) not in named for source in each.sources)
    ]
    told = {each.model: each.source for each in held if isinstance(each.source, Told)}
    for model, source in told.items():
        column = model.__table__.c[source.column]
        unknown = select(column).where(column.not_in(list(source.sources))).distinct().limit(WRONG_MAX)
        wrong += [f"{column} {value}" for value in read.execute(unknown).scalars()]
    return finding(len(held), "declarations", wrong)


def details_needed(read: Read) -> Finding:
    """No detail is held that the policy does not list (H003)."""
    unlisted = frozenset(Detail) - read.terms(Terms).collect
    found = {
        detail.value: look(read, detail.value, table, key, having)
        for detail, (table, key, having) in _DETAILS.items()
        if detail in unlisted
    }
    return combined(found) if found else finding(0, "details that are not asked for", [])


_accounts = Account.__table__.c
_DETAILS: Mapping[Detail, tuple[type, ColumnElement[str], ColumnElement[bool]]] = {
    Detail.EMAIL: (Person, Person.__table__.c.id, Person.__table__.c.email.is_not(None)),
    Detail.POSTAL_ADDRESS: (PostalAddress, PostalAddress.__table__.c.account_id, true()),
    Detail.COUNTRY: (Account, _accounts.id, _accounts.country.is_not(None)),
    Detail.INDUSTRY: (Account, _accounts.id, _accounts.industry.is_not(None)),
    Detail.PROFESSIONAL_USE: (Account, _accounts.id, _accounts.professional_since.is_not(None)),
    Detail.VAT_NUMBER: (VatNumber, VatNumber.__table__.c.account_id, true()),
}
"""Where each detail is held, and of whom."""


def technical_details_listed(read: Read) -> Finding:
    """The newest sign-ins hold of the device what the policy lists, and no more (P008)."""
    listed = read.terms(Terms).technical
    newest = select(Session.id, Session.user_agent, Session.address).order_by(Session.id.desc())
    rows, wrong = read.rows(newest.limit(10 * WRONG_MAX)), []
    for row in rows:
        agent = open_or_none(read, "sessions.user_agent", row.user_agent)
        too_much = row.address is not None and TechnicalDetail.IP not in listed
        if too_much or (agent is not None and not is_kept_agent(agent, listed)):
            wrong.append(row.id)
    return finding(len(rows), "sign-ins", wrong)


def special_denied(read: Read) -> Finding:
    """Nothing of a special category is held while the policy denies it (H006)."""
    held = read.terms(Declared).held
    denied = value_of(read.terms(Published).profile, "special_categories") == "deny"
    wrong = [name for each in held if each.special and denied for name in each.names()]
    return finding(len(held), "declarations", wrong)


def kept_on_a_ground(read: Read) -> Finding:
    """Everything that is held is kept under a clause with a ground that the policy allows (H026)."""
    held = read.terms(Declared).held
    profile = read.terms(Published).profile
    baseless = {clause.key for clause in ungrounded(profile)}
    names = {f"{RETAIN}{each.retention}" for each in held}
    return finding(len(names), "periods", sorted((names & baseless) | (names - profile.clauses.keys())))


def written_for_the_contract(read: Read) -> Finding:
    """Nobody was written to for a use of their login or address that the policy does not list (Q011)."""
    uses = value_of(read.terms(Published).profile, "purposes.identification.uses") or ()
    allowed = [kind for kind, use in read.terms(Catalog).uses.items() if use in uses]
    unlisted = select(Notice.kind).where(Notice.kind.not_in(allowed)).distinct().limit(WRONG_MAX)
    total = int(read.scalar(select(func.count()).select_from(Notice)) or 0)
    return finding(total, "notices", list(read.execute(unlisted).scalars()))


def accounts_on_contract(read: Read) -> Finding:
    """What accounts are for is held on the contract, on what comes before it, or by law (B003)."""
    held = [
        each for each in read.terms(Declared).held if each.owner is not None and each.purpose in OF_ACCOUNTS
    ]
    said = value_of(read.terms(Published).profile, ACCOUNT_BASIS)
    wrong = [next(each.names()) for each in held if each.legal_basis not in BESIDE_BASES]
    return finding(len(held), "declarations", wrong if said in BASES else [ACCOUNT_BASIS, *wrong])


def all_is_told(read: Read) -> Finding:
    """Every column that the database has of accounts is in the answer to what is processed of them (Q021)."""
    declared = read.terms(Declared).held
    of_accounts = {each.model.__tablename__ for each in declared if each.owner is not None}
    told = {column for one in processing(read) for column in one.columns}
    own = {name for each in declared if each.owner is None for name in each.names()}
    stored = {".".join(row) for row in read.rows(stored_columns(read)) if row[0] in of_accounts}
    return finding(len(stored), "columns", sorted(stored - told - own))


def officer_reachable(read: Read) -> Finding:
    """The policy names an address at which everybody reaches the data protection officer (P039)."""
    return finding(1, "addresses", [DPO_CONTACT for _ in dpo_faults(read.terms(Published).profile)])


CHECKS: Mapping[str, Check] = {
    "sources_known": sources_known,
    "details_needed": details_needed,
    "technical_details_listed": technical_details_listed,
    "special_denied": special_denied,
    "kept_on_a_ground": kept_on_a_ground,
    "written_for_the_contract": written_for_the_contract,
    "accounts_on_contract": accounts_on_contract,
    "all_is_told": all_is_told,
    "officer_reachable": officer_reachable,
}
