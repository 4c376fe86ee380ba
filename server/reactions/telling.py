"""Telling an account of what happened to its money, and its owners of what happens to the account."""

from __future__ import annotations

from collections.abc import Mapping

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel


def tell_account(
    work: Work, account_id: str, template: str, data: Mapping[str, str | int], dedupe_key: str | None = None
) -> None:
    """Tell the account, by e-mail too where somebody of it has an address for what is billed."""
    email = team.billing_email(work, account_id)
    channels = (Channel.IN_APP,) if email is None else (Channel.IN_APP, Channel.EMAIL)
    notice_actions.notify(
        work, account_id, template, data, channels=channels, email=email, dedupe_key=dedupe_key
    )


def tell_owners(work: Work, account_id: str, template: str, data: Mapping[str, str | int]) -> None:
    """Tell the account in the application, and by e-mail each of its owners who has a verified address."""
    notice_actions.notify(work, account_id, template, data)
    for owner in team.owners(work, account_id):
        email = account_reads.open_or_none(work, "people.email", owner.email)
        if email is not None:
            notice_actions.notify(
                work,
                account_id,
                template,
                data,
                person_id=owner.id,
                channels=(Channel.EMAIL,),
                email=email,
            )
