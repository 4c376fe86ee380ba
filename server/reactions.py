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
from server.accounts.reads import team
from server.accounts.rules.people import EmailInvalid
from server.kit.events import DomainEvent, Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel, NoticeAddressInvalid
from server.orders import actions as order_actions
from server.orders.actions import receipts
from server.orders.actions.events import CreditNoteIssued, InvoiceEvent, InvoiceIssued
from server.orders.actions.vat_numbers import VatNumberRefused
from server.plans import reads as plan_reads
from server.plans.actions import fixed_ips
from server.plans.actions import settlement as plan_settlement
from server.plans.actions.events import (
    FixedIpEnded,
    FixedIpLapsed,
    FixedIpNotPaid,
    MemberWithdrawalPlanned,
    PlanCancelled,
    PlanEnded,
    PlanLapsed,
    PlanRenewalFailed,
    PlanRenewalSoon,
    PlanRenewed,
    PlanStarted,
    PlanUpgraded,
    SeatsLapsed,
    SeatsRenewalFailed,
    SubscriptionEvent,
)
from server.plans.reads.fixed_ips import addresses
from server.plans.rules.status import StopReason
from server.senders import reads as sender_reads
from server.senders.actions.events import SenderAccepted, SenderChange, SenderRefused
from server.topups.actions.changes import (
    TopUpChange,
    TopUpFailed,
    TopUpRefunded,
    TopUpReversed,
    TopUpSettled,
)
from server.topups.actions.method_changes import (
    PaymentMethodExpired,
    PaymentMethodExpiring,
    PaymentMethodRemoved,
    PaymentMethodSaved,
)
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
    registered.on(TopUpSettled, receipts.confirm_top_up)
    _plans(registered)  # before waiting orders: what a card paid for a plan is the plan's
    registered.on(TopUpSettled, order_actions.pay_waiting_orders)  # M030
    registered.on(TopUpReversed, receipts.take_back_receipt)
    registered.on(TopUpFailed, _tell_of_failed_top_up)
    registered.on(TopUpReversed, _tell_of_reversed_top_up)
    registered.on(InvoiceIssued, _tell_of_invoice("invoice_issued"))
    registered.on(CreditNoteIssued, _tell_of_invoice("credit_note_issued"))
    registered.on(VatNumberRefused, _tell_of_refused_vat_number)
    registered.on(TopUpRefunded, _tell_of_refund)
    registered.on(PaymentMethodExpiring, _tell_of_expiring_card)
    registered.on(PaymentMethodExpired, _tell_of_expired_card)
    _fixed_ips(registered)
    registered.on(SenderAccepted, _tell_of_sender("sender_accepted"))
    registered.on(SenderRefused, _tell_of_sender("sender_refused"))
    return registered


def _plans(registered: Reactions) -> None:
    registered.on(TopUpSettled, plan_settlement.pay_cycle)
    registered.on(TopUpFailed, plan_settlement.ask_again_later)
    registered.on(TopUpReversed, plan_settlement.take_back_cycle)
    registered.on(PaymentMethodRemoved, plan_settlement.stop_renewals)  # M040
    registered.on(PaymentMethodExpired, plan_settlement.stop_renewals)
    registered.on(PaymentMethodSaved, plan_settlement.resume_renewals)
    registered.on(PlanStarted, _tell_of_plan("plan_started", until=True))
    registered.on(PlanUpgraded, _tell_of_plan("plan_started", until=True))
    registered.on(PlanRenewed, _tell_of_plan("plan_renewed", until=True))
    registered.on(PlanRenewalSoon, _tell_of_renewal_soon)
    registered.on(PlanRenewalFailed, _tell_of_plan("plan_renewal_failed"))
    registered.on(PlanCancelled, _tell_of_cancelled_plan)
    registered.on(PlanEnded, _tell_of_plan("plan_ended"))
    registered.on(PlanLapsed, _tell_of_plan("plan_lapsed"))
    registered.on(SeatsRenewalFailed, _tell_of_seats("seats_renewal_failed"))
    registered.on(SeatsLapsed, _tell_of_seats("seats_lapsed"))
    registered.on(MemberWithdrawalPlanned, _tell_of_withdrawal)


