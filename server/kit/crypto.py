"""Envelope encryption of personal values, and the keyed hashes that stand in for them (DESIGN §6).

A sealed value is `version | key id | nonce | ciphertext` under AES-256-GCM; the column's name and the key id are
authenticated with it, so that a value cannot be moved to another column or another person.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.kit.ids import Entropy

KEY_BYTES = 32
KEY_ID_BYTES = 12
_NONCE_BYTES = 12
_VERSION = b"\x01"


class Shredded(Exception):
    """The value cannot be read any more: its key was destroyed, or the bytes are not what was sealed."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key in the clear, as it lives in memory only. `owner_id` is whose values it seals; a master key is nobody's."""

    key_id: bytes
    secret: bytes
    owner_id: str = ""


def seal(key: DataKey, column: str, value: bytes, entropy: Entropy) -> bytes:
    """The value under AES-256-GCM with a fresh nonce, bound to its column and key. `open_sealed` reverses it."""
    nonce = entropy.bytes(_NONCE_BYTES)
    cipher = AESGCM(key.secret).encrypt(nonce, value, _associated(column, key.key_id))
    return _VERSION + key.key_id + nonce + cipher


def open_sealed(key: DataKey, column: str, sealed: bytes) -> bytes:
    """The plaintext. Raises Shredded when the key, the column or the bytes are not those of the sealing."""
    start = 1 + KEY_ID_BYTES
    nonce, cipher = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
    try:
        return AESGCM(key.secret).decrypt(nonce, cipher, _associated(column, key.key_id))
    except InvalidTag:
        raise Shredded(column) from None


def key_id_of(sealed: bytes) -> bytes:
    """Which key sealed the value. Raises Shredded when it is no sealed value."""
    if sealed[:1] != _VERSION or len(sealed) < 1 + KEY_ID_BYTES + _NONCE_BYTES:
        raise Shredded("not a sealed value")
    return sealed[1 : 1 + KEY_ID_BYTES]


def keyed_hash(secret: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 over the parts, each preceded by its length so that no two lists of parts collide."""
    return hmac.digest(secret, b"".join([len(part).to_bytes(8, "big") + part for part in parts]), "sha256")


def token_hash(token: str) -> bytes:
    """SHA-256 of a random 256-bit token; a slow hash would add nothing to that much entropy."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class RetiredKey:
    """The public half of a signing key that was rotated out, and until when it signed."""

    public: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key, and the public halves of those before it: they verify on what was signed in their time."""

    secret: bytes
    retired: Sequence[RetiredKey] = ()

    def sign(self, message: bytes) -> bytes:
        """A signature with the present key."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)

    @property
    def public(self) -> bytes:
        """The public half of the present key."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    def is_signed(self, message: bytes, signature: bytes, at: datetime | None = None) -> bool:
        """Whether the present key made the signature, or one that was not retired yet at `at` (None: any)."""
        past = [key.public for key in self.retired if at is None or at <= key.until]
        return any(_is_signed(public, message, signature) for public in (self.public, *past))


def _is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _associated(column: str, key_id: bytes) -> bytes:
    return column.encode() + b"\x00" + key_id
