"""Accounts, people and their credentials as the API shows them. No type has a password, a hash or a secret (Q018)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from server.accounts import reads
from server.accounts.rules import PERSON_ONLY
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.node import Node
from server.kit.viewer import Viewer
from server.kit.work import Read

IDENTITY_READ = Access(Who.SIGNED_IN, "identification", scope="account:read")
SECURITY_READ = Access(Who.SIGNED_IN, "security", scope="account:read")
KEYS_READ = Access(Who.SIGNED_IN, "api_use", scope="account:read")


@strawberry.enum(description="Whether an account may be used.")
class AccountStatus(Enum):
    ACTIVE = strawberry.enum_value("ACTIVE", description="Its credentials are good.")
    SUSPENDED = strawberry.enum_value("SUSPENDED", description="None of its credentials is good.")


@strawberry.enum(description="What a person may do for the account.")
class PersonRole(Enum):
    OWNER = strawberry.enum_value("OWNER", description="Everything.")


@strawberry.enum(
    description="What a credential may do. A session may do all; an API key what it was granted."
)
class Scope(Enum):
    ACCOUNT_READ = strawberry.enum_value("account:read", description="Read the account and its credentials.")
    ACCOUNT_WRITE = strawberry.enum_value("account:write", description="Change the account.")
    KEYS_WRITE = strawberry.enum_value(
        PERSON_ONLY, description="Change credentials. Sessions only: no API key is ever granted it."
    )
    BALANCE_READ = strawberry.enum_value("balance:read", description="Read balances.")
    LEDGER_READ = strawberry.enum_value("ledger:read", description="Read postings and verify the ledger.")
    TOPUPS_READ = strawberry.enum_value("topups:read", description="Read top-ups.")
    TOPUPS_WRITE = strawberry.enum_value("topups:write", description="Make top-ups.")
    ORDERS_READ = strawberry.enum_value("orders:read", description="Read orders and prices.")
    ORDERS_WRITE = strawberry.enum_value("orders:write", description="Place and cancel orders.")
    USAGE_WRITE = strawberry.enum_value("usage:write", description="Record usage, which spends the balance.")


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
    role: PersonRole = strawberry.field(description="What they may do.")
    created_at: datetime = strawberry.field(description="Since when they sign in for this account.")
    password_changed_at: datetime = strawberry.field(description="When the password was last set.")

    @classmethod
    def of(cls, read: Read, row: Any) -> Person:
        return cls(
            id=row.id,
            login=reads.open_or_none(read, "people.login", row.login),
            role=PersonRole(row.role),
            created_at=row.created_at,
            password_changed_at=row.password_changed_at,
        )


@exposes(SECURITY_READ)
@strawberry.type(description="A sign-in. It ends when it is revoked, at a fixed age, or when nobody uses it.")
class Session(Node):
    created_at: datetime = strawberry.field(description="When somebody signed in.")
    last_used_at: datetime = strawberry.field(description="When it was last used, to about a minute.")
    idle_at: datetime = strawberry.field(description="When it ends if nobody uses it.")
    expires_at: datetime = strawberry.field(description="When it ends in any case.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it is not.")
    user_agent: str | None = strawberry.field(description="The `User-Agent` of the sign-in.")
    address: str | None = strawberry.field(description="The network address of the sign-in.")
    is_current: bool = strawberry.field(description="Whether this request is made with it.")

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
        )


@exposes(IDENTITY_READ)
@strawberry.type(description="A customer of the service: what is owned, spent and signed in for.")
class Account(Node):
    status: AccountStatus = strawberry.field(description="Whether it may be used.")
    created_at: datetime = strawberry.field(description="When it was registered.")

    @classmethod
    def of(cls, row: reads.AccountRow) -> Account:
        return cls(id=strawberry.ID(row.id), status=AccountStatus(row.status), created_at=row.created_at)

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
