"""Passkeys in the API: what browsers are told to do, in WebAuthn's words, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import strawberry

from server.accounts import reads
from server.accounts.actions.challenges import Asked
from server.accounts.adapters.passkeys import (
    ALGORITHMS,
    RP_NAME,
    Assertion,
    Attestation,
    Passkeys,
    to_base64url,
)
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME
from server.kit.graph.node import Node
from server.kit.work import Read

_SELF_READ = Access(Who.SIGNED_IN, "security", scope="self:write")


@strawberry.input(
    description="What `navigator.credentials.get` gave, as `toJSON` writes it: every part in base64url."
)
class PasskeyAnswerInput:
    challenge: str = strawberry.field(description="The `token` of the request that this answers.")
    credential_id: str = strawberry.field(description="`id`.")
    client_data_json: str = strawberry.field(description="`response.clientDataJSON`.")
    authenticator_data: str = strawberry.field(description="`response.authenticatorData`.")
    signature: str = strawberry.field(description="`response.signature`.")

    def given(self) -> Assertion:
        return Assertion(self.credential_id, self.client_data_json, self.authenticator_data, self.signature)


@strawberry.input(description="What `navigator.credentials.create` gave, and what to call the new passkey.")
class RegisterPasskeyInput:
    challenge: str = strawberry.field(description="The `token` of the request that this answers.")
    name: str = strawberry.field(description="What to call it, 1 to 80 characters.")
    credential_id: str = strawberry.field(description="`id`, in base64url.")
    client_data_json: str = strawberry.field(description="`response.clientDataJSON`, in base64url.")
    attestation_object: str = strawberry.field(description="`response.attestationObject`, in base64url.")

    def given(self) -> Attestation:
        return Attestation(self.credential_id, self.client_data_json, self.attestation_object)


@exposes(_SELF_READ)
@strawberry.type(
    description="A key that a device or password manager of the person holds. Of fingerprints and faces the server "
    "learns and stores nothing."
)
class Passkey(Node):
    name: str | None = strawberry.field(description="What its person calls it; null once it was erased.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    last_used_at: datetime | None = strawberry.field(
        description="When it last proved something; null before the first time."
    )

    @classmethod
    def of(cls, read: Read, row: Any) -> Passkey:
        return cls(
            id=row.id,
            name=reads.open_or_none(read, "passkeys.name", row.name),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )


@exposes(OUTCOME)
@strawberry.type(description="What to hand to `navigator.credentials.get`, once.")
class PasskeyRequest:
    token: str = strawberry.field(description="What names this request in its answer.")
    challenge: str = strawberry.field(description="The bytes to sign, in base64url.")
    rp_id: str = strawberry.field(description="The host name that the passkeys belong to.")
    allowed_credential_ids: list[str] = strawberry.field(
        description="The passkeys that are asked for, in base64url; empty for any of this host."
    )
    expires_at: datetime = strawberry.field(description="Until when it can be answered.")

    @classmethod
    def of(cls, info: Info, asked: Asked, passkeys: Iterable[Any] = ()) -> PasskeyRequest:
        return cls(
            token=asked.token,
            challenge=to_base64url(asked.nonce),
            rp_id=info.context.services.get(Passkeys).rp_id,
            allowed_credential_ids=[to_base64url(passkey.credential_id) for passkey in passkeys],
            expires_at=asked.expires_at,
        )


@exposes(OUTCOME)
@strawberry.type(description="What to hand to `navigator.credentials.create`, once.")
class PasskeyCreation:
    token: str = strawberry.field(description="What names this request in its answer.")
    challenge: str = strawberry.field(description="The bytes to sign, in base64url.")
    rp_id: str = strawberry.field(description="The host name that the passkey will belong to.")
    rp_name: str = strawberry.field(description="What people are shown as the name of that place.")
    user_id: str = strawberry.field(description="The person's id as bytes, in base64url.")
    user_name: str = strawberry.field(description="The login, for the person to recognise.")
    algorithms: list[int] = strawberry.field(
        description="The COSE algorithms that are understood, the best first (RFC 9053)."
    )
    excluded_credential_ids: list[str] = strawberry.field(
        description="The passkeys that the person has already, in base64url."
    )
    expires_at: datetime = strawberry.field(description="Until when it can be answered.")

    @classmethod
    def of(
        cls, info: Info, read: Read, asked: Asked, person: Any, passkeys: Iterable[Any]
    ) -> PasskeyCreation:
        return cls(
            token=asked.token,
            challenge=to_base64url(asked.nonce),
            rp_id=info.context.services.get(Passkeys).rp_id,
            rp_name=RP_NAME,
            user_id=to_base64url(person.id.encode()),
            user_name=reads.open_or_none(read, "people.login", person.login) or person.id,
            algorithms=list(ALGORITHMS),
            excluded_credential_ids=[to_base64url(passkey.credential_id) for passkey in passkeys],
            expires_at=asked.expires_at,
        )
