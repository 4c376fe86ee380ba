"""An authenticator in software: it makes passkeys and signs with them as WebAuthn Level 3 says (§6, §7)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from server.accounts.adapters.passkeys import Assertion, Attestation, to_base64url

ORIGIN = "https://app.example.com"
RP_ID = "app.example.com"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_CREDENTIAL_ID = b"a credential that a test made"


@dataclass
class Authenticator:
    """Holds one ES256 key. `verifies` says whether it asks for a finger or a PIN."""

    origin: str = ORIGIN
    rp_id: str = RP_ID
    verifies: bool = True
    counter: int = 1
    credential_id: bytes = _CREDENTIAL_ID
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.derive_private_key(7, ec.SECP256R1()))

    def create(self, nonce: bytes) -> Attestation:
        """A new passkey for this challenge, without attestation (§8.7)."""
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + cbor2.dumps(cose)
        data = self._data(_ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return Attestation(
            to_base64url(self.credential_id),
            to_base64url(self._client_data("webauthn.create", nonce)),
            to_base64url(made),
        )

    def sign(self, nonce: bytes) -> Assertion:
        """Sign this challenge, and count it."""
        self.counter += 1
        data, client_data = self._data(0), self._client_data("webauthn.get", nonce)
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return Assertion(
            to_base64url(self.credential_id),
            to_base64url(client_data),
            to_base64url(data),
            to_base64url(signature),
        )

    def _data(self, flags: int) -> bytes:
        seen = flags | _PRESENT | (_VERIFIED if self.verifies else 0)
        return sha256(self.rp_id.encode()).digest() + bytes([seen]) + self.counter.to_bytes(4, "big")

    def _client_data(self, kind: str, nonce: bytes) -> bytes:
        said = {"type": kind, "challenge": to_base64url(nonce), "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()
