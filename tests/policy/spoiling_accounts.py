"""Accounts, people and credentials that are not as the policy says, for the checks to find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, select

from server.accounts.actions.lifecycle import INACTIVITY
from server.accounts.model import (
    Acceptance,
    Account,
    AccountActivity,
    AccountClosure,
    ApiKey,
    ApiLimit,
    ApiUse,
    Passkey,
    Person,
    SecurityReport,
    Session,
    StaffAuthorisation,
)
from server.accounts.model.resellers import Management, Reseller
from server.checks.served import Served
from server.kit.audit import AuditEntry
from server.kit.db import Base
from server.kit.due import DueWork
from server.kit.work import Work
from server.plans.model import PlanWithdrawal
from server.topups.model import Refund
from server.wallet.model import Posting, Wallet
from tests.policy.conftest import World
from tests.policy.rows import CUSTOMER, OTHER, Sabotage, all_of, changed, made, running_by
from tests.policy.spoiling_sales import ordered

_BY: Mapping[type[Base], str] = {ApiKey: "created_by", SecurityReport: "reported_by"}
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


def of_person(model: type[Base], **values: object) -> Sabotage:
    """A row of the customer's only person."""
    name = _BY.get(model, "person_id")

    def spoil(work: Work, world: World) -> None:
        person = work.scalar(select(Person.id).where(Person.account_id == world.customer))
        made(model, **({name: person} | values))(work, world)

    return spoil


def person_leaves(after: timedelta) -> Sabotage:
    """The customer's only person is to leave so long from now."""
    return of_person(PlanWithdrawal, withdraw_at=after)


def unaccepted(work: Work, _world: World) -> None:
    """Nobody ever accepted anything."""
    work.execute(delete(Acceptance))


def unplanned(work: Work, _world: World) -> None:
    """Nothing comes back to the accounts when their time is over."""
    work.execute(delete(DueWork).where(DueWork.kind == INACTIVITY))


def other_kinds(served: Served) -> Served:
    enums = {**served.offer.enums, "SecurityReportKind": frozenset({"LOSS"})}
    return replace(served, offer=replace(served.offer, enums=enums))


