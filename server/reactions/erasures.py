"""What an account's end means for its data: closing starts the clock of the erasure, and owners are told of it."""

from __future__ import annotations

from server.accounts.actions.events import AccountClosed, AccountReopened, PolicyAccepted, RelationshipLapsed
from server.accounts.rules.lifecycle import Closing
from server.kit.events import Reactions
from server.kit.work import Work
from server.privacy.actions.erasing import ErasureStarted
from server.privacy.actions.erasures import call_off_erasure, plan_erasure
from server.privacy.actions.minors import MinorDiscovered
from server.privacy.actions.refusing import PolicyVersionRefused, stay
from server.privacy.rules.erasures import ErasureClock
from server.reactions.telling import tell_owners

_CLOCKS = {
    Closing.VOLUNTARY.value: ErasureClock.CLOSURE,
    Closing.PREVENTIVE.value: ErasureClock.PREVENTIVE_CLOSURE,
}


def register(registered: Reactions) -> None:
    registered.on(AccountClosed, _plan)
    registered.on(AccountReopened, _call_off)
    registered.on(RelationshipLapsed, _forget)
    registered.on(MinorDiscovered, _erase_minor)
    registered.on(ErasureStarted, _tell)
    registered.on(PolicyAccepted, stay)
    registered.on(PolicyVersionRefused, _tell_leaving)


def _plan(work: Work, event: AccountClosed) -> None:
    """45 to 60 days after its owner closed it (M091, M119), later after a preventive closing (C24)."""
    plan_erasure(work, event.account_id, _CLOCKS[event.closing])


def _call_off(work: Work, event: AccountReopened) -> None:
    call_off_erasure(work, event.account_id)


def _forget(work: Work, event: RelationshipLapsed) -> None:
    """Nobody used it for so long that its data goes by itself (M089)."""
    plan_erasure(work, event.account_id, ErasureClock.INACTIVITY)


def _erase_minor(work: Work, event: MinorDiscovered) -> None:
    """Without a grace, nor an approval of anybody (P033)."""
    plan_erasure(work, event.account_id, ErasureClock.MINOR, request_id=event.subject_id)


def _tell(work: Work, event: ErasureStarted) -> None:
    """While there is an address still (M125, C30)."""
    data = {"at": work.now.isoformat(), "certificate": event.subject_id}
    tell_owners(work, event.account_id, "account_erased", data)


def _tell_leaving(work: Work, event: PolicyVersionRefused) -> None:
    """How to take the data along, and how to stay (P049)."""
    tell_owners(work, event.account_id, "policy_refused", {"version": event.version, "at": event.closes_at})
