"""Registering, signing in and out, people and their roles, and making and revoking credentials."""

from server.accounts.actions.address import check_may_order, set_postal_address
from server.accounts.actions.authority import guard
from server.accounts.actions.closing import close_account, close_preventively
from server.accounts.actions.email import resend_email_code, set_email, verify_email
from server.accounts.actions.issuing import KEY_MARK, SESSION_MARK, Issued
from server.accounts.actions.keys import create_api_key, refuse_key_policies, revoke_api_key
from server.accounts.actions.lifecycle import (
    note_activity,
    reactivate_account,
    reinstate_account,
    suspend_account,
)
from server.accounts.actions.recovery import (
    ask_password_reset,
    create_recovery_codes,
    person_of_recovery_code,
    person_of_reset,
    reset_password,
    reset_password_with_code,
)
from server.accounts.actions.registration import accept, accept_policy, register
from server.accounts.actions.signing_in import (
    Device,
    PasswordProof,
    change_password,
    confirm_password,
    require_fresh_session,
    revoke_session,
    sign_out,
    start_session,
)
from server.accounts.actions.staff import authorise_staff, revoke_staff, staff_person
from server.accounts.actions.teams import (
    accept_invitation,
    change_role,
    invite_member,
    leave_account,
    removable_member,
    remove_member,
    revoke_invitation,
    set_member_limit,
    withdraw_member,
)
from server.accounts.actions.uses import touch

__all__ = [
    "KEY_MARK",
    "SESSION_MARK",
    "Device",
    "Issued",
    "PasswordProof",
    "accept",
    "accept_invitation",
    "accept_policy",
    "ask_password_reset",
    "authorise_staff",
    "change_password",
    "change_role",
    "check_may_order",
    "close_account",
    "close_preventively",
    "confirm_password",
    "create_api_key",
    "create_recovery_codes",
    "guard",
    "invite_member",
    "leave_account",
    "note_activity",
    "person_of_recovery_code",
    "person_of_reset",
    "reactivate_account",
    "refuse_key_policies",
    "register",
    "reinstate_account",
    "removable_member",
    "remove_member",
    "require_fresh_session",
    "resend_email_code",
    "reset_password",
    "reset_password_with_code",
    "revoke_api_key",
    "revoke_invitation",
    "revoke_session",
    "revoke_staff",
    "set_email",
    "set_member_limit",
    "set_postal_address",
    "sign_out",
    "staff_person",
    "start_session",
    "suspend_account",
    "touch",
    "verify_email",
    "withdraw_member",
]
