"""The slice's enumerations. NoticeKind names what templates/kinds.toml declares, Emailing that of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(description="What a notice is about.")
class NoticeKind(Enum):
    TOPUP_REVERSED = strawberry.enum_value(
        "topup_reversed", description="The bank or the card holder took a payment back."
    )
    TOPUP_FAILED = strawberry.enum_value("topup_failed", description="A payment did not go through.")
    NEW_SIGN_IN = strawberry.enum_value("new_sign_in", description="Somebody signed in.")
    PASSWORD_CHANGED = strawberry.enum_value("password_changed", description="A password was changed.")
    API_KEY_CREATED = strawberry.enum_value("api_key_created", description="An API key was made.")
    EMAIL_VERIFICATION = strawberry.enum_value(
        "email_verification", description="An e-mail asks to confirm an address."
    )
    PASSWORD_RESET = strawberry.enum_value(
        "password_reset", description="Somebody asked to reset a password."
    )
    TEAM_INVITATION = strawberry.enum_value(
        "team_invitation", description="Somebody is invited to the account."
    )
    EMAIL_CHANGED = strawberry.enum_value("email_changed", description="A person's address was replaced.")
    PASSWORD_WAS_RESET = strawberry.enum_value(
        "password_was_reset", description="A new password was set without the old one."
    )
    RECOVERY_CODES_CREATED = strawberry.enum_value(
        "recovery_codes_created", description="New recovery codes were made; earlier ones are of no use."
    )
    MEMBER_JOINED = strawberry.enum_value("member_joined", description="Somebody accepted an invitation.")
    MEMBER_ROLE_CHANGED = strawberry.enum_value(
        "member_role_changed", description="A member has another role."
    )
    MEMBER_REMOVED = strawberry.enum_value("member_removed", description="A member was removed.")
    ACCOUNT_SUSPENDED = strawberry.enum_value(
        "account_suspended", description="The company suspended the account."
    )
    ACCOUNT_DISABLED = strawberry.enum_value(
        "account_disabled", description="Nothing was sent for a while; the account needs reactivation."
    )
    ACCOUNT_DEACTIVATED = strawberry.enum_value(
        "account_deactivated", description="The account was not used for long; it needs reactivation."
    )
    ACCOUNT_REACTIVATED = strawberry.enum_value(
        "account_reactivated", description="The account is active again."
    )
    ACCOUNT_INACTIVITY_WARNING = strawberry.enum_value(
        "account_inactivity_warning", description="Without a sign-in or a payment credits will be lost."
    )
    ACCOUNT_CLOSED = strawberry.enum_value("account_closed", description="The account was closed.")


@strawberry.enum(
    name="NoticeEmailing", description="Whether a notice also goes out by e-mail, decided when it is made."
)
class EmailingEnum(Enum):
    NOT_ASKED = strawberry.enum_value("NOT_ASKED", description="It is shown here only, as all of its kind.")
    NO_ADDRESS = strawberry.enum_value("NO_ADDRESS", description="It would, but no address is known.")
    NO_RELAY = strawberry.enum_value("NO_RELAY", description="It would, but this server sends no e-mail.")
    LIMITED = strawberry.enum_value(
        "LIMITED", description="It would, but the account got too many e-mails within an hour."
    )
    QUEUED = strawberry.enum_value("QUEUED", description="It does, and is tried again when it fails.")


@strawberry.enum(description="A language in which every notice can be told.")
class NoticeLanguage(Enum):
    EN = strawberry.enum_value("en", description="English.")
    FR = strawberry.enum_value("fr", description="French.")
