"""Brings a database to the newest schema. Every version is a file under `versions/`, never changed once released.

Servers of two releases share one database while it is upgraded, and after an upgrade that is taken back. So a version
expands only: it adds what the code of before does not look at. What is no longer used goes in a later release, by a
version that says so: `CONTRACTS = "<the version since which no code uses it>"`. Then only code that knows that version
may run; which one that is stands in the database, so that older code can tell whether it still fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
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


RELEASES = ("0038",)
"""The last version of each release, the newest release last. With the first one the rule above began."""


class SchemaTooNew(Exception):
    """The database no longer has what this code uses."""

    def __init__(self, found: str, needs: str | None) -> None:
        super().__init__(
            f"The database is at version {found}, which needs a Postmeter that knows version {needs}; this one knows "
            f"{newest()} at most. Start the newer one, or restore a backup from before."
        )


def migrate(connection: Connection) -> None:
    """Apply what is missing, inside the caller's transaction: after a crash it is whole or absent.

    A database that is newer than this code is left as it is. Raises SchemaTooNew when it has contracted beyond it.
    """
    # A statement first: Alembic leaves a transaction alone, and does not commit it, when it finds it begun.
    connection.execute(text("SELECT 1"))
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    found = revision(connection)
    if found is not None and found not in _known():
        if not serves(connection):
            raise SchemaTooNew(found, _needs(connection))
        return
    command.upgrade(_config(connection), "head")
    change = text("UPDATE alembic_version SET needs = :needs WHERE needs IS NULL OR needs <> :needs")
    connection.execute(change, {"needs": needed_by_newest()})


def revision(connection: Connection) -> str | None:
    """The version that the database has, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest version that this code knows."""
    return scripts().get_current_head()


def serves(connection: Connection) -> bool:
    """Whether this code can work on the database: at its own version, or at a newer one that only added to it."""
    found = revision(connection)
    if found is None or found in _known():
        return found == newest()
    return _needs(connection) in _known()


def needed_by_newest() -> str:
    """The version that code must know at least to run on the newest schema."""
    contracted = (getattr(script.module, "CONTRACTS", RELEASES[0]) for script in scripts().walk_revisions())
    return max(RELEASES[0], *contracted)


@cache
def scripts() -> ScriptDirectory:
    """All versions that this code knows."""
    return ScriptDirectory(str(_FOLDER))


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in scripts().walk_revisions())


def _needs(connection: Connection) -> str | None:
    """As the newer code that migrated the database wrote it down."""
    needs: str | None = connection.scalar(text("SELECT needs FROM alembic_version"))
    return needs


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
