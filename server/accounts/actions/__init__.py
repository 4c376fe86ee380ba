"""Registering, signing in and out, and making and revoking credentials."""

from server.accounts.actions.authority import guard, reinstate_account, suspend_account
from server.accounts.actions.issuing import KEY_MARK, SESSION_MARK, Issued
from server.accounts.actions.keys import create_api_key, revoke_api_key
from server.accounts.actions.registration import accept, accept_policy, register
from server.accounts.actions.signing_in import (
    Device,
    PasswordProof,
    change_password,
    revoke_session,
    sign_out,
    start_session,
)
from server.accounts.actions.uses import touch

__all__ = [
    "KEY_MARK",
    "SESSION_MARK",
    "Device",
    "Issued",
    "PasswordProof",
    "accept",
    "accept_policy",
    "change_password",
    "create_api_key",
    "guard",
    "register",
    "reinstate_account",
    "revoke_api_key",
    "revoke_session",
    "sign_out",
    "start_session",
    "suspend_account",
    "touch",
]
