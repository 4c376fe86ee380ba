"""The slice's enumerations. NoticeKind names what templates/kinds.toml declares, Emailing that of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(description="What a notice is about.")
class NoticeKind(Enum):
    TOPUP_REVERSED = strawberry.enum_value(
        "topup_reversed", description="The bank or the card holder took a payment back."
    )
    TOPUP_REINSTATED = strawberry.enum_value(
        "topup_reinstated", description="The bank gave back what it had taken of a payment."
    )
    TOPUP_FAILED = strawberry.enum_value("topup_failed", description="A payment did not go through.")
    INVOICE_ISSUED = strawberry.enum_value(
        "invoice_issued", description="Something that was paid is invoiced."
    )
    CREDIT_NOTE_ISSUED = strawberry.enum_value(
        "credit_note_issued", description="An invoice was taken back, in whole or in part."
    )
    TOPUP_REFUNDED = strawberry.enum_value(
        "topup_refunded", description="A payment, or a part of it, was given back."
    )
    PAYMENT_METHOD_EXPIRING = strawberry.enum_value(
        "payment_method_expiring", description="A saved card expires soon."
    )
    PAYMENT_METHOD_EXPIRED = strawberry.enum_value(
        "payment_method_expired", description="A saved card has expired."
    )
    NEW_SIGN_IN = strawberry.enum_value("new_sign_in", description="Somebody signed in.")
    SIGN_IN_BLOCKED = strawberry.enum_value(
        "sign_in_blocked", description="So many attempts to sign in failed that the next ones have to wait."
    )
    SECOND_FACTOR_ADDED = strawberry.enum_value(
        "second_factor_added", description="A second factor was set up."
    )
    SECOND_FACTOR_REMOVED = strawberry.enum_value(
        "second_factor_removed", description="A second factor was removed."
    )
    RECOVERY_CODE_USED = strawberry.enum_value(
        "recovery_code_used", description="A recovery code was used as second factor."
    )
    COMPROMISE_REPORTED = strawberry.enum_value(
        "compromise_reported", description="A member reported that somebody else may act for the account."
    )
    MANAGEMENT_OFFERED = strawberry.enum_value(
        "management_offered", description="A reseller offers to manage the account."
    )
    MANAGEMENT_ACCEPTED = strawberry.enum_value(
        "management_accepted", description="A reseller manages the account from now on."
    )
    MANAGEMENT_ENDED = strawberry.enum_value(
        "management_ended", description="A reseller manages the account no more, or its offer ended."
    )
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
    VAT_NUMBER_REFUSED = strawberry.enum_value(
        "vat_number_refused", description="The VAT number was not found, and taken off the account."
    )
    AUTO_TOP_UP_DONE = strawberry.enum_value(
        "auto_top_up_done", description="A balance was topped up automatically."
    )
    AUTO_TOP_UP_FAILED = strawberry.enum_value(
        "auto_top_up_failed", description="An automatic top-up failed, and is tried again."
    )
    AUTO_TOP_UP_SUSPENDED = strawberry.enum_value(
        "auto_top_up_suspended", description="A balance is no longer topped up automatically."
    )
    PLAN_STARTED = strawberry.enum_value("plan_started", description="A plan was paid, and has begun.")
    PLAN_RENEWAL_SOON = strawberry.enum_value(
        "plan_renewal_soon", description="The next cycle of the plan will be charged soon."
    )
    PLAN_RENEWED = strawberry.enum_value("plan_renewed", description="The next cycle of the plan was paid.")
    PLAN_RENEWAL_FAILED = strawberry.enum_value(
        "plan_renewal_failed", description="The card was not charged for the plan; it is asked again."
    )
    PLAN_RENEWAL_OFF = strawberry.enum_value(
        "plan_renewal_off",
        description="The plan ends with its cycle: there is no valid card, or a payment was taken back.",
    )
    PLAN_CANCELLED = strawberry.enum_value(
        "plan_cancelled", description="The plan was cancelled, and ends with its cycle."
    )
    PLAN_ENDED = strawberry.enum_value("plan_ended", description="A cancelled plan has ended.")
    PLAN_LAPSED = strawberry.enum_value("plan_lapsed", description="The plan was not paid any more.")
    PLAN_PRICE_CHANGED = strawberry.enum_value(
        "plan_price_changed", description="The account's plan will cost something else."
    )
    SEATS_PRICE_CHANGED = strawberry.enum_value(
        "seats_price_changed", description="The account's extra seats will cost something else."
    )
    FIXED_IP_PRICE_CHANGED = strawberry.enum_value(
        "fixed_ip_price_changed", description="The account's dedicated IP address will cost something else."
    )
    SEATS_RENEWAL_FAILED = strawberry.enum_value(
        "seats_renewal_failed", description="The card was not charged for extra seats; it is asked again."
    )
    SEATS_LAPSED = strawberry.enum_value("seats_lapsed", description="Extra seats were not paid any more.")
    MEMBER_WITHDRAWAL_PLANNED = strawberry.enum_value(
        "member_withdrawal_planned", description="A member leaves with the end of the cycle."
    )
    SENDER_ACCEPTED = strawberry.enum_value("sender_accepted", description="A sender ID may be used.")
    SENDER_REFUSED = strawberry.enum_value("sender_refused", description="A sender ID may not be used.")
    CAMPAIGN_COMPLETED = strawberry.enum_value("campaign_completed", description="A campaign was sent.")
    CAMPAIGN_FAILED = strawberry.enum_value(
        "campaign_failed", description="A campaign could not be launched, or nothing of it was sent."
    )
    CAMPAIGN_PAUSED = strawberry.enum_value(
        "campaign_paused", description="A campaign may not be sent for now."
    )
    FIXED_IP_MISUSE = strawberry.enum_value(
        "fixed_ip_misuse", description="A fixed IP address will be taken back for misuse."
    )
    FIXED_IP_REMOVED = strawberry.enum_value(
        "fixed_ip_removed", description="A fixed IP address was removed."
    )
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
    ACCOUNT_ERASED = strawberry.enum_value(
        "account_erased", description="Everything about the account is being erased."
    )
    COMPLAINT_OPENED = strawberry.enum_value(
        "complaint_opened", description="A proof of consent is asked for, by a deadline."
    )
    COMPLAINT_RATE_WARNING = strawberry.enum_value(
        "complaint_rate_warning", description="Many of the recipients complain."
    )
    COMPLAINT_ACCEPTED = strawberry.enum_value("complaint_accepted", description="The proof convinced.")
    COMPLAINT_CLOSED = strawberry.enum_value(
        "complaint_closed", description="The account was closed for a complaint."
    )
    COMPLAINT_APPEALED = strawberry.enum_value("complaint_appealed", description="The appeal arrived.")
    COMPLAINT_UPHELD = strawberry.enum_value("complaint_upheld", description="The appeal was refused.")
    COMPLAINT_OVERTURNED = strawberry.enum_value("complaint_overturned", description="The appeal convinced.")
    POLICY_CHANGED = strawberry.enum_value("policy_changed", description="The policy has a new version.")
    POLICY_REFUSED = strawberry.enum_value(
        "policy_refused", description="A version of the policy was refused; the account closes."
    )
    API_CHANGED = strawberry.enum_value(
        "api_changed", description="Something in the API is deprecated, or breaks what integrations do."
    )
    RECIPIENT_ANNOUNCED = strawberry.enum_value(
        "recipient_announced", description="Data will be given to another kind of recipient."
    )
    RECIPIENT_REQUEST_CODE = strawberry.enum_value(
        "recipient_request_code", description="A code for a recipient who asks about their data; e-mail only."
    )
    DATA_EXPORT_READY = strawberry.enum_value(
        "data_export_ready", description="A copy of data that somebody asked for can be fetched."
    )
    RECIPIENT_REQUEST_RELAYED = strawberry.enum_value(
        "recipient_request_relayed", description="A recipient asks about their data; answer by the due date."
    )
    RECIPIENT_REQUEST_REMINDER = strawberry.enum_value(
        "recipient_request_reminder", description="The due date of a recipient's request is near."
    )
    RECIPIENT_REQUEST_ESCALATED = strawberry.enum_value(
        "recipient_request_escalated", description="A recipient's request was not answered in time."
    )
    RECIPIENT_REQUEST_OVERDUE = strawberry.enum_value(
        "recipient_request_overdue", description="A customer did not answer a recipient. For the staff."
    )
    RECIPIENT_REQUEST_DONE = strawberry.enum_value(
        "recipient_request_done", description="Tells a recipient that it was done; e-mail only."
    )
    RECIPIENT_REQUEST_NOTHING_HELD = strawberry.enum_value(
        "recipient_request_nothing_held", description="Tells a recipient that nothing is held; e-mail only."
    )
    RECIPIENT_REQUEST_REFUSED = strawberry.enum_value(
        "recipient_request_refused", description="Tells a recipient of a refusal and why; e-mail only."
    )
    RECIPIENT_REQUEST_CLOSED = strawberry.enum_value(
        "recipient_request_closed", description="Tells a recipient that there was no answer; e-mail only."
    )
    PRIVACY_REQUEST_ENTERED = strawberry.enum_value(
        "privacy_request_entered",
        description="A request about the account's data waits for a proof of identity.",
    )
    PRIVACY_REQUEST_RECEIVED = strawberry.enum_value(
        "privacy_request_received",
        description="A request about the account's data is answered by a due date.",
    )
    PRIVACY_REQUEST_EXTENDED = strawberry.enum_value(
        "privacy_request_extended", description="The due date of a request was moved, for it is complex."
    )
    PRIVACY_REQUEST_EXTENDED_MANY = strawberry.enum_value(
        "privacy_request_extended_many",
        description="The due date of a request was moved, for there are many of them.",
    )
    PRIVACY_REQUEST_FULFILLED = strawberry.enum_value(
        "privacy_request_fulfilled", description="What was asked about the account's data is done."
    )
    PRIVACY_REQUEST_PARTLY_FULFILLED = strawberry.enum_value(
        "privacy_request_partly_fulfilled", description="It is done as far as the law allows."
    )
    PRIVACY_REQUEST_REFUSED = strawberry.enum_value(
        "privacy_request_refused", description="A request was refused on a legal ground."
    )
    PRIVACY_REQUEST_REMINDER = strawberry.enum_value(
        "privacy_request_reminder", description="The due date of a customer's request is near. For the staff."
    )
    PRIVACY_REQUEST_OVERDUE = strawberry.enum_value(
        "privacy_request_overdue", description="A customer's request was not answered in time. For the staff."
    )
    DATA_CORRECTED = strawberry.enum_value(
        "data_corrected", description="The postal address of the account was changed."
    )
    DEFECT_RECEIVED = strawberry.enum_value(
        "defect_received", description="The receipt of a defect that was reported."
    )
    TICKET_ANSWERED = strawberry.enum_value("ticket_answered", description="Support answered a ticket.")
    CONTACT_CODE = strawberry.enum_value(
        "contact_code", description="A code goes to whoever uses the contact form; by e-mail only."
    )
    CONTACT_ANSWERED = strawberry.enum_value(
        "contact_answered", description="Support answers somebody who has no account; by e-mail only."
    )

    INCIDENT_AFFECTS_YOU = strawberry.enum_value(
        "incident_affects_you", description="Data of the account is affected by an incident."
    )
    INCIDENT_OPENED = strawberry.enum_value(
        "incident_opened", description="An incident was entered into the register. For the staff."
    )
    INCIDENT_REMINDER = strawberry.enum_value(
        "incident_reminder",
        description="The authority has to be told of an incident within a day. For the staff.",
    )
    INCIDENT_OVERDUE = strawberry.enum_value(
        "incident_overdue", description="The authority was not told of an incident in time. For the staff."
    )


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