stopped = {"status_reason": "NO_SENDING", "status_since": _DAY}
key = of_person(ApiKey, id="key_1")
report = of_person(SecurityReport, id="srp_1", kind="MISUSE", reported_at=_SECOND)
reseller = made(Reseller, policy_url="http://lark.example.com/")
forfeited = all_of(
    made(Wallet, id="wal_1", unit="EMAIL"),
    made(Posting, wallet_id="wal_1", sequence=1, kind="FORFEITED", posted_delta=-5),
)
kept_credits = made(Wallet, id="wal_1", unit="EMAIL", posted=5, changed_at=-_DAY)
prevented = made(AccountClosure, closing="PREVENTIVE", erase_at=_DAY)
long_ago = changed(AccountActivity, active_since=timedelta(days=-370))
far = 400 * _DAY
endless = of_person(Session, id="ses_1", idle_at=far, expires_at=far)
authorised = of_person(StaffAuthorisation, id="aut_1", instructions_version="1", ends_at=367 * _DAY)
lapsed = changed(AccountActivity, lapsed_at=timedelta(0))

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("acceptance.mode", "acc_", unaccepted),
    ("acceptance.documents", "key_1", key),
    ("entity.by_region", "acc_", changed(Account, country="CH", contracting_entity=None)),
    ("account.kind", "acc_", changed(Account, professional_since=None)),
    ("industries.deny", "acc_", changed(Account, industry="CASINO")),
    ("industries.service", "acc_", changed(Account, industry="CASINO")),
    ("session.idle_ttl", "ses_1", endless),
    ("session.max_age", "ses_1", endless),
    ("staff.authorisation", "aut_1", authorised),
    ("staff.authorisation.max", "aut_1", authorised),
    ("account.roles", "per_", changed(Person, role="ROOT")),
    ("plan.max_users", "acc_", made(Person, id="per_9", role="ADMIN", created_at=_SECOND)),
    ("account.order_needs_address", "ord_1", ordered()),
    (
        "incident.reporters",
        "srp_1",
        all_of(of_person(SecurityReport, id="srp_1", kind="MISUSE", account_id=OTHER)),
    ),
    ("incident.kinds", "MISUSE", running_by(Served, other_kinds)),
    (
        "incident.self_report",
        "ses_1",
        all_of(of_person(Session, id="ses_1", idle_at=_DAY, expires_at=_DAY), report),
    ),
    ("incident.self_report", "key_1", all_of(key, report)),
    ("mfa.webauthn", "pky_1", of_person(Passkey, id="pky_1", public_key=b"f" * 20_000)),
    ("reseller.enabled", "acc_", reseller),
    (
        "reseller.powers",
        "mgt_1",
        all_of(
            reseller,
            made(Management, id="mgt_1", reseller_id=CUSTOMER, account_id=OTHER, powers="account:write"),
        ),
    ),
    ("reseller.policy_url", "acc_", reseller),
    ("api_keys.max_age", "key_1", of_person(ApiKey, id="key_1", expires_at=timedelta(days=3650) + _SECOND)),
    (
        "acceptance.api_policy.on_refusal",
        "key_1",
        all_of(key, made(Acceptance, document="api_policy", mode="EXPLICIT", withdrawn_at=_SECOND)),
    ),
    ("api.limits_override", "acc_", made(ApiLimit, restored_per_second=1)),
    ("audit.subject", "aud_z", made(AuditEntry, id="aud_z", account_id=None, credential_id="lark.press")),
    ("inactivity.send", "acc_", changed(Account, status="DISABLED", **stopped)),
    ("inactivity.send", "acc_", unplanned),
    ("inactivity.smtp_send", "acc_", changed(Account, status="DEACTIVATED", **stopped)),
    ("inactivity.smtp_send", "acc_", changed(DueWork, due_at=timedelta(hours=-1))),
    ("inactivity.no_login", "acc_", long_ago),
    ("inactivity.no_login", "acc_", lapsed),
    ("inactivity.erase", "acc_", long_ago),
    ("prepaid.inactivity", "acc_", long_ago),
    ("inactivity.warning", "acc_", lapsed),
    ("inactivity.activity", "acc_", of_person(Session, id="ses_1", created_at=_SECOND)),
    ("inactivity.activity", "acc_", ordered(placed_at=_SECOND)),
    ("credits.expire", "wal_1", forfeited),
    ("suspend.reason", "acc_", changed(Account, status="SUSPENDED", status_since=None)),
    ("termination.notice", "acc_", made(AccountClosure, closing="VOLUNTARY")),
    ("closure.require_ack", "acc_", made(AccountClosure, closing="VOLUNTARY")),
    ("complaint.refund", "acc_", all_of(kept_credits, prevented)),
    ("complaint.refund", "acc_", all_of(made(Refund, id="ref_1", amount_minor=1), prevented)),
]
"""Each clause with what its check names, and what was done against it."""

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "platform": [("minors.verification", "key_1", of_person(ApiKey, id="key_1", last_used_at=_SECOND))],
    "helpdesk": [("acceptance.first_use", "acc_", unaccepted)],
    "quix": [
        ("collect.allow", "per_", changed(Person, email="lark@example.com")),
        ("collect.allow", "acc_", changed(Account, industry="MEDIA")),
    ],
    "qboxmail": [
        ("usage.pseudonymous", "use_1", made(ApiUse, id="use_1", key_id="key_1", fields="lark@example.com")),
        ("access_log.channels", "use_1", made(ApiUse, id="use_1", channel="FAX")),
    ],
}
"""The same of clauses that only other profiles have, or have with another value."""

KEPT: list[tuple[str, Sabotage]] = [
    ("plan.max_users", made(Person, id="per_9", role="ADMIN", removed_at=timedelta(0))),
    ("api_keys.max_age", of_person(ApiKey, id="key_1", expires_at=timedelta(days=3650))),
    (
        "inactivity.send",
        changed(Account, status="DISABLED", status_reason="NO_SENDING", status_since=timedelta(days=30)),
    ),
    ("inactivity.no_login", changed(AccountActivity, active_since=timedelta(days=-365))),
    ("inactivity.warning", changed(AccountActivity, lapsed_at=timedelta(days=30), warned_at=timedelta(0))),
    ("complaint.refund", all_of(kept_credits, made(AccountClosure, closing="VOLUNTARY"))),
]
"""What these checks leave alone."""
