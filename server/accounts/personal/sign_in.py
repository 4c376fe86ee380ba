"""The personal data of second factors, passkeys and failed sign-ins."""

from __future__ import annotations

from server.accounts.model.sign_in import KnownDevice, Passkey, SignInChallenge, SignInCounter, Totp
from server.kit.personal import Held

HELD = (
    Held(
        SignInCounter,
        ("counted", "failures", "last_failed_at", "told"),
        category="technical",
        purpose="security",
        legal_basis="legitimate_interest",
        retention="sign_in_failures",
        erasure="delete",
        exported=False,
        owner=None,  # keyed hashes that lead to nobody, for two days
    ),
    Held(
        KnownDevice,
        ("person_id", "mark", "account_id", "last_used_at"),
        category="technical",
        purpose="security",
        legal_basis="legitimate_interest",
        retention="sessions",
        erasure="delete",
        exported=False,
    ),
    Held(
        Totp,
        ("person_id", "account_id", "created_at", "confirmed_at", "last_step"),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        Totp,
        ("secret",),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="shred",
        retention_class="identity",
        exported=False,
    ),
    Held(
        Passkey,
        ("id", "account_id", "person_id", "created_at", "last_used_at"),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        Passkey,
        ("credential_id", "public_key", "sign_count"),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="delete",
        exported=False,
    ),
    Held(
        Passkey,
        ("name",),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="shred",
        retention_class="identity",
    ),
    Held(
        SignInChallenge,
        (
            "token_hash",
            "kind",
            "person_id",
            "account_id",
            "asker",
            "nonce",
            "attempts_left",
            "expires_at",
        ),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="sign_in_failures",
        erasure="delete",
        exported=False,
    ),
)
