"""What an account's life does to its other parts, and what its owners are told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from server.accounts import actions as account_actions
from server.accounts.actions.ages import verify_age
from server.accounts.actions.events import (
    AccountClosed,
    AccountDeactivated,
    AccountDisabled,
    AccountReactivated,
    AccountReinstated,
    AccountReopened,
    AccountSuspended,
    InactivityLapsed,
    InactivityWarned,
)
from server.accounts.actions.restricting import ProcessingStopped
from server.accounts.reads.lifecycle import LossSources
from server.accounts.reads.restrictions import is_stopped
from server.accounts.rules import Terms
from server.accounts.rules.age import AgeMethod
from server.accounts.rules.closing import check_acknowledged, digest
from server.accounts.rules.restricting import CAMPAIGNS
from server.campaigns.actions.connections import revoke_connections
from server.campaigns.actions.sending import cancel_all, pause_all
from server.campaigns.rules.lifecycle import PauseReason
from server.kit.events import DomainEvent, Reactions
from server.kit.work import Work
from server.orders.actions.auto_top_up import disable_all
from server.orders.actions.events import OrderPlaced
from server.plans.actions.subscribing import end_all
from server.reactions.telling import tell_owners
from server.senders.actions import deactivate_all
from server.topups.actions.changes import TopUpSettled
from server.topups.actions.method_changes import PaymentMethodSaved
from server.topups.actions.methods import remove_all_methods
from server.topups.actions.saving import forget_payer
from server.wallet import actions as wallet_actions
from server.wallet.rules import CREDIT_UNITS


def register(registered: Reactions) -> None:
    registered.on(TopUpSettled, _note_billing)
    registered.on(OrderPlaced, _note_billing)
    registered.on(InactivityLapsed, _forfeit_credits)
    registered.on(AccountClosed, _forfeit_all)  # first: what is lost is compared with what was acknowledged
    registered.on(AccountClosed, _end_what_it_had)
    registered.on(AccountReopened, _return_forfeits)
    for narrowed in (AccountSuspended, AccountDisabled, AccountDeactivated):
        registered.on(narrowed, _pause_campaigns)
    registered.on(PaymentMethodSaved, _note_age)
    registered.on(ProcessingStopped, _pause_where_stopped)
    registered.on(AccountSuspended, _tell_owners("account_suspended"))
    registered.on(AccountReinstated, _tell_owners("account_reactivated"))
    registered.on(AccountReactivated, _tell_owners("account_reactivated"))
    registered.on(AccountDisabled, _tell_owners("account_disabled"))
    registered.on(AccountDeactivated, _tell_owners("account_deactivated"))
    registered.on(AccountClosed, _tell_owners("account_closed"))
    registered.on(InactivityWarned, _warn_owners)


def _note_billing(work: Work, event: TopUpSettled | OrderPlaced) -> None:
    """A billing operation is activity, as a sign-in is (M090)."""
    account_actions.note_activity(work, event.account_id)


def _note_age(work: Work, event: PaymentMethodSaved) -> None:
    """Who has a payment card is old enough, where the policy says so (P032)."""
    card = AgeMethod.CARD
    if card.value in work.terms(Terms).age_verified_by:
        verify_age(work, event.account_id, card)


def _forfeit_credits(work: Work, event: InactivityLapsed) -> None:
    """Credits are lost, and money is not: the terms name credits only (M048)."""
    wallet_actions.forfeit(work, event.account_id, CREDIT_UNITS)


def _forfeit_all(work: Work, event: AccountClosed) -> None:
    """Empty the wallets (M026, M086). Raises LossesNotAcknowledged when they changed since the owner was shown them."""
    wallet_actions.lock_wallets(work, event.account_id)
    if event.losses is not None:
        present = work.terms(LossSources).losses(work, event.account_id)
        check_acknowledged(digest(event.losses), present)
    wallet_actions.forfeit(work, event.account_id)


def _return_forfeits(work: Work, event: AccountReopened) -> None:
    """What the closing took comes back by postings of its own; the forfeits stay in the ledger."""
    wallet_actions.return_forfeits(work, event.account_id, datetime.fromisoformat(event.closed_at))


def _end_what_it_had(work: Work, event: AccountClosed) -> None:
    """Nothing is charged, tried, sent or shown any more: automatic top-ups, plan and seats (M085), senders (M075),
    campaigns, webhooks, cards. The payment gateways forget the customer, too.
    """
    disable_all(work, event.account_id)
    end_all(work, event.account_id)
    deactivate_all(work, event.account_id)
    cancel_all(work, event.account_id)
    remove_all_methods(work, event.account_id)
    forget_payer(work, event.account_id)
    revoke_connections(work, event.account_id)


def _pause_campaigns(work: Work, event: DomainEvent) -> None:
    """Nothing more is sent; the credits stay held until the campaigns' time is over."""
    pause_all(work, event.account_id, PauseReason.ACCOUNT_RESTRICTED)


def _pause_where_stopped(work: Work, event: ProcessingStopped) -> None:
    """Nothing more is sent of who lets nothing be sent (P025, M124)."""
    if is_stopped(work, event.account_id, CAMPAIGNS):
        _pause_campaigns(work, event)


def _tell_owners(template: str) -> Callable[[Work, DomainEvent], None]:
    """Tell the account in the application, and by e-mail each of its owners who has a verified address."""

    def tell(work: Work, event: DomainEvent) -> None:
        tell_owners(work, event.account_id, template, {"at": work.now.isoformat()})

    return tell


def _warn_owners(work: Work, event: InactivityWarned) -> None:
    tell_owners(work, event.account_id, "account_inactivity_warning", {"at": event.lapses_at})
