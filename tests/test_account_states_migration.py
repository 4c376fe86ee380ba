"""A database from before the states of accounts takes them, keeps what it has, and still refuses others."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

import server.app  # noqa: F401 - knows every slice, and so every table
from server import migrations
from server.kit.db import Database, open_database

ACCOUNT = "INSERT INTO accounts (id, kind, status, created_at) VALUES ('acc_1', 'CUSTOMER', 'SUSPENDED', 1)"
EPOCH = "INSERT INTO authority_epochs (account_id, epoch) VALUES ('acc_1', 1)"


async def set_status(database: Database, status: str) -> None:
    statement = text("UPDATE accounts SET status = :status").bindparams(status=status)
    await database.write(lambda connection: connection.execute(statement))


async def test_accounts_from_before_get_the_new_states(empty_database_url: str) -> None:
    def before(connection: Connection) -> None:
        connection.execute(text("SELECT 1"))
        command.upgrade(migrations._config(connection), "0005")
        connection.execute(text(ACCOUNT))
        connection.execute(text(EPOCH))

    database = open_database(empty_database_url)
    await database.start()
    try:
        await database.write(before)
        with pytest.raises(IntegrityError):
            await set_status(database, "CLOSED")
        await database.write(migrations.migrate)
        for status in ("DISABLED", "DEACTIVATED", "CLOSED", "ACTIVE"):
            await set_status(database, status)
        with pytest.raises(IntegrityError):
            await set_status(database, "PAUSED")
        count = text("SELECT count(*) FROM authority_epochs JOIN accounts ON accounts.id = account_id")
        assert await database.read(lambda connection: connection.scalar(count)) == 1
    finally:
        await database.close()
