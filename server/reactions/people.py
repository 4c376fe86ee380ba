"""What people are told of their sign-ins, codes and teams."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.accounts import reads as account_reads
from server.accounts.actions.events import (
    ApiKeyCreated,
    CompromiseReported,
    EmailVerificationAsked,
    EmailVerified,
    ManagementAccepted,
    ManagementEnded,
    ManagementOffered,
    MemberInvited,
    MemberJoined,
    MemberRemoved,
    MemberRoleChanged,
    PasswordChanged,
    PasswordResetAsked,
    PasswordWasReset,
    RecoveryCodesCreated,
    RecoveryCodeUsed,
    SecondFactorChanged,
    SignInBlocked,
    UnknownDeviceUsed,
)
from server.accounts.rules.people import EmailInvalid
from server.kit.events import DomainEvent, Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel, NoticeAddressInvalid
from server.reactions.telling import tell_account


def register(registered: Reactions) -> None:
    registered.on(UnknownDeviceUsed, _tell_once_a_day("new_sign_in"))
    registered.on(SignInBlocked, _tell_once_a_day("sign_in_blocked"))
    registered.on(SecondFactorChanged, _tell_of_second_factor)
    registered.on(RecoveryCodeUsed, _tell_when("recovery_code_used"))
    registered.on(ManagementOffered, _tell_the_account("management_offered"))
    registered.on(ManagementAccepted, _tell_the_account("management_accepted"))
    registered.on(ManagementEnded, _tell_the_account("management_ended"))
    registered.on(CompromiseReported, _tell_the_account("compromise_reported"))
    registered.on(PasswordChanged, _tell_when("password_changed"))
    registered.on(PasswordWasReset, _tell_when("password_was_reset"))
    registered.on(RecoveryCodesCreated, _tell_when("recovery_codes_created"))
    registered.on(MemberRemoved, _tell_when("member_removed"))
    registered.on(ApiKeyCreated, _tell_of_api_key)
    registered.on(EmailVerificationAsked, _send_verification)
    registered.on(EmailVerified, _tell_of_new_address)
    registered.on(PasswordResetAsked, _send_reset)
    registered.on(MemberInvited, _send_invitation)
    registered.on(MemberJoined, _tell_of_role("member_joined"))
    registered.on(MemberRoleChanged, _tell_of_role("member_role_changed"))


def _tell_when(template: str) -> Callable[[Work, DomainEvent], None]:
    """Tell that something happened to a person, and when."""

    def tell(work: Work, event: DomainEvent) -> None:
        data = {"at": work.now.isoformat()}
        notice_actions.notify(work, event.account_id, template, data, person_id=event.subject_id)

    return tell


def _tell_once_a_day(template: str) -> Callable[[Work, DomainEvent], None]:
    """The same to each person at most once a day, and nothing but the time: the list of sessions says the rest."""

    def tell(work: Work, event: DomainEvent) -> None:
        key = f"{template}/{event.subject_id}/{work.now:%Y-%m-%d}"
        data = {"at": work.now.isoformat()}
        notice_actions.notify(
            work, event.account_id, template, data, person_id=event.subject_id, dedupe_key=key
        )

    return tell


def _tell_of_second_factor(work: Work, event: SecondFactorChanged) -> None:
    _tell_when("second_factor_added" if event.added else "second_factor_removed")(work, event)


def _tell_the_account(template: str) -> Callable[[Work, DomainEvent], None]:
    """Tell when it was, by e-mail too where there is an address."""

    def tell(work: Work, event: DomainEvent) -> None:
        tell_account(work, event.account_id, template, {"at": work.now.isoformat()})

    return tell


def _tell_of_role(template: str) -> Callable[[Work, MemberJoined | MemberRoleChanged], None]:
    def tell(work: Work, event: MemberJoined | MemberRoleChanged) -> None:
        notice_actions.notify(work, event.account_id, template, {"role": event.role})

    return tell


def _send_verification(work: Work, event: EmailVerificationAsked) -> None:
    _mail(work, event, "email_verification", {"code": event.code}, event.email)


def _send_reset(work: Work, event: PasswordResetAsked) -> None:
    _mail(work, event, "password_reset", {"code": event.token}, event.email)


def _tell_of_new_address(work: Work, event: EmailVerified) -> None:
    if event.previous is not None:
        _mail(work, event, "email_changed", {"at": work.now.isoformat()}, event.previous)


def _send_invitation(work: Work, event: MemberInvited) -> None:
    """Without an address nothing is sent: who invites hands the code on."""
    if event.email is None:
        return
    inviter = account_reads.person_of_session(work, work.actor.credential_id or "")
    login = account_reads.open_or_none(work, "people.login", inviter.login) if inviter else None
    data = {"inviter": login or event.account_id, "code": event.token}
    try:
        notice_actions.notify(
            work, event.account_id, "team_invitation", data, channels=(Channel.EMAIL,), email=event.email
        )
    except NoticeAddressInvalid:
        raise EmailInvalid from None


def _mail(work: Work, event: DomainEvent, template: str, data: Mapping[str, str], email: str) -> None:
    """Tell a person in the application and by e-mail. Raises EmailInvalid, which their mutations know."""
    channels = (Channel.IN_APP, Channel.EMAIL)
    try:
        notice_actions.notify(
            work,
            event.account_id,
            template,
            data,
            person_id=event.subject_id,
            channels=channels,
            email=email,
        )
    except NoticeAddressInvalid:
        raise EmailInvalid from None


def _tell_of_api_key(work: Work, event: ApiKeyCreated) -> None:
    key = account_reads.api_keys_by_id(work, [event.subject_id])[event.subject_id]
    data = {"name": work.open("api_keys.name", key.name), "prefix": key.prefix}
    notice_actions.notify(work, event.account_id, "api_key_created", data)
