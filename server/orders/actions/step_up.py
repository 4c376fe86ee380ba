"""The fresh proof that some orders need."""

from __future__ import annotations

from server.accounts.actions import require_fresh_session
from server.kit.work import Work
from server.orders.rules.items import CreditPackItem, Item
from server.orders.rules.terms import CreditUnit, Terms


def check_step_up(work: Work, item: Item) -> None:
    """SMS credits are bought with a fresh proof of the password only (M032): by a person, never by an API key.

    For orders that somebody places now; what runs by an earlier consent does not ask. Raises StepUpRequired.
    """
    terms = work.terms(Terms)
    if not terms.sms_credits_need_step_up or not isinstance(item, CreditPackItem):
        return
    if any(pack.code == item.code and pack.unit is CreditUnit.SMS for pack in terms.packs):
        require_fresh_session(work)
