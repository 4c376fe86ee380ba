"""What later slices do, in the same transaction, when an earlier one records an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.accounts import reads as account_reads
from server.accounts.actions.events import (
    ApiKeyCreated,
    EmailVerificationAsked,
    EmailVerified,
    MemberInvited,
    MemberJoined,
    MemberRemoved,
    MemberRoleChanged,
    PasswordChanged,
    PasswordResetAsked,
    PasswordWasReset,
    RecoveryCodesCreated,
)
from server.accounts.rules.people import EmailInvalid
from server.kit.events import DomainEvent, Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel, NoticeAddressInvalid
from server.orders import actions as order_actions
from server.topups.actions.changes import (
    TopUpChange,
    TopUpFailed,
    TopUpRefunded,
    TopUpReversed,
    TopUpSettled,
)
from server.topups.actions.method_changes import PaymentMethodExpired, PaymentMethodExpiring
from server.topups.reads import methods as method_reads


def reactions() -> Reactions:
    """All of them; app.py hands them to the units of work."""
    registered = Reactions()
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
    registered.on(TopUpSettled, order_actions.pay_waiting_orders)  # M030
    registered.on(TopUpFailed, _tell_of_failed_top_up)
    registered.on(TopUpReversed, _tell_of_reversed_top_up)
    registered.on(TopUpRefunded, _tell_of_refund)
    registered.on(PaymentMethodExpiring, _tell_of_expiring_card)
    registered.on(PaymentMethodExpired, _tell_of_expired_card)
    return registered


def _tell_when(template: str) -> Callable[[Work, DomainEvent], None]:
    """Tell that something happened to a person, and when."""

    def tell(work: Work, event: DomainEvent) -> None:
        data = {"at": work.now.isoformat()}
        notice_actions.notify(work, event.account_id, template, data, person_id=event.subject_id)

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


def _tell_of_failed_top_up(work: Work, event: TopUpFailed) -> None:
    _tell_of_top_up(work, event, "topup_failed", event.amount_minor)


def _tell_of_reversed_top_up(work: Work, event: TopUpReversed) -> None:
    _tell_of_top_up(work, event, "topup_reversed", event.received_minor or event.amount_minor)


def _tell_of_refund(work: Work, event: TopUpRefunded) -> None:
    currency = Currency[event.currency]
    data = {
        "paid": str(Money(event.received_minor or event.amount_minor, currency)),
        "refunded": str(Money(event.refunded_minor, currency)),
    }
    notice_actions.notify(work, event.account_id, "topup_refunded", data)


def _tell_of_expiring_card(work: Work, event: PaymentMethodExpiring) -> None:
    method = method_reads.methods(work, event.account_id, [event.subject_id])[event.subject_id]
    assert method.expires_at is not None, "an active method has an end"
    data = {"card": _card(work, method), "at": method.expires_at.isoformat()}
    notice_actions.notify(work, event.account_id, "payment_method_expiring", data)


def _tell_of_expired_card(work: Work, event: PaymentMethodExpired) -> None:
    method = method_reads.methods(work, event.account_id, [event.subject_id])[event.subject_id]
    notice_actions.notify(work, event.account_id, "payment_method_expired", {"card": _card(work, method)})


def _card(work: Work, method: method_reads.MethodRow) -> str:
    return f"{method.brand} •••• {method_reads.last4(work, method) or ''}".rstrip()


def _tell_of_top_up(work: Work, event: TopUpChange, template: str, amount_minor: int) -> None:
    data = {"amount": str(Money(amount_minor, Currency[event.currency]))}
    dedupe_key = f"{template}/{event.subject_id}"
    notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)
