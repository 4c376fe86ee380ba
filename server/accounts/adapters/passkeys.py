"""Verifying what an authenticator signed (WebAuthn Level 3), before the unit of work that makes use of it.

Verification is a millisecond of a reader's thread. Attestation is not asked for: which make of authenticator people
use is nobody's business here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import webauthn

from server.accounts.actions import NewPasskey, PasskeyProof
from server.accounts.actions.challenges import PASSKEY_REGISTRATION
from server.accounts.reads import second_factors
from server.kit.work import Read, Units

T = TypeVar("T")

ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256 and RS256, the best first (RFC 9053): what authenticators can do."""
RP_NAME = "Postmeter"
_PART_LENGTH_MAX = 8_192
"""Characters of one part of an authenticator's answer; those without attestation are far shorter."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What `navigator.credentials.get` gave, its parts in base64url."""

    credential_id: str
    client_data_json: str
    authenticator_data: str = field(repr=False)
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attestation:
    """What `navigator.credentials.create` gave, its parts in base64url."""

    credential_id: str
    client_data_json: str
    attestation_object: str = field(repr=False)


class Passkeys:
    """Verifies for one web origin: passkeys belong to its host name (the `rp.id`) and to no other."""

    def __init__(self, units: Units, origin: str) -> None:
        self._units = units
        self._origin = origin
        self.rp_id = urlsplit(origin).hostname or ""

    async def proof(self, challenge: str, kind: str, given: Assertion) -> PasskeyProof | None:
        """That a registered passkey signed the open challenge of this kind; None when anything is not right."""
        return await self._units.read(lambda read: self._proof(read, challenge, kind, given))

    async def made(self, challenge: str, given: Attestation) -> NewPasskey | None:
        """The new passkey that was made for the open challenge; None when anything is not right."""
        return await self._units.read(lambda read: self._made(read, challenge, given))

    def _proof(self, read: Read, challenge: str, kind: str, given: Assertion) -> PasskeyProof | None:
        asked = second_factors.challenge(read, challenge, kind)
        credential_id = _bytes(given.credential_id)
        if asked is None or credential_id is None:
            return None
        passkey = second_factors.passkey_by_credential(read, credential_id)
        if passkey is None:
            return None
        response = {
            "clientDataJSON": given.client_data_json,
            "authenticatorData": given.authenticator_data,
            "signature": given.signature,
        }
        verified = _unless_malformed(
            lambda: webauthn.verify_authentication_response(
                credential=_credential(given.credential_id, response),
                expected_challenge=asked.nonce,
                expected_rp_id=self.rp_id,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
            )
        )
        if verified is None:
            return None
        return PasskeyProof(passkey.id, challenge, verified.new_sign_count, verified.user_verified)

    def _made(self, read: Read, challenge: str, given: Attestation) -> NewPasskey | None:
        asked = second_factors.challenge(read, challenge, PASSKEY_REGISTRATION)
        if asked is None:
            return None
        response = {
            "clientDataJSON": given.client_data_json,
            "attestationObject": given.attestation_object,
        }
        verified = _unless_malformed(
            lambda: webauthn.verify_registration_response(
                credential=_credential(given.credential_id, response),
                expected_challenge=asked.nonce,
                expected_rp_id=self.rp_id,
                expected_origin=self._origin,
            )
        )
        if verified is None:
            return None
        return NewPasskey(
            challenge, verified.credential_id, verified.credential_public_key, verified.sign_count
        )


def _unless_malformed(verify: Callable[[], T]) -> T | None:
    """What was verified; None for what is wrong, and for bytes that are nothing of the kind.

    Malformed CBOR, ASN.1 and JSON raise whatever the libraries below the verification raise.
    """
    try:
        return verify()
    except Exception:
        return None


def to_base64url(value: bytes) -> str:
    """Without padding, as WebAuthn's JSON has it (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _credential(credential_id: str, response: Mapping[str, str]) -> dict[str, Any]:
    """As the library reads it. Raises ValueError when a part is far too long."""
    if max(len(part) for part in (credential_id, *response.values())) > _PART_LENGTH_MAX:
        raise ValueError("no authenticator says so much")
    return {"id": credential_id, "rawId": credential_id, "type": "public-key", "response": dict(response)}


def _bytes(text: str) -> bytes | None:
    try:
        return (
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) <= _PART_LENGTH_MAX else None
        )
    except (binascii.Error, ValueError):
        return None
