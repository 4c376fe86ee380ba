"""What later slices do, in the same transaction, when an earlier one records an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.accounts import actions as account_actions
from server.accounts import reads as account_reads
from server.accounts.actions.events import (
    AccountClosed,
    AccountDeactivated,
    AccountDisabled,
    AccountReactivated,
    AccountReinstated,
    AccountSuspended,
    ApiKeyCreated,
    EmailVerificationAsked,
    EmailVerified,
    InactivityLapsed,
    InactivityWarned,
    MemberInvited,
    MemberJoined,
    MemberRemoved,
    MemberRoleChanged,
    PasswordChanged,
    PasswordResetAsked,
    PasswordWasReset,
    RecoveryCodesCreated,
    UnknownDeviceUsed,
)
from server.accounts.reads import team
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules.closing import check_acknowledged, digest
from server.accounts.rules.lifecycle import AccountStatus
from server.accounts.rules.people import EmailInvalid
from server.kit.events import DomainEvent, Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel, NoticeAddressInvalid
from server.orders import actions as order_actions
from server.orders.actions.events import OrderPlaced
from server.topups.actions.changes import TopUpChange, TopUpFailed, TopUpReversed, TopUpSettled
from server.wallet import actions as wallet_actions
from server.wallet.rules import CREDIT_UNITS


def reactions() -> Reactions:
    """All of them; app.py hands them to the units of work."""
    registered = Reactions()
    registered.on(UnknownDeviceUsed, _tell_of_sign_in)
    registered.on(AccountSuspended, _tell_owners("account_suspended"))
    registered.on(AccountReinstated, _tell_owners("account_reactivated"))
    registered.on(AccountReactivated, _tell_owners("account_reactivated"))
    registered.on(AccountDisabled, _tell_owners("account_disabled"))
    registered.on(AccountDeactivated, _tell_owners("account_deactivated"))
    registered.on(InactivityWarned, _warn_owners)
    registered.on(InactivityLapsed, _forfeit_credits)  # M048
    registered.on(AccountClosed, _forfeit_all)  # M026, M086
    registered.on(AccountClosed, _tell_owners("account_closed"))
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
    registered.on(TopUpSettled, _note_billing)  # M090
    registered.on(OrderPlaced, _note_billing)  # M090
    registered.on(TopUpSettled, _pay_waiting_orders)  # M030
    registered.on(TopUpFailed, _tell_of_failed_top_up)
    registered.on(TopUpReversed, _tell_of_reversed_top_up)
    return registered


def _note_billing(work: Work, event: TopUpSettled | OrderPlaced) -> None:
    account_actions.note_activity(work, event.account_id)


def _pay_waiting_orders(work: Work, event: TopUpSettled) -> None:
    account = account_reads.account(work, event.account_id)
    if account is None or account.status != AccountStatus.CLOSED.value:
        order_actions.pay_waiting_orders(work, event)


def _forfeit_credits(work: Work, event: InactivityLapsed) -> None:
    """Credits are lost, and money is not: the terms name credits only (M048)."""
    wallet_actions.forfeit(work, event.account_id, CREDIT_UNITS)


def _forfeit_all(work: Work, event: AccountClosed) -> None:
    """Empty the wallets. Raises LossesNotAcknowledged when they changed since their owner was shown them."""
    wallet_actions.lock_wallets(work, event.account_id)
    if event.losses is not None:
        present = work.terms(LossSources).losses(work, event.account_id)
        check_acknowledged(digest(event.losses), present)
    wallet_actions.forfeit(work, event.account_id)


def _tell_owners(template: str) -> Callable[[Work, DomainEvent], None]:
    """Tell the account in the application, and by e-mail each of its owners who has a verified address."""

    def tell(work: Work, event: DomainEvent) -> None:
        _tell_account(work, event.account_id, template, work.now.isoformat())

    return tell


def _warn_owners(work: Work, event: InactivityWarned) -> None:
    _tell_account(work, event.account_id, "account_inactivity_warning", event.lapses_at)


def _tell_account(work: Work, account_id: str, template: str, at: str) -> None:
    notice_actions.notify(work, account_id, template, {"at": at})
    for owner in team.owners(work, account_id):
        email = account_reads.open_or_none(work, "people.email", owner.email)
        if email is not None:
            notice_actions.notify(
                work,
                account_id,
                template,
                {"at": at},
                person_id=owner.id,
                channels=(Channel.EMAIL,),
                email=email,
            )


def _tell_of_sign_in(work: Work, event: UnknownDeviceUsed) -> None:
    """At most once a day and person, and nothing but the time: the list of sessions says the rest."""
    notice_actions.notify(
        work,
        event.account_id,
        "new_sign_in",
        {"at": work.now.isoformat()},
        person_id=event.subject_id,
        dedupe_key=f"new_sign_in/{event.subject_id}/{work.now:%Y-%m-%d}",
    )


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


def _tell_of_top_up(work: Work, event: TopUpChange, template: str, amount_minor: int) -> None:
    data = {"amount": str(Money(amount_minor, Currency[event.currency]))}
    dedupe_key = f"{template}/{event.subject_id}"
    notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)
