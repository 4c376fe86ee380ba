"""Checks of who acts for accounts, of what they said of themselves, and of what they reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from server.accounts.model import (
    CUSTOMER,
    Account,
    ApiKey,
    EmailVerification,
    Invitation,
    MemberLimit,
    Person,
    PostalAddress,
    ResalePermission,
    Reseller,
    SecurityReport,
    Session,
)
from server.accounts.model.resellers import Management
from server.accounts.reads import open_or_none
from server.accounts.rules import Terms
from server.accounts.rules.collecting import Detail
from server.accounts.rules.people import Role
from server.accounts.rules.resellers import Power
from server.campaigns.model import Campaign
from server.checks.looking import NEWEST_MAX, look, since_in_force
from server.checks.served import Served
from server.kit.work import Read
from server.orders.model import Order, VatNumber
from server.plans.model import PlanSubscription
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.publishing import Published

_customers = select(Account.id).where(Account.kind == CUSTOMER)
_present = Person.removed_at.is_(None)


def roles_listed(read: Read) -> Finding:
    """Nobody acts for a customer, or is invited to, in another role than those that the policy lists (H018)."""
    listed = [role.upper() for role in read.terms(Published).profile.value("account.roles")]
    of_customer = Person.account_id.in_(_customers)
    return combined(
        {
            "people": look(read, "people", Person, Person.id, of_customer & Person.role.not_in(listed)),
            "invited": look(read, "invitations", Invitation, Invitation.id, Invitation.role.not_in(listed)),
        }
    )


def members_within_plan(read: Read) -> Finding:
    """Nobody joined an account that had as many people as its plan lets it have (M061). Who was there before a plan
    became smaller, or ended, stays."""
    count = select(func.count()).where(Person.account_id == Account.id, _present).scalar_subquery()
    limit = func.coalesce(MemberLimit.people_max, read.terms(Terms).people_max)
    since = func.coalesce(MemberLimit.set_at, Account.created_at)
    joined = select(Person.id).where(Person.account_id == Account.id, _present, Person.created_at > since)
    had_plan = select(PlanSubscription.id).where(PlanSubscription.account_id == Account.id)
    known = MemberLimit.account_id.is_not(None) | ~had_plan.exists()
    among = Account.__table__.outerjoin(MemberLimit.__table__, MemberLimit.account_id == Account.id)
    wrong = (Account.kind == CUSTOMER) & known & (count > limit) & joined.exists()
    return look(read, "accounts", Account, Account.id, wrong, among)


def details_collected(read: Read) -> Finding:
    """Nothing is stored that the policy does not let anybody ask for (Q002, P007, M109)."""
    collected, of_customer = read.terms(Terms).collect, Person.account_id.in_(_customers)
    stored: Mapping[Detail, tuple[tuple[Any, Any, ColumnElement[bool]], ...]] = {
        Detail.EMAIL: (
            (Person, Person.id, of_customer & Person.email.is_not(None)),
            (
                EmailVerification,
                EmailVerification.person_id,
                EmailVerification.email.is_not(None) & EmailVerification.account_id.in_(_customers),
            ),
        ),
        Detail.POSTAL_ADDRESS: ((PostalAddress, PostalAddress.account_id, PostalAddress.city.is_not(None)),),
        Detail.COUNTRY: ((Account, Account.id, Account.country.is_not(None)),),
        Detail.INDUSTRY: ((Account, Account.id, Account.industry.is_not(None)),),
        Detail.PROFESSIONAL_USE: ((Account, Account.id, Account.professional_since.is_not(None)),),
        Detail.VAT_NUMBER: ((VatNumber, VatNumber.account_id, VatNumber.number.is_not(None)),),
    }
    return combined(
        {
            f"{detail.value} {table.__tablename__}": look(read, f"rows for {detail.value}", table, key, wrong)
            for detail, places in stored.items()
            if detail not in collected
            for table, key, wrong in places
        }
    )


def orders_addressed(read: Read) -> Finding:
    """Where an order needs a postal address, no account that ordered is without one (M007)."""
    if not read.terms(Terms).require_postal_address:
        return finding(0, "orders", [])
    known = select(PostalAddress.account_id).where(PostalAddress.account_id == Order.account_id)
    lately = (Order.placed_at >= since_in_force(read)) & Order.account_id.in_(_customers)
    return look(read, "orders", Order, Order.id, lately & ~known.exists())


def senders_reachable(read: Read) -> Finding:
    """Where sending needs a verified address, no campaign was launched of an account whose owners have none (M008)."""
    if not read.terms(Terms).require_verified_email:
        return finding(0, "campaigns", [])
    reachable = select(Person.id).where(
        Person.account_id == Campaign.account_id,
        Person.role == Role.OWNER.value,
        Person.email_verified_at.is_not(None),
    )
    lately = (Campaign.launched_at >= since_in_force(read)) & Campaign.account_id.in_(_customers)
    return look(read, "campaigns", Campaign, Campaign.id, lately & ~reachable.exists())


def reports_by_members(read: Read) -> Finding:
    """Every report of a compromise is of a member of the account that it is about (H020)."""
    member = select(Person.id).where(
        Person.id == SecurityReport.reported_by, Person.account_id == SecurityReport.account_id
    )
    return look(read, "reports", SecurityReport, SecurityReport.id, ~member.exists())


def report_kinds_listed(read: Read) -> Finding:
    """What can be reported is what the policy asks to be told of (H025)."""
    listed = {kind.upper() for kind in read.terms(Published).profile.value("incident.kinds")}
    served = read.terms(Served).offer.enums.get("SecurityReportKind", frozenset())
    return finding(len(listed), "kinds", sorted(listed ^ served))


def reports_end_access(read: Read) -> Finding:
    """No session, and no API key, outlived the report that somebody else may have it (P047)."""

    def outlived(table: Any, *ends: Any) -> ColumnElement[bool]:
        reported = SecurityReport.reported_at
        live = [or_(end.is_(None), end > reported) for end in ends]
        before = select(SecurityReport.id).where(
            SecurityReport.account_id == table.account_id, table.created_at < reported, *live
        )
        return before.exists()

    of_session = outlived(Session, Session.revoked_at, Session.idle_at, Session.expires_at)
    of_key = outlived(ApiKey, ApiKey.revoked_at, ApiKey.expires_at)
    return combined(
        {
            "sessions": look(read, "sessions", Session, Session.id, of_session),
            "keys": look(read, "API keys", ApiKey, ApiKey.id, of_key),
        }
    )


def resellers_permitted(read: Read) -> Finding:
    """Nobody became a reseller whose contract never said so (M009, B013)."""
    said = select(ResalePermission.account_id).where(ResalePermission.account_id == Reseller.account_id)
    return look(read, "resellers", Reseller, Reseller.account_id, ~said.exists())


def powers_listed(read: Read) -> Finding:
    """No reseller has another power than to read (B014)."""
    known = {power.value for power in Power}
    rows = read.rows(
        select(Management.id, Management.powers).order_by(Management.id.desc()).limit(NEWEST_MAX)
    )
    return finding(len(rows), "managements", [row.id for row in rows if not set(row.powers.split()) <= known])


def resellers_have_policies(read: Read) -> Finding:
    """Every reseller has a privacy policy of its own, which its accounts are shown (B015)."""
    rows = read.rows(select(Reseller.__table__).order_by(Reseller.since.desc()).limit(NEWEST_MAX))
    said = {row.account_id: open_or_none(read, "resellers.policy_url", row.policy_url) for row in rows}
    wrong = [key for key, url in said.items() if url is not None and not url.startswith("https://")]
    return finding(len(rows), "resellers", wrong)


CHECKS: Mapping[str, Check] = {
    "roles_listed": roles_listed,
    "members_within_plan": members_within_plan,
    "details_collected": details_collected,
    "orders_addressed": orders_addressed,
    "senders_reachable": senders_reachable,
    "reports_by_members": reports_by_members,
    "report_kinds_listed": report_kinds_listed,
    "reports_end_access": reports_end_access,
    "resellers_permitted": resellers_permitted,
    "powers_listed": powers_listed,
    "resellers_have_policies": resellers_have_policies,
}
