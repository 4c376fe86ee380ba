"""Accounts, people and their credentials as the API shows them. No type has a password, a hash or a secret (Q018)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

import server.kit.graph.scalars  # noqa: F401 - makes Currency an enum of the schema
from server.accounts import reads
from server.accounts.graph.passkey_types import Passkey
from server.accounts.model import STAFF
from server.accounts.reads import second_factors, team
from server.accounts.reads.standing import requirements_of
from server.accounts.rules import (
    ACCOUNT_CLOSE,
    COMPLAINTS_ANSWER,
    KEYS_WRITE,
    MANAGEMENT_WRITE,
    PEOPLE_WRITE,
    PRIVACY_WRITE,
    REQUESTS_ANSWER,
    SELF_WRITE,
    Terms,
    signing,
)
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.node import Node
from server.kit.money import Currency
from server.kit.viewer import Viewer
from server.kit.work import Read

IDENTITY_READ = Access(Who.SIGNED_IN, "identification", scope="account:read")
SECURITY_READ = Access(Who.SIGNED_IN, "security", scope="account:read")
TEAM_READ = Access(Who.SIGNED_IN, "identification", scope=PEOPLE_WRITE)
KEYS_READ = Access(Who.SIGNED_IN, "api_use", scope="account:read")


@strawberry.enum(
    description="Whether an account may be used. In every state but ACTIVE and CLOSED it is restricted: its people may "
    "sign in, read, pay, reactivate it where they can, and close it; API keys are of no use."
)
class AccountStatus(Enum):
    ACTIVE = strawberry.enum_value("ACTIVE", description="It may be used.")
    DISABLED = strawberry.enum_value(
        "DISABLED", description="Nothing was sent for a while; restricted until somebody reactivates it."
    )
    DEACTIVATED = strawberry.enum_value(
        "DEACTIVATED", description="It was not used for long; restricted until somebody reactivates it."
    )
    SUSPENDED = strawberry.enum_value(
        "SUSPENDED", description="Restricted by the company, which alone can end that."
    )
    CLOSED = strawberry.enum_value("CLOSED", description="It has ended; nobody signs in any more.")


@strawberry.enum(description="Why an account is in its state.")
class AccountStatusReason(Enum):
    NO_SENDING = strawberry.enum_value("NO_SENDING", description="Nothing was sent.")
    NO_ACTIVITY = strawberry.enum_value("NO_ACTIVITY", description="Nobody signed in, and nothing was paid.")
    COMPLAINT = strawberry.enum_value("COMPLAINT", description="A complaint about what was sent.")
    ABUSE = strawberry.enum_value("ABUSE", description="Use against the terms.")
    PAYMENT = strawberry.enum_value("PAYMENT", description="Something is not paid.")
    SECURITY = strawberry.enum_value("SECURITY", description="Somebody else may act for it.")
    LEGAL = strawberry.enum_value("LEGAL", description="The law asks for it.")
    INDUSTRY = strawberry.enum_value("INDUSTRY", description="Its industry is not served.")
    OTHER = strawberry.enum_value("OTHER", description="Another reason.")
    VOLUNTARY = strawberry.enum_value("VOLUNTARY", description="Its owner closed it.")
    PREVENTIVE = strawberry.enum_value("PREVENTIVE", description="The company closed it.")


@strawberry.enum(description="What a person may do for a customer's account.")
class MemberRole(Enum):
    OWNER = strawberry.enum_value("OWNER", description="Everything.")
    ADMIN = strawberry.enum_value(
        "ADMIN", description="Everything but giving and taking the role of an owner."
    )
    BILLING = strawberry.enum_value("BILLING", description="Read and change the account, top up, and order.")
    ANALYST = strawberry.enum_value("ANALYST", description="Read balances, postings, top-ups and orders.")
    DEVELOPER = strawberry.enum_value(
        "DEVELOPER", description="Order, record usage, and make API keys for that."
    )
    VIEWER = strawberry.enum_value("VIEWER", description="Read balances and orders.")


@strawberry.enum(description="What somebody of the company does.")
class StaffRole(Enum):
    SUPPORT = strawberry.enum_value("SUPPORT", description="Helps customers.")
    FINANCE = strawberry.enum_value("FINANCE", description="Looks after payments and invoices.")
    PRIVACY_OFFICER = strawberry.enum_value(
        "PRIVACY_OFFICER", description="Looks after personal data and requests about it."
    )
    DPO = strawberry.enum_value(
        "DPO",
        description="The data protection officer: reads registers, requests and compliance, and changes none of them.",
    )
    ADMIN = strawberry.enum_value("ADMIN", description="Runs the service.")


@strawberry.enum(description="What has to be done before a session may do what its person's role allows.")
class Requirement(Enum):
    SECOND_FACTOR = strawberry.enum_value(
        "SECOND_FACTOR",
        description="The role asks for a second factor: set one up, or sign in anew where there is one.",
    )
    NEW_PASSWORD = strawberry.enum_value("NEW_PASSWORD", description="The password is too old: change it.")
    AGE = strawberry.enum_value(
        "AGE", description="The age must be verified: save a payment card, or show the staff a document."
    )


@strawberry.enum(description="What a customer's business is.")
class Industry(Enum):
    EDUCATION = strawberry.enum_value("EDUCATION", description="Schools, courses, research.")
    FINANCE = strawberry.enum_value("FINANCE", description="Banks, insurance, accounting.")
    HEALTH = strawberry.enum_value("HEALTH", description="Health care, without the sale of medicines.")
    MANUFACTURING = strawberry.enum_value("MANUFACTURING", description="Making goods.")
    MEDIA = strawberry.enum_value("MEDIA", description="Press, publishing, entertainment.")
    NON_PROFIT = strawberry.enum_value("NON_PROFIT", description="Associations and charities.")
    PUBLIC_SECTOR = strawberry.enum_value("PUBLIC_SECTOR", description="Administrations.")
    RETAIL = strawberry.enum_value("RETAIL", description="Selling goods.")
    SERVICES = strawberry.enum_value("SERVICES", description="Services to people and businesses.")
    TECHNOLOGY = strawberry.enum_value("TECHNOLOGY", description="Software, hardware, telecommunication.")
    TRAVEL = strawberry.enum_value("TRAVEL", description="Tourism, transport, hotels.")
    OTHER = strawberry.enum_value("OTHER", description="None of the others.")
    STOCK_SPECULATION = strawberry.enum_value(
        "STOCK_SPECULATION", description="Trading in and speculating on stocks; not served."
    )
    BETTING = strawberry.enum_value("BETTING", description="Betting; not served.")
    CASINO = strawberry.enum_value("CASINO", description="Casinos; not served.")
    PORNOGRAPHY = strawberry.enum_value("PORNOGRAPHY", description="Pornography; not served.")
    ESCORT = strawberry.enum_value("ESCORT", description="Escort services; not served.")
    PHARMACEUTICAL_SALES = strawberry.enum_value(
        "PHARMACEUTICAL_SALES", description="Selling medicines; not served."
    )
    CLAIRVOYANCE = strawberry.enum_value("CLAIRVOYANCE", description="Clairvoyance; not served.")
    ESOTERIC = strawberry.enum_value("ESOTERIC", description="Esoteric sciences and astrology; not served.")
    WORK_FROM_HOME_EARNINGS = strawberry.enum_value(
        "WORK_FROM_HOME_EARNINGS", description="Offers of earnings from home; not served."
    )


@strawberry.enum(
    description="What a credential may do: a session what its person's role allows, an API key what it was granted."
)
class Scope(Enum):
    ACCOUNT_READ = strawberry.enum_value("account:read", description="Read the account and its credentials.")
    ACCOUNT_WRITE = strawberry.enum_value("account:write", description="Change the account.")
    KEYS_WRITE = strawberry.enum_value(
        KEYS_WRITE, description="Make and revoke API keys. Sessions only: no API key is ever granted it."
    )
    PEOPLE_WRITE = strawberry.enum_value(
        PEOPLE_WRITE, description="Invite, limit and remove people. Sessions only."
    )
    SELF_WRITE = strawberry.enum_value(
        SELF_WRITE, description="Change one's own password, e-mail address and sessions. Sessions only."
    )
    COMPLAINTS_ANSWER = strawberry.enum_value(
        COMPLAINTS_ANSWER,
        description="Read and answer complaints about what was sent. Sessions of owners and administrators only.",
    )
    MANAGEMENT_WRITE = strawberry.enum_value(
        MANAGEMENT_WRITE,
        description="Manage other accounts, and let a reseller manage this one. Sessions of its owners only.",
    )
    REQUESTS_ANSWER = strawberry.enum_value(
        REQUESTS_ANSWER,
        description="Read and answer what recipients ask about their data. Sessions of owners and administrators only.",
    )
    PRIVACY_WRITE = strawberry.enum_value(
        PRIVACY_WRITE,
        description="Ask about the account's own data, restrict what is done with it. Sessions of its owners only.",
    )
    ACCOUNT_CLOSE = strawberry.enum_value(
        ACCOUNT_CLOSE, description="Close the account. Sessions of its owners only."
    )
    BALANCE_READ = strawberry.enum_value("balance:read", description="Read balances.")
    LEDGER_READ = strawberry.enum_value("ledger:read", description="Read postings and verify the ledger.")
    TOPUPS_READ = strawberry.enum_value("topups:read", description="Read top-ups.")
    TOPUPS_WRITE = strawberry.enum_value("topups:write", description="Make top-ups.")
    ORDERS_READ = strawberry.enum_value("orders:read", description="Read orders and prices.")
    ORDERS_WRITE = strawberry.enum_value("orders:write", description="Place and cancel orders.")
    USAGE_WRITE = strawberry.enum_value("usage:write", description="Record usage, which spends the balance.")
    CAMPAIGNS_READ = strawberry.enum_value(
        "campaigns:read", description="Read campaigns, their statistics, and who wants nothing more."
    )
    CAMPAIGNS_WRITE = strawberry.enum_value(
        "campaigns:write", description="Make and launch campaigns, which spends credits."
    )
    EVENTS_WRITE = strawberry.enum_value(
        "events:write", description="Report what became of messages, which suppresses addresses."
    )


@exposes(Access(Who.ANYONE, "identification"))
@strawberry.type(description="A version of a document that customers accept.")
class PolicyVersion:
    document: str = strawberry.field(description="Which document.")
    version: str = strawberry.field(description="Which version of it.")
    effective_at: datetime = strawberry.field(description="Since when it is in force.")


@exposes(IDENTITY_READ)
@strawberry.type(description="Somebody who signs in for the account.")
class Person(Node):
    login: str | None = strawberry.field(description="The login; null once it was erased.")
    role: MemberRole | None = strawberry.field(
        description="What they may do; null for the company's own staff."
    )
    created_at: datetime = strawberry.field(description="Since when they sign in for this account.")
    removed_at: datetime | None = strawberry.field(
        description="When they were removed from the account; null while they belong to it."
    )
    password_changed_at: datetime = strawberry.field(description="When the password was last set.")
    email: str | None = strawberry.field(description="The verified e-mail address; null while there is none.")
    email_verified_at: datetime | None = strawberry.field(
        description="When the address was verified; null while there is none."
    )

    @classmethod
    def of(cls, read: Read, row: Any) -> Person:
        return cls(
            id=row.id,
            login=reads.open_or_none(read, "people.login", row.login),
            role=None if row.role == STAFF else MemberRole(row.role),
            created_at=row.created_at,
            removed_at=row.removed_at,
            password_changed_at=row.password_changed_at,
            email=reads.open_or_none(read, "people.email", row.email),
            email_verified_at=row.email_verified_at,
        )


@exposes(SECURITY_READ)
@strawberry.type(description="A sign-in. It ends when it is revoked, at a fixed age, or when nobody uses it.")
class Session(Node):
    created_at: datetime = strawberry.field(description="When somebody signed in.")
    last_used_at: datetime = strawberry.field(description="When it was last used, to about a minute.")
    idle_at: datetime = strawberry.field(description="When it ends if nobody uses it.")
    expires_at: datetime = strawberry.field(description="When it ends in any case.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it is not.")
    user_agent: str | None = strawberry.field(
        description="The kind of browser and of operating system of the sign-in, such as `Firefox on Linux`: what the "
        "policy lets be kept."
    )
    address: str | None = strawberry.field(
        description="The network address of the sign-in; null where the policy does not let it be kept."
    )
    is_current: bool = strawberry.field(description="Whether this request is made with it.")
    stepped_up_until: datetime | None = strawberry.field(
        description="Until when its last proof of who one is counts as fresh."
    )
    second_factor_at: datetime | None = strawberry.field(
        description="When a second factor was proved in it; null when none was."
    )

    @classmethod
    def of(cls, read: Read, row: Any, viewer: Viewer) -> Session:
        return cls(
            id=row.id,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            idle_at=row.idle_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            user_agent=reads.open_or_none(read, "sessions.user_agent", row.user_agent),
            address=reads.open_or_none(read, "sessions.address", row.address),
            is_current=row.id == viewer.credential_id,
            stepped_up_until=row.stepped_up_until,
            second_factor_at=row.second_factor_at,
        )


@exposes(KEYS_READ)
@strawberry.type(
    description="A credential of a program, within its scopes. Its secret is shown only when made."
)
class ApiKey(Node):
    name: str | None = strawberry.field(description="What its owner calls it; null once it was erased.")
    prefix: str = strawberry.field(description="How its secret begins, to recognise it: `pm_ab12`.")
    scopes: list[Scope] = strawberry.field(description="What it may do.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null for never.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it is not.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to about a minute; null before the first time."
    )
    privacy_policy_url: str | None = strawberry.field(
        description="Where its integration says what it does with personal data; null when it was not said."
    )

    @classmethod
    def of(cls, read: Read, row: Any) -> ApiKey:
        return cls(
            id=row.id,
            name=reads.open_or_none(read, "api_keys.name", row.name),
            prefix=row.prefix,
            scopes=[Scope(scope) for scope in row.scopes.split(" ")],
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
            privacy_policy_url=reads.open_or_none(
                read, "api_keys.privacy_policy_url", row.privacy_policy_url
            ),
        )


@exposes(TEAM_READ)
@strawberry.type(
    description="Somebody may join the account, once, until it expires. Its secret is not shown."
)
class Invitation(Node):
    role: MemberRole = strawberry.field(description="What they will be allowed to do.")
    email: str | None = strawberry.field(
        description="Where it was sent; null where its secret was handed on."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")

    @classmethod
    def of(cls, read: Read, row: Any) -> Invitation:
        return cls(
            id=row.id,
            role=MemberRole(row.role),
            email=reads.open_or_none(read, "invitations.email", row.email),
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


@exposes(IDENTITY_READ)
@strawberry.type(description="Where an account's letters go.")
class PostalAddress:
    name: str = strawberry.field(description="The name of the person or company.")
    street: str = strawberry.field(description="The street, without the number.")
    number: str = strawberry.field(description="The number in the street.")
    postal_code: str = strawberry.field(description="The postal code; empty where there are none.")
    city: str = strawberry.field(description="The town.")
    country: str = strawberry.field(description="The country, by ISO 3166-1.")

    @classmethod
    def of_account(cls, read: Read, account_id: str) -> PostalAddress | None:
        address = team.postal_address(read, account_id)
        return None if address is None else cls(**asdict(address))


@exposes(Access(Who.SIGNED_IN, "security", scope=SELF_WRITE))
@strawberry.type(description="How one proves a second time who one is.")
class SecondFactorState:
    totp_since: datetime | None = strawberry.field(
        description="Since when an authenticator application is asked for; null while none is."
    )
    passkeys: list[Passkey] = strawberry.field(description="One's passkeys, newest first.")
    is_required: bool = strawberry.field(description="Whether one's role asks for a second factor (P003).")
    is_advised: bool = strawberry.field(
        description="Whether to show the standing advice to set one up: there is none yet (P045)."
    )

    @classmethod
    def of(cls, read: Read, person: Any) -> SecondFactorState:
        application = second_factors.totp(read, person.id)
        passkeys = [Passkey.of(read, row) for row in second_factors.passkeys(read, person.id)]
        since = application.confirmed_at if application is not None else None
        terms = read.terms(Terms)
        return cls(
            totp_since=since,
            passkeys=passkeys,
            is_required=person.role in terms.second_factor_required_for,
            is_advised=terms.second_factor_advised and since is None and not passkeys,
        )


@exposes(Access(Who.SIGNED_IN, "security"))
@strawberry.type(description="What somebody of the company is authorised to do (B011).")
class StaffMandate:
    roles: list[StaffRole] = strawberry.field(description="In which roles.")
    scope: str = strawberry.field(description="What it covers.")
    instructions_version: str = strawberry.field(
        description="The version of the instructions it is given under."
    )
    authorised_until: datetime = strawberry.field(description="When it ends, at that instant.")


@exposes(IDENTITY_READ)
@strawberry.type(description="A customer of the service: what is owned, spent and signed in for.")
class Account(Node):
    status: AccountStatus = strawberry.field(description="Whether it may be used.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    country: str | None = strawberry.field(
        description="The country of residence, by ISO 3166-1; null while it is not known."
    )
    industry: Industry | None = strawberry.field(
        description="What its business is; null when it was not said."
    )
    contracting_entity: str | None = strawberry.field(
        description="Which company signed with the customer; null while the country is not known (M001)."
    )
    professional_since: datetime | None = strawberry.field(
        description="When professional use was declared; null when it was not."
    )
    status_since: datetime | None = strawberry.field(
        default=None, description="Since when it is in its state; null since it was registered."
    )
    status_reason: AccountStatusReason | None = strawberry.field(
        default=None, description="Why it is; null when it is ACTIVE, or when no reason was given."
    )

    @classmethod
    def of(cls, row: reads.AccountRow) -> Account:
        return cls(
            id=strawberry.ID(row.id),
            status=AccountStatus(row.status),
            status_since=row.status_since,
            status_reason=AccountStatusReason(row.status_reason) if row.status_reason else None,
            created_at=row.created_at,
            country=row.country,
            industry=Industry(row.industry) if row.industry else None,
            contracting_entity=row.contracting_entity,
            professional_since=row.professional_since,
        )

    @strawberry.field(description="The currency that the country of residence gives (M028).")
    def currency(self, info: Info) -> Currency:
        terms = info.context.read.terms(Terms)
        return Currency[signing.currency_of(self.country, terms.default_currency)]

    @strawberry.field(description="Whether its contract permits it to sell the service on (M009).")
    def may_resell(self, info: Info) -> bool:
        return team.may_resell(info.context.read, self.id)

    @strawberry.field(description="Where letters go; null while no address is set.")
    def postal_address(self, info: Info) -> PostalAddress | None:
        return PostalAddress.of_account(info.context.read, self.id)

    @strawberry.field(description="The open invitations, newest first.", metadata=declare(TEAM_READ))
    def invitations(self, info: Info, first: First = 20, after: After = None) -> Connection[Invitation]:
        rows = team.invitations(info.context.read, self.id, key_after(after), rows_wanted(first))
        return page(rows, first, after, lambda row: Invitation.of(info.context.read, row), lambda row: row.id)

    @strawberry.field(description="Who signs in for the account, newest first.")
    def people(self, info: Info, first: First = 20, after: After = None) -> Connection[Person]:
        rows = reads.people_of(info.context.read, self.id, key_after(after), rows_wanted(first))
        return page(rows, first, after, lambda row: Person.of(info.context.read, row), lambda row: row.id)

    @strawberry.field(description="The live sessions, newest first.")
    def sessions(self, info: Info, first: First = 20, after: After = None) -> Connection[Session]:
        rows = reads.sessions(info.context.read, self.id, key_after(after), rows_wanted(first))
        return page(
            rows,
            first,
            after,
            lambda row: Session.of(info.context.read, row, info.context.viewer),
            lambda row: row.id,
        )

    @strawberry.field(description="The live API keys, newest first.")
    def api_keys(self, info: Info, first: First = 20, after: After = None) -> Connection[ApiKey]:
        rows = reads.api_keys(info.context.read, self.id, key_after(after), rows_wanted(first))
        return page(rows, first, after, lambda row: ApiKey.of(info.context.read, row), lambda row: row.id)


@exposes(Access(Who.SIGNED_IN, "identification"))
@strawberry.type(name="Viewer", description="Who is asking, and with which credential.")
class ViewerType:
    @strawberry.field(description="The account that the credential acts for.")
    def account(self, info: Info) -> Account:
        viewer = info.context.viewer
        assert viewer.account_id is not None
        row = reads.account(info.context.read, viewer.account_id)
        assert row is not None
        return Account.of(row)

    @strawberry.field(description="The session; null when an API key asks.")
    def session(self, info: Info) -> Session | None:
        credential_id = info.context.viewer.credential_id or ""
        row = reads.sessions_by_id(info.context.read, [credential_id]).get(credential_id)
        return None if row is None else Session.of(info.context.read, row, info.context.viewer)

    @strawberry.field(description="The API key; null when a session asks.")
    def api_key(self, info: Info) -> ApiKey | None:
        credential_id = info.context.viewer.credential_id or ""
        row = reads.api_keys_by_id(info.context.read, [credential_id]).get(credential_id)
        return None if row is None else ApiKey.of(info.context.read, row)

    @strawberry.field(description="Who signed in; null when an API key asks.")
    def person(self, info: Info) -> Person | None:
        row = reads.person_of_session(info.context.read, info.context.viewer.credential_id or "")
        return None if row is None else Person.of(info.context.read, row)

    @strawberry.field(description="What the credential may do.")
    def scopes(self, info: Info) -> list[Scope]:
        return [scope for scope in Scope if info.context.viewer.has_scope(str(scope.value))]

    @strawberry.field(
        description="The address that waits for the code that was sent there; null when none does.",
        metadata=declare(Access(Who.SIGNED_IN, "identification", scope=SELF_WRITE)),
    )
    def pending_email(self, info: Info) -> str | None:
        read = info.context.read
        person = reads.person_of_session(read, info.context.viewer.credential_id or "")
        waiting = team.email_verification(read, person.id) if person is not None else None
        return (
            None if waiting is None else reads.open_or_none(read, "email_verifications.email", waiting.email)
        )

    @strawberry.field(
        description="How many of one's recovery codes are unused.",
        metadata=declare(Access(Who.SIGNED_IN, "security", scope=SELF_WRITE)),
    )
    def recovery_codes_left(self, info: Info) -> int:
        person = reads.person_of_session(info.context.read, info.context.viewer.credential_id or "")
        return 0 if person is None else team.recovery_codes_left(info.context.read, person.id)

    @strawberry.field(
        description="How one proves a second time who one is; null when an API key asks.",
        metadata=declare(Access(Who.SIGNED_IN, "security", scope=SELF_WRITE)),
    )
    def second_factor(self, info: Info) -> SecondFactorState | None:
        person = reads.person_of_session(info.context.read, info.context.viewer.credential_id or "")
        return None if person is None else SecondFactorState.of(info.context.read, person)

    @strawberry.field(
        description="What has to be done before the session may do what the role allows; mostly nothing."
    )
    def requirements(self, info: Info) -> list[Requirement]:
        session_id = info.context.viewer.credential_id or ""
        return [Requirement(one.value) for one in requirements_of(info.context.read, session_id)]

    @strawberry.field(description="What the company authorised them to do; null for customers.")
    def staff(self, info: Info) -> StaffMandate | None:
        read = info.context.read
        person = reads.person_of_session(read, info.context.viewer.credential_id or "")
        row = reads.staff_authorisation(read, person.id) if person is not None else None
        if row is None:
            return None
        return StaffMandate(
            roles=[StaffRole(role) for role in row.roles.split(" ")],
            scope=row.scope,
            instructions_version=row.instructions_version,
            authorised_until=row.ends_at,
        )