def _fixed_ips(registered: Reactions) -> None:
    registered.on(PlanEnded, fixed_ips.end_with_plan)  # M055
    registered.on(PlanLapsed, fixed_ips.end_with_plan)
    registered.on(PlanRenewed, fixed_ips.renew_with_plan)  # M059
    registered.on(FixedIpEnded, _tell_of_removed_ip)  # before it is let go, for its address is told
    registered.on(FixedIpLapsed, _tell_of_removed_ip)
    registered.on(FixedIpNotPaid, fixed_ips.release)  # M056
    registered.on(FixedIpEnded, fixed_ips.release)
    registered.on(FixedIpLapsed, fixed_ips.release)


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


def _tell_of_refused_vat_number(work: Work, event: VatNumberRefused) -> None:
    data = {"at": work.now.isoformat()}
    notice_actions.notify(work, event.account_id, "vat_number_refused", data)


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


def _tell_of_invoice(template: str) -> Callable[[Work, InvoiceEvent], None]:
    """Tell of a document, by e-mail too where somebody of the account has an address for that."""

    def tell(work: Work, event: InvoiceEvent) -> None:
        data = {
            "number": event.number,
            "amount": str(Money(event.gross_minor, Currency[event.currency])),
        }
        _tell_account(work, event.account_id, template, data, f"{template}/{event.subject_id}")

    return tell


def _tell_of_plan(template: str, *, until: bool = False) -> Callable[[Work, SubscriptionEvent], None]:
    """Tell of a plan; with `until`, the end of its present cycle too."""

    def tell(work: Work, event: SubscriptionEvent) -> None:
        data = {"plan": event.plan}
        if until and event.period_end is not None:
            data["until"] = event.period_end.isoformat()
        _tell_account(work, event.account_id, template, data)

    return tell


def _tell_of_renewal_soon(work: Work, event: PlanRenewalSoon) -> None:
    row = plan_reads.subscription(work, event.account_id, event.subject_id)
    assert row is not None, "it is about to be charged"
    assert event.period_end is not None, "it has begun"
    gross_minor = plan_reads.next_price(work, row).gross_minor
    data = {
        "plan": event.next_plan or event.plan,
        "at": event.period_end.isoformat(),
        "amount": str(Money(gross_minor, Currency[row.currency])),
    }
    dedupe_key = f"plan_renewal_soon/{event.subject_id}/{event.number}"
    _tell_account(work, event.account_id, "plan_renewal_soon", data, dedupe_key)


def _tell_of_cancelled_plan(work: Work, event: PlanCancelled) -> None:
    assert event.ends_at is not None, "a cancellation says when"
    template = "plan_cancelled" if event.stop_reason == StopReason.CUSTOMER.value else "plan_renewal_off"
    data = {"plan": event.plan, "until": event.ends_at.isoformat()}
    _tell_account(work, event.account_id, template, data)


def _tell_of_seats(template: str) -> Callable[[Work, SubscriptionEvent], None]:
    def tell(work: Work, event: SubscriptionEvent) -> None:
        _tell_account(work, event.account_id, template, {"seats": event.seats})

    return tell


def _tell_of_withdrawal(work: Work, event: MemberWithdrawalPlanned) -> None:
    data = {"at": event.withdraw_at.isoformat()}
    notice_actions.notify(work, event.account_id, "member_withdrawal_planned", data)


def _tell_account(
    work: Work, account_id: str, template: str, data: Mapping[str, str | int], dedupe_key: str | None = None
) -> None:
    """Tell the account, by e-mail too where somebody of it has an address for what is billed."""
    email = team.billing_email(work, account_id)
    channels = (Channel.IN_APP,) if email is None else (Channel.IN_APP, Channel.EMAIL)
    notice_actions.notify(
        work, account_id, template, data, channels=channels, email=email, dedupe_key=dedupe_key
    )


def _tell_of_removed_ip(work: Work, event: FixedIpEnded | FixedIpLapsed) -> None:
    address = addresses(work, [event.subject_id]).get(event.subject_id, "")
    data = {"address": address, "at": work.now.isoformat()}
    dedupe_key = f"fixed_ip_removed/{event.subject_id}"
    notice_actions.notify(work, event.account_id, "fixed_ip_removed", data, dedupe_key=dedupe_key)


def _tell_of_sender(template: str) -> Callable[[Work, SenderChange], None]:
    def tell(work: Work, event: SenderChange) -> None:
        row = sender_reads.sender(work, event.account_id, event.subject_id)
        assert row is not None, "it was decided in this transaction"
        data = {"name": sender_reads.name_of(work, row) or ""}
        dedupe_key = f"{template}/{event.submission_id}"
        notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)

    return tell
