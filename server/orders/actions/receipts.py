"""Receipts of money: what follows from a top-up, in its own transaction."""

from __future__ import annotations

from server.kit.work import Work
from server.orders.actions.invoicing import correct_receipt, issue_receipt, issue_receipt_again
from server.topups.actions.changes import TopUpPartlyReversed, TopUpReinstated, TopUpReversed, TopUpSettled
from server.topups.reads import top_up
from server.wallet.reads.erasure import is_closed


def confirm_top_up(work: Work, event: TopUpSettled) -> None:
    """The reaction to money that came in. Nothing is written about an account that was erased."""
    settled = top_up(work, event.account_id, event.subject_id)
    if settled is not None and not is_closed(work, event.account_id):
        issue_receipt(work, settled)


def take_back_receipt(work: Work, event: TopUpReversed | TopUpPartlyReversed) -> None:
    """The reaction to money that went again, such as a chargeback."""
    reversed_ = top_up(work, event.account_id, event.subject_id)
    if reversed_ is not None and event.part_id is not None and not is_closed(work, event.account_id):
        correct_receipt(work, reversed_, event.part_minor, event.part_id)


def confirm_again(work: Work, event: TopUpReinstated) -> None:
    """The reaction to money that a bank gave back."""
    reinstated = top_up(work, event.account_id, event.subject_id)
    if reinstated is not None and event.part_id is not None and not is_closed(work, event.account_id):
        issue_receipt_again(work, reinstated, event.part_minor, event.part_id)
