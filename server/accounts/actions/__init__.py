"""Registering, signing in and out, people and their roles, and making and revoking credentials."""

from server.accounts.actions.address import check_may_order, set_postal_address
from server.accounts.actions.authority import guard
from server.accounts.actions.closing import close_account, close_preventively
from server.accounts.actions.email import resend_email_code, set_email, verify_email
from server.accounts.actions.industry import review_industry
from server.accounts.actions.issuing import KEY_MARK, SESSION_MARK, Issued
from server.accounts.actions.keys import WantedKey, create_api_key, issue_api_key, revoke_api_key
from server.accounts.actions.lifecycle import (
    note_activity,
    reactivate_account,
    reinstate_account,
    reopen_account,
    suspend_account,
)
from server.accounts.actions.passkeys import (
    NewPasskey,
    PasskeyProof,
    register_passkey,
    remove_passkey,
    sign_in_with_passkey,
    start_passkey_proof,
    start_passkey_registration,
    start_passkey_sign_in,
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
from server.accounts.actions.reports import Reported, report_compromise
from server.accounts.actions.resale import set_resale_permission
from server.accounts.actions.resellers import (
    accept_management,
    become_reseller,
    end_management,
    offer_management,
)
from server.accounts.actions.second_factors import (
    Answer,
    SecondFactorAsked,
    TotpOffer,
    complete_sign_in,
    confirm_second_factor,
    confirm_totp,
    disable_totp,
    enrol_totp,
    sign_in,
)
from server.accounts.actions.signing_in import (
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
from server.accounts.actions.throttling import (
    Attempt,
    Device,
    attempted,
    begin_answer,
    begin_attempt,
    begin_proof,
)
from server.accounts.actions.uses import touch

__all__ = [
    "KEY_MARK",
    "SESSION_MARK",
    "Answer",
    "Attempt",
    "Device",
    "Issued",
    "NewPasskey",
    "PasskeyProof",
    "PasswordProof",
    "Reported",
    "SecondFactorAsked",
    "TotpOffer",
    "WantedKey",
    "accept",
    "accept_invitation",
    "accept_management",
    "accept_policy",
    "ask_password_reset",
    "attempted",
    "authorise_staff",
    "become_reseller",
    "begin_answer",
    "begin_attempt",
    "begin_proof",
    "change_password",
    "change_role",
    "check_may_order",
    "close_account",
    "close_preventively",
    "complete_sign_in",
    "confirm_password",
    "confirm_second_factor",
    "confirm_totp",
    "create_api_key",
    "create_recovery_codes",
    "disable_totp",
    "end_management",
    "enrol_totp",
    "guard",
    "invite_member",
    "issue_api_key",
    "leave_account",
    "note_activity",
    "offer_management",
    "person_of_recovery_code",
    "person_of_reset",
    "reactivate_account",
    "register",
    "register_passkey",
    "reinstate_account",
    "removable_member",
    "remove_member",
    "remove_passkey",
    "reopen_account",
    "report_compromise",
    "require_fresh_session",
    "resend_email_code",
    "reset_password",
    "reset_password_with_code",
    "review_industry",
    "revoke_api_key",
    "revoke_invitation",
    "revoke_session",
    "revoke_staff",
    "set_email",
    "set_member_limit",
    "set_postal_address",
    "set_resale_permission",
    "sign_in",
    "sign_in_with_passkey",
    "sign_out",
    "staff_person",
    "start_passkey_proof",
    "start_passkey_registration",
    "start_passkey_sign_in",
    "start_session",
    "suspend_account",
    "touch",
    "verify_email",
    "withdraw_member",
]
