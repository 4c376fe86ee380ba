"""Whose orders a field is about."""

from __future__ import annotations

from server.kit.graph.context import Info


def account_of(info: Info) -> str:
    """The viewer's account; the fields' access lets nobody through without one."""
    account_id = info.context.viewer.account_id
    assert account_id is not None
    return account_id
