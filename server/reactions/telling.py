"""Telling an account of what happened to its money."""

from __future__ import annotations

from collections.abc import Mapping

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
