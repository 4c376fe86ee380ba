"""A database that is not as it should be, for the checks to find."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from server.accounts.model import Person
from server.kit.work import Work
from server.orders.model import PriceChange
from server.wallet.model import Wallet
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, changed, made


def unguarded(work: Work, _world: World) -> None:
    on = " ON audit_entries" if work.connection.dialect.name == "postgresql" else ""
    work.execute(text(f"DROP TRIGGER audit_entries_append_only{on}"))


def nicknames(work: Work, _world: World) -> None:
    work.execute(text("ALTER TABLE accounts ADD COLUMN nickname VARCHAR(10)"))


SPOILED: list[tuple[str, str, Sabotage]] = [
    ("encryption.at_rest", "people.login", changed(Person, login=b"lark.press in the clear, for all")),
    ("password.hash", "per_", changed(Person, password_hash="a long enough phrase")),
    ("categories", "accounts.nickname", nicknames),
    ("audit.append_only", "append_only", unguarded),
    ("ledger.invariant", "wal_1", made(Wallet, id="wal_1", unit="EUR", posted=5)),
    ("price.effective", "prc_1", made(PriceChange, id="prc_1", amount_minor=1, effective_at=timedelta(0))),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("password.hash", changed(Person, password_hash="$argon2id$")),
]
"""What these checks leave alone."""
