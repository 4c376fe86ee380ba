"""The migrations make exactly the tables that the code uses, on both databases."""

from __future__ import annotations

import server.app  # noqa: F401 - knows every slice, and so every table
from server import migrations
from server.kit.db import open_database


async def test_migrations_make_the_tables_of_the_code(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    await database.start()
    try:
        assert await database.read(migrations.revision) is None
        for _ in range(2):  # a second start has nothing to do
            await database.write(migrations.migrate)
            assert await database.read(migrations.revision) == migrations.newest()
        assert await database.read(migrations.drift) == []
    finally:
        await database.close()
