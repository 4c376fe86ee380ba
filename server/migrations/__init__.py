"""Brings a database to the newest schema. Every version is a file under `versions/`, never changed once released."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from server.kit.db import Base

_FOLDER = Path(__file__).parent
_ADVISORY_LOCK = 0x706F73746D657465  # "postmete": two servers that start together migrate one after the other


def migrate(connection: Connection) -> None:
    """Apply what is missing, inside the caller's transaction: after a crash it is whole or absent."""
    # A statement first: Alembic leaves a transaction alone, and does not commit it, when it finds it begun.
    connection.execute(text("SELECT 1"))
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    command.upgrade(_config(connection), "head")


def revision(connection: Connection) -> str | None:
    """The version that the database has, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The version that this code needs."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


def drift(connection: Connection) -> Sequence[object]:
    """What the tables in the code have that the migrations do not make, and the reverse."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: Sequence[object] = compare_metadata(context, Base.metadata)
    return found


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
